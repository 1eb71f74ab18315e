//! What is fuzzed, and how each is asked for.

mod enrol;
mod evidence;
mod facts;
mod labels;
mod office;
mod phone;
mod photo;
mod plan;
mod sync;
mod uploads;

use crate::harness::{Asked, Outcome, Target, replay, run};

/// Tries one target and fails with what it found; what `fates` names must have come about, or the
/// fuzzer no longer gets behind the first check.
fn fuzz<T: Target>(fates: &[&'static str]) {
    if let Ok(file) = std::env::var("WAYBILL_FUZZ_REPLAY") {
        let fate = replay::<T>(std::path::Path::new(&file));
        assert!(fate.is_ok(), "{file}: {fate:?}");
        return;
    }
    let asked = Asked::read();
    let started = std::time::Instant::now();
    let outcome = run::<T>(&asked);
    say::<T>(&outcome, started.elapsed());
    assert!(outcome.findings.is_empty(), "\n{}", outcome.findings.join("\n"));
    for fate in fates {
        let times = outcome.count(fate);
        assert!(times * 100 >= outcome.inputs, "{}: {fate} came about {times} times", T::NAME);
    }
}

#[expect(clippy::print_stdout, reason = "the report is what `cargo xtask fuzz` is asked for")]
fn say<T: Target>(outcome: &Outcome, took: std::time::Duration) {
    println!(
        "{}: {} inputs in {} s; slowest {} ms, largest {} KiB, {} panics caught; {:?}",
        T::NAME,
        outcome.inputs,
        took.as_secs(),
        outcome.slowest.as_millis(),
        outcome.largest >> 10,
        outcome.caught,
        outcome.fates,
    );
}

#[test]
fn conversation_up() {
    fuzz::<sync::Up>(&["taken", "body_malformed"]);
}

#[test]
fn conversation_down() {
    fuzz::<phone::Down>(&["heard", "hub_not_itself"]);
}

#[test]
fn envelope() {
    fuzz::<sync::Envelope>(&["read", "body_malformed"]);
}

#[test]
fn enrolment() {
    fuzz::<enrol::Enrolment>(&["link", "link_invalid", "enrolled", "crew"]);
}

#[test]
fn plan_change() {
    fuzz::<plan::Change>(&["accepted", "plan_malformed"]);
}

#[test]
fn receipt() {
    fuzz::<evidence::Receipts>(&["signed", "receipt_invalid"]);
}

#[test]
fn seal() {
    fuzz::<evidence::Seals>(&["refused"]);
}

#[test]
fn bundle() {
    fuzz::<evidence::Bundles>(&["holds", "refused"]);
}

#[test]
fn facts() {
    fuzz::<facts::Columns>(&["unpacked", "fact", "no fact"]);
}

#[test]
fn labels() {
    fuzz::<labels::Labels>(&["label", "check_digit_wrong"]);
}

#[test]
fn photo() {
    fuzz::<photo::Shots>(&["developed", "photo_unreadable"]);
}

#[test]
fn uploads() {
    fuzz::<uploads::Headers>(&["201", "400"]);
}

#[test]
fn office() {
    fuzz::<office::Bodies>(&["put", "patched", "fields_invalid", "body_malformed"]);
}
