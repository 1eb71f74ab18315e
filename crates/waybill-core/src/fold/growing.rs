//! A fold that grows fact by fact. It keeps the facts as read, so that one more costs no decoding.

use super::{Fact, FactId, Job, JobState, Read, Rulebook, fold_bodies};

/// A job's state that is kept up to date.
///
/// Invariant: after any facts in any order the state is what [`super::fold_job`] makes of them all.
#[derive(Debug, Clone)]
pub struct GrowingFold {
    job: Job,
    bodies: Vec<Read>,
    state: JobState,
}

impl GrowingFold {
    /// Starts with a job of which nothing is known.
    pub fn new(job: Job, policies: &impl Rulebook) -> Self {
        let state = fold_bodies(&job, &[], policies);
        Self { job, bodies: Vec::new(), state }
    }

    /// Takes one more fact; says whether it was news.
    pub fn refold(&mut self, id: FactId, fact: &Fact, policies: &impl Rulebook) -> bool {
        let Err(at) = self.bodies.binary_search_by_key(&id, |(id, _, _)| *id) else {
            return false;
        };
        self.bodies.insert(at, (id, fact.act, fact.body()));
        let has_conflict = self.state.has_conflict;
        self.state = JobState { has_conflict, ..fold_bodies(&self.job, &self.bodies, policies) };
        true
    }

    /// The state as of now.
    pub fn state(&self) -> &JobState {
        &self.state
    }
}
