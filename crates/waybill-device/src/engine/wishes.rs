//! When the office does not take what the crew wrote in the plan: the phone goes on from the office's
//! plan, under a fresh name, and what the crew wanted becomes a fact that goes there instead.

use std::collections::BTreeSet;

use waybill_core::fact::{Body, Fact, PlanRefused};
use waybill_core::id::RunId;
use waybill_core::plan::{Plan, wishes};
use waybill_sync::code::Code;

use super::Engine;
use crate::problem::Problem;

impl Engine {
    /// Writes down what the crew wanted of a run whose changes were refused, before they are let go of.
    /// Told again, it writes nothing twice; says whether it wrote anything.
    pub(super) fn tell_refused(
        &mut self,
        run_id: &RunId,
        now: Option<&Plan>,
        code: &str,
    ) -> Result<bool, Problem> {
        let Some(book) = self.books.get_mut(run_id) else {
            return Ok(false);
        };
        let before = book.doc.at(&book.hub_heads).and_then(|doc| doc.read().ok());
        // Without the plan as it was before, the office's is the nearest thing to it.
        let Some(before) = before.as_ref().or(now) else {
            return Ok(false);
        };
        let now = now.unwrap_or(before);
        let wanted = wishes(before, &book.plan, now);
        let told = self.told_before(run_id)?;
        let mut untold = Vec::new();
        for (job_id, wishes) in wanted {
            let is_known = now.job(&job_id).is_some();
            let (job_id, added) =
                if is_known { (Some(job_id), None) } else { (None, Some(job_id)) };
            let code = code.to_owned();
            let body = Body::PlanRefused(PlanRefused { code, added, wishes });
            if !told.contains(&(job_id.clone(), body_key(&body))) {
                untold.push((job_id, body));
            }
        }
        let has_told = !untold.is_empty();
        for (job_id, body) in untold {
            self.write_down(run_id, job_id.as_ref(), &body, None)?;
        }
        Ok(has_told)
    }

    /// Says whether the crew has written something in a run that the office has not taken.
    pub(super) fn has_unsent_changes(&mut self, run_id: &RunId) -> bool {
        let book = self.books.get_mut(run_id);
        let unsent = book.and_then(|book| book.doc.changes_since(&book.hub_heads));
        unsent.is_some_and(|changes| !changes.is_empty())
    }

    /// Begins an epoch, so that what is written in the plan from here on has a name under which nothing
    /// was ever refused.
    pub(super) fn begin_epoch(&mut self) -> Result<(), Problem> {
        let (device, _) = self.me()?;
        self.journal.end_epoch();
        if let (Some(genesis), head) = self.journal.next(device, self.dice.as_ref()) {
            self.store.begin_epoch(&genesis)?;
            self.journal.advance(Some(genesis), head);
        }
        Ok(())
    }

    fn told_before(
        &self,
        run_id: &RunId,
    ) -> Result<BTreeSet<(Option<waybill_core::id::JobId>, String)>, Problem> {
        let facts = self.store.own_facts()?;
        let facts = facts.iter().filter_map(|own| Fact::from_bytes(&own.bytes).ok());
        let told = facts.filter(|fact| fact.run_id == *run_id);
        let told = told.map(|fact| (fact.job_id.clone(), fact.body()));
        let told = told.filter(|(_, body)| matches!(body, Body::PlanRefused(_)));
        Ok(told.map(|(job_id, body)| (job_id, body_key(&body))).collect())
    }
}

/// The code of a run that is no longer this phone's.
pub(super) const RUN_LEFT: Code = Code::PlanNotAllowed;

/// Bodies are compared by what they say.
fn body_key(body: &Body) -> String {
    format!("{body:?}")
}
