//! Facts: what happened, as the device that saw it wrote it down. A fact never changes.
//!
//! A fact is a header that every reader of every age can read, and a body that a newer writer may
//! have given a kind this reader does not know. Such a fact is kept and passed on like any other.

mod day;
mod door;
mod load;
mod sign;

pub use day::{ChangeSeen, CheckAnswer, CheckedIn, Debriefed, Messaged, VehicleChecked};
pub use door::{
    AgeChecked, CashMethod, CashTaken, Channel, ContactOutcome, Contacted, PinChecked, PinResult,
};
pub use load::{Departed, LoadDiffered, LoadDifference, LoadSealed, PutAboard};
pub use sign::{NotSigned, NotSignedWhy, Signed, SignerRole};

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::cbor::{self, Malformed};
use crate::id::{BlobHash, FactId, ItemId, JobId, PersonId, RunId};
use crate::place::Fix;
use crate::plan::Wish;
use crate::proof::Method;
use crate::time::Reading;

/// The largest fact, in bytes. A device refuses to write a larger one; a hub quarantines it.
pub const FACT_BYTES_MAX: usize = 32 * 1024;

/// One fact as written: who, when, where and about which job; then what.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Fact {
    #[n(0)]
    pub run_id: RunId,
    #[n(1)]
    pub job_id: Option<JobId>,
    #[n(2)]
    pub person_id: PersonId,
    #[n(3)]
    pub act: Reading,
    #[n(4)]
    pub fix: Option<Fix>,
    #[n(5)]
    kind: u16,
    #[n(6)]
    body: ByteVec,
}

impl Fact {
    /// Writes down what happened.
    pub fn new(
        run_id: RunId,
        job_id: Option<JobId>,
        person_id: PersonId,
        act: Reading,
        fix: Option<Fix>,
        body: &Body,
    ) -> Self {
        let (kind, body) = body.to_parts();
        Self { run_id, job_id, person_id, act, fix, kind, body: body.into() }
    }

    /// The canonical bytes, which are what is chained, signed, stored and sent.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(self)
    }

    /// Reads a fact from its bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        if bytes.len() > FACT_BYTES_MAX {
            return Err(Malformed::rule("fact", "larger than a fact may be"));
        }
        cbor::decode("fact", bytes)
    }

    /// What happened, or [`Body::Unknown`] if a newer device says something we cannot read.
    pub fn body(&self) -> Body {
        Body::from_parts(self.kind, &self.body)
    }

    /// The number of the fact's kind.
    pub fn kind(&self) -> u16 {
        self.kind
    }
}

/// What a photo shows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PhotoCategory {
    #[n(0)]
    Goods,
    #[n(1)]
    Place,
    #[n(2)]
    Damage,
    #[n(3)]
    Document,
    #[n(4)]
    Label,
}

/// What became of one line of goods. The sum of the parts is what was ordered.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct LineOutcome {
    #[n(0)]
    pub item_id: ItemId,
    #[n(1)]
    pub delivered: u32,
    #[n(2)]
    pub refused: u32,
    #[n(3)]
    pub damaged: u32,
    #[n(4)]
    pub missing: u32,
    /// Something else was handed over in their place.
    #[n(5)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub substituted: Option<u32>,
    /// Why, in the driver's words.
    #[n(6)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub why: Option<String>,
}

impl LineOutcome {
    /// A line that was handed over whole.
    pub fn whole(item_id: ItemId, quantity: u32) -> Self {
        let (refused, damaged, missing) = (0, 0, 0);
        let (substituted, why) = (None, None);
        Self { item_id, delivered: quantity, refused, damaged, missing, substituted, why }
    }

    /// How many units something else was handed over for.
    pub fn substituted(&self) -> u32 {
        self.substituted.unwrap_or(0)
    }

    /// How many units the line accounts for.
    pub fn sum(&self) -> u64 {
        let parts = [self.delivered, self.refused, self.damaged, self.missing, self.substituted()];
        parts.into_iter().map(u64::from).sum()
    }
}

/// A photo was taken. Its bytes were on disk before this was written.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PhotoTaken {
    #[n(0)]
    pub blob: BlobHash,
    #[n(1)]
    pub category: PhotoCategory,
    #[n(2)]
    pub width: u32,
    #[n(3)]
    pub height: u32,
    /// The line of goods that it is of, where it is of one.
    #[n(4)]
    pub item_id: Option<ItemId>,
}

/// A code was read off a parcel.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Scanned {
    #[n(0)]
    pub code: String,
    #[n(1)]
    pub quantity: u32,
    /// Typed by hand, because the label could not be read.
    #[n(2)]
    pub is_typed: bool,
}

/// The goods changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Delivered {
    #[n(0)]
    pub lines: Vec<LineOutcome>,
    /// The version of the policy that the phone judged by.
    #[n(1)]
    pub policy: u32,
    /// To whom or where they were handed over.
    #[n(2)]
    #[cbor(default)]
    pub method: Method,
}

/// The job was attempted and could not be done.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Failed {
    /// A reason of the policy.
    #[n(0)]
    pub reason: String,
    #[n(1)]
    pub note: String,
    #[n(2)]
    pub policy: u32,
    /// Why it was given up before all that the reason asks for was done.
    #[n(3)]
    pub anyway: Option<String>,
}

/// An earlier fact is taken back. It stays in the journal; it no longer counts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Undone {
    #[n(0)]
    pub fact_id: FactId,
    #[n(1)]
    pub reason: String,
}

/// A failed visit is followed by another one.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Reattempted {
    /// The failure that does not stand any longer.
    #[n(0)]
    pub fact_id: FactId,
    #[n(1)]
    pub reason: String,
}

/// How many units of a line went onto the vehicle.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct LineCount {
    #[n(0)]
    pub item_id: ItemId,
    #[n(1)]
    pub quantity: u32,
}

/// The goods were counted onto the vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Counted {
    #[n(0)]
    pub lines: Vec<LineCount>,
}

/// Words about a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Noted {
    #[n(0)]
    pub text: String,
}

/// The hub did not take what the crew wrote in the plan. What they wanted is said here instead.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PlanRefused {
    /// Why, as the hub's stable code.
    #[n(0)]
    pub code: String,
    /// The job that the crew had added; the fact then names none, for the office has no such job.
    #[n(1)]
    pub added: Option<JobId>,
    #[n(2)]
    pub wishes: Vec<Wish>,
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $kind:literal $word:literal $name:ident($body:ty),)*) => {
        /// What happened.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Body {
            $($(#[$doc])* $name($body),)*
            /// Something that a newer device knows and this reader does not.
            Unknown { kind: u16 },
        }

        impl Body {
            /// The kind's word, the same in SQL, JSON and on screens.
            pub fn word(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => $word,)*
                    Self::Unknown { .. } => "unknown",
                }
            }

            fn to_parts(&self) -> (u16, Vec<u8>) {
                match self {
                    $(Self::$name(body) => ($kind, cbor::encode(body)),)*
                    Self::Unknown { kind } => (*kind, Vec::new()),
                }
            }

            fn from_parts(kind: u16, bytes: &[u8]) -> Self {
                let read = match kind {
                    $($kind => cbor::decode($word, bytes).map(Self::$name),)*
                    _ => return Self::Unknown { kind },
                };
                // A known kind that cannot be read says something this reader does not know.
                read.unwrap_or(Self::Unknown { kind })
            }
        }
    };
}

/// A body that says nothing beyond its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Encode, Decode)]
pub struct Plain {}

// A number is never used twice and never changes its meaning.
bodies! {
    /// The goods went onto the vehicle.
    1 "loaded" Loaded(Plain),
    /// The driver set out for this job.
    2 "on_the_way" OnTheWay(Plain),
    /// The driver is at the site.
    3 "arrived" Arrived(Plain),
    4 "photo_taken" PhotoTaken(PhotoTaken),
    5 "signed" Signed(Signed),
    6 "scanned" Scanned(Scanned),
    7 "delivered" Delivered(Delivered),
    8 "failed" Failed(Failed),
    9 "undone" Undone(Undone),
    10 "noted" Noted(Noted),
    /// What was still aboard went back to the depot.
    11 "returned" Returned(Plain),
    /// The driver tries again after a failed visit.
    12 "reattempted" Reattempted(Reattempted),
    /// What went onto the vehicle, line by line; a line that is not named went aboard as ordered.
    13 "counted" Counted(Counted),
    /// A change of the plan was not taken; this is what it was meant to do.
    14 "plan_refused" PlanRefused(PlanRefused),
    15 "not_signed" NotSigned(NotSigned),
    /// Somebody tried to reach the customer.
    20 "contacted" Contacted(Contacted),
    21 "cash_taken" CashTaken(CashTaken),
    22 "pin_checked" PinChecked(PinChecked),
    23 "age_checked" AgeChecked(AgeChecked),
    30 "put_aboard" PutAboard(PutAboard),
    31 "load_differed" LoadDiffered(LoadDiffered),
    32 "load_sealed" LoadSealed(LoadSealed),
    33 "departed" Departed(Departed),
    40 "vehicle_checked" VehicleChecked(VehicleChecked),
    41 "messaged" Messaged(Messaged),
    42 "break_began" BreakBegan(Plain),
    43 "break_ended" BreakEnded(Plain),
    44 "change_seen" ChangeSeen(ChangeSeen),
    45 "checked_in" CheckedIn(CheckedIn),
    46 "debriefed" Debriefed(Debriefed),
}

impl Body {
    /// The evidence that the fact names.
    pub fn blob(&self) -> Option<BlobHash> {
        match self {
            Self::PhotoTaken(photo) => Some(photo.blob),
            Self::Signed(signed) => Some(signed.blob),
            Self::LoadSealed(sealed) => Some(sealed.blob),
            Self::Debriefed(debriefed) => Some(debriefed.blob),
            Self::Loaded(_)
            | Self::OnTheWay(_)
            | Self::Arrived(_)
            | Self::Scanned(_)
            | Self::Delivered(_)
            | Self::Failed(_)
            | Self::Undone(_)
            | Self::Noted(_)
            | Self::Returned(_)
            | Self::Reattempted(_)
            | Self::Counted(_)
            | Self::PlanRefused(_)
            | Self::NotSigned(_)
            | Self::PutAboard(_)
            | Self::LoadDiffered(_)
            | Self::Departed(_)
            | Self::Contacted(_)
            | Self::CashTaken(_)
            | Self::PinChecked(_)
            | Self::AgeChecked(_)
            | Self::VehicleChecked(_)
            | Self::Messaged(_)
            | Self::BreakBegan(_)
            | Self::BreakEnded(_)
            | Self::ChangeSeen(_)
            | Self::CheckedIn(_)
            | Self::Unknown { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;
