//! Incidents: what is wrong with a device or its journal rather than with anybody's delivery. They are
//! kept apart from the cases of the business, so that neither hides the other.

mod fork;

pub use fork::{Fork, forks};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::case::Severity;
use crate::role::Role;
use crate::time::Timestamp;

const HOUR_MS: i64 = 3_600_000;
/// How long a fact may wait for the plan to know its job before somebody is asked about it.
pub const PARKED_GRACE_MS: i64 = 72 * HOUR_MS;

/// What went wrong behind the deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Incident {
    /// Two phones write as one device.
    JournalForked,
    /// A tail of a journal is not what its device sealed.
    TailRefused,
    /// A device recorded what its person may not.
    FactsQuarantined,
    /// Facts wait for a run or a job that nobody has planned.
    FactsParked,
    /// A device is past what is kept of it; it holds the rest itself.
    QuotaReached,
}

impl Incident {
    /// Every incident.
    pub const ALL: [Self; 5] = [
        Self::JournalForked,
        Self::TailRefused,
        Self::FactsQuarantined,
        Self::FactsParked,
        Self::QuotaReached,
    ];

    /// The incident's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::JournalForked => "journal_forked",
            Self::TailRefused => "tail_refused",
            Self::FactsQuarantined => "facts_quarantined",
            Self::FactsParked => "facts_parked",
            Self::QuotaReached => "quota_reached",
        }
    }

    /// Whose it is.
    pub fn owner(self) -> Role {
        match self {
            Self::FactsParked => Role::Dispatcher,
            Self::JournalForked
            | Self::TailRefused
            | Self::FactsQuarantined
            | Self::QuotaReached => Role::Admin,
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::JournalForked | Self::TailRefused | Self::QuotaReached => Severity::High,
            Self::FactsQuarantined | Self::FactsParked => Severity::Normal,
        }
    }

    /// By when somebody who saw it at some time has to have dealt with it.
    pub fn due_at(self, seen_at: Timestamp) -> Timestamp {
        seen_at.plus_ms(match self {
            Self::JournalForked | Self::TailRefused | Self::QuotaReached => 4 * HOUR_MS,
            Self::FactsQuarantined | Self::FactsParked => 24 * HOUR_MS,
        })
    }
}

#[cfg(test)]
mod tests;
