//! The queue: what somebody in the office has to look at, cases of jobs and matters of runs in one order.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use waybill_core::case::Severity;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::RunHead;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use crate::api::matter::{QueueEntry, QueueJob, QueueThing, QueueView};
use crate::error::HubError;
use crate::hub::{Asker, Hub};
use crate::matters::Shown;
use crate::store::{CaseRow, KeptMatter, Tx};

/// The most entries of the queue in one answer. The rest comes up as what is before it is dealt with.
const QUEUE_MAX: usize = 500;

enum Open {
    Case(CaseRow),
    Matter(KeptMatter),
}

impl Open {
    fn run_id(&self) -> &RunId {
        match self {
            Self::Case(case) => &case.run_id,
            Self::Matter(kept) => &kept.row.run_id,
        }
    }

    fn job_id(&self) -> Option<&JobId> {
        match self {
            Self::Case(case) => Some(&case.job_id),
            Self::Matter(kept) => kept.row.job_id.as_ref(),
        }
    }

    fn owner(&self) -> Role {
        match self {
            Self::Case(case) => case.trigger.owner(),
            Self::Matter(kept) => kept.row.matter.owner(),
        }
    }

    fn severity(&self) -> Severity {
        match self {
            Self::Case(case) => case.trigger.severity(),
            Self::Matter(kept) => kept.row.matter.severity(),
        }
    }

    /// When it was opened, and when it is due.
    fn times(&self) -> (Timestamp, Timestamp) {
        match self {
            Self::Case(case) => (case.opened_at, case.due_at),
            Self::Matter(kept) => (kept.row.opened_at, kept.row.due_at),
        }
    }
}

impl Hub {
    /// What is to be looked at in the depots of somebody, what their own role owns at the head.
    pub fn queue(&self, asker: &Asker) -> Result<QueueView, HubError> {
        let now = self.now();
        self.store.read(|tx| {
            let cases = tx.list_open_cases(asker.bound())?.into_iter().map(Open::Case);
            let matters = tx.list_open_matters(asker.bound())?.into_iter().map(Open::Matter);
            let mut open: Vec<_> = cases.chain(matters).collect();
            // Both came in the order in which they are due; where all else is equal that order stays.
            open.sort_by_key(|each| {
                let (owner, (_, due_at)) = (each.owner(), each.times());
                (!asker.is(owner), owner, Reverse(each.severity()), due_at)
            });
            let has_more = open.len() > QUEUE_MAX;
            open.truncate(QUEUE_MAX);
            let (mut shown, mut runs) = (Shown::new(tx, asker), BTreeMap::new());
            let entries = open.into_iter().map(|each| entry(tx, &mut runs, &mut shown, each));
            let entries = entries.collect::<Result<_, HubError>>()?;
            Ok(QueueView { entries, has_more, complete_through_ms: now })
        })
    }
}

fn entry(
    tx: &Tx<'_>,
    runs: &mut BTreeMap<RunId, RunHead>,
    shown: &mut Shown<'_>,
    open: Open,
) -> Result<QueueEntry, HubError> {
    let run_id = open.run_id().clone();
    if !runs.contains_key(&run_id) {
        let head = tx.get_run(&run_id)?.ok_or(Code::StoreFailed)?;
        runs.insert(run_id.clone(), head);
    }
    let head = runs.get(&run_id).ok_or(Code::StoreFailed)?;
    let job = match open.job_id() {
        Some(job_id) => tx.get_job(&run_id, job_id)?.map(|row| QueueJob {
            job_id: row.job.job_id,
            order: row.job.spec.order,
            customer: row.job.spec.customer.name,
        }),
        None => None,
    };
    let (owner, severity, (opened_at_ms, due_at_ms)) =
        (open.owner(), open.severity(), open.times());
    let thing = match open {
        Open::Case(case) => QueueThing::Case { trigger: case.trigger },
        Open::Matter(kept) => QueueThing::Matter { matter: Box::new(shown.matter(kept)?) },
    };
    let (vehicle, zone) = (head.vehicle.clone(), head.zone.clone());
    Ok(QueueEntry { run_id, vehicle, zone, job, owner, severity, opened_at_ms, due_at_ms, thing })
}
