//! What a screen may show. Every type here is exported to TypeScript; none is stored or sent to the hub.

mod trust;

pub use trust::{Air, AttentionView, RescueView, SalvageView, StoreHealth, TrustView};

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::change::Changed;
use waybill_core::fact::{LineOutcome, NotSignedWhy, PhotoCategory, SignerRole};
use waybill_core::id::{DepotId, ItemId, JobId, PersonId, RunId};
use waybill_core::job::{Added, Address, Contact, Customer, JobKind, JobStanding, Money, Pin};
use waybill_core::place::{LatLon, Presence};
use waybill_core::proof::{Method, Need, ProofKind};
use waybill_core::readiness::Readiness;
use waybill_core::role::Role;
use waybill_core::status::{Status, Step};
use waybill_core::time::{Timestamp, Window};

use super::day::ChangeView;
use super::door::{AgeView, CashView, ContactView, DayCashView, PinView, ReasonView};

/// The first thing a screen asks for.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StartView {
    /// Nothing but enrolment can be shown while this is `None`.
    pub crew: Option<CrewView>,
    pub runs: Vec<RunCard>,
    pub trust: TrustView,
    /// The job whose customer has the phone in hand: nothing else is shown until the driver takes it back.
    pub handed: Option<HandedView>,
    /// The driver has chosen a code for that.
    pub has_code: bool,
    /// Nobody is signed in, since when; and whether the driver's code is asked for to sign in again.
    pub signed_out: Option<SignedOutView>,
}

/// Nobody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct SignedOutView {
    pub at: Timestamp,
    pub asks_code: bool,
}

/// The job whose customer has the phone in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct HandedView {
    pub run_id: RunId,
    pub job_id: JobId,
    /// They have signed, and give the phone back.
    pub is_signed: bool,
    /// The other jobs of the same visit for which they sign too.
    pub together: Vec<JobId>,
}

/// Who holds this phone.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct CrewView {
    pub company: String,
    pub depot_id: DepotId,
    pub person_id: PersonId,
    pub person_name: String,
    pub role: Role,
    pub device_id: String,
    pub device_name: String,
    pub hub_url: String,
}

/// A run among others.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RunCard {
    pub run_id: RunId,
    pub day: String,
    pub vehicle: String,
    pub jobs: u32,
    pub jobs_done: u32,
}

/// A run with its jobs, in the order in which they are to be done.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RunView {
    pub run_id: RunId,
    pub day: String,
    /// The zone in which windows are shown, as `Europe/London`.
    pub zone: String,
    pub vehicle: String,
    pub jobs: Vec<JobRow>,
    /// The first job that is still to be done.
    pub next_job_id: Option<JobId>,
    /// The money of the run, currency by currency.
    pub cash: Vec<DayCashView>,
    pub may: RunMay,
    /// The vehicle has left the depot.
    pub has_departed: bool,
    /// What is on this phone for the day.
    pub kit: KitView,
    /// The vehicle was looked at; nobody has to where the policy names no points.
    pub is_vehicle_checked: bool,
    /// Since when a break lasts.
    pub resting_since: Option<Timestamp>,
}

/// What is on this phone for a run: with all of it the day needs no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct KitView {
    pub jobs: u32,
    pub site_notes: u32,
    /// The version of the policy in force, and what it brings.
    pub policy: u32,
    pub reasons: u32,
    pub rules: u32,
    /// How old the position of this phone is, if it knows one.
    #[ts(type = "number | null")]
    pub place_age_ms: Option<u64>,
    pub place_accuracy_m: Option<u32>,
    /// How far this phone's clock was off the office's when it last answered.
    #[ts(type = "number | null")]
    pub clock_off_ms: Option<i64>,
}

/// What this person may do with the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct RunMay {
    pub reorder: bool,
    pub add_job: bool,
    /// There are goods to load, and they may load them.
    pub load: bool,
}

/// A job in the list.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct JobRow {
    pub job_id: JobId,
    pub kind: JobKind,
    pub order: String,
    pub customer: String,
    pub address_line: String,
    pub city: String,
    pub window: Option<Window>,
    pub status: Status,
    pub standing: JobStanding,
    pub items: u32,
    pub cash_due: Option<Money>,
    /// The proof that is required, in the order in which it is asked for.
    pub proof_needed: Vec<ProofKind>,
    pub has_note: bool,
    /// Only of a job that the crew added.
    pub added: Option<Added>,
    /// From where the phone was last, along the ground.
    pub distance_m: Option<u32>,
    /// Only once the job has an outcome.
    pub readiness: Option<Readiness>,
    pub safety: Safety,
    /// What the office changed and the driver has not read.
    pub changes: Vec<Changed>,
    /// The first job of its visit, where several jobs are one visit.
    pub visit: Option<JobId>,
}

/// Where what was captured for a job is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// Nothing was captured yet.
    Nothing,
    /// All of it is named by a receipt of the office.
    Office,
    /// It is on this phone and waits for air.
    Phone,
    /// The office refused some of it; it is kept here and somebody must look.
    Attention,
}

/// Everything about one job.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct JobView {
    pub run_id: RunId,
    pub job_id: JobId,
    pub zone: String,
    pub kind: JobKind,
    pub order: String,
    pub customer: Customer,
    pub contact: Contact,
    pub address: Address,
    pub window: Option<Window>,
    pub note: String,
    /// What is to be known about the site, as office and crew keep it.
    pub site_note: String,
    /// Where the crew says that the entrance is; the office has taken it over once it is the address's.
    pub pin: Option<Pin>,
    /// Only of a job that the crew added.
    pub added: Option<Added>,
    pub standing: JobStanding,
    pub status: Status,
    /// Where something is due.
    pub cash: Option<CashView>,
    /// Where the customer was given a PIN.
    pub pin_check: Option<PinView>,
    /// Where somebody has to be old enough.
    pub age_check: Option<AgeView>,
    pub items: Vec<ItemView>,
    pub proof: Vec<ProofView>,
    pub photos: Vec<PhotoView>,
    pub signature: Option<SignatureView>,
    /// Only where nobody signed.
    pub not_signed: Option<NotSignedView>,
    /// How the goods may be handed over now, and the proof that each way needs.
    pub methods: Vec<MethodView>,
    /// The steps that may be taken now.
    pub steps: Vec<Step>,
    pub may: JobMay,
    /// The reasons for which the visit may be given up now.
    pub failing: Vec<ReasonView>,
    /// Who was tried to be reached during this visit.
    pub contacts: Vec<ContactView>,
    /// What finance will say to the job as it stands.
    pub readiness: Readiness,
    pub outcome: Option<OutcomeView>,
    pub facts: Vec<FactView>,
    pub distance_m: Option<u32>,
    pub presence: Presence,
    pub safety: Safety,
    /// Text that was being written when the screen was left; the screen alone knows what it means.
    pub draft: Option<String>,
    /// What the office changed and the driver has not read.
    pub change: Option<ChangeView>,
    /// The other jobs of the same visit, in the order of the run.
    pub together: Vec<TogetherView>,
}

/// Another job of the same visit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TogetherView {
    pub job_id: JobId,
    pub order: String,
    pub items: u32,
    pub status: Status,
}

/// What may be done now beside the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[expect(clippy::struct_excessive_bools, reason = "each is a right of its own")]
pub struct JobMay {
    pub count: bool,
    pub note_site: bool,
    /// Take money and check a PIN or an age: somebody is at the door, or has been.
    pub check: bool,
    /// The phone knows well enough where it is.
    pub propose_pin: bool,
}

/// A way of handing goods over.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct MethodView {
    pub method: Method,
    pub proof: Vec<ProofView>,
}

/// One line of goods and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ItemView {
    pub item_id: ItemId,
    pub sku: String,
    pub text: String,
    pub quantity: u32,
    pub unit: String,
    pub code: String,
    /// How many are aboard: as counted, or as ordered where nobody counted.
    pub loaded: u32,
    pub is_counted: bool,
    /// How many were scanned at the door.
    pub scanned: u32,
    pub outcome: Option<LineOutcome>,
}

/// One kind of proof: how much it is wanted and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct ProofView {
    pub proof: ProofKind,
    pub need: Need,
    pub has: bool,
}

/// A photo of the job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhotoView {
    pub fact_id: String,
    /// The name of its bytes; the host knows where they are shown from.
    pub blob: String,
    pub category: PhotoCategory,
    pub at: Timestamp,
    pub width: u32,
    pub height: u32,
    pub safety: Safety,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SignatureView {
    pub fact_id: String,
    pub name: String,
    pub role: SignerRole,
    pub at: Timestamp,
    pub strokes: Strokes,
    pub reservation: String,
    /// What was signed for: the lines that were not to be handed over whole.
    pub lines: Vec<LineOutcome>,
    pub safety: Safety,
}

/// Who took the goods and did not sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct NotSignedView {
    pub fact_id: String,
    pub why: NotSignedWhy,
    pub name: String,
    pub note: String,
}

/// A drawing: strokes over a field of the given size, each a list of `x, y, ms` triples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Strokes {
    pub width: u32,
    pub height: u32,
    pub strokes: Vec<Vec<[i32; 3]>>,
}

/// How the visit ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct OutcomeView {
    pub fact_id: String,
    pub status: Status,
    pub at: Timestamp,
    pub reason: String,
    /// To whom or where the goods went; it means nothing where none did.
    pub method: Method,
    /// How long the driver had been at the site, where their arrival is known.
    #[ts(type = "number | null")]
    pub waited_ms: Option<u64>,
}

/// A fact in the job's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct FactView {
    pub fact_id: String,
    /// The word of the fact's kind, as `arrived`.
    pub kind: String,
    pub at: Timestamp,
    pub presence: Presence,
    pub is_undone: bool,
    pub is_own: bool,
    pub safety: Safety,
    /// Why the office refused it, as a stable code.
    pub refused: Option<String>,
}

/// What a command that recorded something answers: it is durable on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Saved {
    pub fact_id: String,
}

/// A job that was added to the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct AddedJob {
    pub job_id: JobId,
}

/// Nothing to say beyond that it worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct Done {}

/// What the screens should read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    Start,
    Run,
    Job,
    Trust,
}

/// A position, for a host that has no receiver and is told where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SetPlace {
    pub at: LatLon,
    pub accuracy_m: u32,
}
