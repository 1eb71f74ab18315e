//! What a screen may show. Every type here is exported to TypeScript; none is stored or sent to the hub.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{LineOutcome, PhotoCategory, SignerRole};
use waybill_core::id::{DepotId, ItemId, JobId, PersonId, RunId};
use waybill_core::job::{Added, Address, Contact, Customer, JobKind, JobStanding, Money, Pin};
use waybill_core::place::{LatLon, Presence};
use waybill_core::proof::{Method, Need, ProofKind};
use waybill_core::readiness::Readiness;
use waybill_core::role::Role;
use waybill_core::status::{Status, Step};
use waybill_core::time::{Timestamp, Window};

use super::door::{AgeView, CashView, ContactView, DayCashView, PinView, ReasonView};

/// The first thing a screen asks for.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct StartView {
    /// Nothing but enrolment can be shown while this is `None`.
    pub crew: Option<CrewView>,
    pub runs: Vec<RunCard>,
    pub trust: TrustView,
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
    pub may_reorder: bool,
    pub may_add_job: bool,
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
    pub safety: Safety,
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
