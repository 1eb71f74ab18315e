//! Runs seeds: `weather --seed N` or `weather --seeds A..B`. Says what happened and what failed.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is this program's answer"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::bail;
use waybill_testkit::seeds;
use waybill_testkit::weather::try_seed;

fn main() -> anyhow::Result<()> {
    let seeds = seeds::asked(0..200)?;
    let (started, number) = (Instant::now(), seeds.end - seeds.start);
    let mut counts: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut failed = 0_u64;
    for seed in seeds {
        match try_seed(seed) {
            Ok(report) => {
                for (what, times) in report.counts {
                    *counts.entry(what).or_default() += times;
                }
            }
            Err(failure) => {
                failed += 1;
                eprintln!("{failure}");
            }
        }
    }
    for (what, times) in counts {
        println!("{times:>8}  {what}");
    }
    let ms = started.elapsed().as_millis() / u128::from(number.max(1));
    println!("{number} seeds, {failed} failed, {ms} ms a seed");
    if failed > 0 {
        bail!("{failed} of {number} seeds failed");
    }
    Ok(())
}
