//! Runs that come and go: what the hub says is no longer this phone's, and what stays all the same.

use std::collections::BTreeSet;

use waybill_core::id::RunId;
use waybill_sync::wire::SyncDown;

use super::{Book, Engine};
use crate::api::view::Safety;
use crate::store::Hearing;

impl Engine {
    /// A run that is no longer ours goes, once nothing captured for it waits here.
    pub(super) fn read_runs_left(&self, down: &SyncDown, hearing: &mut Hearing) {
        let is_done = |run_id: &&RunId| {
            let Some(book) = self.books.get(run_id) else {
                return false;
            };
            // A customer has the phone in hand for a job of it: it stays until they have given it back.
            if self.handed.as_ref().is_some_and(|handed| handed.run_id == **run_id) {
                return false;
            }
            // Every fact counts here, also one that was undone: what was captured is not let go of.
            book.all_facts().all(|(id, fact)| {
                !self.is_own(*id) || self.fact_safety(*id, fact.body().blob()) == Safety::Office
            })
        };
        for run_id in down.runs_left.iter().filter(is_done) {
            let facts = self.books.get(run_id).into_iter().flat_map(Book::all_facts);
            let foreign = facts.map(|(id, _)| id).filter(|id| !self.is_own(**id));
            hearing.plans_left.push((run_id.clone(), foreign.copied().collect()));
        }
    }

    /// Runs that are no longer ours and stay for what waits here. Of what happens on them now nothing is heard;
    /// should one come back, all of it is asked for.
    pub(super) fn runs_missed(&self, down: &SyncDown, hearing: &Hearing) -> BTreeSet<RunId> {
        let mut missed = self.missed.clone();
        missed.extend(down.runs_left.iter().filter(|run| self.books.contains_key(run)).cloned());
        missed.retain(|run_id| {
            let is_left = hearing.plans_left.iter().any(|(left, _)| left == run_id);
            !is_left && !hearing.plans.iter().any(|plan| plan.run_id == *run_id)
        });
        missed
    }
}
