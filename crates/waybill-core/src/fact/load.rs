//! What happens at the dock: goods onto the vehicle, what differs, who agrees, and off it goes.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{BlobHash, ItemId};
use crate::role::Role;

/// Units of one line went onto the vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PutAboard {
    #[n(0)]
    pub item_id: ItemId,
    /// What the scanner read; empty where somebody counted by hand.
    #[n(1)]
    pub code: String,
    #[n(2)]
    pub quantity: u32,
    /// Why it was typed or counted, if it was not scanned.
    #[n(3)]
    pub by_hand: Option<String>,
}

/// How a load differs from the plan.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum LoadDifference {
    /// Not there to be loaded.
    #[n(0)]
    Short,
    /// There, and left behind because it is broken.
    #[n(1)]
    Damaged,
    /// Something else went aboard in its place.
    #[n(2)]
    Substituted,
    /// Went aboard beyond what was ordered.
    #[n(3)]
    Over,
}

impl LoadDifference {
    /// The difference's word, the same in JSON and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Damaged => "damaged",
            Self::Substituted => "substituted",
            Self::Over => "over",
        }
    }

    /// Says whether its units are on the vehicle.
    pub fn is_aboard(self) -> bool {
        matches!(self, Self::Substituted | Self::Over)
    }
}

/// Units of a line were not loaded as planned. A later word about the same line and difference, by the
/// same device, replaces the one before it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LoadDiffered {
    #[n(0)]
    pub item_id: ItemId,
    #[n(1)]
    pub difference: LoadDifference,
    #[n(2)]
    pub quantity: u32,
    /// In the loader's words: what went aboard instead, or why nothing did.
    #[n(3)]
    pub note: String,
}

/// Somebody signed for what is aboard. Of a run, not of a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct LoadSealed {
    /// The hash of the manifest that was signed for.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub manifest: [u8; 32],
    /// The number on the seal; empty where there is none.
    #[n(1)]
    pub seal: String,
    #[n(2)]
    pub name: String,
    /// As loader or as driver.
    #[n(3)]
    pub role: Role,
    /// The strokes.
    #[n(4)]
    pub blob: BlobHash,
    /// How many units the manifest had.
    #[n(5)]
    pub units: u64,
}

/// The vehicle left the depot. Of a run, not of a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Departed {
    /// What was aboard, as far as this device knew.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub manifest: [u8; 32],
    /// What the gate found wanting, by its words.
    #[n(1)]
    pub lacks: Vec<String>,
    /// Why it left all the same.
    #[n(2)]
    pub reason: String,
    #[n(3)]
    pub policy: u32,
}
