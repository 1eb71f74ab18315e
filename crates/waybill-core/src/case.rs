//! Cases: what the office has to look at, raised from the state and never from the order of arrival.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fold::JobState;
use crate::job::JobStanding;
use crate::role::Role;
use crate::status::Status;

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
}

impl Trigger {
    /// The trigger's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::TwoOutcomes => "two_outcomes",
            Self::DeliveredAfterCancel => "delivered_after_cancel",
            Self::DifferenceToPlan => "difference_to_plan",
            Self::PlanConflict => "plan_conflict",
        }
    }

    /// Whose case it is.
    pub fn owner(self) -> Role {
        match self {
            Self::Failed | Self::PlanConflict | Self::TwoOutcomes => Role::Dispatcher,
            Self::DeliveredAfterCancel | Self::DifferenceToPlan => Role::Finance,
        }
    }

    /// How long after the act it is due.
    pub fn due_after_ms(self) -> i64 {
        const HOUR_MS: i64 = 3_600_000;
        match self {
            Self::Failed => 4 * HOUR_MS,
            Self::TwoOutcomes | Self::DeliveredAfterCancel => 8 * HOUR_MS,
            Self::DifferenceToPlan | Self::PlanConflict => 24 * HOUR_MS,
        }
    }
}

/// The cases that a job's state raises, in a fixed order.
pub fn raise(job: &JobState) -> Vec<Trigger> {
    let is_delivered = job.outcomes.iter().any(|outcome| outcome.status != Status::Failed);
    let has_difference =
        job.outcomes.iter().any(|outcome| outcome.status == Status::DeliveredInPart);
    [
        (job.status == Status::Failed, Trigger::Failed),
        (job.outcomes.len() > 1, Trigger::TwoOutcomes),
        (is_delivered && job.standing != JobStanding::Planned, Trigger::DeliveredAfterCancel),
        (has_difference, Trigger::DifferenceToPlan),
        (job.has_conflict, Trigger::PlanConflict),
    ]
    .into_iter()
    .filter_map(|(is_raised, trigger)| is_raised.then_some(trigger))
    .collect()
}
