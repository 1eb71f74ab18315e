//! Cases: what the office has to look at, raised from the state and never from the order of arrival.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fold::JobState;
use crate::items::{LineAccount, account, is_over_or_short};
use crate::job::{Job, JobStanding};
use crate::proof::Need;
use crate::role::Role;
use crate::status::Status;
use crate::time::{Punctuality, Timestamp};

const HOUR_MS: i64 = 3_600_000;
/// How long after a delivery proof may still be added before somebody is asked about it.
pub const PROOF_GRACE_MS: i64 = HOUR_MS;

/// What opens a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The visit failed; somebody decides what happens next.
    Failed,
    /// Two people say two things about one job.
    TwoOutcomes,
    /// The office had cancelled or moved what the driver delivered.
    DeliveredAfterCancel,
    /// Not all of it was handed over.
    DifferenceToPlan,
    /// Office and crew, or two in the office, changed one field at the same time.
    PlanConflict,
    /// Required proof was not added in time.
    ProofMissing,
    /// More or less was loaded or handed over than there should be.
    OverOrShort,
    /// The visit ended after its window.
    LateOutcome,
    /// The crew added a job, and nobody in the office has agreed to it.
    JobAdded,
    /// A visit was given up before what its reason asks for was done.
    EvidenceMissing,
    /// Less or more money was taken than was due.
    CashDifference,
    /// Other goods came back to the depot than had to.
    BackOtherwise,
}

/// How much a case matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Normal,
    High,
}

impl Trigger {
    /// Every trigger.
    pub const ALL: [Self; 12] = [
        Self::Failed,
        Self::TwoOutcomes,
        Self::DeliveredAfterCancel,
        Self::DifferenceToPlan,
        Self::PlanConflict,
        Self::ProofMissing,
        Self::OverOrShort,
        Self::LateOutcome,
        Self::JobAdded,
        Self::EvidenceMissing,
        Self::CashDifference,
        Self::BackOtherwise,
    ];

    /// The trigger's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::TwoOutcomes => "two_outcomes",
            Self::DeliveredAfterCancel => "delivered_after_cancel",
            Self::DifferenceToPlan => "difference_to_plan",
            Self::PlanConflict => "plan_conflict",
            Self::ProofMissing => "proof_missing",
            Self::OverOrShort => "over_or_short",
            Self::LateOutcome => "late_outcome",
            Self::JobAdded => "job_added",
            Self::EvidenceMissing => "evidence_missing",
            Self::CashDifference => "cash_difference",
            Self::BackOtherwise => "back_otherwise",
        }
    }

    /// Whose case it is.
    pub fn owner(self) -> Role {
        match self {
            Self::Failed
            | Self::PlanConflict
            | Self::TwoOutcomes
            | Self::LateOutcome
            | Self::ProofMissing
            | Self::OverOrShort
            | Self::EvidenceMissing
            | Self::BackOtherwise
            | Self::JobAdded => Role::Dispatcher,
            Self::DeliveredAfterCancel | Self::DifferenceToPlan | Self::CashDifference => {
                Role::Finance
            }
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::TwoOutcomes | Self::DeliveredAfterCancel => Severity::High,
            Self::Failed
            | Self::DifferenceToPlan
            | Self::ProofMissing
            | Self::OverOrShort
            | Self::EvidenceMissing
            | Self::CashDifference
            | Self::BackOtherwise
            | Self::JobAdded => Severity::Normal,
            Self::PlanConflict | Self::LateOutcome => Severity::Low,
        }
    }

    /// How long after the act it is due.
    pub fn due_after_ms(self) -> i64 {
        match self {
            Self::Failed | Self::JobAdded | Self::EvidenceMissing => 4 * HOUR_MS,
            Self::TwoOutcomes | Self::DeliveredAfterCancel | Self::OverOrShort => 8 * HOUR_MS,
            Self::DifferenceToPlan
            | Self::BackOtherwise
            | Self::PlanConflict
            | Self::ProofMissing
            | Self::CashDifference => 24 * HOUR_MS,
            Self::LateOutcome => 72 * HOUR_MS,
        }
    }
}

/// The cases that a job's state alone raises, in a fixed order.
pub fn raise(job: &JobState) -> Vec<Trigger> {
    let has_difference =
        job.outcomes.iter().any(|outcome| outcome.status == Status::DeliveredInPart);
    let is_off = job.standing != JobStanding::Planned;
    chosen([
        (job.status == Status::Failed, Trigger::Failed),
        (job.outcomes.len() > 1, Trigger::TwoOutcomes),
        (is_delivered(job) && is_off, Trigger::DeliveredAfterCancel),
        (has_difference, Trigger::DifferenceToPlan),
        (job.has_conflict, Trigger::PlanConflict),
        (job.is_unconfirmed && !is_off, Trigger::JobAdded),
        (job.outcomes.iter().any(|each| !each.unmet.is_empty()), Trigger::EvidenceMissing),
        (is_delivered(job) && job.door.cash_difference().is_some(), Trigger::CashDifference),
    ])
}

/// A case as it is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RaisedCase {
    pub trigger: Trigger,
    pub owner: Role,
    pub severity: Severity,
    /// From when there has been something to look at.
    pub raised_at: Timestamp,
    pub due_at: Timestamp,
}

/// When the cases of a job are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// When the newest of what they are raised from became known.
    pub heard_at: Timestamp,
    pub now: Timestamp,
}

impl Moment {
    /// What became known this very moment.
    pub fn at(now: Timestamp) -> Self {
        Self { heard_at: now, now }
    }
}

/// Every case of a job at some time, in the order of [`Trigger`], with owner and due time.
///
/// A case is due so long after the act. A phone's clock that runs ahead wins no time by it.
pub fn raise_all(job: &Job, state: &JobState, moment: Moment) -> Vec<RaisedCase> {
    let acted = acted(state);
    let is_late = |at| job.window.is_some_and(|window| window.judge(at) == Punctuality::Late);
    let has_waited = waits_until(state).is_some_and(|until| moment.now >= until);
    let mut triggers = raise(state);
    let accounts = account(job, state);
    triggers.extend(chosen([
        (has_waited, Trigger::ProofMissing),
        (is_over_or_short(&accounts), Trigger::OverOrShort),
        (accounts.iter().any(LineAccount::is_back_otherwise), Trigger::BackOtherwise),
        (state.outcomes.iter().any(|outcome| is_late(outcome.at)), Trigger::LateOutcome),
    ]));
    let acted = acted.unwrap_or(moment.heard_at).min(moment.heard_at);
    let raised = |trigger: Trigger| {
        // What is only in the plan has no act of its own.
        let is_plans = matches!(trigger, Trigger::PlanConflict | Trigger::JobAdded);
        let case = raised(trigger, if is_plans { moment.heard_at } else { acted });
        let waited = waits_until(state).filter(|_| trigger == Trigger::ProofMissing);
        RaisedCase { raised_at: moment.heard_at.max(waited.unwrap_or(moment.heard_at)), ..case }
    };
    triggers.into_iter().map(raised).collect()
}

/// When a job's cases have to be judged again although nothing new is heard of it.
pub fn next_look(state: &JobState, now: Timestamp) -> Option<Timestamp> {
    waits_until(state).filter(|until| *until > now)
}

fn acted(state: &JobState) -> Option<Timestamp> {
    state.outcomes.iter().map(|outcome| outcome.at).max()
}

/// Until when nobody is asked about the proof that a delivery lacks, if it lacks any.
fn waits_until(state: &JobState) -> Option<Timestamp> {
    let lacks = !state.rule.missing(Need::Required, |kind| state.has(kind)).is_empty();
    let acted = acted(state).filter(|_| lacks && is_delivered(state));
    acted.map(|at| at.plus_ms(PROOF_GRACE_MS).plus_ms(1))
}

fn raised(trigger: Trigger, act: Timestamp) -> RaisedCase {
    let (owner, severity) = (trigger.owner(), trigger.severity());
    let due_at = act.plus_ms(trigger.due_after_ms());
    RaisedCase { trigger, owner, severity, raised_at: act, due_at }
}

fn is_delivered(job: &JobState) -> bool {
    job.outcomes.iter().any(|outcome| outcome.status != Status::Failed)
}

fn chosen<const N: usize>(triggers: [(bool, Trigger); N]) -> Vec<Trigger> {
    let chosen =
        triggers.into_iter().filter_map(|(is_raised, trigger)| is_raised.then_some(trigger));
    chosen.collect()
}

#[cfg(test)]
mod tests;
