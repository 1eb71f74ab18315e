//! What the office owns: its queue of cases and matters, and how a matter is closed.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::case::{Severity, Trigger};
use waybill_core::day::Matter;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::Money;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use super::view::PersonView;

/// `GET /v1/queue`: everything that somebody has to look at, in the order in which it is to be done: what
/// the reader's own role owns, what matters most, what is due first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueView {
    pub entries: Vec<QueueEntry>,
    /// There is more than is shown; it comes up as what is shown is dealt with.
    pub has_more: bool,
    pub complete_through_ms: Timestamp,
}

/// One thing to look at, of a run or of one of its jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueEntry {
    pub run_id: RunId,
    pub vehicle: String,
    pub zone: String,
    pub job: Option<QueueJob>,
    pub owner: Role,
    pub severity: Severity,
    pub opened_at_ms: Timestamp,
    pub due_at_ms: Timestamp,
    pub thing: QueueThing,
}

/// The job that an entry is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueJob {
    pub job_id: JobId,
    pub order: String,
    pub customer: String,
}

/// What there is to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "thing", rename_all = "snake_case")]
pub enum QueueThing {
    /// A job's state raises it; it closes when the state does not any more.
    Case { trigger: Trigger },
    /// A fact raised it; somebody closes it.
    Matter { matter: Box<OfficeMatter> },
}

/// What one fact of a run asks the office to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeMatter {
    /// The fact that raised it.
    pub fact_id: String,
    pub job_id: Option<JobId>,
    pub matter: Matter,
    pub owner: Role,
    pub severity: Severity,
    /// What it is about: words of the crew's, and stable words that screens have texts for.
    pub text: String,
    /// Where other money was handed in than was taken: what should have been there, and what was.
    pub expected: Vec<Money>,
    pub counted: Vec<Money>,
    pub by: PersonView,
    pub device_name: String,
    /// By the device's clock.
    pub at_ms: Timestamp,
    pub opened_at_ms: Timestamp,
    pub due_at_ms: Timestamp,
    /// It is open, and the reader is somebody who owns it.
    pub may_close: bool,
    pub closing: Option<MatterClosing>,
}

/// Who closed a matter, when, and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MatterClosing {
    pub at_ms: Timestamp,
    pub by: String,
    pub note: String,
}

/// `POST /v1/runs/{run_id}/matters/close`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CloseMatter {
    pub fact_id: String,
    /// What was done about it, in up to 2,000 bytes.
    pub note: String,
}
