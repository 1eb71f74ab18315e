//! What happens to a run beside its jobs: what facts raised, and what the office said to it.

use waybill_core::case::Trigger;
use waybill_core::day::Matter;
use waybill_core::id::{FactId, JobId, PersonId, RunId};
use waybill_core::time::Timestamp;

use super::facts::fact_id;
use super::{DatabaseError, Row, Tx, signed, values};
use crate::error::HubError;

/// A matter as its fact raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatterRow {
    pub(crate) fact_id: FactId,
    pub(crate) run_id: RunId,
    pub(crate) job_id: Option<JobId>,
    pub(crate) matter: Matter,
    pub(crate) text: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

/// Who closed a matter, when, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosingRow {
    pub(crate) at: Timestamp,
    pub(crate) by: String,
    pub(crate) note: String,
}

/// A matter with what became of it, and the fact that raised it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptMatter {
    pub(crate) row: MatterRow,
    pub(crate) closing: Option<ClosingRow>,
    pub(crate) bytes: Vec<u8>,
}

/// A case that is open, wherever its job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CaseRow {
    pub(crate) run_id: RunId,
    pub(crate) job_id: JobId,
    pub(crate) trigger: Trigger,
    pub(crate) opened_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

fn read_matter(row: Row<'_>) -> Result<KeptMatter, DatabaseError> {
    let job_id: Option<&str> = row.get(4)?;
    let job_id = job_id.map(|_| row.word(4)).transpose()?;
    let closing = match row.get(9)? {
        Some(at) => Some(ClosingRow { at, by: row.get(10)?, note: row.get(11)? }),
        None => None,
    };
    Ok(KeptMatter {
        row: MatterRow {
            fact_id: fact_id(row, 0)?,
            run_id: row.word(3)?,
            job_id,
            matter: row.one_of(5, &Matter::ALL, Matter::word)?,
            text: row.get(6)?,
            opened_at: row.get(7)?,
            due_at: row.get(8)?,
        },
        closing,
        bytes: row.get(12)?,
    })
}

impl Tx<'_> {
    /// The facts of a run that count and may raise a matter or take one back, and since when they count.
    pub(crate) fn list_matter_facts(
        &self,
        run_id: &RunId,
    ) -> Result<Vec<(FactId, Vec<u8>, Timestamp)>, HubError> {
        // What an older hub could not read it kept as unknown; this one may read it.
        let sql = "SELECT device_id, epoch, seq, bytes, COALESCE(settled_at_ms, received_at_ms)
                   FROM facts WHERE run_id = $1 AND accepted_no IS NOT NULL
                     AND kind IN ('vehicle_checked', 'messaged', 'departed', 'debriefed', 'undone',
                                  'unknown')
                   ORDER BY device_id, epoch, seq";
        let read = |row: Row<'_>| Ok((fact_id(row, 0)?, row.get(3)?, row.get(4)?));
        self.list(sql, values![run_id.as_str()], read)
    }

    /// Keeps what a fact raised. What was said to it stays as it is.
    pub(crate) fn put_matter(&self, row: &MatterRow) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO matters (device_id, epoch, seq, run_id, job_id, matter_word, text,
                                  opened_at_ms, due_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (device_id, epoch, seq) DO UPDATE SET
                 run_id = excluded.run_id, job_id = excluded.job_id,
                 matter_word = excluded.matter_word, text = excluded.text,
                 opened_at_ms = excluded.opened_at_ms, due_at_ms = excluded.due_at_ms",
            values![
                &row.fact_id.device.0,
                row.fact_id.epoch.0.cast_signed(),
                signed(row.fact_id.seq),
                row.run_id.as_str(),
                row.job_id.as_ref().map(JobId::as_str),
                row.matter.word(),
                &row.text,
                row.opened_at,
                row.due_at
            ],
        )?;
        Ok(())
    }

    /// Takes away a matter whose fact does not count any more, unless somebody has closed it.
    pub(crate) fn drop_matter(&self, id: FactId) -> Result<(), HubError> {
        let sql = "DELETE FROM matters
                   WHERE device_id = $1 AND epoch = $2 AND seq = $3 AND closed_at_ms IS NULL";
        let of = values![&id.device.0, id.epoch.0.cast_signed(), signed(id.seq)];
        self.execute(sql, of)?;
        Ok(())
    }

    /// Closes a matter; says whether it was open.
    pub(crate) fn close_matter(
        &self,
        id: FactId,
        (by, note): (&str, &str),
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let sql = "UPDATE matters SET closed_at_ms = $1, closed_by = $2, note = $3
                   WHERE device_id = $4 AND epoch = $5 AND seq = $6 AND closed_at_ms IS NULL";
        let id = values![now, by, note, &id.device.0, id.epoch.0.cast_signed(), signed(id.seq)];
        Ok(self.execute(sql, id)? > 0)
    }

    /// The matters of a run, open or not, in the order in which they are due.
    pub(crate) fn list_matters(&self, run_id: &RunId) -> Result<Vec<KeptMatter>, HubError> {
        let sql = "SELECT device_id, epoch, seq, matters.run_id, matters.job_id, matter_word, text,
                          opened_at_ms, due_at_ms, closed_at_ms, closed_by, note, bytes
                   FROM matters JOIN facts USING (device_id, epoch, seq)
                   WHERE matters.run_id = $1 ORDER BY due_at_ms, device_id, epoch, seq";
        self.list(sql, values![run_id.as_str()], read_matter)
    }

    /// The matters that are open, in the depots of somebody or in all.
    pub(crate) fn list_open_matters(
        &self,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<KeptMatter>, HubError> {
        let sql = "SELECT device_id, epoch, seq, matters.run_id, matters.job_id, matter_word, text,
                          opened_at_ms, due_at_ms, closed_at_ms, closed_by, note, bytes
                   FROM matters JOIN facts USING (device_id, epoch, seq)
                        JOIN runs ON runs.run_id = matters.run_id
                   WHERE closed_at_ms IS NULL AND (CAST($1 AS TEXT) IS NULL OR depot_id IN
                       (SELECT depot_id FROM person_depots WHERE person_id = $1))
                   ORDER BY due_at_ms, device_id, epoch, seq";
        self.list(sql, values![seen_by.map(PersonId::as_str)], read_matter)
    }

    /// The cases that are open, in the depots of somebody or in all.
    pub(crate) fn list_open_cases(
        &self,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<CaseRow>, HubError> {
        let sql = "SELECT cases.run_id, job_id, trigger_word, opened_at_ms, due_at_ms
                   FROM cases JOIN runs ON runs.run_id = cases.run_id
                   WHERE closed_at_ms IS NULL AND (CAST($1 AS TEXT) IS NULL OR depot_id IN
                       (SELECT depot_id FROM person_depots WHERE person_id = $1))
                   ORDER BY due_at_ms, cases.run_id, job_id, trigger_word";
        self.list(sql, values![seen_by.map(PersonId::as_str)], |row| {
            Ok(CaseRow {
                run_id: row.word(0)?,
                job_id: row.word(1)?,
                trigger: row.one_of(2, &Trigger::ALL, Trigger::word)?,
                opened_at: row.get(3)?,
                due_at: row.get(4)?,
            })
        })
    }
}
