//! A run's book: its plan, the facts about it, and what they fold to; and how it takes news of its plan.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use waybill_core::fact::Fact;
use waybill_core::fold::{Facts, JobState, fold_job};
use waybill_core::id::{FactId, JobId};
use waybill_core::plan::{Actor, Plan, PlanDoc, PlanError};
use waybill_core::policy::Policies;
use waybill_sync::changes::{lengthen, only};
use waybill_sync::code::Code;
use waybill_sync::wire::PlanDown;

use crate::problem::Problem;
use crate::store::StoredPlan;

/// One run on this phone.
#[derive(Debug)]
pub struct Book {
    pub(super) doc: PlanDoc,
    pub(super) plan: Plan,
    /// The newest changes that the hub is known to hold.
    pub(super) hub_heads: Vec<[u8; 32]>,
    pub(super) facts: BTreeMap<JobId, Facts>,
    /// What happened to the run as a whole.
    pub(super) run_facts: Facts,
    pub(super) states: BTreeMap<JobId, JobState>,
}

impl Book {
    /// Opens a stored plan. Facts are put in afterwards.
    pub(super) fn open(stored: StoredPlan, reader: &Actor) -> Result<Self, Problem> {
        let unreadable = |error| Problem::with(Code::StoreFailed, error);
        let doc = PlanDoc::load(reader, &stored.document).map_err(unreadable)?;
        let plan = doc.read().map_err(unreadable)?;
        Ok(Self::new(doc, plan, stored.hub_heads))
    }

    /// A run of which no fact is known yet.
    pub(super) fn new(doc: PlanDoc, plan: Plan, hub_heads: Vec<[u8; 32]>) -> Self {
        let (facts, run_facts, states) = (BTreeMap::new(), Facts::new(), BTreeMap::new());
        Self { doc, plan, hub_heads, facts, run_facts, states }
    }

    pub(super) fn put_fact(&mut self, id: FactId, fact: Fact) {
        let facts = match fact.job_id.clone() {
            Some(job_id) => self.facts.entry(job_id).or_default(),
            None => &mut self.run_facts,
        };
        facts.insert(id, fact);
    }

    /// Every fact of the run.
    pub(super) fn all_facts(&self) -> impl Iterator<Item = (&FactId, &Fact)> {
        self.facts.values().chain([&self.run_facts]).flatten()
    }

    /// Reads the plan again after the document changed.
    pub(super) fn reread(&mut self, policies: &Policies) -> Result<(), Problem> {
        self.plan = self.doc.read().map_err(|error| Problem::with(Code::StoreFailed, error))?;
        self.fold_all(policies);
        Ok(())
    }

    pub(super) fn fold_all(&mut self, policies: &Policies) {
        let ids: Vec<_> = self.plan.jobs.iter().map(|job| job.job_id.clone()).collect();
        self.states.clear();
        for job_id in ids {
            self.fold(&job_id, policies);
        }
    }

    pub(super) fn fold(&mut self, job_id: &JobId, policies: &Policies) {
        let Some(job) = self.plan.job(job_id) else {
            return;
        };
        let facts = self.facts.get(job_id);
        let facts = facts.into_iter().flatten().map(|(id, fact)| (*id, fact));
        let mut state = fold_job(job, facts, policies);
        state.has_conflict = self.plan.conflicts.iter().any(|each| each.job_id == *job_id);
        self.states.insert(job_id.clone(), state);
    }
}

/// Takes the news of one plan, or nothing of it: the result saves, loads and reads, and is what was read.
pub(super) fn take_plan(
    news: &PlanDown,
    held: Option<&Book>,
    reader: &Actor,
) -> Option<(PlanDoc, Plan)> {
    // The library may panic on bytes that it did not write; what it worked on is then dropped.
    let taken = catch_unwind(AssertUnwindSafe(|| {
        let mut doc = merge_plan(news, held, reader)?;
        let doc = PlanDoc::load(reader, &doc.save())?;
        let plan = doc.read()?;
        Ok::<_, PlanError>((doc, plan))
    }));
    taken.ok()?.ok()
}

fn merge_plan(news: &PlanDown, held: Option<&Book>, reader: &Actor) -> Result<PlanDoc, PlanError> {
    let mut doc = match (&news.document, held) {
        // Our own changes were refused: begin again from the hub's document.
        (Some(document), _) if news.refused.is_some() => PlanDoc::load(reader, document)?,
        (Some(document), Some(book)) => {
            let mut doc = book.doc.clone();
            doc.merge(document)?;
            doc
        }
        (Some(document), None) => PlanDoc::load(reader, document)?,
        (None, Some(book)) => book.doc.clone(),
        (None, None) => return Err(PlanError::Missing("document")),
    };
    if !news.changes.is_empty() {
        let base = held.and_then(|book| only(&book.hub_heads));
        let changes =
            lengthen(base, &news.changes).ok_or(PlanError::Missing("changes in a row"))?;
        doc.apply(&changes)?;
    }
    Ok(doc)
}
