//! Settling a job: from the facts that count to where it stands, its cases, and the feed.
//!
//! Invariant: this runs in the transaction that changed a fact, a blob or the plan, so that nobody
//! ever reads one without the other. The feed gets an entry when a job becomes billable, and another
//! one when what was published is not so any more.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use waybill_core::case::{self, Trigger};
use waybill_core::fact::Fact;
use waybill_core::fold::{JobState, fold_job};
use waybill_core::id::{BlobHash, JobId, RunId};
use waybill_core::policy::Policy;
use waybill_core::readiness::{Readiness, judge};
use waybill_core::time::Timestamp;

use crate::api::view::FeedEntry;
use crate::error::HubError;
use crate::store::{FactRow, JobRow, StateRow, Tx};

/// A job folded, with the facts it was folded from.
pub(crate) struct Folded {
    pub(crate) state: JobState,
    pub(crate) facts: Vec<(FactRow, Fact)>,
    /// Of the evidence that counts, what is held whole.
    pub(crate) held: BTreeSet<BlobHash>,
}

/// Folds the facts of a job that count.
pub(crate) fn fold(
    tx: &Tx<'_>,
    policy: &Policy,
    run_id: &RunId,
    row: &JobRow,
) -> Result<Folded, HubError> {
    let mut facts = Vec::new();
    for fact_row in tx.list_facts(run_id, &row.job.job_id)? {
        let fact = Fact::from_bytes(&fact_row.bytes)?;
        facts.push((fact_row, fact));
    }
    let by_id = facts.iter().map(|(row, fact)| (row.fact_id, fact));
    let mut state = fold_job(&row.job, by_id, policy);
    state.has_conflict = row.has_conflict;
    let mut held = BTreeSet::new();
    for (_, fact) in &facts {
        if let Some(blob) = fact.body().blob()
            && tx.get_blob(blob)?.is_some()
        {
            held.insert(blob);
        }
    }
    Ok(Folded { state, facts, held })
}

/// Settles a job; says whether the feed has something new. A job that the plan does not have yet is
/// settled when it has.
pub(crate) fn settle(
    tx: &Tx<'_>,
    policy: &Policy,
    run_id: &RunId,
    job_id: &JobId,
    now: Timestamp,
) -> Result<bool, HubError> {
    settle_at(tx, policy, run_id, job_id, (now, now))
}

/// Settles a job whose cases were raised at one moment and whose entry is published at another.
pub(crate) fn settle_at(
    tx: &Tx<'_>,
    policy: &Policy,
    run_id: &RunId,
    job_id: &JobId,
    (raised_at, now): (Timestamp, Timestamp),
) -> Result<bool, HubError> {
    let Some(row) = tx.get_job(run_id, job_id)? else {
        return Ok(false);
    };
    let folded = fold(tx, policy, run_id, &row)?;
    let readiness = judge(&folded.state, |blob| folded.held.contains(&blob));
    let outcome_at = folded.state.outcomes.iter().map(|outcome| outcome.at).max();
    let status = folded.state.status;
    settle_cases(tx, run_id, &folded.state, outcome_at, raised_at)?;
    let is_news = publish(tx, run_id, &row, &folded.state, &readiness, now)?;
    tx.put_state(run_id, job_id, &StateRow { status, outcome_at, readiness })?;
    Ok(is_news)
}

fn settle_cases(
    tx: &Tx<'_>,
    run_id: &RunId,
    state: &JobState,
    outcome_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), HubError> {
    let raised = case::raise(state);
    for (open, _) in tx.list_cases(run_id, &state.job_id)? {
        if !raised.contains(&open) {
            tx.close_case(run_id, &state.job_id, open, now)?;
        }
    }
    for trigger in raised {
        // A case is due so long after the act. A phone's clock that runs ahead wins no time.
        let act = match trigger {
            Trigger::PlanConflict | Trigger::JobAdded => now,
            Trigger::Failed
            | Trigger::TwoOutcomes
            | Trigger::DeliveredAfterCancel
            | Trigger::DifferenceToPlan
            | Trigger::ProofMissing
            | Trigger::OverOrShort
            | Trigger::LateOutcome
            | Trigger::JournalForked => outcome_at.unwrap_or(now).min(now),
        };
        let due_at = act.plus_ms(trigger.due_after_ms());
        tx.open_case(run_id, &state.job_id, trigger, (now, due_at))?;
    }
    Ok(())
}

fn publish(
    tx: &Tx<'_>,
    run_id: &RunId,
    row: &JobRow,
    state: &JobState,
    readiness: &Readiness,
    now: Timestamp,
) -> Result<bool, HubError> {
    let last = tx.get_last_entry(run_id, &state.job_id)?;
    let is_billable = readiness.verdict.is_billable();
    let was_blocked = last.as_ref().is_none_or(|last| last.verdict == "blocked");
    if was_blocked && !is_billable {
        return Ok(false);
    }
    let proof: BTreeSet<BlobHash> = state.blobs().collect();
    let outcomes = state.outcomes.iter().map(|outcome| outcome.fact_id);
    let photos = state.photos.iter().map(|(id, _)| *id);
    let signatures = state.signatures.iter().map(|(id, _)| *id);
    let mut entry = FeedEntry {
        store_epoch: tx.store_epoch()?,
        seq: tx.last_feed_seq()?.saturating_add(1),
        run_id: run_id.clone(),
        job_id: state.job_id.clone(),
        order: row.job.spec.order.clone(),
        customer: row.job.spec.customer.clone(),
        revision: last.as_ref().map_or(0, |last| last.revision).saturating_add(1),
        supersedes: last.as_ref().map(|last| last.seq),
        verdict: readiness.verdict,
        reasons: readiness.reasons.clone(),
        act_at_ms: state.outcomes.iter().map(|outcome| outcome.at).max(),
        published_at_ms: now,
        lines: state.outcomes.iter().flat_map(|outcome| outcome.lines.clone()).collect(),
        cash_due: row.job.spec.cash_due.clone(),
        proof: proof.iter().map(ToString::to_string).collect(),
        facts: outcomes.chain(photos).chain(signatures).map(|id| id.to_string()).collect(),
        content: String::new(),
    };
    let content_hash = content_hash(&entry)?;
    entry.content = data_encoding::HEXLOWER.encode(&content_hash);
    let is_same = last.is_some_and(|last| last.content_hash == content_hash);
    if !is_same {
        tx.add_entry(&entry, &content_hash)?;
    }
    Ok(!is_same)
}

/// A hash over what an invoice depends on, and over nothing else.
fn content_hash(entry: &FeedEntry) -> Result<[u8; 32], HubError> {
    let content = (
        (&entry.order, &entry.customer, &entry.cash_due),
        (&entry.verdict, &entry.reasons, &entry.lines, &entry.proof),
    );
    Ok(Sha256::digest(serde_json::to_vec(&content)?).into())
}

impl crate::hub::Hub {
    /// What every job of a run folds to, for whoever compares replicas.
    pub fn run_states(
        &self,
        run_id: &RunId,
    ) -> Result<std::collections::BTreeMap<JobId, JobState>, HubError> {
        self.store.read(|tx| {
            let policy = tx.get_policy()?;
            let rows = tx.list_jobs(run_id)?;
            let folded =
                |row: &JobRow| Ok((row.job.job_id.clone(), fold(tx, &policy, run_id, row)?.state));
            rows.iter().map(folded).collect()
        })
    }
}
