//! Reading and writing the plan document. The only place that knows its keys.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{
    AutoCommit, AutomergeError, Change, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    Value,
};

use super::{RANK_GAP, rank_between};
use crate::cbor;
use crate::id::{DeviceId, Epoch, JobId};
use crate::job::{Added, JobSpec, JobStanding, Pin, RunHead};
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

/// What the office changes of a job while it is out.
#[derive(Debug, Clone, Copy, Default)]
pub struct JobEdit<'e> {
    pub window: Option<Window>,
    pub note: Option<&'e str>,
    pub standing: Option<JobStanding>,
    /// What is to be known about the site: the crew writes it too.
    pub site_note: Option<&'e str>,
    /// The address is where the crew says that it is.
    pub takes_pin: bool,
    /// A job that the crew added is agreed to.
    pub confirms: bool,
}

/// A run's plan document, open for one writer.
#[derive(Debug, Clone)]
pub struct PlanDoc {
    pub(super) doc: AutoCommit,
}

impl PlanDoc {
    /// Starts the document of a run.
    pub fn create(actor: &Actor, head: &RunHead, at: Timestamp) -> Result<Self, PlanError> {
        #[expect(clippy::disallowed_methods, reason = "the rolled actor is replaced on this line")]
        let mut doc = AutoCommit::new().with_actor(actor.0.clone());
        doc.put(ROOT, "v", SHAPE)?;
        doc.put(ROOT, "run", ScalarValue::Bytes(cbor::encode(head)))?;
        doc.put_object(ROOT, "jobs", ObjType::Map)?;
        let mut plan = Self { doc };
        plan.commit(at);
        Ok(plan)
    }

    /// Opens a saved document for a writer.
    pub fn load(actor: &Actor, bytes: &[u8]) -> Result<Self, PlanError> {
        Ok(Self { doc: AutoCommit::load(bytes)?.with_actor(actor.0.clone()) })
    }

    /// Goes on under another name.
    pub fn set_writer(&mut self, actor: &Actor) {
        self.doc.set_actor(actor.0.clone());
    }

    /// The whole document, to be stored or sent; compress it with the batch it travels in.
    pub fn save(&mut self) -> Vec<u8> {
        self.doc.save_nocompress()
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
        Some(Self { doc: self.doc.fork_at(&heads).ok()?.with_actor(actor) })
    }

    fn knows(&mut self, hash: &ChangeHash) -> bool {
        self.doc.get_change_meta_by_hash(hash).is_some()
    }

    /// Takes changes from a side that is trusted to have checked them.
    pub fn apply(&mut self, changes: &[impl AsRef<[u8]>]) -> Result<(), PlanError> {
        let read: Result<Vec<_>, _> =
            changes.iter().map(|bytes| Change::from_bytes(bytes.as_ref().to_vec())).collect();
        Ok(self.doc.apply_changes(read?)?)
    }

    /// Takes another side's whole document; what was written here and is not in it stays.
    pub fn merge(&mut self, bytes: &[u8]) -> Result<(), PlanError> {
        let mut other = AutoCommit::load(bytes)?;
        self.doc.merge(&mut other)?;
        Ok(())
    }

    /// Writes what the office says a run is, if that is news.
    pub fn put_head(&mut self, head: &RunHead, at: Timestamp) -> Result<bool, PlanError> {
        let bytes = cbor::encode(head);
        if self.bytes(&ROOT, "run")? == bytes {
            return Ok(false);
        }
        self.doc.put(ROOT, "run", ScalarValue::Bytes(bytes))?;
        Ok(self.commit(at))
    }

    /// Adds a job at the end of the run, or rewrites what changed of one that is there.
    pub fn put_job(
        &mut self,
        job_id: &JobId,
        spec: &JobSpec,
        window: Option<Window>,
        note: &str,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        let table = self.jobs_table()?;
        let entry =
            if let Some((Value::Object(_), entry)) = self.doc.get(&table, job_id.as_str())? {
                // What the office's own system names is agreed to.
                self.confirm(&entry)?;
                entry
            } else {
                let last = self.last_rank(&table)?;
                let rank = rank_between(last, None).unwrap_or(i64::MAX - 1);
                let entry = self.doc.put_object(&table, job_id.as_str(), ObjType::Map)?;
                self.doc.put(&entry, "rank", rank)?;
                self.doc.put(&entry, "standing", JobStanding::Planned.word())?;
                entry
            };
        self.put_if_news(&entry, "spec", ScalarValue::Bytes(cbor::encode(spec)))?;
        if let Some(window) = window {
            self.put_if_news(&entry, "window", ScalarValue::Bytes(cbor::encode(&window)))?;
        }
        self.put_if_news(&entry, "note", ScalarValue::Str(note.into()))?;
        Ok(self.commit(at))
    }

    /// Changes several things of a job at once: one wish, one change.
    pub fn edit(
        &mut self,
        job_id: &JobId,
        edit: &JobEdit<'_>,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        let table = self.jobs_table()?;
        let entry = self.entry(&table, job_id)?;
        if let Some(window) = edit.window {
            self.put_if_news(&entry, "window", ScalarValue::Bytes(cbor::encode(&window)))?;
        }
        if let Some(note) = edit.note {
            self.put_if_news(&entry, "note", ScalarValue::Str(note.into()))?;
        }
        if let Some(standing) = edit.standing {
            self.put_if_news(&entry, "standing", ScalarValue::Str(standing.word().into()))?;
        }
        if let Some(note) = edit.site_note {
            self.put_if_news(&entry, "site_note", ScalarValue::Str(note.into()))?;
        }
        if edit.takes_pin {
            self.take_pin(&entry)?;
        }
        if edit.confirms {
            self.confirm(&entry)?;
        }
        Ok(self.commit(at))
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

    /// Moves the address to where the crew says that it is. The proposal stays; it is simply met.
    fn take_pin(&mut self, entry: &ObjId) -> Result<(), PlanError> {
        let pin: Pin = cbor::decode("pin", &self.bytes(entry, "pin")?)?;
        let mut spec: JobSpec = cbor::decode("job", &self.bytes(entry, "spec")?)?;
        spec.address.at = Some(pin.at);
        self.put_if_news(entry, "spec", ScalarValue::Bytes(cbor::encode(&spec)))?;
        // Of two proposals the one that shows is taken, and that settles it.
        self.put_if_news(entry, "pin", ScalarValue::Bytes(cbor::encode(&pin)))
    }

    fn confirm(&mut self, entry: &ObjId) -> Result<(), PlanError> {
        if Added::from_word(&self.text(entry, "added")?).is_some() {
            self.put_if_news(entry, "added", ScalarValue::Str(Added::Confirmed.word().into()))?;
        }
        Ok(())
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

    /// The rank of the last job. Only ranks are read: a run of many jobs is put one by one.
    pub(super) fn last_rank(&self, table: &ObjId) -> Result<Option<i64>, PlanError> {
        let mut last = None;
        for key in self.doc.keys(table) {
            if let Some((Value::Object(ObjType::Map), entry)) = self.doc.get(table, key)? {
                let rank = self.doc.get(&entry, "rank")?;
                last = last.max(rank.and_then(|(value, _)| value.as_i64()));
            }
        }
        Ok(last)
    }

    pub(super) fn entry(&self, table: &ObjId, job_id: &JobId) -> Result<ObjId, PlanError> {
        match self.doc.get(table, job_id.as_str())? {
            Some((Value::Object(ObjType::Map), entry)) => Ok(entry),
            _ => Err(PlanError::UnknownJob(job_id.clone())),
        }
    }
}
