//! What the fold made of each job, and the cases that it raised.

use waybill_core::case::{RaisedCase, Trigger};
use waybill_core::id::{JobId, RunId};
use waybill_core::readiness::Readiness;
use waybill_core::status::Status;
use waybill_core::time::Timestamp;

use super::{DatabaseError, Tx, values};
use crate::error::HubError;

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateRow {
    pub(crate) status: Status,
    pub(crate) outcome_at: Option<Timestamp>,
    pub(crate) readiness: Readiness,
    /// When its cases are to be judged again although nothing new is heard of it.
    pub(crate) look_at: Option<Timestamp>,
}

impl Tx<'_> {
    /// Keeps where a job stands.
    pub(crate) fn put_state(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        state: &StateRow,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO job_states (run_id, job_id, status, outcome_at_ms, verdict, readiness, look_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (run_id, job_id) DO UPDATE SET
                 status = excluded.status, outcome_at_ms = excluded.outcome_at_ms,
                 verdict = excluded.verdict, readiness = excluded.readiness,
                 look_at_ms = excluded.look_at_ms",
            values![
                run_id.as_str(),
                job_id.as_str(),
                state.status.word(),
                state.outcome_at,
                state.readiness.verdict.word(),
                &serde_json::to_string(&state.readiness)?,
                state.look_at
            ],
        )?;
        Ok(())
    }

    /// Where a job stands.
    pub(crate) fn get_state(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<StateRow>, HubError> {
        let sql = "SELECT status, outcome_at_ms, readiness, look_at_ms FROM job_states
                   WHERE run_id = $1 AND job_id = $2";
        self.get(sql, values![run_id.as_str(), job_id.as_str()], |row| {
            let readiness = serde_json::from_str(row.get(2)?);
            Ok(StateRow {
                status: row.one_of(0, &Status::ALL, Status::word)?,
                outcome_at: row.get(1)?,
                readiness: readiness.map_err(|_| DatabaseError::unreadable(2))?,
                look_at: row.get(3)?,
            })
        })
    }

    /// Opens a case that is raised, or opens it again; one that is open stays as it is.
    pub(crate) fn open_case(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        case: &RaisedCase,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO cases (run_id, job_id, trigger_word, opened_at_ms, due_at_ms)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (run_id, job_id, trigger_word) DO UPDATE SET
                 opened_at_ms = excluded.opened_at_ms, due_at_ms = excluded.due_at_ms,
                 closed_at_ms = NULL
             WHERE cases.closed_at_ms IS NOT NULL",
            values![
                run_id.as_str(),
                job_id.as_str(),
                case.trigger.word(),
                case.raised_at,
                case.due_at
            ],
        )?;
        Ok(())
    }

    /// Closes a case that is not raised any more.
    pub(crate) fn close_case(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        trigger: Trigger,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let sql = "UPDATE cases SET closed_at_ms = $1
                   WHERE run_id = $2 AND job_id = $3 AND trigger_word = $4 AND closed_at_ms IS NULL";
        self.execute(sql, values![now, run_id.as_str(), job_id.as_str(), trigger.word()])?;
        Ok(())
    }

    /// The open cases of a job and when they are due.
    pub(crate) fn list_cases(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<(Trigger, Timestamp)>, HubError> {
        let cases = self.list_cases_between(run_id, (job_id, job_id))?;
        Ok(cases.into_iter().map(|(_, trigger, due_at)| (trigger, due_at)).collect())
    }

    /// The open cases of the jobs from one to another by name, and when they are due.
    pub(crate) fn list_cases_between(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<Vec<(JobId, Trigger, Timestamp)>, HubError> {
        let sql = "SELECT job_id, trigger_word, due_at_ms FROM cases
                   WHERE run_id = $1 AND job_id BETWEEN $2 AND $3 AND closed_at_ms IS NULL
                   ORDER BY due_at_ms, trigger_word";
        self.list(sql, values![run_id.as_str(), first.as_str(), last.as_str()], |row| {
            Ok((row.word(0)?, row.one_of(1, &Trigger::ALL, Trigger::word)?, row.get(2)?))
        })
    }

    /// The jobs that no visit has ended yet.
    pub(crate) fn list_without_outcome(&self) -> Result<Vec<(RunId, JobId)>, HubError> {
        let sql = "SELECT run_id, job_id FROM job_states WHERE outcome_at_ms IS NULL";
        self.list(sql, values![], |row| Ok((row.word(0)?, row.word(1)?)))
    }

    /// The jobs whose cases time alone may have raised since, of as many runs as there are.
    pub(crate) fn list_to_look_at(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(RunId, JobId)>, HubError> {
        let sql = "SELECT run_id, job_id FROM job_states WHERE look_at_ms <= $1
                   ORDER BY look_at_ms LIMIT $2";
        self.list(sql, values![now, limit], |row| Ok((row.word(0)?, row.word(1)?)))
    }

    /// How many jobs of a run are done, failed and billable, and how many cases and matters
    /// are open.
    pub(crate) fn count_states(&self, run_id: &RunId) -> Result<[u32; 6], HubError> {
        let sql = "SELECT (SELECT COUNT(*) FROM jobs WHERE run_id = $1),
                    (SELECT COUNT(*) FROM job_states
                        WHERE run_id = $1 AND status IN ('delivered', 'delivered_in_part')),
                    (SELECT COUNT(*) FROM job_states WHERE run_id = $1 AND status = 'failed'),
                    (SELECT COUNT(*) FROM job_states WHERE run_id = $1 AND verdict <> 'blocked'),
                    (SELECT COUNT(*) FROM cases WHERE run_id = $1 AND closed_at_ms IS NULL),
                    (SELECT COUNT(*) FROM matters WHERE run_id = $1 AND closed_at_ms IS NULL)";
        let counts = self.get(sql, values![run_id.as_str()], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?])
        })?;
        Ok(counts.unwrap_or_default())
    }
}
