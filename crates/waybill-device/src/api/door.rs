//! What a screen may ask for and show of a door: what giving up asks for, cash, a PIN, an age.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{CashMethod, Channel, ContactOutcome};
use waybill_core::failure::{Consequence, ReasonLayer};
use waybill_core::id::{JobId, RunId};
use waybill_core::job::Money;
use waybill_core::proof::Need;
use waybill_core::time::Timestamp;

/// Keeps that somebody tried to reach the customer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TryContact {
    pub run_id: RunId,
    pub job_id: JobId,
    pub channel: Channel,
    pub outcome: ContactOutcome,
}

/// Keeps that money was taken.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TakeCash {
    pub run_id: RunId,
    pub job_id: JobId,
    /// In the smallest unit of the currency in which it is due.
    #[ts(type = "number")]
    pub minor: i64,
    pub method: CashMethod,
    /// Why something is still open after it; needed where something is.
    pub reason: String,
}

/// Checks the PIN that the customer says.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckPin {
    pub run_id: RunId,
    pub job_id: JobId,
    pub pin: String,
}

/// Goes on without a PIN once it cannot be tried any more.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WaivePin {
    pub run_id: RunId,
    pub job_id: JobId,
    /// How the driver made sure.
    pub reason: String,
}

/// Keeps whether somebody is old enough.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CheckAge {
    pub run_id: RunId,
    pub job_id: JobId,
    pub is_old_enough: bool,
}

/// What somebody who still stands there may want to take a photo again for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PhotoAdvice {
    TooDark,
    Blurred,
    LikeBefore,
    FarAway,
}

/// A photo was kept, whatever is advised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PhotoSaved {
    pub fact_id: String,
    pub advice: Vec<PhotoAdvice>,
}

/// A reason for which the visit may be given up now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ReasonView {
    pub reason: String,
    pub layer: ReasonLayer,
    pub consequence: Consequence,
    /// Nobody attempted it.
    pub is_missed: bool,
    /// Nothing stands in for what it asks for.
    pub is_strict: bool,
    /// In the order in which a driver would do it.
    pub asks: Vec<AskView>,
}

/// What a reason asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    ContactAttempts,
    /// Minutes at the site.
    Wait,
    Photo,
}

/// How much of it is asked for, and how much is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AskView {
    pub ask: Ask,
    pub need: Need,
    pub wanted: u32,
    pub has: u32,
    /// From now until the next attempt counts, or until the wait is over.
    #[ts(type = "number")]
    pub wait_ms: u64,
}

/// A try to reach the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ContactView {
    pub fact_id: String,
    pub at: Timestamp,
    pub channel: Channel,
    pub outcome: ContactOutcome,
}

/// What is due and taken at a door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct CashView {
    pub due: Money,
    #[ts(type = "number")]
    pub taken_minor: i64,
    pub taken: Vec<TakenView>,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TakenView {
    pub fact_id: String,
    pub at: Timestamp,
    pub sum: Money,
    pub method: CashMethod,
    pub reason: String,
    pub is_own: bool,
}

/// The money of a whole run, in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct DayCashView {
    pub currency: String,
    #[ts(type = "number")]
    pub due_minor: i64,
    #[ts(type = "number")]
    pub taken_minor: i64,
    /// Of that, what is in the driver's pocket.
    #[ts(type = "number")]
    pub in_cash_minor: i64,
}

/// Where the check of a PIN stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct PinView {
    pub is_right: bool,
    pub is_waived: bool,
    pub tries_left: u32,
}

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct PinAnswer {
    pub is_right: bool,
    pub tries_left: u32,
}

/// Where the check of an age stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
pub struct AgeView {
    pub minimum: u32,
    /// `None` while nobody looked.
    pub is_old_enough: Option<bool>,
}
