//! Weather in the default test run. A red seed prints the command that replays it, and what was drawn.

use std::collections::BTreeMap;

use waybill_testkit::weather::{KEPT, KINDS, Report, run, try_seed};

/// How many seeds every test run draws. `cargo xtask sim` draws as many as one likes.
const SEEDS: u64 = 200;
/// One seed in so many is run twice.
const TWICE: u64 = 50;

/// Runs a seed, and some of them again: the same seed is the same day.
fn judge(seed: u64) -> Result<Report, String> {
    let report = try_seed(seed)?;
    if seed.is_multiple_of(TWICE) && run(seed).ok().as_ref() != Some(&report) {
        return Err(format!("seed {seed} did not replay byte for byte"));
    }
    Ok(report)
}

#[test]
fn nothing_is_lost_or_doubled_in_any_weather() {
    let seeds: Vec<u64> = KEPT.iter().copied().chain(0..SEEDS).collect();
    let (first, second) = seeds.split_at(seeds.len() / 2);
    let judge_all = |seeds: &[u64]| seeds.iter().map(|seed| judge(*seed)).collect::<Vec<_>>();
    let judged = std::thread::scope(|scope| {
        let half = scope.spawn(|| judge_all(first));
        let mut judged = judge_all(second);
        judged.extend(half.join().unwrap());
        judged
    });
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut red = Vec::new();
    for report in judged {
        match report {
            Ok(report) => report.counts.iter().for_each(|(what, times)| {
                *counts.entry(what).or_default() += times;
            }),
            Err(failure) => red.push(failure),
        }
    }
    assert!(red.is_empty(), "{} of {} seeds failed:\n{}", red.len(), seeds.len(), red.join("\n"));
    let never: Vec<_> = KINDS.iter().filter(|kind| !counts.contains_key(*kind)).collect();
    assert!(never.is_empty(), "the weather has lost its teeth: {never:?} never happened");
}
