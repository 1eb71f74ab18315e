//! Measures the figures of engine and hub: `figures [--only NAME]`, one JSON object a line.

#![expect(clippy::print_stdout, reason = "the figures are this program's answer")]

use std::path::PathBuf;

use anyhow::{Context, bail};
use waybill_testkit::figures::{deliver_in, measure};

fn main() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let only = match words.next().as_deref() {
        None => None,
        Some("--only") => Some(words.next().context("--only needs a name")?),
        // What the tracer runs: so many deliveries in a phone of their own.
        Some("--deliver") => {
            let jobs = words.next().context("--deliver needs a number")?.parse()?;
            let dir: PathBuf = words.next().context("--deliver needs a folder")?.into();
            return deliver_in(&dir, jobs);
        }
        Some(word) => bail!("figures does not know {word}"),
    };
    for figure in measure(only.as_deref())? {
        println!("{}", serde_json::to_string(&figure)?);
    }
    Ok(())
}
