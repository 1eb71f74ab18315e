//! Weather: a seed draws a day of taps, edits, lost and repeated messages, cuts, crashes and wrong
//! clocks over real phone engines and a real hub; afterwards the sky clears and an oracle counts.
//!
//! Everything is drawn from the seed and nothing runs by itself, so a seed replays byte for byte. The
//! only thing that is not real is the wire between them.

mod day;
mod oracle;
mod phone;

use std::collections::BTreeMap;

pub use day::run;

/// How rough the weather is, in percent of chances.
#[derive(Debug, Clone, Copy)]
pub struct Sky {
    pub lost_request: u64,
    pub lost_answer: u64,
    pub duplicated: u64,
    pub delayed: u64,
    pub portal: u64,
    pub torn_upload: u64,
    pub phone_crash: u64,
    pub hub_crash: u64,
}

/// What one seed's day came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub seed: u64,
    /// How often each kind of fault or act happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// A hash over everything that was said and shown: two runs of one seed have the same.
    pub trace: [u8; 32],
}

impl Report {
    /// How often something happened.
    pub fn count(&self, what: &str) -> u64 {
        self.counts.get(what).copied().unwrap_or(0)
    }
}

/// Runs a seed and says how to run it again if it fails.
pub fn try_seed(seed: u64) -> Result<Report, String> {
    run(seed)
        .map_err(|error| format!("seed {seed}: {error:#}\nreplay: cargo xtask sim --seed {seed}"))
}
