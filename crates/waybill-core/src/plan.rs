//! The plan: one Automerge document per run, edited by office and crew at the same time.
//!
//! Its shape is a map of jobs keyed by id, each a map of few values:
//!
//! ```text
//! v: 1   run: <RunHead>   jobs: { <job id>: {
//!     spec: <JobSpec>, window: <Window>?, note, standing,      the office's
//!     rank, site_note?, pin: <Pin>?,                           the crew's too
//!     added: proposed | confirmed ?                            of a job that the crew added
//! } }
//! ```
//!
//! Invariant: nothing is ever deleted by key, because in Automerge a delete beats a concurrent edit.
//! A job that is off is `cancelled` or `moved`. A document lives as long as its run is kept.

mod chunk;
mod crew;
mod document;
mod guard;
mod office;
mod read;
mod wish;

pub use crew::{CREW_JOBS_MAX, crew_job_id};
pub use document::{Actor, PlanDoc, PlanError};
pub use guard::{Author, CHANGE_BYTES_MAX, CHANGES_MAX, OPS_MAX, PlanRefusal, take_crew_changes};
pub use office::{JobEdit, JobPut};
pub use wish::{Wish, Wishes, wishes};

use crate::id::JobId;
use crate::job::{Job, RunHead};

/// A run as its plan document has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub head: RunHead,
    /// In the order in which they are to be done.
    pub jobs: Vec<Job>,
    /// What two sides changed at the same time, so that one word silently won.
    pub conflicts: Vec<PlanConflict>,
}

/// Two values written at the same time; the plan shows one of them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlanConflict {
    pub job_id: JobId,
    pub field: String,
}

impl Plan {
    /// Finds a job.
    pub fn job(&self, job_id: &JobId) -> Option<&Job> {
        self.jobs.iter().find(|job| job.job_id == *job_id)
    }
}

/// The gap between the ranks of neighbours in a fresh run: room for twenty halvings.
pub const RANK_GAP: i64 = 1 << 20;

/// The rank that puts a job between two neighbours, or `None` where there is no room left.
pub fn rank_between(before: Option<i64>, after: Option<i64>) -> Option<i64> {
    match (before, after) {
        (None, None) => Some(0),
        (Some(before), None) => before.checked_add(RANK_GAP),
        (None, Some(after)) => after.checked_sub(RANK_GAP),
        (Some(before), Some(after)) => {
            let middle = i64::midpoint(before, after);
            (before < middle && middle < after).then_some(middle)
        }
    }
}

#[cfg(test)]
mod tests;
