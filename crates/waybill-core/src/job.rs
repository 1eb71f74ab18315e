//! The words of the plan: a run, its jobs, and what is carried.
//!
//! The words are the same in JSON, so these types say how they are written there.

mod delivery_pin;
mod fault;

use fault::age_fault;

pub use delivery_pin::{DeliveryPin, PIN_TRIES_MAX};
pub use fault::{FieldFault, text_fault};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{DepotId, ItemId, JobId, PersonId, RunId};
use crate::place::LatLon;
use crate::proof::ProofRule;
use crate::time::Window;

/// The longest text of any one field.
pub const TEXT_BYTES_MAX: usize = 2_000;
/// The most jobs in one run.
pub const JOBS_MAX: usize = 500;
/// The most lines of goods in one job.
pub const ITEMS_MAX: usize = 500;
/// The most units of one line: its sums then fit their integers.
pub const QUANTITY_MAX: u32 = 1_000_000;
/// The longest note about a site: what one reads at a gate.
pub const SITE_NOTE_BYTES_MAX: usize = 500;
/// The largest specification of a job that a crew adds at the door, as bytes.
pub const CREW_SPEC_BYTES_MAX: usize = 4_096;
/// The most lines of goods in such a job.
pub const CREW_ITEMS_MAX: usize = 20;
/// The oldest age that goods may ask for.
pub const MINIMUM_AGE_MAX: u32 = 120;
/// A position vaguer than this proposes no entrance.
pub const PIN_ACCURACY_M_MAX: u32 = 100;

/// What a run is, apart from its jobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct RunHead {
    #[n(0)]
    pub run_id: RunId,
    #[n(1)]
    pub depot_id: DepotId,
    /// The working day, as `2026-11-20`.
    #[n(2)]
    pub day: String,
    /// The zone in which windows are read, as `Europe/London`.
    #[n(3)]
    pub zone: String,
    #[n(4)]
    pub vehicle: String,
    #[n(5)]
    pub driver_id: PersonId,
}

/// What is to be done at the door.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum JobKind {
    #[n(0)]
    Deliver,
    #[n(1)]
    Collect,
    #[n(2)]
    Swap,
}

/// Whose job it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Customer {
    #[n(0)]
    pub name: String,
    #[n(1)]
    #[serde(default)]
    pub reference: String,
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Contact {
    #[n(0)]
    #[serde(default)]
    pub name: String,
    #[n(1)]
    #[serde(default)]
    pub phone: String,
    #[n(2)]
    #[serde(default)]
    pub email: String,
}

/// Where to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Address {
    #[n(0)]
    pub line1: String,
    #[n(1)]
    #[serde(default)]
    pub line2: String,
    #[n(2)]
    pub city: String,
    #[n(3)]
    #[serde(default)]
    pub postcode: String,
    #[n(4)]
    #[serde(default)]
    pub country: String,
    #[n(5)]
    #[serde(default)]
    pub at: Option<LatLon>,
}

/// One line of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Item {
    #[n(0)]
    pub item_id: ItemId,
    #[n(1)]
    #[serde(default)]
    pub sku: String,
    #[n(2)]
    pub text: String,
    #[n(3)]
    pub quantity: u32,
    #[n(4)]
    pub unit: String,
    /// What a scanner reads on it.
    #[n(5)]
    #[serde(default)]
    pub code: String,
    #[n(6)]
    #[serde(default)]
    pub weight_g: u32,
}

/// Money in the smallest unit of its currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Money {
    #[n(0)]
    #[ts(type = "number")]
    pub minor: i64,
    /// ISO 4217, as `GBP`.
    #[n(1)]
    pub currency: String,
}

/// What decides how much proof is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Terms {
    /// A word of the company's own, as `medicine`.
    #[n(0)]
    #[serde(default)]
    pub goods_class: String,
    /// What the goods are worth together.
    #[n(1)]
    #[serde(default)]
    pub value: Option<Money>,
    /// How old whoever takes the goods must be.
    #[n(2)]
    #[serde(default)]
    #[ts(optional)]
    pub minimum_age: Option<u32>,
}

/// The part of a job that only the office writes, and writes whole.
///
/// It is one value in the plan document: goods and address change together or not at all, and a
/// hundred jobs cost their text and little more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct JobSpec {
    #[n(0)]
    pub kind: JobKind,
    /// The order's number in the office's own system.
    #[n(1)]
    pub order: String,
    #[n(2)]
    pub customer: Customer,
    #[n(3)]
    #[serde(default)]
    pub contact: Contact,
    #[n(4)]
    pub address: Address,
    #[n(5)]
    pub items: Vec<Item>,
    /// What this job needs beyond or below the policy's default.
    #[n(6)]
    #[serde(default)]
    pub proof: Option<ProofRule>,
    #[n(7)]
    #[serde(default)]
    pub cash_due: Option<Money>,
    /// What decides how much proof is asked for, where the job does not say it itself.
    #[n(8)]
    #[serde(default)]
    pub terms: Option<Terms>,
    /// Made by the hub from the PIN that the office puts; nobody says or reads it in JSON.
    #[n(9)]
    #[serde(skip)]
    pub delivery_pin: Option<DeliveryPin>,
}

/// What the office has decided about a job while it is out.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum JobStanding {
    #[default]
    Planned,
    Cancelled,
    /// Given to another run.
    Moved,
}

impl JobStanding {
    /// The word in the plan document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Cancelled => "cancelled",
            Self::Moved => "moved",
        }
    }

    /// Reads the word; one that a newer office wrote is no longer simply planned.
    pub fn from_word(word: &str) -> Self {
        match word {
            "planned" => Self::Planned,
            "moved" => Self::Moved,
            _ => Self::Cancelled,
        }
    }
}

/// Where the crew says that the entrance is. The address stays until the office takes it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Pin {
    #[n(0)]
    pub at: LatLon,
    /// The true place is within this radius two times out of three.
    #[n(1)]
    pub accuracy_m: u32,
}

impl Pin {
    /// Says whether it names a place well enough.
    pub fn is_good(&self) -> bool {
        self.at.is_on_globe() && self.accuracy_m <= PIN_ACCURACY_M_MAX
    }
}

/// How far a job that the crew added is agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Added {
    /// The office has not looked at it.
    Proposed,
    Confirmed,
}

impl Added {
    /// The word in the plan document.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Confirmed => "confirmed",
        }
    }

    /// Reads the word; there is none where the office planned the job.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "" => None,
            "confirmed" => Some(Self::Confirmed),
            _ => Some(Self::Proposed),
        }
    }
}

/// One job as the plan has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub job_id: JobId,
    pub spec: JobSpec,
    pub window: Option<Window>,
    /// The office's word to the driver.
    pub note: String,
    pub standing: JobStanding,
    /// Where it stands in the run; ties go by id.
    pub rank: i64,
    /// What is to be known about the site, as office and crew keep it.
    pub site_note: String,
    /// Where the crew says that the entrance is.
    pub pin: Option<Pin>,
    /// Only of a job that the crew added.
    pub added: Option<Added>,
}

/// Checks what a type cannot: that a run head can be worked with.
pub fn check_head(head: &RunHead) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if chrono::NaiveDate::parse_from_str(&head.day, "%Y-%m-%d").is_err() {
        faults.push(FieldFault { field: "day".to_owned(), code: "day_invalid" });
    }
    if head.zone.is_empty() || head.zone.len() > 64 {
        faults.push(FieldFault { field: "zone".to_owned(), code: "zone_invalid" });
    }
    text_fault(&mut faults, "vehicle", &head.vehicle, true);
    faults
}

/// Checks what a type cannot: that a driver could do the job.
pub fn check_spec(spec: &JobSpec) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    text_fault(&mut faults, "order", &spec.order, true);
    text_fault(&mut faults, "customer/name", &spec.customer.name, true);
    text_fault(&mut faults, "customer/reference", &spec.customer.reference, false);
    text_fault(&mut faults, "contact/name", &spec.contact.name, false);
    text_fault(&mut faults, "contact/phone", &spec.contact.phone, false);
    text_fault(&mut faults, "contact/email", &spec.contact.email, false);
    text_fault(&mut faults, "address/line1", &spec.address.line1, true);
    text_fault(&mut faults, "address/line2", &spec.address.line2, false);
    text_fault(&mut faults, "address/city", &spec.address.city, true);
    text_fault(&mut faults, "address/postcode", &spec.address.postcode, false);
    text_fault(&mut faults, "address/country", &spec.address.country, false);
    if spec.address.at.is_some_and(|at| !at.is_on_globe()) {
        faults.push(FieldFault { field: "address/at".to_owned(), code: "off_the_globe" });
    }
    if let Some(terms) = &spec.terms {
        text_fault(&mut faults, "terms/goods_class", &terms.goods_class, false);
        age_fault(&mut faults, "terms/minimum_age", terms.minimum_age);
    }
    age_fault(&mut faults, "proof/minimum_age", spec.proof.and_then(|rule| rule.minimum_age));
    if spec.items.len() > ITEMS_MAX {
        faults.push(FieldFault { field: "items".to_owned(), code: "too_many" });
    }
    let mut seen = std::collections::BTreeSet::new();
    for (at, item) in spec.items.iter().enumerate() {
        text_fault(&mut faults, &format!("items/{at}/text"), &item.text, true);
        text_fault(&mut faults, &format!("items/{at}/unit"), &item.unit, true);
        text_fault(&mut faults, &format!("items/{at}/sku"), &item.sku, false);
        text_fault(&mut faults, &format!("items/{at}/code"), &item.code, false);
        if item.quantity == 0 || item.quantity > QUANTITY_MAX {
            let field = format!("items/{at}/quantity");
            faults.push(FieldFault { field, code: "quantity_invalid" });
        }
        if !seen.insert(&item.item_id) {
            faults.push(FieldFault { field: format!("items/{at}/item_id"), code: "repeated" });
        }
    }
    faults
}

/// Checks a job that a crew adds: what it costs and which proof it needs is the office's to say.
pub fn check_crew_spec(spec: &JobSpec) -> Vec<FieldFault> {
    let mut faults = check_spec(spec);
    let priced = [
        ("proof", spec.proof.is_some()),
        ("cash_due", spec.cash_due.is_some()),
        ("terms", spec.terms.is_some()),
        ("pin", spec.delivery_pin.is_some()),
    ];
    let fault = |(field, _): (&str, bool)| FieldFault { field: field.to_owned(), code: "unknown" };
    faults.extend(priced.into_iter().filter(|(_, is_set)| *is_set).map(fault));
    if spec.items.len() > CREW_ITEMS_MAX {
        faults.push(FieldFault { field: "items".to_owned(), code: "too_many" });
    }
    if crate::cbor::encode(spec).len() > CREW_SPEC_BYTES_MAX {
        faults.push(FieldFault { field: "spec".to_owned(), code: "too_long" });
    }
    faults
}
