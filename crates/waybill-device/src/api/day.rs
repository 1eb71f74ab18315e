//! What a screen may ask for and show of a run's day: the vehicle, breaks, words for the office, changes that
//! the office made, and the account in the evening; and of what left the phone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::change::Changed;
use waybill_core::fact::{CheckAnswer, LineCount};
use waybill_core::id::{ItemId, JobId, RunId};
use waybill_core::job::{Address, Contact, Item, Money};
use waybill_core::place::LatLon;
use waybill_core::role::Role;
use waybill_core::time::{Timestamp, Window};

use super::view::{Safety, Strokes};

/// Keeps what was found at the vehicle.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckVehicle {
    pub run_id: RunId,
    /// One for each point of the policy.
    pub answers: Vec<CheckAnswer>,
    #[serde(default)]
    #[ts(optional)]
    pub odometer_km: Option<u32>,
}

/// Writes to the office.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Message {
    pub run_id: RunId,
    /// The job that it is about, if it is about one.
    #[serde(default)]
    #[ts(optional)]
    pub job_id: Option<JobId>,
    /// A sentence that the app has ready, by its word; empty for none.
    pub preset: String,
    pub text: String,
}

/// Keeps what came back of a job.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckIn {
    pub run_id: RunId,
    pub job_id: JobId,
    pub lines: Vec<LineCount>,
}

/// Signs for the day's account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Debrief {
    pub run_id: RunId,
    /// The account that was shown, by its digest.
    pub digest: String,
    /// The money that was counted, currency by currency.
    pub counted: Vec<Money>,
    /// Why it is not what it should be; needed where it is not.
    pub note: String,
    pub name: String,
    pub role: Role,
    pub strokes: Strokes,
}

/// Leaves the phone to itself: it goes on sending, and shows nothing more.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    /// The driver's own code, where one was chosen.
    pub code: String,
}

/// A run's day.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DayView {
    pub run_id: RunId,
    pub vehicle: String,
    pub day: String,
    pub zone: String,
    /// The points at which the vehicle is looked at, by stable words.
    pub points: Vec<String>,
    /// The last look, if there was one.
    pub check: Option<CheckView>,
    pub breaks: Vec<BreakView>,
    /// The one that lasts.
    pub resting: Option<BreakView>,
    /// What has to come home, job by job.
    pub back: Vec<BackJob>,
    /// Jobs that nobody has ended.
    pub jobs_open: u32,
    /// The money that should be there.
    pub cash: Vec<Money>,
    /// What two people sign for, as eight digits that they can compare.
    pub digest: String,
    pub debriefs: Vec<DebriefView>,
    /// Facts and evidence that are only on this phone.
    pub unsent: u32,
    /// What was written to the office, the newest first.
    pub messages: Vec<MessageView>,
    /// Sentences that the app has ready.
    pub presets: Vec<String>,
}

/// A look at the vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CheckView {
    pub fact_id: String,
    pub at: Timestamp,
    pub defects: Vec<CheckAnswer>,
    pub odometer_km: Option<u32>,
    pub safety: Safety,
}

/// A break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct BreakView {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
    /// How long it has lasted.
    #[ts(type = "number")]
    pub ms: u64,
}

/// What has to come home of one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackJob {
    pub job_id: JobId,
    pub order: String,
    pub customer: String,
    pub lines: Vec<BackLine>,
}

/// One line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct BackLine {
    pub item_id: ItemId,
    pub text: String,
    pub unit: String,
    pub expected: u32,
    /// What was counted, once somebody has.
    pub checked_in: Option<u32>,
}

/// Somebody's signature under the day's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DebriefView {
    pub fact_id: String,
    pub at: Timestamp,
    pub name: String,
    pub role: Role,
    pub counted: Vec<Money>,
    /// It is still what they signed for.
    pub is_current: bool,
    pub safety: Safety,
}

/// Words for the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct MessageView {
    pub fact_id: String,
    pub at: Timestamp,
    pub job_id: Option<JobId>,
    pub preset: String,
    pub text: String,
    pub safety: Safety,
}

/// What the office changed in a job since it was read here.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChangeView {
    pub changes: Vec<Changed>,
    /// How it was, unless the job is new.
    pub before: Option<BeforeView>,
}

/// A job as it was read, as far as a person wants to compare it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct BeforeView {
    pub window: Option<Window>,
    pub address: Address,
    pub contact: Contact,
    pub items: Vec<Item>,
    pub cash_due: Option<Money>,
    pub note: String,
}

/// What left this phone about the person who holds it, and what will.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LedgerView {
    /// The newest first, and no more than five hundred.
    pub rows: Vec<LedgerRow>,
    pub positions: u32,
    pub photos: u32,
    #[ts(type = "number")]
    pub photo_bytes: u64,
}

/// A fact that says where this phone was, or that names a photo.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LedgerRow {
    pub fact_id: String,
    pub at: Timestamp,
    /// The word of the fact's kind, as `arrived`.
    pub kind: String,
    pub run_id: RunId,
    pub job_id: Option<JobId>,
    pub order: String,
    pub place: Option<LatLon>,
    pub accuracy_m: Option<u32>,
    /// The photo or signature, and how large it is.
    pub blob: Option<String>,
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    pub safety: Safety,
}
