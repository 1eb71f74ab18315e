//! Weather in the default test run. A red seed prints the command that replays it.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use waybill_testkit::weather::{run, try_seed};

/// How many seeds every test run draws. `cargo xtask sim` draws as many as one likes.
const SEEDS: u64 = 200;

/// Runs seeds on both cores and gathers what failed.
fn red(seeds: std::ops::Range<u64>) -> Vec<String> {
    let middle = u64::midpoint(seeds.start, seeds.end);
    let run = |seeds: std::ops::Range<u64>| {
        seeds.filter_map(|seed| try_seed(seed).err()).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let half = scope.spawn(|| run(seeds.start..middle));
        let mut red = run(middle..seeds.end);
        red.extend(half.join().unwrap());
        red
    })
}

#[test]
fn nothing_is_lost_or_doubled_in_any_weather() {
    let red = red(0..SEEDS);
    assert!(red.is_empty(), "{} of {SEEDS} seeds failed:\n{}", red.len(), red.join("\n"));
}

#[test]
fn a_seed_replays_byte_for_byte() {
    assert_eq!(run(4711).unwrap(), run(4711).unwrap());
}

#[test]
fn every_kind_of_weather_happens() {
    let reports: Vec<_> = (1_000..1_012).map(|seed| run(seed).unwrap()).collect();
    let kinds = [
        "request lost",
        "answer lost",
        "request duplicated",
        "request delayed",
        "request arrived late",
        "portal answered",
        "upload torn",
        "phone crashed",
        "phone crashed before the answer",
        "hub crashed",
        "clock set wrong",
        "reorder",
        "undo",
        "job cancelled",
        "window moved",
        "deliver",
    ];
    for kind in kinds {
        let times: u64 = reports.iter().map(|report| report.count(kind)).sum();
        assert!(times > 0, "{kind} never happened: the weather has lost its teeth");
    }
}
