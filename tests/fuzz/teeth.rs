//! Readers with planted faults: a harness that does not find them would find nothing else either.

use waybill_testkit::clock::SeededDice;

use crate::harness::{Asked, Fate, Limits, Target, run};
use crate::mutate;

/// A reader that goes wrong at a rare input, in its own way.
struct Planted<const WAY: u8>;

const PANICS: u8 = 0;
const SWALLOWS: u8 = 1;
const SLOW: u8 = 2;
const GREEDY: u8 = 3;
const SOUND: u8 = 4;

impl<const WAY: u8> Target for Planted<WAY> {
    const NAME: &'static str = "planted";
    const LIMITS: Limits =
        Limits { cpu: std::time::Duration::from_millis(20), bytes: 4 * 1024 * 1024 };

    fn new() -> Self {
        Self
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let mut input = b"a reader reads this".to_vec();
        mutate::bytes(dice, &mut input, &[]);
        input
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let is_rare = input.first() != Some(&b'a');
        match WAY {
            PANICS => assert!(!is_rare, "planted"),
            SWALLOWS => drop(std::panic::catch_unwind(|| assert!(!is_rare, "planted"))),
            SLOW if is_rare => {
                let started = std::time::Instant::now();
                while started.elapsed().as_millis() < 60 {
                    std::hint::black_box(input);
                }
            }
            GREEDY if is_rare => drop(std::hint::black_box(vec![1_u8; 5 * 1024 * 1024])),
            _ => {}
        }
        Ok("read")
    }
}

fn findings<const WAY: u8>() -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let asked = Asked { inputs: 500, seed: 1, findings: folder.path().to_owned() };
    let findings = run::<Planted<WAY>>(&asked).findings;
    let written = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(written, findings.len(), "every finding is written down");
    findings
}

fn all_say(findings: &[String], word: &str) -> bool {
    !findings.is_empty() && findings.iter().all(|finding| finding.contains(word))
}

#[test]
fn a_planted_fault_of_every_kind_is_found() {
    assert!(all_say(&findings::<PANICS>(), "panicked: "));
    assert!(all_say(&findings::<SWALLOWS>(), "a panic was swallowed"));
    assert!(all_say(&findings::<SLOW>(), "ms of the processor"));
    assert!(all_say(&findings::<GREEDY>(), "held 5 MiB at one time"));
    assert_eq!(findings::<SOUND>(), Vec::<String>::new());
}
