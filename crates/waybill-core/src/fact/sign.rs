//! The customer's word: a signature, or why there is none.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::LineOutcome;
use crate::id::BlobHash;

/// Who signed.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum SignerRole {
    #[n(0)]
    Recipient,
    #[n(1)]
    Employee,
    #[n(2)]
    Neighbour,
    #[n(3)]
    Other,
}

/// Somebody signed on the screen. The blob holds the strokes.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Signed {
    #[n(0)]
    pub blob: BlobHash,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub role: SignerRole,
    /// What the signer has against it, in their own words.
    #[n(3)]
    #[cbor(default)]
    pub reservation: String,
    /// What they signed for: the lines that are not handed over whole.
    #[n(4)]
    #[cbor(default)]
    pub lines: Vec<LineOutcome>,
    /// The language in which they read it, as `de`.
    #[n(5)]
    #[cbor(default)]
    pub language: String,
}

impl Signed {
    /// A signature under all of the goods, and nothing against it.
    pub fn plain(blob: BlobHash, name: String, role: SignerRole) -> Self {
        let (reservation, language) = (String::new(), String::new());
        Self { blob, name, role, reservation, lines: Vec::new(), language }
    }
}

/// Why there is no signature where one was asked for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum NotSignedWhy {
    /// They would not.
    #[n(0)]
    Refused,
    /// They could not.
    #[n(1)]
    Unable,
}

impl NotSignedWhy {
    /// The word, the same in JSON and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unable => "unable",
        }
    }
}

/// Somebody took the goods and did not sign for them.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NotSigned {
    #[n(0)]
    pub why: NotSignedWhy,
    /// Who took them, as far as they said.
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub note: String,
}
