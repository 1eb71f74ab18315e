//! What the office reads of a run's day beside its doors.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::CheckAnswer;
use waybill_core::id::ItemId;
use waybill_core::job::Money;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use super::view::PersonView;

/// A run's day: what was said of it and still counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct OfficeDay {
    pub checks: Vec<OfficeCheck>,
    pub departures: Vec<OfficeDeparture>,
    pub breaks: Vec<OfficeBreak>,
    pub debriefs: Vec<OfficeDebrief>,
}

/// Somebody looked the vehicle over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeCheck {
    pub fact_id: String,
    pub at_ms: Timestamp,
    pub by: PersonView,
    pub answers: Vec<CheckAnswer>,
    pub odometer_km: Option<u32>,
}

/// The vehicle left the depot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeDeparture {
    pub fact_id: String,
    pub at_ms: Timestamp,
    pub by: PersonView,
    /// What the gate found wanting, by its words.
    pub lacks: Vec<String>,
    /// Why it left all the same.
    pub reason: String,
}

/// Somebody rested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeBreak {
    pub fact_id: String,
    pub at_ms: Timestamp,
    pub by: PersonView,
    /// How long it lasted; `None` while it lasts.
    pub lasted_ms: Option<u64>,
}

/// The day was settled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeDebrief {
    pub fact_id: String,
    pub at_ms: Timestamp,
    pub by: PersonView,
    /// Who signed, and as what.
    pub name: String,
    pub role: Role,
    pub expected: Vec<Money>,
    pub counted: Vec<Money>,
    /// How many units were still aboard.
    pub units_aboard: u64,
    pub note: String,
}

/// What came back to the depot of one line, once somebody has counted it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeBack {
    pub item_id: ItemId,
    pub counted: u64,
    /// What had to come back.
    pub expected: u64,
}
