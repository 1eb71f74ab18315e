//! What a crew writes in the plan document beyond the order of jobs: a note about a site, where its
//! entrance is, and a job that came up at the door. What may be written is the guard's to say.

use automerge::transaction::Transactable;
use automerge::{ObjType, ScalarValue};

use super::document::{PlanDoc, PlanError};
use super::rank_between;
use crate::cbor;
use crate::id::{DeviceId, JobId};
use crate::job::{Added, JobSpec, JobStanding, Pin};
use crate::time::Timestamp;

/// The most jobs that crews may add to one run.
pub const CREW_JOBS_MAX: usize = 20;

/// What the ids begin with of the jobs that a device adds. No other device may use it, so that no
/// two ever make a job of one name.
pub(super) fn id_prefix(device: DeviceId) -> String {
    format!("crew-{device}-")
}

/// The id of a job that a device adds; `dice` tells it from the device's others.
pub fn crew_job_id(device: DeviceId, dice: u32) -> Option<JobId> {
    JobId::try_from(format!("{}{dice:08x}", id_prefix(device))).ok()
}

impl PlanDoc {
    /// Writes what is to be known about a job's site.
    pub fn write_site_note(
        &mut self,
        job_id: &JobId,
        text: &str,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        self.set(job_id, "site_note", ScalarValue::Str(text.into()), at)
    }

    /// Says where the entrance is.
    pub fn propose_pin(
        &mut self,
        job_id: &JobId,
        pin: Pin,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        self.set(job_id, "pin", ScalarValue::Bytes(cbor::encode(&pin)), at)
    }

    /// Adds a job that the office has not planned, behind another or at the end of the run.
    pub fn add_crew_job(
        &mut self,
        job_id: &JobId,
        spec: &JobSpec,
        behind: Option<&JobId>,
        at: Timestamp,
    ) -> Result<bool, PlanError> {
        let jobs = self.read()?.jobs;
        if jobs.iter().any(|job| job.job_id == *job_id) {
            return Ok(false);
        }
        let before = behind.and_then(|other| jobs.iter().position(|job| job.job_id == *other));
        let slot = before.map_or(jobs.len(), |before| before + 1);
        let rank_at = |at: Option<usize>| Some(jobs.get(at?)?.rank);
        let rank = rank_between(rank_at(slot.checked_sub(1)), rank_at(Some(slot)));
        // Where there is no room left between two, the end of the run is as good: the crew can move it.
        let last = || rank_between(jobs.last().map(|job| job.rank), None);
        let rank = rank.or_else(last).unwrap_or(i64::MAX - 1);
        let table = self.jobs_table()?;
        let entry = self.doc.put_object(&table, job_id.as_str(), ObjType::Map)?;
        self.doc.put(&entry, "rank", rank)?;
        self.doc.put(&entry, "standing", JobStanding::Planned.word())?;
        self.doc.put(&entry, "spec", ScalarValue::Bytes(cbor::encode(spec)))?;
        self.doc.put(&entry, "added", Added::Proposed.word())?;
        Ok(self.commit(at))
    }
}
