//! The views, folded again from what was said: plan documents and facts.
//!
//! A check is a rebuild that is not committed, so both find the same. The feed is never rewritten: where
//! an entry no longer says what its job folds to, a rebuild adds another entry behind the last one, as
//! any other change would. A case keeps the times at which it was opened and is due, for they are not
//! in any fact; only which cases are open follows from the state. A matter follows from its fact whole;
//! that somebody has closed it stays.

use std::collections::BTreeSet;

use waybill_core::case::Trigger;
use waybill_core::id::{JobId, RunId};
use waybill_core::plan::PlanDoc;
use waybill_core::policy::Policies;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use crate::api::upkeep::Difference;
use crate::error::HubError;
use crate::hub::{Hub, Topic};
use crate::matters::settle_matters;
use crate::settle::settle_again;
use crate::store::{Fault, JobRow, StateRow, Tx};

/// How one run's rebuild ends: kept, or found out and undone.
enum End {
    Checked(Vec<Difference>),
    Failed(HubError),
}

impl From<HubError> for End {
    fn from(error: HubError) -> Self {
        Self::Failed(error)
    }
}

impl Hub {
    /// Folds every view again and answers what was different.
    pub fn rebuild(&self) -> Result<Vec<Difference>, HubError> {
        let differences = self.each_run(true)?;
        if !differences.is_empty() {
            let (now, about) = (self.now(), differences.len().to_string());
            self.store.write(|tx| tx.add_audit(now, "console", "rebuild", &about))?;
            self.nudge(Topic::Runs);
            self.nudge(Topic::Feed);
        }
        Ok(differences)
    }

    /// Lists what a rebuild would change, and changes nothing.
    pub fn check_views(&self) -> Result<Vec<Difference>, HubError> {
        self.each_run(false)
    }

    /// One transaction for each run: phones and the office get their turns in between.
    fn each_run(&self, is_kept: bool) -> Result<Vec<Difference>, HubError> {
        // What time alone has raised since is no difference: it is settled as it always is.
        self.look_again()?;
        let run_ids = self.store.read(planned_runs)?;
        let mut differences = Vec::new();
        for run_id in run_ids {
            let done = self.store.write(|tx| {
                let found = self.fold_run(tx, &run_id)?;
                // What an error undoes did not happen.
                if is_kept { Ok(found) } else { Err(End::Checked(found)) }
            });
            match done {
                Ok(found) | Err(End::Checked(found)) => differences.extend(found),
                Err(End::Failed(error)) => return Err(error),
            }
        }
        Ok(differences)
    }

    fn fold_run(&self, tx: &Tx<'_>, run_id: &RunId) -> Result<Vec<Difference>, HubError> {
        let document = tx.get_document(run_id)?.ok_or(Code::StoreFailed)?;
        let mut plan = PlanDoc::load(&self.meta.actor(), &document)?;
        let (read, heads, policies) = (plan.read()?, plan.heads(), tx.policies()?);
        let mut found = Found { run_id, differences: Vec::new() };
        let head = readable(tx.get_run(run_id))?;
        if head.as_ref() != Some(&read.head) || tx.get_heads(run_id)? != heads {
            found.add("runs", None);
            tx.put_run(&read.head, &document, &heads)?;
        }
        if !are_writes_sound(tx, run_id, &mut plan)? {
            found.add("plan_writes", None);
            tx.begin_plan_writes(run_id, &heads)?;
        }
        let conflicts: BTreeSet<_> =
            read.conflicts.iter().map(|conflict| conflict.job_id.clone()).collect();
        let mut surplus: BTreeSet<JobId> = tx.list_job_ids(run_id)?.into_iter().collect();
        for job in read.jobs {
            let job_id = job.job_id.clone();
            surplus.remove(&job_id);
            let row = JobRow { has_conflict: conflicts.contains(&job_id), job };
            if readable(tx.get_job(run_id, &job_id))?.as_ref() != Some(&row) {
                found.add("jobs", Some(&job_id));
                tx.put_job(run_id, &row)?;
            }
            fold_job(tx, &policies, &mut found, &job_id, self.now())?;
        }
        for job_id in surplus {
            found.add("jobs", Some(&job_id));
            if !tx.delete_job(run_id, &job_id)? {
                tracing::error!(run.id = %run_id, job.id = %job_id,
                    "The feed names a job that no plan has.");
            }
        }
        if settle_matters(tx, run_id)? {
            found.add("matters", None);
        }
        Ok(found.differences)
    }
}

/// Says whether what was kept of a document's writes is what the document holds.
fn are_writes_sound(tx: &Tx<'_>, run_id: &RunId, plan: &mut PlanDoc) -> Result<bool, HubError> {
    let Some(first) = readable(tx.first_plan_heads(run_id))? else {
        return Ok(true);
    };
    let kept = readable(tx.list_plan_changes(run_id, (&first, &plan.heads())))?;
    let held = plan.changes_since(&first);
    // Of two changes that are side by side either may come first.
    let set = |changes: Vec<Vec<u8>>| changes.into_iter().collect::<BTreeSet<_>>();
    Ok(kept.is_some() && kept.map(set) == held.map(set))
}

fn planned_runs(tx: &Tx<'_>) -> Result<Vec<RunId>, HubError> {
    tx.list_planned_runs()
}

/// What a run's rebuild has found so far.
struct Found<'r> {
    run_id: &'r RunId,
    differences: Vec<Difference>,
}

impl Found<'_> {
    fn add(&mut self, view: &'static str, job_id: Option<&JobId>) {
        let (run_id, job_id) = (self.run_id.to_string(), job_id.map(ToString::to_string));
        self.differences.push(Difference { run_id, job_id, view });
    }
}

/// What the views say of one job.
#[derive(PartialEq)]
struct Shown {
    state: Option<StateRow>,
    cases: BTreeSet<Trigger>,
    feed: Option<i64>,
}

fn shown(tx: &Tx<'_>, run_id: &RunId, job_id: &JobId) -> Result<Shown, HubError> {
    Ok(Shown {
        state: readable(tx.get_state(run_id, job_id))?,
        cases: tx.list_cases(run_id, job_id)?.into_iter().map(|(trigger, _)| trigger).collect(),
        feed: tx.list_last_entries(run_id, (job_id, job_id))?.get(job_id).map(|last| last.seq),
    })
}

fn fold_job(
    tx: &Tx<'_>,
    policies: &Policies,
    found: &mut Found<'_>,
    job_id: &JobId,
    now: Timestamp,
) -> Result<(), HubError> {
    let run_id = found.run_id;
    let before = shown(tx, run_id, job_id)?;
    settle_again(tx, policies, run_id, &BTreeSet::from([job_id.clone()]), now)?;
    let after = shown(tx, run_id, job_id)?;
    if before.state != after.state {
        found.add("job_states", Some(job_id));
    }
    if before.cases != after.cases {
        found.add("cases", Some(job_id));
    }
    if before.feed != after.feed {
        found.add("feed", Some(job_id));
    }
    Ok(())
}

/// A row that cannot be read is a row that is wrong; it will be written again.
pub(crate) fn readable<T>(row: Result<Option<T>, HubError>) -> Result<Option<T>, HubError> {
    match row {
        Err(HubError::Store(error)) if error.fault == Fault::Unreadable => Ok(None),
        row => row,
    }
}

#[cfg(test)]
mod tests;
