//! The shapes of the office API. Ids and words are the same as on the phone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::case::Trigger;
use waybill_core::fact::{LineOutcome, PhotoCategory, SignerRole};
use waybill_core::id::{DepotId, JobId, PersonId, RunId};
use waybill_core::job::{
    Added, Address, Contact, Customer, Item, JobKind, JobSpec, JobStanding, Money, Pin,
};
use waybill_core::place::{Fix, Presence};
use waybill_core::proof::{Need, ProofKind};
use waybill_core::readiness::Readiness;
use waybill_core::role::Role;
use waybill_core::status::Status;
use waybill_core::time::{Timestamp, Window};

use super::day::{OfficeBack, OfficeDay};
pub use super::feed::FeedEntry;
use super::matter::OfficeMatter;
use super::upkeep::FeedMark;
use super::wish::OfficeWish;

/// `POST /v1/session`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SignIn {
    pub login: String,
    pub password: String,
}

/// `POST /v1/session`, `GET /v1/session`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SessionView {
    pub person: PersonView,
    pub company: String,
    /// For programs; a browser has it as a cookie. Only in the answer to a sign-in.
    pub token: Option<String>,
}

/// Somebody of the company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PersonView {
    pub person_id: PersonId,
    pub name: String,
    pub role: Role,
    /// The depots whose work they may see; an empty list is none.
    pub depots: Vec<DepotId>,
}

/// `PUT /v1/people/{person_id}`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PutPerson {
    pub name: String,
    pub role: Role,
    pub depots: Vec<DepotId>,
    /// Needed to sign in at the office; drivers and loaders need none.
    #[serde(default)]
    pub login: Option<String>,
    #[serde(default)]
    pub password: Option<String>,
}

/// `PUT /v1/runs/{run_id}`: a run as the office's own system has it.
///
/// Repeating it changes nothing, even if the office has moved a window since. A job that is not
/// named stays as it is: nothing is cancelled by leaving it out.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PutRun {
    pub depot_id: DepotId,
    pub day: String,
    pub zone: String,
    pub vehicle: String,
    pub driver_id: PersonId,
    pub jobs: Vec<PutJob>,
}

/// A job in `PutRun`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PutJob {
    pub job_id: JobId,
    #[serde(default)]
    pub window: Option<Window>,
    #[serde(default)]
    pub note: String,
    /// What the customer says at the door, 4 to 8 digits. Only a hash of it is kept.
    #[serde(default)]
    #[ts(optional)]
    pub pin: Option<String>,
    pub spec: JobSpec,
}

/// The answer to `PUT /v1/runs/{run_id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PutRunAnswer {
    pub run_id: RunId,
    /// Whether anything is different from before.
    pub is_changed: bool,
    pub jobs: u32,
}

/// `PATCH /v1/runs/{run_id}/jobs/{job_id}`: what the office changes while a job is out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct PatchJob {
    #[serde(default)]
    #[ts(optional)]
    pub window: Option<Window>,
    #[serde(default)]
    #[ts(optional)]
    pub note: Option<String>,
    #[serde(default)]
    #[ts(optional)]
    pub standing: Option<JobStanding>,
    /// What is to be known about the site.
    #[serde(default)]
    #[ts(optional)]
    pub site_note: Option<String>,
    /// The address is where the crew says that the entrance is.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub takes_pin: bool,
    /// The office agrees to a job that the crew added.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub confirms: bool,
}

/// `GET /v1/runs?day=2026-11-20`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunsView {
    pub runs: Vec<RunSummary>,
    /// Days that have runs, newest first.
    pub days: Vec<String>,
    pub complete_through_ms: Timestamp,
}

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunSummary {
    pub run_id: RunId,
    pub depot_id: DepotId,
    pub day: String,
    pub zone: String,
    pub vehicle: String,
    pub driver: PersonView,
    pub jobs: u32,
    pub jobs_done: u32,
    pub jobs_failed: u32,
    pub jobs_ready: u32,
    /// Open cases of its jobs.
    pub cases: u32,
    /// Open matters of the run.
    pub matters: u32,
    /// When a phone with this run last spoke to the hub.
    pub last_contact_ms: Option<Timestamp>,
}

/// `GET /v1/runs/{run_id}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunPage {
    pub run: RunSummary,
    pub jobs: Vec<OfficeJobRow>,
    /// Every fact that is about the run and none of its jobs.
    pub facts: Vec<OfficeFact>,
    /// What they say of the day.
    pub day: OfficeDay,
    /// What the office was asked to look at, open and closed.
    pub matters: Vec<OfficeMatter>,
}

/// A job in the run's table, in the order in which it is to be done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct OfficeJobRow {
    pub job_id: JobId,
    pub order: String,
    pub kind: JobKind,
    pub customer: String,
    pub city: String,
    pub window: Option<Window>,
    pub standing: JobStanding,
    pub status: Status,
    pub outcome_at_ms: Option<Timestamp>,
    pub readiness: Readiness,
    pub cases: Vec<Trigger>,
    pub has_note: bool,
    /// Only of a job that the crew added.
    pub added: Option<Added>,
}

/// `GET /v1/runs/{run_id}/jobs/{job_id}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct JobPage {
    pub run_id: RunId,
    pub job_id: JobId,
    pub zone: String,
    pub order: String,
    pub kind: JobKind,
    pub customer: Customer,
    pub contact: Contact,
    pub address: Address,
    pub window: Option<Window>,
    pub note: String,
    /// What is to be known about the site, as office and crew keep it.
    pub site_note: String,
    /// Where the crew says that the entrance is.
    pub pin: Option<Pin>,
    /// Only of a job that the crew added.
    pub added: Option<Added>,
    pub standing: JobStanding,
    pub status: Status,
    pub cash_due: Option<Money>,
    pub items: Vec<Item>,
    pub lines: Vec<LineOutcome>,
    /// What was counted back into the depot, line by line; empty where nobody has counted.
    pub back: Vec<OfficeBack>,
    /// How long the driver had been at the site when the visit ended, where it is known.
    pub waited_ms: Option<u64>,
    pub proof: Vec<OfficeProof>,
    pub photos: Vec<OfficePhoto>,
    pub signatures: Vec<OfficeSignature>,
    pub facts: Vec<OfficeFact>,
    pub readiness: Readiness,
    pub cases: Vec<OfficeCase>,
    /// Messages about the job.
    pub matters: Vec<OfficeMatter>,
    pub feed: Vec<FeedEntry>,
}

/// One kind of proof: how much it is wanted and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeProof {
    pub proof: ProofKind,
    pub need: Need,
    pub has: bool,
}

/// A photo; its bytes are at `/v1/runs/{run_id}/jobs/{job_id}/blobs/{blob}` once held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficePhoto {
    pub fact_id: String,
    pub blob: String,
    pub category: PhotoCategory,
    pub at_ms: Timestamp,
    pub width: u32,
    pub height: u32,
    pub is_held: bool,
    pub is_undone: bool,
}

/// A signature; its strokes are at the same place as a photo's bytes, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeSignature {
    pub fact_id: String,
    pub blob: String,
    pub name: String,
    pub role: SignerRole,
    pub at_ms: Timestamp,
    pub is_held: bool,
    pub is_undone: bool,
}

/// A fact in the job's history: what was claimed, and when the hub got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeFact {
    pub fact_id: String,
    pub kind: String,
    pub person: PersonView,
    pub device_name: String,
    /// By the device's clock.
    pub at_ms: Timestamp,
    /// By the hub's clock.
    pub received_at_ms: Timestamp,
    pub fix: Option<Fix>,
    pub presence: Presence,
    /// Words of the fact: a failure's reason, a note, the code for which a plan change was refused.
    pub text: String,
    /// The money that it is about.
    pub sum: Option<Money>,
    /// What a plan change that was refused was meant to do.
    pub wishes: Vec<OfficeWish>,
    pub is_undone: bool,
    pub is_irregular: bool,
}

/// A case that the job's state raises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeCase {
    pub trigger: Trigger,
    pub owner: Role,
    pub due_at_ms: Timestamp,
}

/// `GET /v1/feed?after=0&limit=100&store_epoch=1`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FeedView {
    pub entries: Vec<FeedEntry>,
    /// Ask for what comes after this.
    #[ts(type = "number")]
    pub next: i64,
    pub has_more: bool,
    pub complete_through_ms: Timestamp,
    /// Say this with the next question: a reader whom a restore has left ahead is told so.
    #[ts(type = "number")]
    pub store_epoch: u64,
}

/// `GET /v1/people`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PeopleView {
    pub people: Vec<PersonView>,
}

/// `POST /v1/enrolments`
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Invite {
    pub person_id: PersonId,
    pub depot_id: DepotId,
}

/// The answer to `POST /v1/enrolments`: good once, for a short time.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InviteView {
    /// What the QR code says.
    pub link: String,
    /// The QR code as an SVG document.
    pub qr_svg: String,
    pub expires_at_ms: Timestamp,
}

/// An error, as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    /// Stable; everything else may be reworded.
    pub code: String,
    #[serde(default)]
    pub faults: Vec<ProblemFault>,
    /// Where a reader of the feed goes on who read what a restore has lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub feed: Option<FeedMark>,
}

/// One field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProblemFault {
    pub field: String,
    pub code: String,
}
