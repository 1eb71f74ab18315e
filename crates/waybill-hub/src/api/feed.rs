//! What finance reads: an entry of the feed, and the money that was taken at the door.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{CashMethod, CashTaken, LineOutcome};
use waybill_core::id::{JobId, RunId};
use waybill_core::job::{Customer, Money};
use waybill_core::readiness::{ReadinessReason, ReadinessVerdict};
use waybill_core::time::Timestamp;

/// One entry of the feed. An entry never changes; a later one may supersede it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FeedEntry {
    /// The life of the store that gave out the number; numbers are counted on over a restore.
    #[serde(default = "first_life")]
    #[ts(type = "number")]
    pub store_epoch: u64,
    #[ts(type = "number")]
    pub seq: i64,
    pub run_id: RunId,
    pub job_id: JobId,
    pub order: String,
    pub customer: Customer,
    /// 1 for the first entry of a job, then counting.
    pub revision: u32,
    /// The entry that this one replaces.
    #[ts(type = "number | null")]
    pub supersedes: Option<i64>,
    pub verdict: ReadinessVerdict,
    pub reasons: Vec<ReadinessReason>,
    /// When the outcome happened, by the device's clock.
    pub act_at_ms: Option<Timestamp>,
    /// How long the driver had been at the site by then, where it is known. No invoice is corrected because
    /// of it alone: it is no part of `content`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub waited_ms: Option<u64>,
    pub published_at_ms: Timestamp,
    pub lines: Vec<LineOutcome>,
    pub cash_due: Option<Money>,
    /// What was taken at the door.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// SHA-256 of every piece of evidence.
    pub proof: Vec<String>,
    /// The facts that the verdict rests on.
    pub facts: Vec<String>,
    /// A hash over what an invoice depends on. With run and job it names what is billed: what comes
    /// again after a restore has the same.
    #[serde(default)]
    pub content: String,
}

/// What an entry says that was written before lives were counted.
fn first_life() -> u64 {
    1
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Payment {
    pub sum: Money,
    pub method: CashMethod,
    /// Why something stayed open after it; empty where nothing did.
    pub reason: String,
}

impl From<&CashTaken> for Payment {
    fn from(taken: &CashTaken) -> Self {
        let sum = Money { minor: taken.minor, currency: taken.currency.clone() };
        Self { sum, method: taken.method, reason: taken.reason.clone() }
    }
}
