//! Weather: a seed draws a day of taps, edits, lost and repeated messages, cuts, crashes, full disks,
//! restored backups, wrong clocks and a phone gone bad, over real phone engines and a real hub;
//! afterwards the sky clears and an oracle counts.
//!
//! Everything is drawn from the seed and nothing runs by itself, so a seed replays byte for byte. The
//! only thing that is not real is the wire between them.

mod dawn;
mod day;
mod faults;
mod oracle;
mod phone;
mod sky;
mod talk;

use std::collections::BTreeMap;

pub use day::run;
pub use sky::Sky;

/// Seeds that once failed, and what they found. They are run for good, beside whatever is drawn.
pub const KEPT: &[u64] = &[
    // A run that left a phone's scope and came back while something waited: facts of others were missed.
    45, // Restored phones whose facts the receipt named only beyond what they still had.
    6, 12, 15, 21,
];

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

/// Runs a seed and says how to run it again, and what was drawn for it, if it fails.
pub fn try_seed(seed: u64) -> Result<Report, String> {
    run(seed).map_err(|error| {
        let sky = Sky::of(seed);
        format!("seed {seed}: {error:#}\ndrawn: {sky:?}\nreplay: cargo xtask sim --seed {seed}")
    })
}

/// Everything that happens to somebody over enough seeds. A kind that never happens has lost its teeth.
pub const KINDS: &[&str] = &[
    "request lost",
    "answer lost",
    "receipt lost after commit",
    "request duplicated",
    "request delayed",
    "request arrived late",
    "portal answered",
    "upload torn",
    "partitioned both ways",
    "partitioned one way: nothing arrives",
    "partitioned one way: nothing comes back",
    "phone crashed",
    "phone crashed before the answer",
    "phone restarted",
    "phone restored from a backup",
    "phone's disk full",
    "capture refused by a full disk",
    "answer not kept by a full disk",
    "hub crashed",
    "hub's disk full",
    "hub restored from a backup",
    "clock set wrong",
    "phone revoked",
    "revoked phone turned away",
    "run reassigned",
    "bad phone: broken bytes",
    "bad phone: another's words",
    "bad phone: sealed nonsense",
    "reorder",
    "undo",
    "deliver",
    "job cancelled",
    "window moved",
    "conflicting outcomes",
];
