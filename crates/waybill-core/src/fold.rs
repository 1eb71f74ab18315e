//! The fold: from a plan and a set of facts to the state of every job.
//!
//! Invariant: pure, total and independent of order. The same set of facts gives the same state
//! whatever the order or number of times they arrive, on the phone and at the hub. Device time
//! decides nothing here: within one device the journal's numbers order facts, and between devices
//! facts are joined, never raced.

mod door;
mod growing;
mod take;

pub use door::Door;
pub use growing::GrowingFold;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::fact::{Body, Fact, LineOutcome, NotSigned, NotSignedWhy, PhotoTaken, Signed};
use crate::failure::{MissingEvidence, Visit};
use crate::id::{BlobHash, DeviceId, FactId, ItemId, JobId};
use crate::job::{Added, Job, JobStanding};
use crate::load::JobLoad;
use crate::plan::Plan;
use crate::policy::Rulebook;
use crate::proof::{Method, ProofKind, ProofRule};
use crate::status::Status;
use crate::time::{Reading, Timestamp};

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
    /// To whom or where the goods went; it means nothing where none did.
    pub method: Method,
    /// What the reason asks for, by the policy that the fact names, and was not done.
    pub unmet: Vec<MissingEvidence>,
    /// Why it was given nevertheless.
    pub anyway: Option<String>,
    /// How long the driver had been at the site, where their arrival is known.
    pub waited_ms: Option<u64>,
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
    /// Who took the goods and did not sign.
    pub not_signed: Vec<(FactId, NotSigned)>,
    /// What was scanned at the door, and how many units under each code.
    pub scanned: BTreeMap<String, u64>,
    /// What was counted onto the vehicle; of two counts of one line the larger.
    pub counted: BTreeMap<ItemId, u32>,
    /// What was put aboard unit by unit.
    pub load: JobLoad,
    /// What was counted back into the depot; of two counts of one line the larger.
    pub checked_in: BTreeMap<ItemId, u32>,
    /// What was done during the visit that stands.
    pub visit: Visit,
    /// What was taken and checked at the door.
    pub door: Door,
    /// Visits that failed and were followed by another one, each by its failure.
    pub past_outcomes: Vec<Outcome>,
    /// What belongs to such a visit: it happened, and says nothing about the one after it.
    pub past: BTreeSet<FactId>,
    /// Facts that no longer count.
    pub undone: BTreeSet<FactId>,
    /// Facts that took a step out of turn. They count; somebody may want to know.
    pub irregular: BTreeSet<FactId>,
    /// Two values of one plan field stand against each other.
    pub has_conflict: bool,
    /// The crew added the job, and the office has not agreed to it.
    pub is_unconfirmed: bool,
}

impl JobState {
    /// Says whether a kind of proof is there.
    pub fn has(&self, kind: ProofKind) -> bool {
        match kind {
            ProofKind::Signature => !self.signatures.is_empty(),
            ProofKind::Photo => !self.photos.is_empty(),
            ProofKind::Scan => !self.scanned.is_empty(),
            ProofKind::Pin => self.door.has_pin(),
            ProofKind::Age => self.door.has_age(self.rule.minimum_age.unwrap_or(0)),
            ProofKind::Name => {
                let signed = self.signatures.iter().map(|(_, signed)| &signed.name);
                let not_signed = self.not_signed.iter().map(|(_, not)| &not.name);
                signed.chain(not_signed).any(|name| !name.trim().is_empty())
            }
        }
    }

    /// Why nobody signed, where nobody did and it is said why.
    pub fn why_unsigned(&self) -> Option<NotSignedWhy> {
        let (_, not_signed) = self.not_signed.last().filter(|_| self.signatures.is_empty())?;
        Some(not_signed.why)
    }

    /// The evidence that counts.
    pub fn blobs(&self) -> impl Iterator<Item = BlobHash> + '_ {
        let photos = self.photos.iter().map(|(_, photo)| photo.blob);
        let signatures = self.signatures.iter().map(|(_, signed)| signed.blob);
        photos.chain(signatures)
    }
}

/// Folds the facts of a whole run.
///
/// A fact is judged by the policy that it names; one policy alone stands for all of them.
pub fn fold_run(plan: &Plan, facts: &Facts, policies: &impl Rulebook) -> BTreeMap<JobId, JobState> {
    let mut by_job: BTreeMap<&JobId, Vec<(FactId, &Fact)>> = BTreeMap::new();
    for (id, fact) in facts {
        if let Some(job_id) = &fact.job_id {
            by_job.entry(job_id).or_default().push((*id, fact));
        }
    }
    let fold_one = |job: &Job| {
        let facts = by_job.remove(&job.job_id).unwrap_or_default();
        let mut state = fold_job(job, facts, policies);
        state.has_conflict = plan.conflicts.iter().any(|each| each.job_id == job.job_id);
        (job.job_id.clone(), state)
    };
    plan.jobs.iter().map(fold_one).collect()
}

/// Folds the facts of one job.
pub fn fold_job<'f>(
    job: &Job,
    facts: impl IntoIterator<Item = (FactId, &'f Fact)>,
    policies: &impl Rulebook,
) -> JobState {
    let mut bodies: Vec<_> =
        facts.into_iter().map(|(id, fact)| (id, fact.act, fact.body())).collect();
    bodies.sort_by_key(|(id, _, _)| *id);
    bodies.dedup_by_key(|(id, _, _)| *id);
    fold_bodies(job, &bodies, policies)
}

/// A fact as the fold reads it: its id, the clocks at the act, and what happened.
pub(crate) type Read = (FactId, Reading, Body);

/// Folds facts that are sorted by id, each once.
fn fold_bodies(job: &Job, bodies: &[Read], policies: &impl Rulebook) -> JobState {
    let undone = undone(bodies);
    let mut state = JobState {
        job_id: job.job_id.clone(),
        status: Status::Planned,
        standing: job.standing,
        rule: policies.newest().choose_proof(&job.spec, Method::default()).0,
        outcomes: Vec::new(),
        photos: Vec::new(),
        signatures: Vec::new(),
        not_signed: Vec::new(),
        scanned: BTreeMap::new(),
        counted: BTreeMap::new(),
        load: JobLoad::default(),
        checked_in: BTreeMap::new(),
        visit: Visit::default(),
        door: Door { cash_due: job.spec.cash_due.clone(), ..Door::default() },
        past_outcomes: Vec::new(),
        past: BTreeSet::new(),
        undone,
        irregular: BTreeSet::new(),
        has_conflict: false,
        is_unconfirmed: job.added == Some(Added::Proposed),
    };
    let ended = ended(bodies, &state.undone);
    let mut track = (None, Status::Planned);
    for (id, at, body) in bodies {
        state.door.note_try(body);
        if state.undone.contains(id) {
            continue;
        }
        if track.0 != Some(id.device) {
            track = (Some(id.device), Status::Planned);
        }
        let is_past = ended.get(&id.device).is_some_and(|ends| ends.is_past(*id));
        take::take(&mut state, job, &mut track.1, (*id, *at, body), is_past);
        if ended.get(&id.device).is_some_and(|ends| ends.failures.contains(id)) {
            // The next visit begins from the beginning.
            track.1 = Status::Planned;
        }
        if let Body::Reattempted(again) = body
            && !ended.get(&again.fact_id.device).is_some_and(|ends| ends.is_past(again.fact_id))
        {
            state.irregular.insert(*id);
        }
    }
    if state.status == Status::Planned && state.load.is_whole(job) && state.load.is_aboard(job) {
        state.status = Status::Loaded;
    }
    let handed_over = state.outcomes.iter().filter(|each| each.status != Status::Failed);
    let rules =
        handed_over.map(|each| policies.named(each.policy).choose_proof(&job.spec, each.method).0);
    // Two outcomes are a question; until it is answered, whatever either asks for is asked for.
    if let Some(rule) = rules.reduce(ProofRule::joined) {
        state.rule = rule;
    }
    judge_failures(&mut state, bodies, policies);
    state
}

/// Says of each failure that stands what its reason asks for and was not done.
fn judge_failures(state: &mut JobState, bodies: &[Read], policies: &impl Rulebook) {
    let failures = state.outcomes.iter_mut().filter(|each| each.status == Status::Failed);
    for failure in failures {
        let read = bodies.binary_search_by_key(&failure.fact_id, |(id, _, _)| *id);
        let act = read.ok().and_then(|at| bodies.get(at)).map(|(_, act, _)| *act);
        let reason = policies.named(failure.policy).reason(&failure.reason);
        if let (Some(act), Some(reason)) = (act, reason) {
            failure.unmet = state.visit.unmet(reason, failure.fact_id.device, act);
        }
    }
}

/// The facts that an undo names. An undo is not itself undone: taking a step again is a new fact, so
/// one pass is enough.
fn undone(bodies: &[Read]) -> BTreeSet<FactId> {
    let undos = bodies.iter().filter_map(|(id, _, body)| {
        if let Body::Undone(undo) = body { Some((*id, undo.fact_id)) } else { None }
    });
    let undos: BTreeMap<FactId, FactId> = undos.collect();
    undos.values().copied().filter(|named| !undos.contains_key(named)).collect()
}

/// Where one device's visits ended that were followed by another one.
#[derive(Debug, Default)]
struct Ended {
    failures: BTreeSet<FactId>,
}

impl Ended {
    /// Says whether a fact of the device was recorded during such a visit.
    fn is_past(&self, id: FactId) -> bool {
        self.failures.last().is_some_and(|last| id <= *last)
    }
}

/// The failures that a new attempt names. Both must count, and the failure must be one.
///
/// Invariant: what is past depends on the set of facts and not on the order between devices: only
/// the numbers of the device that recorded the failure say what came before it.
fn ended(bodies: &[Read], undone: &BTreeSet<FactId>) -> BTreeMap<DeviceId, Ended> {
    let counting = || bodies.iter().filter(|(id, _, _)| !undone.contains(id));
    let failures: BTreeSet<FactId> = counting()
        .filter(|(_, _, body)| matches!(body, Body::Failed(_)))
        .map(|(id, _, _)| *id)
        .collect();
    let mut ended: BTreeMap<DeviceId, Ended> = BTreeMap::new();
    for (_, _, body) in counting() {
        if let Body::Reattempted(again) = body
            && failures.contains(&again.fact_id)
        {
            ended.entry(again.fact_id.device).or_default().failures.insert(again.fact_id);
        }
    }
    ended
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
pub(crate) mod samples;
#[cfg(test)]
mod tests;
