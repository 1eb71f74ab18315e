//! Cuts the power: `power [--seed N | --seeds A..B]`.

#![expect(clippy::print_stdout, reason = "the report is this program's answer")]
#![expect(clippy::print_stderr, reason = "the report is this program's answer")]

use std::time::Instant;

use anyhow::{Context, bail};
use waybill_testkit::power::{storm, tracks};

fn seeds() -> anyhow::Result<std::ops::Range<u64>> {
    let mut words = std::env::args().skip(1);
    let (name, value) = (words.next(), words.next());
    match (name.as_deref(), value) {
        (None, _) => Ok(0..5_000),
        (Some("--seed"), Some(seed)) => {
            let seed = seed.parse()?;
            Ok(seed..seed + 1)
        }
        (Some("--seeds"), Some(range)) => {
            let (from, to) = range.split_once("..").context("a range is written A..B")?;
            Ok(from.parse()?..to.parse()?)
        }
        (Some(word), _) => bail!("power does not know {word}, or it lacks its value"),
    }
}

fn main() -> anyhow::Result<()> {
    let (seeds, started) = (seeds()?, Instant::now());
    let tracks = tracks()?;
    for track in &tracks {
        println!("{:>8}  calls of {}", track.calls().len(), track.flow.word());
    }
    println!("recorded in {} ms", started.elapsed().as_millis());
    let started = Instant::now();
    let report = storm(&tracks, seeds)?;
    for (what, times) in &report.losses {
        println!("{times:>8}  {what}");
    }
    for broken in &report.broken {
        eprintln!("{broken}");
    }
    let (cuts, broken, ms) = (report.cuts, report.broken.len(), started.elapsed().as_millis());
    println!("{cuts} cuts, {broken} broken promises, {ms} ms");
    if broken > 0 {
        bail!("{broken} of {cuts} cuts broke a promise");
    }
    Ok(())
}
