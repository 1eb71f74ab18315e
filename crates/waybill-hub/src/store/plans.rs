//! Runs, their plan documents, and the jobs as the documents have them now.

use waybill_core::cbor;
use waybill_core::id::{DepotId, JobId, PersonId, RunId};
use waybill_core::job::{Added, Job, JobStanding, RunHead};
use waybill_core::time::{Timestamp, Window};

use super::{DatabaseError, Row, Tx, up_to, values};
use crate::error::HubError;

/// A job as the plan has it, and what the fold needs beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JobRow {
    pub(crate) job: Job,
    pub(crate) has_conflict: bool,
}

/// Runs, with what follows the names of their columns.
macro_rules! runs {
    ($where:literal) => {
        concat!("SELECT run_id, depot_id, day, zone, vehicle, driver_id FROM runs ", $where)
    };
}

/// Jobs, with what follows the names of their columns.
macro_rules! jobs {
    ($where:literal) => {
        concat!(
            "SELECT job_id, spec, window_from_ms, window_to_ms, note, standing, rank, has_conflict,
                    site_note, pin, added
             FROM jobs ",
            $where
        )
    };
}

fn read_run(row: Row<'_>) -> Result<RunHead, DatabaseError> {
    Ok(RunHead {
        run_id: row.word(0)?,
        depot_id: row.word(1)?,
        day: row.get(2)?,
        zone: row.get(3)?,
        vehicle: row.get(4)?,
        driver_id: row.word(5)?,
    })
}

fn read_job(row: Row<'_>) -> Result<JobRow, DatabaseError> {
    let window = row.get::<Option<Timestamp>>(2)?.zip(row.get(3)?);
    let has_pin = row.get::<Option<&[u8]>>(9)?.is_some();
    Ok(JobRow {
        job: Job {
            job_id: row.word(0)?,
            spec: row.record(1, "job")?,
            window: window.map(|(from_ms, to_ms)| Window { from_ms, to_ms }),
            note: row.get(4)?,
            standing: JobStanding::from_word(row.get(5)?),
            rank: row.get(6)?,
            site_note: row.get(8)?,
            pin: if has_pin { Some(row.record(9, "pin")?) } else { None },
            added: row.get::<Option<&str>>(10)?.and_then(Added::from_word),
        },
        has_conflict: row.get(7)?,
    })
}

impl Tx<'_> {
    /// Finds a run.
    pub(crate) fn get_run(&self, run_id: &RunId) -> Result<Option<RunHead>, HubError> {
        self.get(runs!("WHERE run_id = $1"), values![run_id.as_str()], read_run)
    }

    /// The runs of a day in the depots of somebody, or in all.
    pub(crate) fn list_runs(
        &self,
        day: &str,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<RunHead>, HubError> {
        let sql = runs!(
            "WHERE day = $1 AND (CAST($2 AS TEXT) IS NULL OR depot_id IN
                 (SELECT depot_id FROM person_depots WHERE person_id = $2))
             ORDER BY depot_id, vehicle, run_id"
        );
        self.list(sql, values![day, seen_by.map(PersonId::as_str)], read_run)
    }

    /// The days that have runs, newest first.
    pub(crate) fn list_days(
        &self,
        seen_by: Option<&PersonId>,
        limit: u32,
    ) -> Result<Vec<String>, HubError> {
        let sql = "SELECT DISTINCT day FROM runs WHERE CAST($1 AS TEXT) IS NULL OR depot_id IN
                       (SELECT depot_id FROM person_depots WHERE person_id = $1)
                   ORDER BY day DESC LIMIT $2";
        self.list(sql, values![seen_by.map(PersonId::as_str), limit], |row| row.get(0))
    }

    /// The runs that a phone carries: today's and later ones first, then the newest of those before.
    pub(crate) fn list_scope(
        &self,
        depot_id: &DepotId,
        driver_id: Option<&PersonId>,
        (oldest, today): (&str, &str),
        limit: usize,
    ) -> Result<Vec<RunHead>, HubError> {
        let sql = runs!(
            "WHERE depot_id = $1 AND (CAST($2 AS TEXT) IS NULL OR driver_id = $2) AND day >= $3
             ORDER BY day < $4, CASE WHEN day >= $4 THEN day END, day DESC, run_id LIMIT $5"
        );
        let driver = driver_id.map(PersonId::as_str);
        let of = values![depot_id.as_str(), driver, oldest, today, up_to(limit)];
        self.list(sql, of, read_run)
    }

    /// The plan document of a run.
    pub(crate) fn get_document(&self, run_id: &RunId) -> Result<Option<Vec<u8>>, HubError> {
        let sql = "SELECT document FROM plans WHERE run_id = $1";
        self.get(sql, values![run_id.as_str()], |row| row.get(0))
    }

    /// The hashes of the newest changes of a run's plan document.
    pub(crate) fn get_heads(&self, run_id: &RunId) -> Result<Vec<[u8; 32]>, HubError> {
        let sql = "SELECT heads FROM plans WHERE run_id = $1";
        let heads = self.get(sql, values![run_id.as_str()], |row| {
            Ok(row.get::<&[u8]>(0)?.as_chunks().0.to_vec())
        })?;
        Ok(heads.unwrap_or_default())
    }

    /// Keeps a run and its plan document.
    pub(crate) fn put_run(
        &self,
        head: &RunHead,
        document: &[u8],
        heads: &[[u8; 32]],
    ) -> Result<(), HubError> {
        let run_id = head.run_id.as_str();
        self.execute(
            "INSERT INTO runs (run_id, depot_id, day, zone, vehicle, driver_id)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (run_id) DO UPDATE SET
                 depot_id = excluded.depot_id, day = excluded.day, zone = excluded.zone,
                 vehicle = excluded.vehicle, driver_id = excluded.driver_id",
            values![
                run_id,
                head.depot_id.as_str(),
                &head.day,
                &head.zone,
                &head.vehicle,
                head.driver_id.as_str()
            ],
        )?;
        self.execute(
            "INSERT INTO plans (run_id, document, heads) VALUES ($1, $2, $3)
             ON CONFLICT (run_id) DO UPDATE SET
                 document = excluded.document, heads = excluded.heads",
            values![run_id, document, heads.as_flattened()],
        )?;
        Ok(())
    }

    /// The jobs of a run in the order in which they are to be done.
    pub(crate) fn list_jobs(&self, run_id: &RunId) -> Result<Vec<JobRow>, HubError> {
        let sql = jobs!("WHERE run_id = $1 ORDER BY rank, job_id");
        self.list(sql, values![run_id.as_str()], read_job)
    }

    /// The jobs of a run from one to another by name.
    pub(crate) fn list_jobs_between(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<Vec<JobRow>, HubError> {
        let sql = jobs!("WHERE run_id = $1 AND job_id BETWEEN $2 AND $3");
        self.list(sql, values![run_id.as_str(), first.as_str(), last.as_str()], read_job)
    }

    /// Finds a job.
    pub(crate) fn get_job(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<JobRow>, HubError> {
        let sql = jobs!("WHERE run_id = $1 AND job_id = $2");
        self.get(sql, values![run_id.as_str(), job_id.as_str()], read_job)
    }

    /// Keeps a job as the plan has it now.
    pub(crate) fn put_job(&self, run_id: &RunId, row: &JobRow) -> Result<(), HubError> {
        let job = &row.job;
        let pin = job.pin.as_ref().map(cbor::encode);
        self.execute(
            "INSERT INTO jobs (run_id, job_id, spec, window_from_ms, window_to_ms, note, standing,
                               rank, has_conflict, site_note, pin, added)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (run_id, job_id) DO UPDATE SET
                 spec = excluded.spec, window_from_ms = excluded.window_from_ms,
                 window_to_ms = excluded.window_to_ms, note = excluded.note,
                 standing = excluded.standing, rank = excluded.rank,
                 has_conflict = excluded.has_conflict, site_note = excluded.site_note,
                 pin = excluded.pin, added = excluded.added",
            values![
                run_id.as_str(),
                job.job_id.as_str(),
                &cbor::encode(&job.spec),
                job.window.map(|window| window.from_ms),
                job.window.map(|window| window.to_ms),
                &job.note,
                job.standing.word(),
                job.rank,
                row.has_conflict,
                &job.site_note,
                pin.as_ref(),
                job.added.map(Added::word)
            ],
        )?;
        Ok(())
    }

    /// What the office's own system said last about a job.
    pub(crate) fn get_last_put(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Option<Vec<u8>>, HubError> {
        let sql = "SELECT last_put FROM jobs WHERE run_id = $1 AND job_id = $2";
        let put = self.get(sql, values![run_id.as_str(), job_id.as_str()], |row| row.get(0))?;
        Ok(put.flatten())
    }

    /// Remembers what the office's own system said about a job.
    pub(crate) fn set_last_put(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        put: &[u8],
    ) -> Result<(), HubError> {
        let sql = "UPDATE jobs SET last_put = $1 WHERE run_id = $2 AND job_id = $3";
        self.execute(sql, values![put, run_id.as_str(), job_id.as_str()])?;
        Ok(())
    }
}
