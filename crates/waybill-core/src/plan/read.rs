//! Reading the plan document. It is total: what cannot be read is left out, never guessed.

use automerge::{ObjId, ObjType, ROOT, ReadDoc, Value};

use super::document::{PlanDoc, PlanError};
use super::{Plan, PlanConflict};
use crate::cbor;
use crate::id::JobId;
use crate::job::{Added, Job, JobSpec, JobStanding, Pin, RunHead};
use crate::time::Window;

/// What two sides may write at the same time, so that one word would silently win.
const CONTESTED: [&str; 6] = ["spec", "window", "note", "standing", "site_note", "pin"];

impl PlanDoc {
    /// What the plan says now. Total: a job that cannot be read is left out, never guessed.
    pub fn read(&self) -> Result<Plan, PlanError> {
        let head: RunHead = cbor::decode("run", &self.bytes(&ROOT, "run")?)?;
        let table = self.jobs_table()?;
        let mut conflicts = Vec::new();
        let mut jobs = Vec::new();
        for key in self.doc.keys(&table) {
            let Ok(job_id) = JobId::try_from(key) else {
                continue;
            };
            if let Some(job) = self.read_job(&table, job_id, &mut conflicts)? {
                jobs.push(job);
            }
        }
        jobs.sort_by(|a, b| (a.rank, &a.job_id).cmp(&(b.rank, &b.job_id)));
        Ok(Plan { head, jobs, conflicts })
    }

    pub(super) fn bytes(&self, object: &ObjId, key: &'static str) -> Result<Vec<u8>, PlanError> {
        let value = self.doc.get(object, key)?;
        let bytes = value.as_ref().and_then(|(value, _)| value.as_bytes());
        bytes.map(<[u8]>::to_vec).ok_or(PlanError::Missing(key))
    }

    pub(super) fn text(&self, object: &ObjId, key: &'static str) -> Result<String, PlanError> {
        Ok(self
            .doc
            .get(object, key)?
            .and_then(|(value, _)| value.as_str().map(ToOwned::to_owned))
            .unwrap_or_default())
    }

    fn read_job(
        &self,
        table: &ObjId,
        job_id: JobId,
        conflicts: &mut Vec<PlanConflict>,
    ) -> Result<Option<Job>, PlanError> {
        let Some((Value::Object(ObjType::Map), entry)) = self.doc.get(table, job_id.as_str())?
        else {
            return Ok(None);
        };
        let Some(spec) = self
            .bytes(&entry, "spec")
            .ok()
            .and_then(|bytes| cbor::decode::<JobSpec>("job", &bytes).ok())
        else {
            return Ok(None);
        };
        for field in CONTESTED {
            if self.doc.get_all(&entry, field)?.len() > 1 {
                conflicts.push(PlanConflict { job_id: job_id.clone(), field: field.to_owned() });
            }
        }
        let window = self
            .bytes(&entry, "window")
            .ok()
            .and_then(|bytes| cbor::decode::<Window>("window", &bytes).ok());
        let rank = self.doc.get(&entry, "rank")?.and_then(|(value, _)| value.as_i64());
        let standing = JobStanding::from_word(&self.text(&entry, "standing")?);
        let pin = self
            .bytes(&entry, "pin")
            .ok()
            .and_then(|bytes| cbor::decode::<Pin>("pin", &bytes).ok());
        Ok(Some(Job {
            job_id,
            spec,
            window,
            note: self.text(&entry, "note")?,
            standing,
            rank: rank.unwrap_or_default(),
            site_note: self.text(&entry, "site_note")?,
            pin,
            added: Added::from_word(&self.text(&entry, "added")?),
        }))
    }
}
