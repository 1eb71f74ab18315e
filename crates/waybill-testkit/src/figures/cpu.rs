//! What this process has taken of the processors.

use anyhow::Context;

/// A tick of the system's count lasts this long.
const TICK_MS: f64 = 10.0;

/// How long this process has used processors so far.
pub(super) fn ms() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program may hold spaces; what follows it does not.
    let after = stat.rsplit_once(") ").context("a process has a name")?.1;
    let fields: Vec<&str> = after.split(' ').collect();
    let ticks = |at: usize| -> anyhow::Result<u32> {
        Ok(fields.get(at).context("a process has times")?.parse()?)
    };
    Ok((f64::from(ticks(11)?) + f64::from(ticks(12)?)) * TICK_MS)
}
