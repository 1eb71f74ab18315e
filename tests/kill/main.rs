//! Kill and errno at every system call of everything that a phone or a hub does to its disk: what was
//! promised is there afterwards, and what was not is not half there.
//!
//! `strace` does it: it kills the program, or makes a call fail, at the first call of a kind, then at the
//! second, and so on. Which calls there are is known from a record of the undisturbed flow. Each kind of
//! call is counted by itself: one count for several kinds would leave most of them out.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::process::Command;

use waybill_testkit::flow::Flow;
use waybill_testkit::power::Track;
use waybill_testkit::power::image::memory_folder;
use waybill_testkit::power::trace::{Act, Call};

/// The flows that meet every fault at every call.
const FLOWS: [Flow; 5] = [Flow::Begin, Flow::Capture, Flow::Hear, Flow::Found, Flow::Intake];
/// Those that are killed at every call; of the errors each of their calls meets every second one, by turns.
const BY_TURNS: [Flow; 4] = [Flow::Purge, Flow::Upgrade, Flow::Rescue, Flow::Together];

/// What is done to a call.
#[derive(Debug, Clone, Copy)]
struct Fault {
    /// In the words of `strace`.
    inject: &'static str,
    /// From that call on, and not once.
    is_for_ever: bool,
}

const KILL: Fault = Fault { inject: "signal=KILL", is_for_ever: false };
const ERRORS: [Fault; 4] = [
    Fault { inject: "error=ENOSPC", is_for_ever: false },
    Fault { inject: "error=ENOSPC", is_for_ever: true },
    Fault { inject: "error=EIO", is_for_ever: false },
    Fault { inject: "error=EROFS", is_for_ever: true },
];

impl Fault {
    fn is_kill(self) -> bool {
        self.inject == KILL.inject
    }
}

/// Does a fault to one call; tells what is wrong afterwards.
fn meet(track: &Track, call: &Call, fault: Fault) -> Result<(), String> {
    let dir = memory_folder().unwrap();
    track.base().write(dir.path()).unwrap();
    let Call { name, nth, .. } = call;
    let (listen, and_on) = (format!("trace={name}"), if fault.is_for_ever { "+" } else { "" });
    let inject = format!("inject={name}:{}:when={nth}{and_on}", fault.inject);
    let program = track.flow.program(dir.path()).unwrap();
    let saw = memory_folder().unwrap();
    let mut watched = Command::new("strace");
    watched.args(["-f", "-qq", "-e", &listen, "-e", &inject, "-o"]).arg(saw.path().join("saw"));
    if !fault.is_kill() {
        // Stops at the calls in question only. It is twice as fast, and knows no signals.
        watched.arg("--seccomp-bpf");
    }
    watched.arg(program.get_program()).args(program.get_args());
    let went = watched.output().expect("strace is needed: apt-get install strace");
    let saw = std::fs::read_to_string(saw.path().join("saw")).unwrap();
    let is_met = if fault.is_kill() { !went.status.success() } else { saw.contains("(INJECTED)") };
    let text = String::from_utf8_lossy(&went.stdout);
    let said: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    let flow = track.flow.word();
    let what = format!("{flow}: {} at {name} {nth}{and_on}", fault.inject);
    if !is_met {
        return Err(format!("{what}: the fault was not met"));
    }
    let is_over = said.iter().any(|line| line.starts_with("failed"));
    if is_over && !fault.is_for_ever {
        return Err(format!("{what}: a second try did not help: {said:?}"));
    }
    track.flow.check(dir.path(), &said).map_err(|error| format!("{what}: {error:#}"))
}

/// Does a fault to every call of a flow that it can be done to, or to those at every second place;
/// tells how many there were and what went wrong.
fn storm(flow: Flow, fault: Fault, turn: Option<usize>) -> (usize, Vec<String>) {
    let track = Track::record(flow).unwrap();
    // A file that fails to close was flushed before, or nobody relies on it.
    let fails =
        |call: &&Call| fault.is_kill() || !matches!(call.act, Act::Say(_) | Act::Close { .. });
    let calls = track.calls().iter().filter(fails).enumerate();
    let is_its_turn = |at: usize| turn.is_none_or(|turn| at % 2 == turn % 2);
    let calls: Vec<_> = calls.filter(|(at, _)| is_its_turn(*at)).map(|(_, call)| call).collect();
    meet_all(&track, &calls, fault)
}

/// Does a fault to calls, on two cores.
fn meet_all(track: &Track, calls: &[&Call], fault: Fault) -> (usize, Vec<String>) {
    let half = |odd: usize| {
        let own = calls.iter().skip(odd).step_by(2);
        own.filter_map(|call| meet(track, call, fault).err()).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut wrongs = half(0);
        wrongs.extend(other.join().unwrap());
        (calls.len(), wrongs)
    })
}

/// Goes through flows with faults; fails with all that went wrong, or if hardly anything was met.
fn storms(faults: impl Iterator<Item = (Flow, Fault, Option<usize>)>, least: usize) {
    let (mut met, mut wrongs) = (0, Vec::new());
    for (flow, fault, turn) in faults {
        let (calls, wrong) = storm(flow, fault, turn);
        met += calls;
        wrongs.extend(wrong);
    }
    assert!(wrongs.is_empty(), "{} of {met} faults:\n{}", wrongs.len(), wrongs.join("\n"));
    assert!(met > least, "only {met} faults were met: the storm has lost its teeth");
}

#[test]
fn what_was_promised_survives_a_kill_at_every_call() {
    let flows = FLOWS.into_iter().chain(BY_TURNS).chain([Flow::Day, Flow::Full]);
    storms(flows.map(|flow| (flow, KILL, None)), 1_300);
}

#[test]
fn a_full_disk_or_a_failing_one_is_never_called_saved() {
    let all = FLOWS.into_iter().flat_map(|flow| ERRORS.map(|fault| (flow, fault, None)));
    let by_turns = BY_TURNS.into_iter().flat_map(|flow| {
        ERRORS.into_iter().enumerate().map(move |(turn, fault)| (flow, fault, Some(turn)))
    });
    storms(all.chain(by_turns), 2_800);
}

#[test]
fn a_disk_that_is_full_for_a_moment_costs_no_tap() {
    let track = Track::record(Flow::Full).unwrap();
    let is_before = |call: &&Call| !matches!(&call.act, Act::Say(line) if line == "opened");
    // In the middle the flow itself has the reserve given back: what fails then has nothing to fall back on.
    let mut has_reserve = true;
    let takes_room = |call: &&Call| {
        match &call.act {
            Act::Remove { path } if path.ends_with("reserve") => has_reserve = false,
            Act::Open { path, creates: true, .. } if path.ends_with("reserve") => {
                has_reserve = true;
            }
            _ => {}
        }
        has_reserve && matches!(call.act, Act::Write { .. } | Act::Length { .. })
    };
    let calls: Vec<_> = track.calls().iter().skip_while(is_before).filter(takes_room).collect();
    // The engine gives its reserve back and tries again; nobody taps twice in this flow.
    let full = Fault { inject: "error=ENOSPC", is_for_ever: false };
    let (met, wrongs) = meet_all(&track, &calls, full);
    assert!(wrongs.is_empty(), "{} of {met} faults:\n{}", wrongs.len(), wrongs.join("\n"));
    assert!(met > 15, "only {met} faults were met");
}

#[test]
fn a_phone_that_writes_the_row_before_the_photo_is_found_out() {
    let (_, wrongs) = storm(Flow::RowFirst, KILL, None);
    assert!(!wrongs.is_empty(), "the planted mistake was not found");
}
