//! What a day weighs on the wire: message bodies, signatures and chain included, HTTP's own apart.

use waybill_core::status::Step;

use super::Figure;
use crate::bench_phone::BenchPhone;

const JOBS: usize = 120;

/// A fresh phone fetches a run of 120 jobs.
pub(super) fn morning_down_bytes() -> anyhow::Result<Figure> {
    let dir = tempfile::tempdir()?;
    let mut phone = BenchPhone::enrolled(dir.path(), JOBS)?;
    let (weight, _) = phone.round()?;
    Ok(weigh(
        "wire.morning_down_bytes",
        weight.down_bytes,
        "answer to a fresh phone with a run of 120 made-up jobs",
    ))
}

/// A phone comes back with an arrival for each of 120 jobs.
pub(super) fn reconnect_up_bytes() -> anyhow::Result<Figure> {
    let dir = tempfile::tempdir()?;
    let mut phone = BenchPhone::with_run(dir.path(), JOBS)?;
    for of in phone.jobs() {
        phone.engine.step(&of, Step::SetOut)?;
        phone.engine.step(&of, Step::Arrive)?;
    }
    let (weight, _) = phone.round()?;
    Ok(weigh(
        "wire.reconnect_up_bytes",
        weight.up_bytes,
        "question of a phone with 240 facts to send, seal included",
    ))
}

/// Nobody has anything to say.
pub(super) fn idle_bytes() -> anyhow::Result<Figure> {
    let dir = tempfile::tempdir()?;
    let mut phone = BenchPhone::with_run(dir.path(), JOBS)?;
    phone.round()?;
    let (weight, _) = phone.round()?;
    Ok(weigh(
        "wire.idle_bytes",
        weight.up_bytes + weight.down_bytes,
        "question and answer with nothing to say, receipt included",
    ))
}

fn weigh(name: &'static str, bytes: usize, how: &str) -> Figure {
    let value = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
    Figure { name, value, unit: "bytes", at_most: None, how: how.to_owned() }
}
