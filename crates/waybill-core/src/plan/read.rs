//! Reading the plan document. It is total: what cannot be read is left out, never guessed.

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValueRef as Scalar, ValueRef};

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
        for entry in self.doc.map_range(&table, ..) {
            let map = entry.id();
            let is_map = matches!(entry.value, ValueRef::Object(ObjType::Map));
            if let Ok(job_id) = JobId::try_from(entry.key.into_owned())
                && is_map
            {
                jobs.extend(self.read_job(&map, job_id, &mut conflicts));
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

    /// Reads a job in one go through its words: to look each of them up by itself costs ten times as much.
    fn read_job(
        &self,
        entry: &ObjId,
        job_id: JobId,
        conflicts: &mut Vec<PlanConflict>,
    ) -> Option<Job> {
        let (mut spec, mut window, mut pin): (Option<JobSpec>, Option<Window>, Option<Pin>) =
            (None, None, None);
        let (mut note, mut site_note) = (String::new(), String::new());
        let (mut standing, mut added, mut rank) = (JobStanding::from_word(""), None, 0);
        let mut contested = Vec::new();
        for word in self.doc.map_range(entry, ..) {
            if word.conflict && CONTESTED.contains(&&*word.key) {
                contested.push(word.key.to_string());
            }
            let ValueRef::Scalar(value) = &word.value else { continue };
            match (&*word.key, value) {
                ("spec", Scalar::Bytes(bytes)) => spec = cbor::decode("job", bytes).ok(),
                ("window", Scalar::Bytes(bytes)) => window = cbor::decode("window", bytes).ok(),
                ("pin", Scalar::Bytes(bytes)) => pin = cbor::decode("pin", bytes).ok(),
                ("note", Scalar::Str(text)) => note = text.to_string(),
                ("site_note", Scalar::Str(text)) => site_note = text.to_string(),
                ("standing", Scalar::Str(text)) => standing = JobStanding::from_word(text),
                ("added", Scalar::Str(text)) => added = Added::from_word(text),
                ("rank", value) => rank = value.as_i64(),
                _ => {}
            }
        }
        let spec = spec?;
        let conflict = |field| PlanConflict { job_id: job_id.clone(), field };
        conflicts.extend(contested.into_iter().map(conflict));
        Some(Job { job_id, spec, window, note, standing, rank, site_note, pin, added })
    }
}
