//! What happens to a run's day beside its doors: the vehicle is looked at, people rest and write to each
//! other, changes are read, and in the evening goods and money come home.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LineCount;
use crate::id::BlobHash;
use crate::job::Money;
use crate::role::Role;

/// What was found at one point of the vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct CheckAnswer {
    /// A point of the policy, by its stable word.
    #[n(0)]
    pub point: String,
    #[n(1)]
    pub is_good: bool,
    /// What is wrong with it; empty where nothing is.
    #[n(2)]
    pub note: String,
}

/// Somebody looked the vehicle over. Of a run, not of a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct VehicleChecked {
    #[n(0)]
    pub answers: Vec<CheckAnswer>,
    #[n(1)]
    pub policy: u32,
    #[n(2)]
    pub odometer_km: Option<u32>,
}

/// Words for the office, of a run or of one of its jobs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Messaged {
    /// One of the sentences that the app has ready, by its stable word; empty where it is only text.
    #[n(0)]
    pub preset: String,
    #[n(1)]
    pub text: String,
}

/// The driver has read what the office changed in a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct ChangeSeen {
    /// The digest of the job as it was read.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub digest: [u8; 32],
}

/// What came back to the depot of a job, counted there.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CheckedIn {
    #[n(0)]
    pub lines: Vec<LineCount>,
}

/// The day is settled: what should have come home and what did. Of a run, not of a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Debriefed {
    /// The digest of the account that was signed.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub digest: [u8; 32],
    /// The money that should be there, currency by currency.
    #[n(1)]
    pub expected: Vec<Money>,
    /// The money that was counted.
    #[n(2)]
    pub counted: Vec<Money>,
    /// How many units were still aboard.
    #[n(3)]
    pub units_aboard: u64,
    #[n(4)]
    pub note: String,
    #[n(5)]
    pub name: String,
    /// As driver, or as whoever takes it over.
    #[n(6)]
    pub role: Role,
    /// The strokes.
    #[n(7)]
    pub blob: BlobHash,
}
