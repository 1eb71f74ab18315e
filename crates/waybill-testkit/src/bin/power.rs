//! Cuts the power: `power [--seed N | --seeds A..B]`.

#![expect(clippy::print_stdout, reason = "the report is this program's answer")]
#![expect(clippy::print_stderr, reason = "the report is this program's answer")]

use std::time::Instant;

use anyhow::bail;
use waybill_testkit::power::{storm, tracks};
use waybill_testkit::seeds;

fn main() -> anyhow::Result<()> {
    let (seeds, started) = (seeds::asked(0..5_000)?, Instant::now());
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
