//! The harness: draws inputs from a seed, tries each under watch, and writes down what went wrong.
//!
//! An input may be refused. It may not panic, take more processor or memory than its target allows, or
//! break a promise of the target. What does is a finding: it lies in `target/fuzz-findings` with the
//! command that tries it again, and once mended it moves to `tests/fuzz/corpus` for good.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::{Duration, Instant};

use waybill_testkit::clock::SeededDice;

/// How many inputs every target is tried with unless somebody asks for more.
pub(crate) const INPUTS: u64 = 100_000;
/// A target with so many findings is broken enough.
const FINDINGS_MAX: usize = 5;

/// What one input may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Time of the processor in the thread that tries.
    pub(crate) cpu: Duration,
    /// Bytes held at one time by that thread, beyond what it held before.
    pub(crate) bytes: u64,
}

pub(crate) const LIMITS: Limits =
    Limits { cpu: Duration::from_millis(50), bytes: 64 * 1024 * 1024 };

/// What came of an input: the word is counted.
pub(crate) type Fate = Result<&'static str, String>;

/// Something that reads what others wrote.
pub(crate) trait Target: Sized {
    const NAME: &'static str;
    const LIMITS: Limits = LIMITS;
    /// After so many inputs the target begins anew, so that what it keeps does not grow.
    const LIFE: u64 = 5_000;
    /// It catches panics of a library by design. They are counted and are no finding.
    const CATCHES: bool = false;

    /// A fresh target. Two are alike.
    fn new() -> Self;
    /// The next input.
    fn draw(&mut self, dice: &SeededDice) -> Vec<u8>;
    /// Reads the input: the word of its fate, or the promise that was broken.
    fn take(&mut self, input: &[u8]) -> Fate;
    /// Looks at the whole after a while: whether it still works for others.
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }
}

/// What a whole run came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) inputs: u64,
    pub(crate) fates: BTreeMap<&'static str, u64>,
    /// Panics of a library that the product caught.
    pub(crate) caught: u64,
    pub(crate) slowest: Duration,
    pub(crate) largest: u64,
    pub(crate) findings: Vec<String>,
}

impl Outcome {
    /// How many inputs came to a fate.
    pub(crate) fn count(&self, fate: &str) -> u64 {
        self.fates.get(fate).copied().unwrap_or(0)
    }
}

/// How a run is asked for. `cargo xtask fuzz` sets these.
pub(crate) struct Asked {
    pub(crate) inputs: u64,
    pub(crate) seed: u64,
    pub(crate) findings: PathBuf,
}

impl Asked {
    /// Reads what was asked for.
    pub(crate) fn read() -> Self {
        let number = |name: &str, or: u64| {
            std::env::var(name).map_or(or, |value| value.parse().expect("it is a number"))
        };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests have a house");
        Self {
            inputs: number("WAYBILL_FUZZ_INPUTS", INPUTS),
            seed: number("WAYBILL_FUZZ_SEED", 1),
            findings: root.join("target/fuzz-findings"),
        }
    }
}

thread_local! {
    /// Panics in this thread since it was last asked, while an input was tried.
    static PANICS: Cell<u64> = const { Cell::new(0) };
    static IS_TRYING: Cell<bool> = const { Cell::new(false) };
    static MESSAGE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Counts panics of the tries and prints those of nobody else less.
fn watch_panics() {
    static WATCH: Once = Once::new();
    WATCH.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if IS_TRYING.get() {
                PANICS.set(PANICS.get() + 1);
                MESSAGE.with_borrow_mut(|message| *message = panic.to_string().replace('\n', " "));
            } else {
                before(panic);
            }
        }));
    });
}

/// What one try cost.
#[derive(Debug, Default, Clone, Copy)]
struct Cost {
    cpu: Duration,
    bytes: u64,
    panics: u64,
}

/// Tries one input; the fate is the target's, or what was wrong with how it came about.
fn attempt<T: Target>(target: &mut T, input: &[u8]) -> (Fate, Cost) {
    PANICS.set(0);
    IS_TRYING.set(true);
    let mut fate = None;
    let (before, started) = (cpu_time(), Instant::now());
    let held = allocation_counter::measure(|| {
        fate = Some(catch_unwind(AssertUnwindSafe(|| target.take(input))));
    });
    // No thread uses more of a processor than time has passed.
    let cpu = started.elapsed().min(cpu_time().saturating_sub(before));
    IS_TRYING.set(false);
    let cost = Cost { cpu, bytes: held.bytes_max, panics: PANICS.get() };
    let fate = match fate {
        Some(Ok(fate)) if cost.panics > 0 && !T::CATCHES => {
            let message = MESSAGE.with_borrow(String::clone);
            fate.and(Err(format!("a panic was swallowed: {message}")))
        }
        Some(Ok(fate)) => fate,
        Some(Err(_)) | None => Err(MESSAGE.with_borrow(|message| format!("panicked: {message}"))),
    };
    let fate = if cost.bytes > T::LIMITS.bytes {
        fate.and(Err(format!("held {} MiB at one time", cost.bytes >> 20)))
    } else {
        fate
    };
    (fate, cost)
}

/// Time that this thread has had of a processor.
fn cpu_time() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = told.split(' ').next().and_then(|ns| ns.parse().ok());
    // Where nobody counts, the clock on the wall is the upper limit.
    ns.map_or(Duration::MAX, Duration::from_nanos)
}

/// One target's run.
struct Run<'a, T> {
    asked: &'a Asked,
    target: T,
    outcome: Outcome,
}

impl<T: Target> Run<'_, T> {
    fn try_one(&mut self, name: &str, input: &[u8]) {
        let (mut fate, mut cost) = attempt(&mut self.target, input);
        if cost.cpu > T::LIMITS.cpu {
            // Once more on a fresh target: another program's noise is no fault of the input.
            let again = attempt(&mut T::new(), input);
            cost.cpu = cost.cpu.min(again.1.cpu);
            if cost.cpu > T::LIMITS.cpu {
                fate = fate.and(Err(format!("took {} ms of the processor", cost.cpu.as_millis())));
            }
        }
        self.outcome.inputs += 1;
        self.outcome.caught += cost.panics;
        self.outcome.slowest = self.outcome.slowest.max(cost.cpu);
        self.outcome.largest = self.outcome.largest.max(cost.bytes);
        match fate {
            Ok(word) => *self.outcome.fates.entry(word).or_default() += 1,
            Err(what) => {
                let finding = self.write_down(name, input, &what);
                self.outcome.findings.push(finding);
                // What it left behind is not to be found again with every input that follows.
                self.target = T::new();
            }
        }
    }

    fn check(&mut self, name: &str) {
        if let Err(what) = self.target.check() {
            self.outcome.findings.push(format!("{} after {name}: {what}", T::NAME));
        }
    }

    fn write_down(&self, name: &str, input: &[u8], what: &str) -> String {
        std::fs::create_dir_all(&self.asked.findings).expect("there is a folder for findings");
        let file = self.asked.findings.join(format!("{}-{name}", T::NAME));
        std::fs::write(&file, input).expect("a finding can be written down");
        let file = file.display();
        format!("{} {name}: {what}\nagain: cargo xtask fuzz {} --replay {file}", T::NAME, T::NAME)
    }

    fn is_broken(&self) -> bool {
        self.outcome.findings.len() >= FINDINGS_MAX
    }
}

/// Tries what was found before, then fresh inputs.
pub(crate) fn run<T: Target>(asked: &Asked) -> Outcome {
    watch_panics();
    let mut run = Run { asked, target: T::new(), outcome: Outcome::default() };
    for (name, input) in corpus(T::NAME) {
        run.try_one(&name, &input);
        run.check(&name);
    }
    for index in 0..asked.inputs {
        if index % T::LIFE == T::LIFE - 1 {
            run.check(&index.to_string());
            run.target = T::new();
        }
        if run.is_broken() {
            return run.outcome;
        }
        let dice = SeededDice::new(asked.seed.wrapping_mul(0x9e37_79b9).wrapping_add(index) ^ 7);
        let input = run.target.draw(&dice);
        run.try_one(&format!("{}-{index}", asked.seed), &input);
    }
    run.check("the last input");
    run.outcome
}

/// Tries one file.
pub(crate) fn replay<T: Target>(file: &Path) -> Fate {
    watch_panics();
    let input = std::fs::read(file).expect("the input can be read");
    let (fate, cost) = attempt(&mut T::new(), &input);
    if cost.cpu > T::LIMITS.cpu {
        return Err(format!("took {} ms of the processor", cost.cpu.as_millis()));
    }
    fate
}

/// Inputs that were found once, by name.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let Ok(files) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut corpus: Vec<_> = files
        .map(|file| {
            let path = file.expect("the corpus can be listed").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("the corpus can be read"))
        })
        .collect();
    corpus.sort();
    corpus
}
