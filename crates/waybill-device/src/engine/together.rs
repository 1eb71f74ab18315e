//! What is done for all orders of a visit at once: arriving, signing, handing over.
//!
//! One tap, one transaction: each job gets a fact of its own, and either all of them are durable or none
//! is. The signature's strokes are one piece of evidence that every job names, each with its own lines.
//! What one order needs beyond the others stays its own and holds up nothing but its own delivery.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::fact::{Body, Delivered, Fact, LineOutcome, NotSigned, Plain, Signed};
use waybill_core::fold::JobState;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::Job;
use waybill_core::readiness::{ReadinessReason, judge};
use waybill_core::together::visits;
use waybill_sync::code::Code;

use super::capture::text;
use super::view::count;
use super::{Book, Engine};
use crate::api::command::{Arrive, Companion, Deliver, NotSign, Sign};
use crate::api::view::{Saved, TogetherView};
use crate::problem::Problem;
use crate::store::StoredBlob;

/// The longest name of a language, as `pt-BR`.
const LANGUAGE_BYTES_MAX: usize = 35;

impl Engine {
    /// The driver is at the site.
    pub fn arrive(&mut self, arrive: &Arrive) -> Result<Saved, Problem> {
        let jobs = std::iter::once(&arrive.job_id).chain(&arrive.together);
        let said: Vec<_> = jobs.map(|job_id| (job_id, Body::Arrived(Plain {}))).collect();
        self.record_together(&arrive.run_id, &said, None)
    }

    /// Keeps a signature.
    pub fn sign(&mut self, sign: &Sign) -> Result<Saved, Problem> {
        let (name, reservation) = (text(&sign.name)?, text(&sign.reservation)?);
        if sign.language.len() > LANGUAGE_BYTES_MAX {
            return Err(Code::TextTooLong.into());
        }
        let jobs: Vec<_> = with_first(&sign.job_id, &sign.lines, &sign.together).collect();
        for (job_id, lines) in &jobs {
            let judged = self.judge_lines(&sign.run_id, job_id, lines);
            judged.map_err(|problem| self.about(&sign.run_id, job_id, jobs.len(), problem))?;
        }
        let blob = self.keep_strokes(&sign.strokes)?;
        let signed = |lines: &[LineOutcome]| {
            Body::Signed(Signed {
                blob: blob.hash,
                name: name.clone(),
                role: sign.role,
                reservation: reservation.clone(),
                lines: lines.to_vec(),
                language: sign.language.clone(),
            })
        };
        let said: Vec<_> =
            jobs.into_iter().map(|(job_id, lines)| (job_id, signed(lines))).collect();
        let saved = self.record_together(&sign.run_id, &said, Some(&blob))?;
        // The signature is safe; a note that fails only means that a kill asks for it once more.
        if let Err(problem) = self.note_signed(&sign.job_id) {
            self.contact.trouble = Some(problem.code);
        }
        Ok(saved)
    }

    /// Whoever took the goods did not sign.
    pub fn not_sign(&mut self, not: &NotSign) -> Result<Saved, Problem> {
        let (name, note) = (text(&not.name)?, text(&not.note)?);
        let body = Body::NotSigned(NotSigned { why: not.why, name, note });
        let jobs = std::iter::once(&not.job_id).chain(&not.together);
        let said: Vec<_> = jobs.map(|job_id| (job_id, body.clone())).collect();
        self.record_together(&not.run_id, &said, None)
    }

    /// Ends the visit with goods handed over.
    pub fn deliver(&mut self, deliver: &Deliver) -> Result<Saved, Problem> {
        let run_id = &deliver.run_id;
        let jobs: Vec<_> = with_first(&deliver.job_id, &deliver.lines, &deliver.together).collect();
        let mut said = Vec::new();
        for (job_id, lines) in &jobs {
            let one = of_one(deliver, job_id, lines);
            let body = self.delivery(&one).map(|fact| fact.body());
            let body = body.map_err(|problem| self.about(run_id, job_id, jobs.len(), problem))?;
            said.push((*job_id, body));
        }
        self.judge_together(run_id, &said)?;
        // The first is the one that was looked at; what is short there was said aloud before.
        for (job_id, lines) in jobs.iter().skip(1) {
            if self.needs_its_own(&of_one(deliver, job_id, lines))? {
                let problem = Code::OrderNotReady.into();
                return Err(self.about(run_id, job_id, jobs.len(), problem));
            }
        }
        self.write_judged(run_id, &said, None)
    }

    /// The fact that a delivery of one job would be, if it may be one.
    pub(super) fn delivery(&self, deliver: &Deliver) -> Result<Fact, Problem> {
        self.judge_lines(&deliver.run_id, &deliver.job_id, &deliver.lines)?;
        let (lines, policy) = (deliver.lines.clone(), self.policy().version);
        let body = Body::Delivered(Delivered { lines, policy, method: deliver.method });
        let person_id = self.crew.as_ref().ok_or(Code::NotEnrolled)?.person_id.clone();
        let (run_id, job_id) = (deliver.run_id.clone(), Some(deliver.job_id.clone()));
        Ok(Fact::new(run_id, job_id, person_id, self.clock.read(), None, &body))
    }

    /// Says whether a job would be handed over without proof that it needs, or without a word about its
    /// money: nobody asked for that when another order was looked at.
    fn needs_its_own(&self, deliver: &Deliver) -> Result<bool, Problem> {
        let state = self.ahead(deliver)?;
        let is_missing =
            |reason: &ReadinessReason| matches!(reason, ReadinessReason::ProofMissing { .. });
        let is_unpaid = |state: &JobState| {
            let is_due = state.door.cash_due.as_ref().is_some_and(|due| due.minor > 0);
            is_due && state.door.cash.is_empty()
        };
        Ok(is_unpaid(&state) || judge(&state, |_| true).reasons.iter().any(is_missing))
    }

    /// Judges a fact for each job of a visit, and makes them durable together or not at all.
    fn record_together(
        &mut self,
        run_id: &RunId,
        said: &[(&JobId, Body)],
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        self.judge_together(run_id, said)?;
        self.write_judged(run_id, said, blob)
    }

    fn write_judged(
        &mut self,
        run_id: &RunId,
        said: &[(&JobId, Body)],
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        let all: Vec<_> = said.iter().map(|(job_id, body)| (Some(*job_id), body)).collect();
        self.write_all(run_id, &all, blob)
    }

    fn judge_together(&self, run_id: &RunId, said: &[(&JobId, Body)]) -> Result<(), Problem> {
        for (job_id, body) in said {
            let judged = self.judge(run_id, job_id, body);
            judged.map_err(|problem| self.about(run_id, job_id, said.len(), problem))?;
        }
        let jobs: Vec<&JobId> = said.iter().map(|(job_id, _)| *job_id).collect();
        self.judge_visit(run_id, &jobs)
    }

    /// Says whether jobs are one visit, as plan and facts have it now.
    pub(super) fn judge_visit(&self, run_id: &RunId, jobs: &[&JobId]) -> Result<(), Problem> {
        let Some((first, others)) = jobs.split_first().filter(|(_, others)| !others.is_empty())
        else {
            return Ok(());
        };
        let visit = self.books.get(run_id).map(|book| visit_of(book, first)).unwrap_or_default();
        let mut seen = BTreeSet::from([first]);
        for job_id in others {
            if !seen.insert(job_id) {
                return Err(Code::FieldsInvalid.into());
            }
            if !visit.iter().any(|job| job.job_id == **job_id) {
                return Err(self.about(run_id, job_id, jobs.len(), Code::NotTogether.into()));
            }
        }
        Ok(())
    }

    /// Of several orders a problem says which it is about.
    fn about(&self, run_id: &RunId, job_id: &JobId, of: usize, problem: Problem) -> Problem {
        match self.job(run_id, job_id) {
            Ok(job) if of > 1 => problem.about(&job.spec.order),
            Ok(_) | Err(_) => problem,
        }
    }
}

/// The other jobs of a job's visit.
pub(super) fn together_views(book: &Book, job_id: &JobId) -> Vec<TogetherView> {
    let others = visit_of(book, job_id).into_iter().filter(|job| job.job_id != *job_id);
    let view = |job: &Job| {
        Some(TogetherView {
            job_id: job.job_id.clone(),
            order: job.spec.order.clone(),
            items: count(job.spec.items.len()),
            status: book.states.get(&job.job_id)?.status,
        })
    };
    others.filter_map(view).collect()
}

/// A delivery of one of its jobs alone.
fn of_one(deliver: &Deliver, job_id: &JobId, lines: &[LineOutcome]) -> Deliver {
    let (run_id, job_id) = (deliver.run_id.clone(), job_id.clone());
    let (lines, method) = (lines.to_vec(), deliver.method);
    Deliver { run_id, job_id, lines, method, together: Vec::new() }
}

fn with_first<'c>(
    job_id: &'c JobId,
    lines: &'c [LineOutcome],
    together: &'c [Companion],
) -> impl Iterator<Item = (&'c JobId, &'c [LineOutcome])> {
    let others = together.iter().map(|each| (&each.job_id, each.lines.as_slice()));
    std::iter::once((job_id, lines)).chain(others)
}

/// Every visit of a run as it stands now.
fn visits_of(book: &Book) -> Vec<Vec<&Job>> {
    let jobs = book.plan.jobs.iter();
    visits(jobs.filter_map(|job| Some((job, book.states.get(&job.job_id)?.status))))
}

/// Of each job that is not done by itself, the first job of its visit.
pub(super) fn first_of_visits(book: &Book) -> BTreeMap<JobId, JobId> {
    let mut firsts = BTreeMap::new();
    for visit in visits_of(book) {
        let Some(first) = visit.first().map(|job| &job.job_id) else { continue };
        firsts.extend(visit.iter().map(|job| (job.job_id.clone(), first.clone())));
    }
    firsts
}

/// All jobs of a job's visit; none where it is done by itself.
fn visit_of<'b>(book: &'b Book, job_id: &JobId) -> Vec<&'b Job> {
    let of_it = |visit: &Vec<&Job>| visit.iter().any(|job| job.job_id == *job_id);
    visits_of(book).into_iter().find(of_it).unwrap_or_default()
}

#[cfg(test)]
mod tests;
