//! The table of steps a job may take.
//!
//! This is the only place that knows which status follows which. The phone asks before it writes;
//! the fold asks again when it reads, and marks what was out of turn without ever dropping it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::fact::Body;
use crate::job::JobStanding;
use crate::role::{Act, Role};

/// Where a job stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    #[default]
    Planned,
    Loaded,
    OnTheWay,
    Arrived,
    Failed,
    DeliveredInPart,
    Delivered,
    Returned,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Planned,
        Self::Loaded,
        Self::OnTheWay,
        Self::Arrived,
        Self::Failed,
        Self::DeliveredInPart,
        Self::Delivered,
        Self::Returned,
    ];

    /// The status's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Loaded => "loaded",
            Self::OnTheWay => "on_the_way",
            Self::Arrived => "arrived",
            Self::Failed => "failed",
            Self::DeliveredInPart => "delivered_in_part",
            Self::Delivered => "delivered",
            Self::Returned => "returned",
        }
    }

    /// Says whether the visit is over.
    pub fn is_outcome(self) -> bool {
        matches!(self, Self::Failed | Self::DeliveredInPart | Self::Delivered)
    }
}

/// A move from one status to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Load,
    SetOut,
    Arrive,
    Deliver,
    Fail,
    Return,
    /// Goes back to before the visit after it failed.
    Reattempt,
}

impl Step {
    /// Every step, in the order of a day.
    pub const ALL: [Self; 7] = [
        Self::Load,
        Self::SetOut,
        Self::Arrive,
        Self::Deliver,
        Self::Fail,
        Self::Reattempt,
        Self::Return,
    ];

    /// The right that the step needs.
    pub fn act(self) -> Act {
        match self {
            Self::Load | Self::Return => Act::RecordLoad,
            Self::SetOut | Self::Arrive | Self::Deliver | Self::Fail | Self::Reattempt => {
                Act::RecordDelivery
            }
        }
    }
}

/// From where each step may be taken. What is not listed is refused.
const ALLOWED: &[(Step, &[Status])] = &[
    (Step::Load, &[Status::Planned]),
    (Step::SetOut, &[Status::Planned, Status::Loaded]),
    (Step::Arrive, &[Status::Planned, Status::Loaded, Status::OnTheWay]),
    (Step::Deliver, &[Status::Arrived]),
    (Step::Fail, &[Status::Planned, Status::Loaded, Status::OnTheWay, Status::Arrived]),
    (Step::Return, &[Status::Failed, Status::DeliveredInPart]),
    (Step::Reattempt, &[Status::Failed]),
];

/// From where each step may be taken when the office has cancelled the job or given it to another
/// run. Whoever is on the way may still arrive and say what was found there; nothing is handed over
/// or set out with any more; and what is aboard comes home from wherever it is.
const ALLOWED_WHEN_OFF: &[(Step, &[Status])] = &[
    (Step::Arrive, &[Status::OnTheWay]),
    // Who stands at the door writes down what happens there: the office may have been too late.
    (Step::Deliver, &[Status::Arrived]),
    (Step::Fail, &[Status::Loaded, Status::OnTheWay, Status::Arrived]),
    (
        Step::Return,
        &[
            Status::Loaded,
            Status::OnTheWay,
            Status::Arrived,
            Status::Failed,
            Status::DeliveredInPart,
        ],
    ),
];

/// Why a move is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the job is already done")]
    AlreadyDone,
    #[error("the driver has not arrived")]
    NotArrived,
    #[error("the step does not follow from where the job stands")]
    OutOfTurn,
    #[error("the office has cancelled the job")]
    Cancelled,
    #[error("the sum of a line's outcomes is not what was ordered")]
    SumBroken,
    #[error("the policy has no such reason")]
    UnknownReason,
    #[error("there is nothing of that name to undo")]
    NothingToUndo,
    #[error("the role may not do that")]
    NotAllowed,
    #[error("the reason does not fit where the job stands")]
    ReasonNotHere,
    #[error("what the reason asks for was not done")]
    EvidenceMissing,
    #[error("the policy lets nobody give this reason without what it asks for")]
    ReasonStrict,
}

impl Refusal {
    /// The stable code that a screen explains.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyDone => "already_done",
            Self::NotArrived => "not_arrived",
            Self::OutOfTurn => "out_of_turn",
            Self::Cancelled => "job_cancelled",
            Self::SumBroken => "sum_broken",
            Self::UnknownReason => "reason_unknown",
            Self::NothingToUndo => "nothing_to_undo",
            Self::NotAllowed => "role_not_allowed",
            Self::ReasonNotHere => "reason_not_here",
            Self::EvidenceMissing => "evidence_missing",
            Self::ReasonStrict => "reason_strict",
        }
    }
}

fn is_listed(table: &[(Step, &[Status])], from: Status, step: Step) -> bool {
    table.iter().any(|(each, froms)| *each == step && froms.contains(&from))
}

/// Says whether a step may be taken from a status, while the job is planned.
pub fn may_step(from: Status, step: Step) -> Result<(), Refusal> {
    if is_listed(ALLOWED, from, step) {
        Ok(())
    } else if from.is_outcome() || from == Status::Returned {
        Err(Refusal::AlreadyDone)
    } else if step == Step::Deliver {
        Err(Refusal::NotArrived)
    } else {
        Err(Refusal::OutOfTurn)
    }
}

/// Says whether somebody may take a step now: the whole rule, in the order in which it is explained.
pub fn may(standing: JobStanding, from: Status, step: Step, role: Role) -> Result<(), Refusal> {
    if !role.may(step.act()) {
        return Err(Refusal::NotAllowed);
    }
    match standing {
        JobStanding::Planned => may_step(from, step),
        JobStanding::Cancelled | JobStanding::Moved => {
            if is_listed(ALLOWED_WHEN_OFF, from, step) {
                Ok(())
            } else if may_step(from, step).is_ok() {
                Err(Refusal::Cancelled)
            } else {
                may_step(from, step)
            }
        }
    }
}

/// Says whether a step was in its turn, whatever the office had decided meanwhile.
pub(crate) fn was_in_turn(from: Status, step: Step) -> bool {
    is_listed(ALLOWED, from, step) || is_listed(ALLOWED_WHEN_OFF, from, step)
}

/// The steps that may be taken from a status, while the job is planned.
pub fn steps_from(from: Status) -> Vec<Step> {
    ALLOWED.iter().map(|(step, _)| *step).filter(|step| may_step(from, *step).is_ok()).collect()
}

/// The step that a fact takes, if it takes one.
pub fn step_of(body: &Body) -> Option<Step> {
    match body {
        Body::Loaded(_) => Some(Step::Load),
        Body::OnTheWay(_) => Some(Step::SetOut),
        Body::Arrived(_) => Some(Step::Arrive),
        Body::Delivered(_) => Some(Step::Deliver),
        Body::Failed(_) => Some(Step::Fail),
        Body::Returned(_) => Some(Step::Return),
        Body::Reattempted(_) => Some(Step::Reattempt),
        Body::PhotoTaken(_)
        | Body::Signed(_)
        | Body::Scanned(_)
        | Body::Counted(_)
        | Body::Undone(_)
        | Body::Noted(_)
        | Body::PlanRefused(_)
        | Body::NotSigned(_)
        | Body::PutAboard(_)
        | Body::LoadDiffered(_)
        | Body::LoadSealed(_)
        | Body::Departed(_)
        | Body::Contacted(_)
        | Body::CashTaken(_)
        | Body::PinChecked(_)
        | Body::AgeChecked(_)
        | Body::VehicleChecked(_)
        | Body::Messaged(_)
        | Body::BreakBegan(_)
        | Body::BreakEnded(_)
        | Body::ChangeSeen(_)
        | Body::CheckedIn(_)
        | Body::Debriefed(_)
        | Body::Unknown { .. } => None,
    }
}

/// The right that a fact needs; none for what this version cannot read.
pub fn act_of(body: &Body) -> Option<Act> {
    match body {
        Body::Loaded(_)
        | Body::Counted(_)
        | Body::Scanned(_)
        | Body::Returned(_)
        | Body::Noted(_)
        | Body::Undone(_)
        | Body::PhotoTaken(_)
        | Body::PutAboard(_)
        | Body::LoadDiffered(_)
        | Body::LoadSealed(_)
        | Body::Departed(_)
        | Body::VehicleChecked(_)
        | Body::Messaged(_)
        | Body::BreakBegan(_)
        | Body::BreakEnded(_)
        | Body::CheckedIn(_)
        | Body::Debriefed(_)
        | Body::PlanRefused(_) => Some(Act::RecordLoad),
        Body::OnTheWay(_)
        | Body::Arrived(_)
        | Body::Signed(_)
        | Body::NotSigned(_)
        | Body::Delivered(_)
        | Body::Reattempted(_)
        | Body::Contacted(_)
        | Body::CashTaken(_)
        | Body::PinChecked(_)
        | Body::AgeChecked(_)
        | Body::ChangeSeen(_)
        | Body::Failed(_) => Some(Act::RecordDelivery),
        Body::Unknown { .. } => None,
    }
}

/// Says whether goods may still be counted: before the visit is over.
pub fn may_count(from: Status) -> Result<(), Refusal> {
    if from.is_outcome() || from == Status::Returned { Err(Refusal::AlreadyDone) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        use Status::{
            Arrived, Delivered, DeliveredInPart, Failed, Loaded, OnTheWay, Planned, Returned,
        };
        let rows: [(Step, &[Status]); 7] = [
            (Step::Load, &[Planned]),
            (Step::SetOut, &[Planned, Loaded]),
            (Step::Arrive, &[Planned, Loaded, OnTheWay]),
            (Step::Deliver, &[Arrived]),
            (Step::Fail, &[Planned, Loaded, OnTheWay, Arrived]),
            (Step::Return, &[Failed, DeliveredInPart]),
            (Step::Reattempt, &[Failed]),
        ];
        for (step, froms) in rows {
            for from in Status::ALL {
                assert_eq!(
                    may_step(from, step).is_ok(),
                    froms.contains(&from),
                    "{step:?} {from:?}"
                );
            }
        }
        assert_eq!(may_step(Delivered, Step::Deliver), Err(Refusal::AlreadyDone));
        assert_eq!(may_step(Returned, Step::Arrive), Err(Refusal::AlreadyDone));
        assert_eq!(may_step(OnTheWay, Step::Deliver), Err(Refusal::NotArrived));
        assert_eq!(may_step(Arrived, Step::Load), Err(Refusal::OutOfTurn));
    }

    #[test]
    fn what_is_cancelled_comes_home_and_who_is_at_the_door_says_what_happened() {
        use Status::{Arrived, Delivered, Failed, Loaded, OnTheWay, Planned};
        for standing in [JobStanding::Cancelled, JobStanding::Moved] {
            let may = |from, step| may(standing, from, step, Role::Driver);
            assert_eq!(may(Arrived, Step::Deliver), Ok(()), "it happened, and is a case");
            assert_eq!(may(Planned, Step::Arrive), Err(Refusal::Cancelled));
            assert_eq!(may(Planned, Step::Load), Err(Refusal::Cancelled));
            assert_eq!(may(Failed, Step::Reattempt), Err(Refusal::Cancelled));
            assert_eq!(may(Delivered, Step::Deliver), Err(Refusal::AlreadyDone));
            assert_eq!(may(OnTheWay, Step::Arrive), Ok(()), "who is there may say so");
            for from in [Loaded, OnTheWay, Arrived, Failed] {
                assert_eq!(may(from, Step::Return), Ok(()), "{from:?}");
            }
        }
    }

    #[test]
    fn a_role_without_the_right_takes_no_step_from_anywhere() {
        for from in Status::ALL {
            for step in Step::ALL {
                let planned = JobStanding::Planned;
                assert_eq!(may(planned, from, step, Role::Finance), Err(Refusal::NotAllowed));
                assert_eq!(may(planned, from, step, Role::Driver), may_step(from, step));
            }
        }
        let load = may(JobStanding::Planned, Status::Planned, Step::Load, Role::Loader);
        assert_eq!(load, Ok(()));
    }
}
