//! Settling a job: from the facts that count to where it stands, its cases, and the feed.
//!
//! Invariant: this runs in the transaction that changed a fact, a blob or the plan, so that nobody
//! ever reads one without the other. The feed gets an entry when a job becomes billable, and another
//! one when what was published is not so any more.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use waybill_core::case::{self, Moment, RaisedCase, Trigger};
use waybill_core::fact::{Body, Fact};
use waybill_core::fold::{JobState, fold_job};
use waybill_core::id::{BlobHash, JobId, RunId};
use waybill_core::policy::Policies;
use waybill_core::readiness::{Readiness, judge};
use waybill_core::time::Timestamp;

use crate::api::view::FeedEntry;
use crate::error::HubError;
use crate::hub::Hub;
use crate::matters::{concerns_matters, settle_matters};
use crate::store::{FactRow, JobRow, LastEntry, StateRow, Tx};

/// A job folded, with the facts it was folded from.
pub(crate) struct Folded {
    pub(crate) row: JobRow,
    pub(crate) state: JobState,
    pub(crate) facts: Vec<(FactRow, Fact)>,
    /// Of the evidence that counts, what is held whole.
    pub(crate) held: BTreeSet<BlobHash>,
}

/// Facts of one run that were judged and kept in this transaction: they need not be read again.
#[derive(Default)]
pub(crate) struct JustKept {
    by_job: BTreeMap<JobId, Vec<(FactRow, Fact)>>,
    /// The numbers of their acceptance, from the first to the last. Between them is nobody else's.
    numbers: Option<(u64, u64)>,
    /// One of them may have opened a matter or taken one back.
    concerns_matters: bool,
}

impl JustKept {
    /// Notes a fact that has just been kept, and counts, whatever it is about.
    pub(crate) fn note(&mut self, body: &Body) {
        self.concerns_matters |= concerns_matters(body);
    }

    /// Adds a fact of a job that has just been kept, and counts.
    pub(crate) fn add(&mut self, job_id: JobId, (row, fact): (FactRow, Fact), number: u64) {
        let (first, last) = self.numbers.unwrap_or((number, number));
        self.numbers = Some((first.min(number), last.max(number)));
        self.by_job.entry(job_id).or_default().push((row, fact));
    }
}

/// Folds the facts that count of some jobs of a run. A job that the plan does not have yet is left
/// out: it is folded when the plan has it.
pub(crate) fn fold_jobs(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_ids: &BTreeSet<JobId>,
) -> Result<Vec<Folded>, HubError> {
    fold_kept(tx, policies, run_id, job_ids, JustKept::default())
}

fn fold_kept(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_ids: &BTreeSet<JobId>,
    just_kept: JustKept,
) -> Result<Vec<Folded>, HubError> {
    let Some(span) = span(job_ids) else {
        return Ok(Vec::new());
    };
    let JustKept { by_job: mut facts, numbers, .. } = just_kept;
    for (job_id, row) in tx.list_facts(run_id, span, numbers)? {
        if job_ids.contains(&job_id) {
            let fact = Fact::from_bytes(&row.bytes)?;
            facts.entry(job_id).or_default().push((row, fact));
        }
    }
    let rows = tx.list_jobs_between(run_id, span)?;
    let rows = rows.into_iter().filter(|row| job_ids.contains(&row.job.job_id));
    let fold_row = |row: JobRow| {
        let facts = facts.remove(&row.job.job_id).unwrap_or_default();
        fold_row(policies, row, facts)
    };
    Ok(rows.map(fold_row).collect())
}

fn fold_row(policies: &Policies, row: JobRow, mut facts: Vec<(FactRow, Fact)>) -> Folded {
    facts.sort_by_key(|(row, _)| row.fact_id);
    let by_id = facts.iter().map(|(row, fact)| (row.fact_id, fact));
    let mut state = fold_job(&row.job, by_id, policies);
    state.has_conflict = row.has_conflict;
    let held = facts.iter().filter(|(row, _)| row.is_held);
    let held = held.filter_map(|(_, fact)| fact.body().blob()).collect();
    Folded { row, state, facts, held }
}

/// Folds one job, if the plan has it.
pub(crate) fn fold(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_id: &JobId,
) -> Result<Option<Folded>, HubError> {
    let folded = fold_jobs(tx, policies, run_id, &BTreeSet::from([job_id.clone()]))?;
    Ok(folded.into_iter().next())
}

/// The first and the last by name: what a question about several jobs is asked with.
fn span(job_ids: &BTreeSet<JobId>) -> Option<(&JobId, &JobId)> {
    job_ids.first().zip(job_ids.last())
}

/// Settles jobs of a run of which something was heard just now; says whether the feed has something
/// new.
pub(crate) fn settle(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_ids: &BTreeSet<JobId>,
    now: Timestamp,
) -> Result<bool, HubError> {
    settle_heard(tx, policies, run_id, job_ids, JustKept::default(), (|_| Ok(now), now))
}

/// Settles what facts which were kept just now are about: jobs of a run, and its matters.
pub(crate) fn settle_kept(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    just_kept: JustKept,
    now: Timestamp,
) -> Result<bool, HubError> {
    if just_kept.concerns_matters {
        settle_matters(tx, run_id)?;
    }
    let job_ids = just_kept.by_job.keys().cloned().collect();
    settle_heard(tx, policies, run_id, &job_ids, just_kept, (|_| Ok(now), now))
}

/// Settles jobs of which nothing new is heard: the views are folded again, or time alone has raised
/// a case. What is raised now was there to be seen since the newest fact came in.
pub(crate) fn settle_again(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_ids: &BTreeSet<JobId>,
    now: Timestamp,
) -> Result<bool, HubError> {
    let heard_at = |job_id: &JobId| Ok(tx.newest_fact_at(run_id, job_id)?.unwrap_or(now));
    settle_heard(tx, policies, run_id, job_ids, JustKept::default(), (heard_at, now))
}

fn settle_heard(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    job_ids: &BTreeSet<JobId>,
    just_kept: JustKept,
    (heard_at, now): (impl Fn(&JobId) -> Result<Timestamp, HubError>, Timestamp),
) -> Result<bool, HubError> {
    let Some(span) = span(job_ids) else {
        return Ok(false);
    };
    let folded = fold_kept(tx, policies, run_id, job_ids, just_kept)?;
    let mut open: BTreeMap<JobId, BTreeSet<Trigger>> = BTreeMap::new();
    for (job_id, trigger, _) in tx.list_cases_between(run_id, span)? {
        open.entry(job_id).or_default().insert(trigger);
    }
    let mut press = Press {
        tx,
        run_id,
        last: tx.list_last_entries(run_id, span)?,
        store_epoch: tx.store_epoch()?,
        seq: tx.last_feed_seq()?,
        now,
    };
    let mut is_news = false;
    for folded in &folded {
        let job_id = &folded.state.job_id;
        let moment = Moment { heard_at: heard_at(job_id)?, now };
        let cases = case::raise_all(&folded.row.job, &folded.state, moment);
        settle_cases(tx, run_id, job_id, (open.get(job_id), &cases), now)?;
        let readiness = judge(&folded.state, |blob| folded.held.contains(&blob));
        is_news |= press.publish(folded, &readiness)?;
        let outcome_at = folded.state.outcomes.iter().map(|outcome| outcome.at).max();
        let look_at = case::next_look(&folded.state, now);
        let status = folded.state.status;
        tx.put_state(run_id, job_id, &StateRow { status, outcome_at, readiness, look_at })?;
    }
    Ok(is_news)
}

fn settle_cases(
    tx: &Tx<'_>,
    run_id: &RunId,
    job_id: &JobId,
    (open, raised): (Option<&BTreeSet<Trigger>>, &[RaisedCase]),
    now: Timestamp,
) -> Result<(), HubError> {
    for &trigger in open.into_iter().flatten() {
        if !raised.iter().any(|case| case.trigger == trigger) {
            tx.close_case(run_id, job_id, trigger, now)?;
        }
    }
    for case in raised {
        tx.open_case(run_id, job_id, case)?;
    }
    Ok(())
}

/// Publishes entries of one run's jobs, one after the other.
struct Press<'t> {
    tx: &'t Tx<'t>,
    run_id: &'t RunId,
    /// The newest entry of each job.
    last: BTreeMap<JobId, LastEntry>,
    store_epoch: u64,
    /// The number of the newest entry of all.
    seq: i64,
    now: Timestamp,
}

impl Press<'_> {
    /// Publishes what is news about a job; says whether anything was.
    fn publish(&mut self, folded: &Folded, readiness: &Readiness) -> Result<bool, HubError> {
        let (state, spec) = (&folded.state, &folded.row.job.spec);
        let last = self.last.get(&state.job_id);
        let is_billable = readiness.verdict.is_billable();
        let was_blocked = last.is_none_or(|last| last.verdict == "blocked");
        if was_blocked && !is_billable {
            return Ok(false);
        }
        let proof: BTreeSet<BlobHash> = state.blobs().collect();
        let outcomes = state.outcomes.iter().map(|outcome| outcome.fact_id);
        let photos = state.photos.iter().map(|(id, _)| *id);
        let signatures = state.signatures.iter().map(|(id, _)| *id);
        let payments = state.door.cash.iter().map(|(id, _)| *id);
        let mut entry = FeedEntry {
            store_epoch: self.store_epoch,
            seq: self.seq.saturating_add(1),
            run_id: self.run_id.clone(),
            job_id: state.job_id.clone(),
            order: spec.order.clone(),
            customer: spec.customer.clone(),
            revision: last.map_or(0, |last| last.revision).saturating_add(1),
            supersedes: last.map(|last| last.seq),
            verdict: readiness.verdict,
            reasons: readiness.reasons.clone(),
            act_at_ms: state.outcomes.iter().map(|outcome| outcome.at).max(),
            waited_ms: waited_ms(state),
            published_at_ms: self.now,
            lines: state.outcomes.iter().flat_map(|outcome| outcome.lines.clone()).collect(),
            cash_due: spec.cash_due.clone(),
            payments: state.door.cash.iter().map(|(_, taken)| taken.into()).collect(),
            proof: proof.iter().map(ToString::to_string).collect(),
            facts: outcomes
                .chain(photos)
                .chain(signatures)
                .chain(payments)
                .map(|id| id.to_string())
                .collect(),
            content: String::new(),
        };
        let content_hash = content_hash(&entry)?;
        entry.content = data_encoding::HEXLOWER.encode(&content_hash);
        let is_same = last.is_some_and(|last| last.content_hash == content_hash);
        if !is_same {
            self.tx.add_entry(&entry, &content_hash)?;
            self.seq = entry.seq;
        }
        Ok(!is_same)
    }
}

/// How long the driver had been at the site when the last visit ended.
pub(crate) fn waited_ms(state: &JobState) -> Option<u64> {
    state.outcomes.iter().max_by_key(|outcome| outcome.at)?.waited_ms
}

/// A hash over what an invoice depends on, and over nothing else.
fn content_hash(entry: &FeedEntry) -> Result<[u8; 32], HubError> {
    let content = (
        (&entry.order, &entry.customer, &entry.cash_due),
        (&entry.verdict, &entry.reasons, &entry.lines, &entry.proof),
    );
    let mut bytes = serde_json::to_vec(&content)?;
    // What was published before payments were known keeps its hash.
    if !entry.payments.is_empty() {
        serde_json::to_writer(&mut bytes, &entry.payments)?;
    }
    Ok(Sha256::digest(bytes).into())
}

impl Hub {
    /// What every job of a run folds to, for whoever compares replicas.
    pub fn run_states(&self, run_id: &RunId) -> Result<BTreeMap<JobId, JobState>, HubError> {
        self.store.read(|tx| {
            let job_ids = tx.list_job_ids(run_id)?.into_iter().collect();
            let folded = fold_jobs(tx, &tx.policies()?, run_id, &job_ids)?;
            Ok(folded.into_iter().map(|each| (each.state.job_id.clone(), each.state)).collect())
        })
    }
}

/// Groups jobs by their runs.
pub(crate) fn by_run(
    jobs: impl IntoIterator<Item = (RunId, JobId)>,
) -> BTreeMap<RunId, BTreeSet<JobId>> {
    let mut grouped: BTreeMap<RunId, BTreeSet<JobId>> = BTreeMap::new();
    for (run_id, job_id) in jobs {
        grouped.entry(run_id).or_default().insert(job_id);
    }
    grouped
}
