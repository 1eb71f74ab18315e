//! What the office changed since the driver last read it: a job is compared with how it was when the run came
//! to this phone, or when its change was last read.

use std::collections::BTreeMap;

use waybill_core::cbor;
use waybill_core::change::{Changed, Seen, changes};
use waybill_core::fact::{Body, ChangeSeen};
use waybill_core::fold::JobState;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::Job;
use waybill_core::role::Act;
use waybill_core::status::Status;

use super::{Book, Engine, mark};
use crate::api::command::OfJob;
use crate::api::day::{BeforeView, ChangeView};
use crate::api::view::Saved;
use crate::problem::Problem;

/// How the jobs of every run were when they were last read.
pub(super) type SeenJobs = BTreeMap<RunId, BTreeMap<JobId, Seen>>;

impl Engine {
    /// Takes runs that are new to this phone as read, and forgets those that are gone.
    pub(super) fn note_seen(&mut self) -> Result<(), Problem> {
        let mut seen = self.seen.clone();
        seen.retain(|run_id, _| self.books.contains_key(run_id));
        for (run_id, book) in &self.books {
            let all = || book.plan.jobs.iter().map(|job| (job.job_id.clone(), Seen::of(job)));
            seen.entry(run_id.clone()).or_insert_with(|| all().collect());
        }
        if seen.keys().ne(self.seen.keys()) {
            self.keep_mark(mark::SEEN, &cbor::encode(&seen))?;
            self.seen = seen;
        }
        Ok(())
    }

    /// The driver has read what the office changed.
    pub fn see_change(&mut self, of: &OfJob) -> Result<Saved, Problem> {
        let now = Seen::of(self.job(&of.run_id, &of.job_id)?);
        let body = Body::ChangeSeen(ChangeSeen { digest: now.digest() });
        let saved = self.record(&of.run_id, &of.job_id, &body, None)?;
        let mut seen = self.seen.clone();
        seen.entry(of.run_id.clone()).or_default().insert(of.job_id.clone(), now);
        // The fact is safe; if this cannot be kept, the card is shown once more.
        match self.keep_mark(mark::SEEN, &cbor::encode(&seen)) {
            Ok(()) => self.seen = seen,
            Err(problem) => self.contact.trouble = Some(problem.code),
        }
        Ok(saved)
    }

    /// What is to be read of a job. Who only loads, and who has ended the visit, is shown nothing.
    pub(super) fn unread(&self, book: &Book, job: &Job, state: &JobState) -> Vec<Changed> {
        let is_over = state.status.is_outcome() || state.status == Status::Returned;
        let Some(seen) = self.seen.get(&book.plan.head.run_id) else { return Vec::new() };
        if is_over || self.allow(Act::RecordDelivery).is_err() {
            return Vec::new();
        }
        changes(seen.get(&job.job_id), job)
    }

    /// The same with how it was.
    pub(super) fn change_view(
        &self,
        book: &Book,
        job: &Job,
        state: &JobState,
    ) -> Option<ChangeView> {
        let changes = self.unread(book, job, state);
        let seen = self.seen.get(&book.plan.head.run_id)?.get(&job.job_id);
        let before = seen.map(|seen| BeforeView {
            window: seen.window,
            address: seen.spec.address.clone(),
            contact: seen.spec.contact.clone(),
            items: seen.spec.items.clone(),
            cash_due: seen.spec.cash_due.clone(),
            note: seen.note.clone(),
        });
        (!changes.is_empty()).then_some(ChangeView { changes, before })
    }
}

#[cfg(test)]
mod tests;
