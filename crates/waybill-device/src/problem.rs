//! What a screen is told when something did not work: a stable code and whether to try again.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::status::Refusal;
use waybill_sync::code::{Code, Retry};

use crate::store::StoreError;

/// A problem, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Problem {
    /// Stable; screens hold its text in every language.
    pub code: String,
    pub retry: Retry,
    /// For whoever looks into it; never shown to a driver as the only text.
    pub detail: String,
    /// Which order it is about, where several were asked for at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub order: Option<String>,
    /// How many seconds the hub asked to be left alone for.
    #[serde(skip)]
    #[ts(skip)]
    pub wait_s: Option<u64>,
}

impl Problem {
    /// A problem with nothing more to say.
    pub fn of(code: Code) -> Self {
        Self::with(code, "")
    }

    /// A problem and what is known about it.
    pub fn with(code: Code, detail: impl std::fmt::Display) -> Self {
        let (code, retry, detail) = (code.word().to_owned(), code.retry(), detail.to_string());
        Self { code, retry, detail, order: None, wait_s: None }
    }

    /// The same, said of one order among several.
    #[must_use]
    pub fn about(self, order: &str) -> Self {
        Self { order: Some(order.to_owned()), ..self }
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::of(code)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::with(refusal.into(), refusal)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::with(error.code(), error)
    }
}
