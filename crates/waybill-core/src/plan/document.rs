//! Reading and writing the plan document. The only place that knows its keys.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    AutoCommit, AutomergeError, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    Value,
};

use super::{RANK_GAP, rank_between};
use crate::cbor;
use crate::id::{DeviceId, Epoch, JobId};
use crate::job::{JobStanding, RunHead};
use crate::time::{Timestamp, Window};

/// The version of the document's shape.
const SHAPE: u64 = 1;

/// Who writes: every open of a phone and every store of a hub writes under a name of its own,
/// because a number used twice under one name wedges an Automerge document for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor(automerge::ActorId);

impl Actor {
    /// The name of a device in one epoch.
    pub fn device(device: DeviceId, epoch: Epoch) -> Self {
        let mut bytes = device.0.to_vec();
        bytes.extend_from_slice(&epoch.0.to_be_bytes());
        Self(automerge::ActorId::from(bytes))
    }

    /// The name of a hub's store in one epoch; it never looks like a device's.
    pub fn hub(store: crate::id::StoreId, epoch: u64) -> Self {
        let mut bytes = store.0.to_vec();
        bytes.extend_from_slice(&epoch.to_be_bytes());
        bytes.push(b'h');
        Self(automerge::ActorId::from(bytes))
    }

    /// Says whether a name is one of a device's, in whichever epoch.
    pub(super) fn is_of_device(actor: &automerge::ActorId, device: DeviceId) -> bool {
        let bytes = actor.to_bytes();
        bytes.len() == device.0.len() + size_of::<u64>() && bytes.starts_with(&device.0)
    }
}

/// A plan document that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    #[error("failed to work on the plan document: {0}")]
    Document(#[from] AutomergeError),
    #[error("failed to read a plan change: {0}")]
    Change(#[from] automerge::LoadChangeError),
    #[error(transparent)]
    Malformed(#[from] cbor::Malformed),
    #[error("the plan document lacks {0}")]
    Missing(&'static str),
    #[error("the plan has no job {0}")]
    UnknownJob(JobId),
}

/// A run's plan document, open for one writer.
#[derive(Debug, Clone)]
pub struct PlanDoc {
    pub(super) doc: AutoCommit,
    /// The bytes that it was read from or written to last, and its heads then.
    saved: Option<(Vec<ChangeHash>, Vec<u8>)>,
}

impl PlanDoc {
    /// Starts the document of a run.
    pub fn create(actor: &Actor, head: &RunHead, at: Timestamp) -> Result<Self, PlanError> {
        #[expect(clippy::disallowed_methods, reason = "the rolled actor is replaced on this line")]
        let mut doc = AutoCommit::new().with_actor(actor.0.clone());
        doc.put(ROOT, "v", SHAPE)?;
        doc.put(ROOT, "run", ScalarValue::Bytes(cbor::encode(head)))?;
        doc.put_object(ROOT, "jobs", ObjType::Map)?;
        let mut plan = Self { doc, saved: None };
        plan.commit(at);
        Ok(plan)
    }

    /// Opens a saved document for a writer.
    pub fn load(actor: &Actor, bytes: &[u8]) -> Result<Self, PlanError> {
        let mut doc = AutoCommit::load(bytes)?.with_actor(actor.0.clone());
        let saved = Some((doc.get_heads(), bytes.to_vec()));
        Ok(Self { doc, saved })
    }

    /// Goes on under another name.
    pub fn set_writer(&mut self, actor: &Actor) {
        self.doc.set_actor(actor.0.clone());
    }

    /// The whole document, to be stored or sent; compress it with the batch it travels in.
    pub fn save(&mut self) -> Vec<u8> {
        let heads = self.doc.get_heads();
        match &self.saved {
            Some((of, bytes)) if *of == heads => bytes.clone(),
            _ => {
                let bytes = self.doc.save_nocompress();
                self.saved = Some((heads, bytes.clone()));
                bytes
            }
        }
    }

    /// The hashes of the newest changes.
    pub fn heads(&mut self) -> Vec<[u8; 32]> {
        let mut heads: Vec<_> = self.doc.get_heads().iter().map(|hash| hash.0).collect();
        heads.sort_unstable();
        heads
    }

    /// The changes that somebody at these heads lacks, or `None` if heads are named that this
    /// document has never seen.
    pub fn changes_since(&mut self, heads: &[[u8; 32]]) -> Option<Vec<Vec<u8>>> {
        let known: Vec<_> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
        if known.iter().any(|hash| !self.knows(hash)) {
            return None;
        }
        let changes = self.doc.get_changes(&known);
        Some(changes.iter().map(|change| change.raw_bytes().to_vec()).collect())
    }

    /// The document as it was at these heads, or `None` if it has never seen them.
    pub fn at(&mut self, heads: &[[u8; 32]]) -> Option<Self> {
        let heads: Vec<_> = heads.iter().map(|hash| ChangeHash(*hash)).collect();
        if heads.is_empty() || heads.iter().any(|hash| !self.knows(hash)) {
            return None;
        }
        // A name is a phone's for good: the fork goes on under the one that this document has.
        let actor = self.doc.get_actor().clone();
        Some(Self { doc: self.doc.fork_at(&heads).ok()?.with_actor(actor), saved: None })
    }

    fn knows(&mut self, hash: &ChangeHash) -> bool {
        self.doc.get_change_meta_by_hash(hash).is_some()
    }

    /// Takes changes from a side that is trusted to have checked them.
    pub fn apply(&mut self, changes: &[impl AsRef<[u8]>]) -> Result<(), PlanError> {
        let read: Result<Vec<_>, _> =
            changes.iter().map(|bytes| Change::from_bytes(bytes.as_ref().to_vec())).collect();
        self.take(read?)
    }

    pub(super) fn take(&mut self, changes: Vec<Change>) -> Result<(), PlanError> {
        // One that waits for another is kept with the document and does not show in its heads.
        self.saved = None;
        Ok(self.doc.apply_changes(changes)?)
    }

    /// Takes another side's whole document; what was written here and is not in it stays.
    pub fn merge(&mut self, bytes: &[u8]) -> Result<(), PlanError> {
        let mut other = AutoCommit::load(bytes)?;
        self.saved = None;
        self.doc.merge(&mut other)?;
        Ok(())
    }

    /// Moves a job's window.
    pub fn set_window(
        &mut self,
        job_id: &JobId,
        window: Window,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        self.set(job_id, "window", ScalarValue::Bytes(cbor::encode(&window)), at)
    }

    /// Changes the office's word to the driver.
    pub fn set_note(
        &mut self,
        job_id: &JobId,
        note: &str,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        self.set(job_id, "note", ScalarValue::Str(note.into()), at)
    }

    /// Cancels, moves away or takes back a job.
    pub fn set_standing(
        &mut self,
        job_id: &JobId,
        standing: JobStanding,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        self.set(job_id, "standing", ScalarValue::Str(standing.word().into()), at)
    }

    /// Puts a job right behind another, or first. Only its own rank is written, so that two people
    /// who move two jobs at the same time both get their wish.
    pub fn move_job(
        &mut self,
        job_id: &JobId,
        behind: Option<&JobId>,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        let mut jobs = self.read()?.jobs;
        let from = jobs
            .iter()
            .position(|job| job.job_id == *job_id)
            .ok_or_else(|| PlanError::UnknownJob(job_id.clone()))?;
        let moved = jobs.remove(from);
        let slot = match behind {
            None => 0,
            Some(other) => {
                jobs.iter()
                    .position(|job| job.job_id == *other)
                    .ok_or_else(|| PlanError::UnknownJob(other.clone()))?
                    + 1
            }
        };
        if slot == from {
            return Ok(false);
        }
        let before = slot.checked_sub(1).and_then(|at| jobs.get(at)).map(|job| job.rank);
        let after = jobs.get(slot).map(|job| job.rank);
        if let Some(rank) = rank_between(before, after) {
            return self.set(&moved.job_id, "rank", ScalarValue::Int(rank), at);
        }
        // No room left between the neighbours: number the whole run afresh, once in a blue moon.
        jobs.insert(slot, moved);
        let table = self.jobs_table()?;
        for (rank, job) in (0_i64..).zip(&jobs) {
            let entry = self.entry(&table, &job.job_id)?;
            self.put_if_news(&entry, "rank", ScalarValue::Int(rank.saturating_mul(RANK_GAP)))?;
        }
        Ok(self.commit(at))
    }

    pub(super) fn set(
        &mut self,
        job_id: &JobId,
        key: &'static str,
        value: ScalarValue,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        let table = self.jobs_table()?;
        let entry = self.entry(&table, job_id)?;
        self.put_if_news(&entry, key, value)?;
        Ok(self.commit(at))
    }

    pub(super) fn put_if_news(
        &mut self,
        entry: &ObjId,
        key: &'static str,
        value: ScalarValue,
    ) -> Result<(), PlanError> {
        let same = matches!(
            self.doc.get(entry, key)?,
            Some((Value::Scalar(old), _)) if *old == value
        );
        // A conflict is settled by writing again, even the word that is showing.
        if !same || self.doc.get_all(entry, key)?.len() > 1 {
            self.doc.put(entry, key, value)?;
        }
        Ok(())
    }

    pub(super) fn commit(&mut self, at: Timestamp) -> bool {
        self.doc.commit_with(CommitOptions::default().with_time(at.0.div_euclid(1_000))).is_some()
    }

    pub(super) fn jobs_table(&self) -> Result<ObjId, PlanError> {
        match self.doc.get(ROOT, "jobs")? {
            Some((Value::Object(ObjType::Map), table)) => Ok(table),
            _ => Err(PlanError::Missing("jobs")),
        }
    }

    pub(super) fn entry(&self, table: &ObjId, job_id: &JobId) -> Result<ObjId, PlanError> {
        match self.doc.get(table, job_id.as_str())? {
            Some((Value::Object(ObjType::Map), entry)) => Ok(entry),
            _ => Err(PlanError::UnknownJob(job_id.clone())),
        }
    }
}
