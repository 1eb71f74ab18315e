//! The views from outside: which runs there are to fold again, and rows that nothing stands behind.

use waybill_core::id::{JobId, RunId};
use waybill_core::time::Timestamp;

use super::{Tx, values};
use crate::error::HubError;

impl Tx<'_> {
    /// The runs that have a plan document.
    pub(crate) fn list_planned_runs(&self) -> Result<Vec<RunId>, HubError> {
        self.list("SELECT run_id FROM plans ORDER BY run_id", values![], |row| row.word(0))
    }

    /// The names of a run's job rows, whatever else is in them.
    pub(crate) fn list_job_ids(&self, run_id: &RunId) -> Result<Vec<JobId>, HubError> {
        let sql = "SELECT job_id FROM jobs WHERE run_id = $1 ORDER BY job_id";
        self.list(sql, values![run_id.as_str()], |row| row.word(0))
    }

    /// Takes away the rows of a job that no plan has, unless the feed has spoken of it.
    pub(crate) fn delete_job(&self, run_id: &RunId, job_id: &JobId) -> Result<bool, HubError> {
        let of = values![run_id.as_str(), job_id.as_str()];
        let sql = "SELECT EXISTS (SELECT 1 FROM feed WHERE run_id = $1 AND job_id = $2)";
        if self.value(sql, of)? {
            return Ok(false);
        }
        self.execute("DELETE FROM cases WHERE run_id = $1 AND job_id = $2", of)?;
        self.execute("DELETE FROM job_states WHERE run_id = $1 AND job_id = $2", of)?;
        self.execute("DELETE FROM jobs WHERE run_id = $1 AND job_id = $2", of)?;
        Ok(true)
    }

    /// When the newest fact of a job that counts began to count.
    pub(crate) fn newest_fact_at(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<Timestamp>, HubError> {
        let sql = "SELECT MAX(COALESCE(settled_at_ms, received_at_ms)) FROM facts
                   WHERE run_id = $1 AND job_id = $2 AND verdict = 'accepted'";
        self.value(sql, values![run_id.as_str(), job_id.as_str()])
    }
}
