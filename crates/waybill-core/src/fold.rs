//! The fold: from a plan and a set of facts to the state of every job.
//!
//! Invariant: pure, total and independent of order. The same set of facts gives the same state
//! whatever the order or number of times they arrive, on the phone and at the hub. Device time
//! decides nothing here: within one device the journal's numbers order facts, and between devices
//! facts are joined, never raced.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::fact::{Body, Fact, LineOutcome, PhotoTaken, Signed};
use crate::id::{BlobHash, FactId, JobId};
use crate::job::{Job, JobStanding};
use crate::plan::Plan;
use crate::policy::Policy;
use crate::proof::{ProofKind, ProofRule};
use crate::status::{Status, may_step, step_of};
use crate::time::Timestamp;

/// A set of facts by id: the simplest CRDT there is.
pub type Facts = BTreeMap<FactId, Fact>;

/// How a visit ended, by one fact that still counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub fact_id: FactId,
    pub status: Status,
    pub at: Timestamp,
    /// Every line of the job, whether the fact named it or not.
    pub lines: Vec<LineOutcome>,
    /// Why it failed, if it did.
    pub reason: String,
    /// The version of the policy that the fact was judged by.
    pub policy: u32,
}

/// The state of one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobState {
    pub job_id: JobId,
    pub status: Status,
    pub standing: JobStanding,
    /// The proof that is needed.
    pub rule: ProofRule,
    /// More than one is a question for the office.
    pub outcomes: Vec<Outcome>,
    pub photos: Vec<(FactId, PhotoTaken)>,
    pub signatures: Vec<(FactId, Signed)>,
    pub scanned_codes: BTreeSet<String>,
    /// Facts that no longer count.
    pub undone: BTreeSet<FactId>,
    /// Facts that took a step out of turn. They count; somebody may want to know.
    pub irregular: BTreeSet<FactId>,
    /// Two values of one plan field stand against each other.
    pub has_conflict: bool,
}

impl JobState {
    /// Says whether a kind of proof is there.
    pub fn has(&self, kind: ProofKind) -> bool {
        match kind {
            ProofKind::Signature => !self.signatures.is_empty(),
            ProofKind::Photo => !self.photos.is_empty(),
            ProofKind::Scan => !self.scanned_codes.is_empty(),
            ProofKind::Name => self.signatures.iter().any(|(_, s)| !s.name.trim().is_empty()),
        }
    }

    /// The evidence that counts.
    pub fn blobs(&self) -> impl Iterator<Item = BlobHash> + '_ {
        let photos = self.photos.iter().map(|(_, photo)| photo.blob);
        let signatures = self.signatures.iter().map(|(_, signed)| signed.blob);
        photos.chain(signatures)
    }
}

/// Folds the facts of a whole run.
pub fn fold_run(plan: &Plan, facts: &Facts, policy: &Policy) -> BTreeMap<JobId, JobState> {
    let mut by_job: BTreeMap<&JobId, Vec<(FactId, &Fact)>> = BTreeMap::new();
    for (id, fact) in facts {
        if let Some(job_id) = &fact.job_id {
            by_job.entry(job_id).or_default().push((*id, fact));
        }
    }
    let fold_one = |job: &Job| {
        let facts = by_job.remove(&job.job_id).unwrap_or_default();
        let mut state = fold_job(job, facts, policy);
        state.has_conflict = plan.conflicts.iter().any(|each| each.job_id == job.job_id);
        (job.job_id.clone(), state)
    };
    plan.jobs.iter().map(fold_one).collect()
}

/// Folds the facts of one job.
pub fn fold_job<'f>(
    job: &Job,
    facts: impl IntoIterator<Item = (FactId, &'f Fact)>,
    policy: &Policy,
) -> JobState {
    let mut bodies: Vec<_> =
        facts.into_iter().map(|(id, fact)| (id, fact.act.wall_ms, fact.body())).collect();
    bodies.sort_by_key(|(id, _, _)| *id);
    bodies.dedup_by_key(|(id, _, _)| *id);
    let undone = undone(&bodies);
    let mut state = JobState {
        job_id: job.job_id.clone(),
        status: Status::Planned,
        standing: job.standing,
        rule: policy.proof_for(job.spec.proof),
        outcomes: Vec::new(),
        photos: Vec::new(),
        signatures: Vec::new(),
        scanned_codes: BTreeSet::new(),
        undone,
        irregular: BTreeSet::new(),
        has_conflict: false,
    };
    let mut track = (None, Status::Planned);
    for (id, at, body) in bodies {
        if state.undone.contains(&id) {
            continue;
        }
        if track.0 != Some(id.device) {
            track = (Some(id.device), Status::Planned);
        }
        take(&mut state, job, &mut track.1, id, at, body);
    }
    state
}

/// A fact is undone if an undo that itself counts names it. Only earlier or other devices' facts can
/// be named, so following the chain of undos ends.
fn undone(bodies: &[(FactId, Timestamp, Body)]) -> BTreeSet<FactId> {
    let mut undos: BTreeMap<FactId, BTreeSet<FactId>> = BTreeMap::new();
    for (id, _, body) in bodies {
        if let Body::Undone(undo) = body
            && undo.fact_id != *id
        {
            undos.entry(undo.fact_id).or_default().insert(*id);
        }
    }
    // An undo is not itself undone: taking a step again is a new fact. So one pass is enough.
    let is_undo = |id: &FactId| {
        bodies.iter().any(|(each, _, body)| each == id && matches!(body, Body::Undone(_)))
    };
    undos.into_keys().filter(|id| !is_undo(id)).collect()
}

fn take(
    state: &mut JobState,
    job: &Job,
    track: &mut Status,
    id: FactId,
    at: Timestamp,
    body: Body,
) {
    if let Some(step) = step_of(&body)
        && may_step(*track, step).is_err()
    {
        state.irregular.insert(id);
    }
    let reached = match body {
        Body::Loaded(_) => Status::Loaded,
        Body::OnTheWay(_) => Status::OnTheWay,
        Body::Arrived(_) => Status::Arrived,
        Body::Returned(_) => Status::Returned,
        Body::Delivered(delivered) => {
            let lines = complete(job, delivered.lines);
            let whole = lines.iter().all(|line| line.sum() == u64::from(line.delivered));
            let status = if whole { Status::Delivered } else { Status::DeliveredInPart };
            let policy = delivered.policy;
            let reason = String::new();
            state.outcomes.push(Outcome { fact_id: id, status, at, lines, reason, policy });
            status
        }
        Body::Failed(failed) => {
            let (reason, policy) = (failed.reason, failed.policy);
            let status = Status::Failed;
            state.outcomes.push(Outcome { fact_id: id, status, at, lines: vec![], reason, policy });
            status
        }
        Body::PhotoTaken(photo) => return state.photos.push((id, photo)),
        Body::Signed(signed) => return state.signatures.push((id, signed)),
        Body::Scanned(scanned) => {
            state.scanned_codes.insert(scanned.code);
            return;
        }
        Body::Undone(_) | Body::Noted(_) | Body::Unknown { .. } => return,
    };
    *track = (*track).max(reached);
    state.status = state.status.max(reached);
}

/// Fills in the lines that a delivery did not name: they were handed over whole.
fn complete(job: &Job, named: Vec<LineOutcome>) -> Vec<LineOutcome> {
    let mut named: BTreeMap<_, _> =
        named.into_iter().map(|line| (line.item_id.clone(), line)).collect();
    job.spec
        .items
        .iter()
        .map(|item| {
            named.remove(&item.item_id).unwrap_or_else(|| LineOutcome {
                item_id: item.item_id.clone(),
                delivered: item.quantity,
                refused: 0,
                damaged: 0,
                missing: 0,
            })
        })
        .collect()
}

/// A hash over the state of a run: two replicas with the same facts and plan have the same.
pub fn state_hash(states: &BTreeMap<JobId, JobState>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for state in states.values() {
        // The debug form names every field, so a field added later cannot be forgotten here.
        hasher.update(format!("{state:?}\n"));
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
