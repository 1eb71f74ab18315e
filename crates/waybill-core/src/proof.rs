//! What proof a job needs, and what of it is there.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How much a kind of proof is wanted.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    TS,
    Encode,
    Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Need {
    /// Not asked for.
    #[default]
    #[n(0)]
    Off,
    /// Offered.
    #[n(1)]
    Optional,
    /// Missed aloud, but the job is billable without it.
    #[n(2)]
    Warn,
    /// The job is not billable without it.
    #[n(3)]
    Required,
}

/// To whom or where goods are handed over.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    TS,
    Encode,
    Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Method {
    #[default]
    #[n(0)]
    Recipient,
    #[n(1)]
    Neighbour,
    #[n(2)]
    SafePlace,
    #[n(3)]
    Locker,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 4] = [Self::Recipient, Self::Neighbour, Self::SafePlace, Self::Locker];

    /// The method's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Recipient => "recipient",
            Self::Neighbour => "neighbour",
            Self::SafePlace => "safe_place",
            Self::Locker => "locker",
        }
    }
}

/// A kind of proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ProofKind {
    Signature,
    Photo,
    Scan,
    Name,
    /// The PIN that the customer was given.
    Pin,
    /// Somebody old enough took the goods.
    Age,
}

impl ProofKind {
    /// Every kind, in the order in which a screen asks for them.
    pub const ALL: [Self; 6] =
        [Self::Scan, Self::Age, Self::Pin, Self::Photo, Self::Name, Self::Signature];

    /// The kind's word, the same in JSON and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::Photo => "photo",
            Self::Scan => "scan",
            Self::Name => "name",
            Self::Pin => "pin",
            Self::Age => "age",
        }
    }
}

/// Which proof a delivery needs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct ProofRule {
    #[n(0)]
    #[serde(default)]
    pub signature: Need,
    #[n(1)]
    #[serde(default)]
    pub photo: Need,
    #[n(2)]
    #[serde(default)]
    pub scan: Need,
    /// The name of whoever took the goods.
    #[n(3)]
    #[serde(default)]
    pub name: Need,
    /// How old whoever takes the goods must be; not asked where there is none.
    #[n(4)]
    #[serde(default)]
    #[ts(optional)]
    pub minimum_age: Option<u32>,
    /// Required where the plan has a PIN. No policy and no job says it.
    #[cbor(skip)]
    #[serde(skip)]
    pub pin: Need,
}

impl ProofRule {
    /// How much one kind is wanted.
    pub fn need(&self, kind: ProofKind) -> Need {
        match kind {
            ProofKind::Signature => self.signature,
            ProofKind::Photo => self.photo,
            ProofKind::Scan => self.scan,
            ProofKind::Name => self.name,
            ProofKind::Pin => self.pin,
            ProofKind::Age if self.minimum_age.is_some_and(|age| age > 0) => Need::Required,
            ProofKind::Age => Need::Off,
        }
    }

    /// The rule that asks for whatever either of two asks for.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        Self {
            signature: self.signature.max(other.signature),
            photo: self.photo.max(other.photo),
            scan: self.scan.max(other.scan),
            name: self.name.max(other.name),
            minimum_age: self.minimum_age.max(other.minimum_age),
            pin: self.pin.max(other.pin),
        }
    }

    /// The kinds that are wanted at least this much and not there.
    pub fn missing(&self, at_least: Need, has: impl Fn(ProofKind) -> bool) -> Vec<ProofKind> {
        let wanted = |kind: &ProofKind| self.need(*kind) >= at_least && !has(*kind);
        ProofKind::ALL.into_iter().filter(wanted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_required_and_absent_is_missing() {
        let rule = ProofRule {
            signature: Need::Required,
            photo: Need::Required,
            scan: Need::Warn,
            ..ProofRule::default()
        };
        let has_photo = |kind| kind == ProofKind::Photo;
        assert_eq!(rule.missing(Need::Required, has_photo), [ProofKind::Signature]);
        assert_eq!(rule.missing(Need::Warn, has_photo), [ProofKind::Scan, ProofKind::Signature]);
    }
}
