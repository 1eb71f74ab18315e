//! Money that was taken at a door, as finance reads it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{CashMethod, CashTaken};
use waybill_core::job::Money;

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
