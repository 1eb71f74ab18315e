//! What the office writes in the plan document: what a run is, its jobs as its own system has them, and
//! what somebody changes by hand while they are out.

use automerge::transaction::Transactable;
use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::document::{PlanDoc, PlanError};
use super::rank_between;
use crate::cbor;
use crate::id::JobId;
use crate::job::{Added, JobSpec, JobStanding, Pin, RunHead};
use crate::time::{Timestamp, Window};

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

/// What the office's own system says of a job.
#[derive(Debug, Clone, Copy)]
pub struct JobPut<'p> {
    pub job_id: &'p JobId,
    pub spec: &'p JobSpec,
    pub window: Option<Window>,
    pub note: &'p str,
}

impl PlanDoc {
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
        self.put_jobs(&[JobPut { job_id, spec, window, note }], at)
    }

    /// Adds jobs at the end of the run, or rewrites what changed of those that are there. However many
    /// they are, it is one change: whoever opens the document works through every change that it has.
    pub fn put_jobs(&mut self, puts: &[JobPut<'_>], at: Timestamp) -> Result<bool, PlanError> {
        let table = self.jobs_table()?;
        let mut last = None;
        for put in puts {
            let held = self.doc.get(&table, put.job_id.as_str())?;
            let entry = if let Some((Value::Object(_), entry)) = held {
                // What the office's own system names is agreed to.
                self.confirm(&entry)?;
                entry
            } else {
                let before = if last.is_some() { last } else { self.last_rank(&table)? };
                let rank = rank_between(before, None).unwrap_or(i64::MAX - 1);
                last = Some(rank);
                let entry = self.doc.put_object(&table, put.job_id.as_str(), ObjType::Map)?;
                self.doc.put(&entry, "rank", rank)?;
                self.doc.put(&entry, "standing", JobStanding::Planned.word())?;
                entry
            };
            self.put_if_news(&entry, "spec", ScalarValue::Bytes(cbor::encode(put.spec)))?;
            if let Some(window) = put.window {
                self.put_if_news(&entry, "window", ScalarValue::Bytes(cbor::encode(&window)))?;
            }
            self.put_if_news(&entry, "note", ScalarValue::Str(put.note.into()))?;
        }
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

    /// The rank of the last job. Only ranks are read: a run of many jobs is put one by one.
    fn last_rank(&self, table: &ObjId) -> Result<Option<i64>, PlanError> {
        let mut last = None;
        for key in self.doc.keys(table) {
            if let Some((Value::Object(ObjType::Map), entry)) = self.doc.get(table, key)? {
                let rank = self.doc.get(&entry, "rank")?;
                last = last.max(rank.and_then(|(value, _)| value.as_i64()));
            }
        }
        Ok(last)
    }
}
