//! What the fold made of each job, and the cases that it raised.

use rusqlite::{OptionalExtension, params};
use waybill_core::case::{RaisedCase, Trigger};
use waybill_core::id::{JobId, RunId};
use waybill_core::readiness::Readiness;
use waybill_core::status::Status;
use waybill_core::time::Timestamp;

use super::{Tx, bad, one_of, word};
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
        let mut query = self.0.prepare_cached(
            "INSERT INTO job_states (run_id, job_id, status, outcome_at_ms, verdict, readiness, look_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (run_id, job_id) DO UPDATE SET
                 status = excluded.status, outcome_at_ms = excluded.outcome_at_ms,
                 verdict = excluded.verdict, readiness = excluded.readiness,
                 look_at_ms = excluded.look_at_ms",
        )?;
        query.execute(params![
            run_id.as_str(),
            job_id.as_str(),
            state.status.word(),
            state.outcome_at.map(|at| at.0),
            state.readiness.verdict.word(),
            serde_json::to_string(&state.readiness)?,
            state.look_at.map(|at| at.0)
        ])?;
        Ok(())
    }

    /// Where a job stands.
    pub(crate) fn get_state(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<StateRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT status, outcome_at_ms, readiness, look_at_ms FROM job_states WHERE run_id = ? AND job_id = ?",
        )?;
        let row = query.query_row([run_id.as_str(), job_id.as_str()], |row| {
            let readiness: String = row.get("readiness")?;
            Ok(StateRow {
                status: one_of(row, "status", &Status::ALL, Status::word)?,
                outcome_at: row.get::<_, Option<i64>>("outcome_at_ms")?.map(Timestamp),
                readiness: serde_json::from_str(&readiness)
                    .map_err(|_| bad("readiness", rusqlite::types::Type::Text))?,
                look_at: row.get::<_, Option<i64>>("look_at_ms")?.map(Timestamp),
            })
        });
        Ok(row.optional()?)
    }

    /// Opens a case that is raised, or opens it again; one that is open stays as it is.
    pub(crate) fn open_case(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        case: &RaisedCase,
    ) -> Result<(), HubError> {
        let mut query = self.0.prepare_cached(
            "INSERT INTO cases (run_id, job_id, trigger_word, opened_at_ms, due_at_ms)
             VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (run_id, job_id, trigger_word) DO UPDATE SET
                 opened_at_ms = excluded.opened_at_ms, due_at_ms = excluded.due_at_ms,
                 closed_at_ms = NULL
             WHERE closed_at_ms IS NOT NULL",
        )?;
        query.execute(params![
            run_id.as_str(),
            job_id.as_str(),
            case.trigger.word(),
            case.raised_at.0,
            case.due_at.0
        ])?;
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
        let mut query = self.0.prepare_cached(
            "UPDATE cases SET closed_at_ms = ?
             WHERE run_id = ? AND job_id = ? AND trigger_word = ? AND closed_at_ms IS NULL",
        )?;
        query.execute(params![now.0, run_id.as_str(), job_id.as_str(), trigger.word()])?;
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
        let mut query = self.0.prepare_cached(
            "SELECT job_id, trigger_word, due_at_ms FROM cases
             WHERE run_id = ? AND job_id BETWEEN ? AND ? AND closed_at_ms IS NULL
             ORDER BY due_at_ms, trigger_word",
        )?;
        let rows = query.query_map([run_id.as_str(), first.as_str(), last.as_str()], |row| {
            Ok((
                word(row, "job_id")?,
                one_of(row, "trigger_word", &Trigger::ALL, Trigger::word)?,
                Timestamp(row.get("due_at_ms")?),
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The jobs that no visit has ended yet.
    pub(crate) fn list_without_outcome(&self) -> Result<Vec<(RunId, JobId)>, HubError> {
        let sql = "SELECT run_id, job_id FROM job_states WHERE outcome_at_ms IS NULL";
        let mut query = self.0.prepare(sql)?;
        let rows = query.query_map([], |row| Ok((word(row, "run_id")?, word(row, "job_id")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The jobs whose cases time alone may have raised since, of as many runs as there are.
    pub(crate) fn list_to_look_at(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<(RunId, JobId)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT run_id, job_id FROM job_states WHERE look_at_ms <= ? ORDER BY look_at_ms LIMIT ?",
        )?;
        let rows = query.query_map(params![now.0, limit], |row| {
            Ok((word(row, "run_id")?, word(row, "job_id")?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many jobs of a run are done, failed and billable, and how many cases are open.
    pub(crate) fn count_states(&self, run_id: &RunId) -> Result<[u32; 5], HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT (SELECT COUNT(*) FROM jobs WHERE run_id = ?1),
                    (SELECT COUNT(*) FROM job_states
                        WHERE run_id = ?1 AND status IN ('delivered', 'delivered_in_part')),
                    (SELECT COUNT(*) FROM job_states WHERE run_id = ?1 AND status = 'failed'),
                    (SELECT COUNT(*) FROM job_states WHERE run_id = ?1 AND verdict <> 'blocked'),
                    (SELECT COUNT(*) FROM cases WHERE run_id = ?1 AND closed_at_ms IS NULL)",
        )?;
        Ok(query.query_row([run_id.as_str()], |row| {
            Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?])
        })?)
    }
}
