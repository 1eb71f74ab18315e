//! Runs, their plan documents, and the jobs as the documents have them now.

use rusqlite::{OptionalExtension, Row, params};
use waybill_core::cbor;
use waybill_core::id::{DepotId, JobId, PersonId, RunId};
use waybill_core::job::{Added, Job, JobStanding, RunHead};
use waybill_core::time::{Timestamp, Window};

use super::{Tx, bad, word};
use crate::error::HubError;

/// A job as the plan has it, and what the fold needs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobRow {
    pub(crate) job: Job,
    pub(crate) has_conflict: bool,
}

const RUN: &str = "SELECT run_id, depot_id, day, zone, vehicle, driver_id FROM runs";
const JOB: &str =
    "SELECT job_id, spec, window_from_ms, window_to_ms, note, standing, rank, has_conflict,
                          site_note, pin, added
                   FROM jobs";

fn read_run(row: &Row<'_>) -> rusqlite::Result<RunHead> {
    Ok(RunHead {
        run_id: word(row, "run_id")?,
        depot_id: word(row, "depot_id")?,
        day: row.get("day")?,
        zone: row.get("zone")?,
        vehicle: row.get("vehicle")?,
        driver_id: word(row, "driver_id")?,
    })
}

fn read_job(row: &Row<'_>) -> rusqlite::Result<JobRow> {
    let spec: Vec<u8> = row.get("spec")?;
    let edge = |column| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Timestamp));
    let window = edge("window_from_ms")?.zip(edge("window_to_ms")?);
    let standing: String = row.get("standing")?;
    let pin: Option<Vec<u8>> = row.get("pin")?;
    let pin = pin.map(|pin| cbor::decode("pin", &pin)).transpose();
    let added: Option<String> = row.get("added")?;
    Ok(JobRow {
        job: Job {
            job_id: word(row, "job_id")?,
            spec: cbor::decode("job", &spec)
                .map_err(|_| bad("spec", rusqlite::types::Type::Blob))?,
            window: window.map(|(from_ms, to_ms)| Window { from_ms, to_ms }),
            note: row.get("note")?,
            standing: JobStanding::from_word(&standing),
            rank: row.get("rank")?,
            site_note: row.get("site_note")?,
            pin: pin.map_err(|_| bad("pin", rusqlite::types::Type::Blob))?,
            added: added.as_deref().and_then(Added::from_word),
        },
        has_conflict: row.get("has_conflict")?,
    })
}

impl Tx<'_> {
    /// Finds a run.
    pub(crate) fn get_run(&self, run_id: &RunId) -> Result<Option<RunHead>, HubError> {
        let mut query = self.0.prepare_cached(&format!("{RUN} WHERE run_id = ?"))?;
        Ok(query.query_row([run_id.as_str()], read_run).optional()?)
    }

    /// The runs of a day in the depots of somebody, or in all.
    pub(crate) fn list_runs(
        &self,
        day: &str,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<RunHead>, HubError> {
        let sql = format!(
            "{RUN} WHERE day = ?1 AND (?2 IS NULL OR depot_id IN
                 (SELECT depot_id FROM person_depots WHERE person_id = ?2))
             ORDER BY depot_id, vehicle, run_id"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map(params![day, seen_by.map(PersonId::as_str)], read_run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The days that have runs, newest first.
    pub(crate) fn list_days(
        &self,
        seen_by: Option<&PersonId>,
        limit: u32,
    ) -> Result<Vec<String>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT day FROM runs WHERE ?1 IS NULL OR depot_id IN
                 (SELECT depot_id FROM person_depots WHERE person_id = ?1)
             ORDER BY day DESC LIMIT ?2",
        )?;
        let rows =
            query.query_map(params![seen_by.map(PersonId::as_str), limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The runs that a phone carries: today's and later ones first, then the newest of those before.
    pub(crate) fn list_scope(
        &self,
        depot_id: &DepotId,
        driver_id: Option<&PersonId>,
        (oldest, today): (&str, &str),
        limit: usize,
    ) -> Result<Vec<RunHead>, HubError> {
        let sql = format!(
            "{RUN} WHERE depot_id = ?1 AND (?2 IS NULL OR driver_id = ?2) AND day >= ?3
             ORDER BY day < ?4, CASE WHEN day >= ?4 THEN day END, day DESC, run_id LIMIT ?5"
        );
        let mut query = self.0.prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let driver = driver_id.map(PersonId::as_str);
        let rows =
            query.query_map(params![depot_id.as_str(), driver, oldest, today, limit], read_run)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The plan document of a run.
    pub(crate) fn get_document(&self, run_id: &RunId) -> Result<Option<Vec<u8>>, HubError> {
        let mut query = self.0.prepare_cached("SELECT document FROM plans WHERE run_id = ?")?;
        Ok(query.query_row([run_id.as_str()], |row| row.get(0)).optional()?)
    }

    /// The hashes of the newest changes of a run's plan document.
    pub(crate) fn get_heads(&self, run_id: &RunId) -> Result<Vec<[u8; 32]>, HubError> {
        let mut query = self.0.prepare_cached("SELECT heads FROM plans WHERE run_id = ?")?;
        let row = query.query_row([run_id.as_str()], |row| row.get::<_, Vec<u8>>(0));
        let heads = row.optional()?.unwrap_or_default();
        Ok(heads.as_chunks().0.to_vec())
    }

    /// Keeps a run and its plan document.
    pub(crate) fn put_run(
        &self,
        head: &RunHead,
        document: &[u8],
        heads: &[[u8; 32]],
    ) -> Result<(), HubError> {
        let run_id = head.run_id.as_str();
        let driver_id = head.driver_id.as_str();
        self.0.execute(
            "INSERT INTO runs (run_id, depot_id, day, zone, vehicle, driver_id) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (run_id) DO UPDATE SET
                 depot_id = excluded.depot_id, day = excluded.day, zone = excluded.zone,
                 vehicle = excluded.vehicle, driver_id = excluded.driver_id",
            params![run_id, head.depot_id.as_str(), head.day, head.zone, head.vehicle, driver_id],
        )?;
        self.0.execute(
            "INSERT INTO plans (run_id, document, heads) VALUES (?, ?, ?)
             ON CONFLICT (run_id) DO UPDATE SET
                 document = excluded.document, heads = excluded.heads",
            params![run_id, document, heads.as_flattened()],
        )?;
        Ok(())
    }

    /// The jobs of a run in the order in which they are to be done.
    pub(crate) fn list_jobs(&self, run_id: &RunId) -> Result<Vec<JobRow>, HubError> {
        let mut query =
            self.0.prepare_cached(&format!("{JOB} WHERE run_id = ? ORDER BY rank, job_id"))?;
        let rows = query.query_map([run_id.as_str()], read_job)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The jobs of a run from one to another by name.
    pub(crate) fn list_jobs_between(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<Vec<JobRow>, HubError> {
        let sql = format!("{JOB} WHERE run_id = ? AND job_id BETWEEN ? AND ?");
        let mut query = self.0.prepare_cached(&sql)?;
        let rows = query.query_map([run_id.as_str(), first.as_str(), last.as_str()], read_job)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Finds a job.
    pub(crate) fn get_job(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<JobRow>, HubError> {
        let mut query = self.0.prepare_cached(&format!("{JOB} WHERE run_id = ? AND job_id = ?"))?;
        let row = query.query_row([run_id.as_str(), job_id.as_str()], read_job);
        Ok(row.optional()?)
    }

    /// Keeps a job as the plan has it now.
    pub(crate) fn put_job(&self, run_id: &RunId, row: &JobRow) -> Result<(), HubError> {
        let job = &row.job;
        self.0
            .prepare_cached(
                "INSERT INTO jobs (run_id, job_id, spec, window_from_ms, window_to_ms, note, standing,
                                   rank, has_conflict, site_note, pin, added)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (run_id, job_id) DO UPDATE SET
                     spec = excluded.spec, window_from_ms = excluded.window_from_ms,
                     window_to_ms = excluded.window_to_ms, note = excluded.note,
                     standing = excluded.standing, rank = excluded.rank,
                     has_conflict = excluded.has_conflict, site_note = excluded.site_note,
                     pin = excluded.pin, added = excluded.added",
            )?
            .execute(params![
                run_id.as_str(),
                job.job_id.as_str(),
                cbor::encode(&job.spec),
                job.window.map(|window| window.from_ms.0),
                job.window.map(|window| window.to_ms.0),
                job.note,
                job.standing.word(),
                job.rank,
                row.has_conflict,
                job.site_note,
                job.pin.as_ref().map(cbor::encode),
                job.added.map(Added::word)
            ])?;
        Ok(())
    }

    /// What the office's own system said last about a job.
    pub(crate) fn get_last_put(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<Vec<u8>>, HubError> {
        let sql = "SELECT last_put FROM jobs WHERE run_id = ? AND job_id = ?";
        let mut query = self.0.prepare_cached(sql)?;
        let row = query.query_row([run_id.as_str(), job_id.as_str()], |row| row.get(0));
        Ok(row.optional()?.flatten())
    }

    /// Remembers what the office's own system said about a job.
    pub(crate) fn set_last_put(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        put: &[u8],
    ) -> Result<(), HubError> {
        let sql = "UPDATE jobs SET last_put = ? WHERE run_id = ? AND job_id = ?";
        let mut query = self.0.prepare_cached(sql)?;
        query.execute(params![put, run_id.as_str(), job_id.as_str()])?;
        Ok(())
    }
}
