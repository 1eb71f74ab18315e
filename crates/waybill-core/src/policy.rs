//! Policy: the versioned rules of a company. Phones carry it; a fact names the version it was judged by.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::proof::{Need, ProofRule};

/// What kind of thing stood in the way.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ReasonLayer {
    #[n(0)]
    Site,
    #[n(1)]
    Customer,
    #[n(2)]
    Order,
    #[n(3)]
    Goods,
    #[n(4)]
    Vehicle,
    #[n(5)]
    Time,
}

/// A reason for which a job may fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Reason {
    /// A stable word; screens hold its text in every language.
    #[n(0)]
    pub reason: String,
    #[n(1)]
    pub layer: ReasonLayer,
    /// UN/EDIFACT data element 9013.
    #[n(2)]
    pub edifact_9013: String,
    /// The office needs to see it.
    #[n(3)]
    pub photo: Need,
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Policy {
    #[n(0)]
    pub version: u32,
    /// What a job needs that does not say so itself.
    #[n(1)]
    pub proof: ProofRule,
    /// How far from the site a fact may be and still count as at the door.
    #[n(2)]
    pub radius_m: u32,
    #[n(3)]
    pub reasons: Vec<Reason>,
}

impl Policy {
    /// The policy that Waybill ships with.
    pub fn shipped() -> Self {
        let reason = |reason: &str, layer, edifact: &str, photo| Reason {
            reason: reason.to_owned(),
            layer,
            edifact_9013: edifact.to_owned(),
            photo,
        };
        Self {
            version: 1,
            proof: ProofRule {
                signature: Need::Required,
                photo: Need::Optional,
                scan: Need::Off,
                name: Need::Required,
            },
            radius_m: 150,
            reasons: vec![
                reason("nobody_there", ReasonLayer::Customer, "6", Need::Required),
                reason("closed", ReasonLayer::Site, "7", Need::Required),
                reason("address_not_found", ReasonLayer::Site, "38", Need::Warn),
                reason("no_access", ReasonLayer::Site, "14", Need::Required),
                reason("refused_by_customer", ReasonLayer::Customer, "21", Need::Optional),
                reason("damaged", ReasonLayer::Goods, "14", Need::Required),
                reason("not_on_vehicle", ReasonLayer::Vehicle, "16", Need::Off),
                reason("out_of_time", ReasonLayer::Time, "12", Need::Off),
            ],
        }
    }

    /// Finds a reason by its word.
    pub fn reason(&self, word: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.reason == word)
    }

    /// The proof a job needs: its own rule, else the company's.
    pub fn proof_for(&self, own: Option<ProofRule>) -> ProofRule {
        own.unwrap_or(self.proof)
    }
}
