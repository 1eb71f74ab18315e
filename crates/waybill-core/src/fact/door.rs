//! What is tried, taken and checked at a door. Nothing here names evidence, and no check says more
//! about a customer than whether it went well.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How somebody tried to reach the customer.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Channel {
    #[n(0)]
    Call,
    #[n(1)]
    Text,
}

/// What came of it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ContactOutcome {
    #[n(0)]
    NoAnswer,
    #[n(1)]
    Answered,
    /// There is no such number, or no way to it.
    #[n(2)]
    Unreachable,
    /// A message went out; whether it was read nobody knows.
    #[n(3)]
    Sent,
}

/// Somebody tried to reach the customer.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Contacted {
    #[n(0)]
    pub channel: Channel,
    #[n(1)]
    pub outcome: ContactOutcome,
}

impl Contacted {
    /// The word of what was tried and came of it, as `call_no_answer`.
    pub fn word(&self) -> &'static str {
        match (self.channel, self.outcome) {
            (Channel::Call, ContactOutcome::NoAnswer) => "call_no_answer",
            (Channel::Call, ContactOutcome::Answered) => "call_answered",
            (Channel::Call, ContactOutcome::Unreachable) => "call_unreachable",
            (Channel::Call, ContactOutcome::Sent) => "call_sent",
            (Channel::Text, ContactOutcome::NoAnswer) => "text_no_answer",
            (Channel::Text, ContactOutcome::Answered) => "text_answered",
            (Channel::Text, ContactOutcome::Unreachable) => "text_unreachable",
            (Channel::Text, ContactOutcome::Sent) => "text_sent",
        }
    }
}

/// How money was given.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CashMethod {
    #[n(0)]
    Cash,
    #[n(1)]
    Card,
    #[n(2)]
    Other,
}

impl CashMethod {
    /// The method's word, the same in JSON and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cash => "cash",
            Self::Card => "card",
            Self::Other => "other",
        }
    }
}

/// Money was taken for the goods.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CashTaken {
    /// In the smallest unit of the currency.
    #[n(0)]
    pub minor: i64,
    /// ISO 4217, as `GBP`.
    #[n(1)]
    pub currency: String,
    #[n(2)]
    pub method: CashMethod,
    /// Why something is still open after it; empty where nothing is.
    #[n(3)]
    pub reason: String,
}

/// How a delivery PIN was checked.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum PinResult {
    #[n(0)]
    Right,
    #[n(1)]
    Wrong,
    /// No try was left, and the driver made sure in another way.
    #[n(2)]
    Waived,
}

impl PinResult {
    /// The result's word, as `pin_right`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Right => "pin_right",
            Self::Wrong => "pin_wrong",
            Self::Waived => "pin_waived",
        }
    }
}

/// A delivery PIN was checked. Which one was said is written down nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PinChecked {
    #[n(0)]
    pub result: PinResult,
    /// How many had been wrong before.
    #[n(1)]
    pub wrong_before: u32,
    /// How the driver made sure where it was waived; empty where it was not.
    #[n(2)]
    pub reason: String,
}

/// Somebody's age was looked at: whether it is enough, and never what it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AgeChecked {
    /// The age that was asked for.
    #[n(0)]
    pub minimum: u32,
    #[n(1)]
    pub is_old_enough: bool,
}
