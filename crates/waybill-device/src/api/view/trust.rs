//! What is safe where, and whether what is captured next can be kept.

use serde::Serialize;
use ts_rs::TS;
use waybill_core::id::{JobId, RunId};
use waybill_core::time::Timestamp;

/// What is safe where, in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TrustView {
    /// Jobs with an outcome of which something is only on this phone.
    pub jobs_on_phone: u32,
    /// Jobs with an outcome that is wholly at the office.
    pub jobs_at_office: u32,
    pub facts_waiting: u32,
    pub blobs_waiting: u32,
    /// Facts that the office refused.
    pub attention: u32,
    /// Those that the office holds back or refused, the oldest first; no more than fifty.
    pub attention_rows: Vec<AttentionView>,
    pub air: Air,
    /// When the office last answered, by this phone's clock.
    pub last_contact_ms: Option<Timestamp>,
    /// What went wrong last, as a stable code, until the office answers again.
    pub trouble: Option<String>,
    /// Whether what is captured now can be kept.
    pub store: StoreHealth,
    /// The store is a copy of an earlier day: until the office has answered, what this phone did since is
    /// not known here, and a job that is done may look open.
    pub is_copy: bool,
    /// A damaged store was set aside; for some days, what became of what was in it.
    pub salvage: Option<SalvageView>,
}

/// A fact that does not count yet, or at all. It is kept either way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AttentionView {
    pub fact_id: String,
    /// What is known of it: nothing of a run that is not on this phone.
    pub run_id: Option<RunId>,
    pub job_id: Option<JobId>,
    pub kind: Option<String>,
    pub at: Option<Timestamp>,
    /// By when the office should have looked at it.
    pub due: Option<Timestamp>,
    /// `parked`: it waits and is judged again by itself; `quarantined`: somebody has to look.
    pub verdict: String,
    /// Why, as a stable code.
    pub code: String,
}

/// A file with everything that is only on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RescueView {
    /// Where it is.
    pub path: String,
    #[ts(type = "number")]
    pub bytes: u64,
    pub facts: u32,
    pub blobs: u32,
    /// Evidence whose bytes are gone, or for which the file had no room.
    pub blobs_left_out: u32,
}

/// What became of a damaged store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct SalvageView {
    pub at: Timestamp,
    pub facts: u32,
    /// Facts that could not be read. They are in the file that was set aside.
    pub facts_lost: u32,
    pub blobs: u32,
    pub drafts: u32,
    /// The office is still to be asked for what it holds.
    pub is_healing: bool,
}

/// Whether there is a way to the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Air {
    /// Not tried yet.
    Unknown,
    Online,
    Offline,
}

/// Whether the store takes captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StoreHealth {
    Good,
    /// There is space for some deliveries and not for a day.
    Low,
    /// Too little space is left for another delivery.
    Full,
    /// Nothing can be written at all.
    ReadOnly,
}
