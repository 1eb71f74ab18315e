//! The views from outside: which runs there are to fold again, and rows that nothing stands behind.

use rusqlite::params;
use waybill_core::id::{JobId, RunId};
use waybill_core::time::Timestamp;

use super::{Tx, word};
use crate::error::HubError;

impl Tx<'_> {
    /// The runs that have a plan document.
    pub(crate) fn list_planned_runs(&self) -> Result<Vec<RunId>, HubError> {
        let mut query = self.0.prepare("SELECT run_id FROM plans ORDER BY run_id")?;
        let rows = query.query_map([], |row| word(row, "run_id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The names of a run's job rows, whatever else is in them.
    pub(crate) fn list_job_ids(&self, run_id: &RunId) -> Result<Vec<JobId>, HubError> {
        let mut query =
            self.0.prepare_cached("SELECT job_id FROM jobs WHERE run_id = ? ORDER BY job_id")?;
        let rows = query.query_map([run_id.as_str()], |row| word(row, "job_id"))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes away the rows of a job that no plan has, unless the feed has spoken of it.
    pub(crate) fn delete_job(&self, run_id: &RunId, job_id: &JobId) -> Result<bool, HubError> {
        let of = params![run_id.as_str(), job_id.as_str()];
        let sql = "SELECT EXISTS (SELECT 1 FROM feed WHERE run_id = ? AND job_id = ?)";
        if self.0.query_row(sql, of, |row| row.get(0))? {
            return Ok(false);
        }
        self.0.execute("DELETE FROM cases WHERE run_id = ? AND job_id = ?", of)?;
        self.0.execute("DELETE FROM job_states WHERE run_id = ? AND job_id = ?", of)?;
        self.0.execute("DELETE FROM jobs WHERE run_id = ? AND job_id = ?", of)?;
        Ok(true)
    }

    /// When the newest fact of a job that counts began to count.
    pub(crate) fn newest_fact_at(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<Timestamp>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT MAX(COALESCE(settled_at_ms, received_at_ms)) FROM facts
             WHERE run_id = ? AND job_id = ? AND verdict = 'accepted'",
        )?;
        let newest: Option<i64> =
            query.query_row([run_id.as_str(), job_id.as_str()], |row| row.get(0))?;
        Ok(newest.map(Timestamp))
    }
}
