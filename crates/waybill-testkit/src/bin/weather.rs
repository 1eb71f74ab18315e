//! Runs seeds: `weather --seed N` or `weather --seeds A..B`. Says what happened and what failed.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the report is this program's answer"
)]

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Context, bail};
use waybill_testkit::weather::try_seed;

fn seeds() -> anyhow::Result<std::ops::Range<u64>> {
    let mut words = std::env::args().skip(1);
    let (name, value) = (words.next(), words.next());
    match (name.as_deref(), value) {
        (None, _) => Ok(0..200),
        (Some("--seed"), Some(seed)) => {
            let seed = seed.parse()?;
            Ok(seed..seed + 1)
        }
        (Some("--seeds"), Some(range)) => {
            let (from, to) = range.split_once("..").context("a range is written A..B")?;
            Ok(from.parse()?..to.parse()?)
        }
        (Some(word), _) => bail!("weather does not know {word}, or it lacks its value"),
    }
}

fn main() -> anyhow::Result<()> {
    let seeds = seeds()?;
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
