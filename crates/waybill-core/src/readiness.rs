//! Readiness: may finance bill this job, and if not, why.
//!
//! The phone asks at the door, offline; the hub asks again when the facts arrive. Both get the same
//! answer because both ask here. They differ only in which evidence they hold.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fact::NotSignedWhy;
use crate::fold::{Door, JobState};
use crate::id::BlobHash;
use crate::job::JobStanding;
use crate::proof::{Need, ProofKind};
use crate::status::Status;

/// The verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Readiness {
    pub verdict: ReadinessVerdict,
    /// Why it is blocked, or what is different; empty when simply ready.
    pub reasons: Vec<ReadinessReason>,
}

/// May finance bill?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReadinessVerdict {
    Ready,
    ReadyWithDifference,
    Blocked,
}

impl ReadinessVerdict {
    /// The verdict's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::ReadyWithDifference => "ready_with_difference",
            Self::Blocked => "blocked",
        }
    }

    /// Says whether an invoice may be written.
    pub fn is_billable(self) -> bool {
        matches!(self, Self::Ready | Self::ReadyWithDifference)
    }
}

/// One reason, with a stable code and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReadinessReason {
    /// Nothing has come of the visit yet.
    NotDone,
    /// The visit failed: there is nothing to bill.
    Failed,
    /// Two outcomes stand against each other.
    TwoOutcomes,
    /// The office had cancelled or moved the job, and it was delivered.
    DeliveredAfterCancel,
    /// Required proof was not captured.
    ProofMissing {
        proof: ProofKind,
    },
    /// Proof was captured and is not here yet.
    ProofOnItsWay {
        count: u32,
    },
    /// Not all of it was handed over.
    Refused {
        count: u32,
    },
    Damaged {
        count: u32,
    },
    Missing {
        count: u32,
    },
    /// Something else was handed over in place of what was ordered.
    Substituted {
        count: u32,
    },
    /// Whoever took the goods would not or could not sign, and the driver says so.
    NotSigned {
        why: NotSignedWhy,
    },
    /// The crew added the job, and the office has not agreed to it.
    NotConfirmed,
    /// Less money was taken than was due.
    CashShort {
        sum: CashSum,
    },
    /// More money was taken than was due.
    CashOver {
        sum: CashSum,
    },
    /// No PIN was right, and the driver made sure in another way.
    PinWaived,
}

/// What was taken of what was due, in the smallest unit of the currency.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct CashSum {
    #[ts(type = "number")]
    pub due_minor: i64,
    #[ts(type = "number")]
    pub taken_minor: i64,
    pub currency: String,
}

/// Judges a job by its state and by the evidence that is held here.
pub fn judge(job: &JobState, holds: impl Fn(BlobHash) -> bool) -> Readiness {
    let mut blocks = Vec::new();
    if job.outcomes.len() > 1 {
        blocks.push(ReadinessReason::TwoOutcomes);
    }
    if job.status == Status::Failed {
        blocks.push(ReadinessReason::Failed);
    } else if job.outcomes.is_empty() {
        blocks.push(ReadinessReason::NotDone);
    }
    let is_delivered = job.outcomes.iter().any(|outcome| outcome.status != Status::Failed);
    if is_delivered {
        if job.standing != JobStanding::Planned {
            blocks.push(ReadinessReason::DeliveredAfterCancel);
        } else if job.is_unconfirmed {
            blocks.push(ReadinessReason::NotConfirmed);
        }
        // What cannot be had any more blocks nobody for ever; it is a difference, and a case.
        let has =
            |kind| job.has(kind) || (kind == ProofKind::Signature && job.why_unsigned().is_some());
        let missing = job.rule.missing(Need::Required, has);
        blocks.extend(missing.into_iter().map(|proof| ReadinessReason::ProofMissing { proof }));
        let away = job.blobs().filter(|blob| !holds(*blob)).count();
        if let Ok(count @ 1..) = u32::try_from(away) {
            blocks.push(ReadinessReason::ProofOnItsWay { count });
        }
    }
    if !blocks.is_empty() {
        return Readiness { verdict: ReadinessVerdict::Blocked, reasons: blocks };
    }
    let differences = differences(job);
    let verdict = if differences.is_empty() {
        ReadinessVerdict::Ready
    } else {
        ReadinessVerdict::ReadyWithDifference
    };
    Readiness { verdict, reasons: differences }
}

fn differences(job: &JobState) -> Vec<ReadinessReason> {
    let lines = job.outcomes.iter().flat_map(|outcome| &outcome.lines);
    let (mut refused, mut damaged, mut missing, mut substituted) = (0_u32, 0_u32, 0_u32, 0_u32);
    for line in lines {
        refused = refused.saturating_add(line.refused);
        damaged = damaged.saturating_add(line.damaged);
        missing = missing.saturating_add(line.missing);
        substituted = substituted.saturating_add(line.substituted());
    }
    let wants_signature = job.rule.need(ProofKind::Signature) == Need::Required;
    let unsigned = job.why_unsigned().filter(|_| wants_signature);
    let unsigned = unsigned.map(|why| ReadinessReason::NotSigned { why });
    let counted = [
        (refused, ReadinessReason::Refused { count: refused }),
        (damaged, ReadinessReason::Damaged { count: damaged }),
        (missing, ReadinessReason::Missing { count: missing }),
        (substituted, ReadinessReason::Substituted { count: substituted }),
    ]
    .into_iter()
    .filter_map(|(count, reason)| (count > 0).then_some(reason));
    unsigned
        .into_iter()
        .chain(counted)
        .chain(cash_difference(&job.door))
        .chain(is_waived(&job.door).then_some(ReadinessReason::PinWaived))
        .collect()
}

fn is_waived(door: &Door) -> bool {
    door.pin_right.is_empty() && !door.pin_waived.is_empty()
}

fn cash_difference(door: &Door) -> Option<ReadinessReason> {
    let (due, taken_minor) = door.cash_difference()?;
    let is_short = taken_minor < due.minor;
    let sum = CashSum { due_minor: due.minor, taken_minor, currency: due.currency.clone() };
    Some(if is_short {
        ReadinessReason::CashShort { sum }
    } else {
        ReadinessReason::CashOver { sum }
    })
}
