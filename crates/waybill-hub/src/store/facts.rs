//! Journals as they came: epochs, facts, and what was decided about each.

use std::collections::BTreeMap;

use rusqlite::{OptionalExtension, Row, params};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, ChainHash, DeviceId, Epoch, FactId, JobId, RunId};
use waybill_core::journal::{Genesis, Head};
use waybill_core::time::Timestamp;
use waybill_sync::wire::{FactVerdict, Verdict};

use super::{Tx, bytes, one_of, signed, unsigned, word};
use crate::error::HubError;

/// A fact that came in, and what was decided about it.
pub(crate) struct FreshFact<'f> {
    pub(crate) device_id: DeviceId,
    pub(crate) head: Head,
    pub(crate) bytes: &'f [u8],
    pub(crate) run_id: Option<&'f RunId>,
    pub(crate) job_id: Option<&'f JobId>,
    pub(crate) kind: &'static str,
    pub(crate) blob: Option<BlobHash>,
    pub(crate) verdict: Verdict,
    pub(crate) code: &'static str,
    /// Its number among all facts that ever counted, if it counts.
    pub(crate) accepted_no: Option<u64>,
}

/// A fact as it is kept.
pub(crate) struct FactRow {
    pub(crate) fact_id: FactId,
    pub(crate) bytes: Vec<u8>,
    pub(crate) received_at: Timestamp,
    /// The evidence that it names, if it names any, is held whole.
    pub(crate) is_held: bool,
}

/// A fact for another phone.
pub(crate) struct NewsRow {
    pub(crate) accepted_no: u64,
    pub(crate) device: DeviceId,
    pub(crate) head: Head,
    pub(crate) bytes: Vec<u8>,
}

fn epoch(row: &Row<'_>) -> rusqlite::Result<Epoch> {
    Ok(Epoch(row.get::<_, i64>("epoch")?.cast_unsigned()))
}

fn seq(row: &Row<'_>) -> rusqlite::Result<u64> {
    Ok(unsigned(row.get("seq")?))
}

pub(super) fn fact_id(row: &Row<'_>) -> rusqlite::Result<FactId> {
    Ok(FactId { device: bytes(row, "device_id")?, epoch: epoch(row)?, seq: seq(row)? })
}

fn verdict(row: &Row<'_>) -> rusqlite::Result<Verdict> {
    let all = [Verdict::Accepted, Verdict::Parked, Verdict::Quarantined];
    one_of(row, "verdict", &all, Verdict::word)
}

fn read_fact(row: &Row<'_>) -> rusqlite::Result<FactRow> {
    Ok(FactRow {
        fact_id: fact_id(row)?,
        bytes: row.get("bytes")?,
        received_at: Timestamp(row.get("received_at_ms")?),
        is_held: row.get("is_held")?,
    })
}

impl Tx<'_> {
    /// Keeps the beginning of an epoch; one that is known stays as it is. Says whether it is new.
    pub(crate) fn put_epoch(&self, genesis: &Genesis) -> Result<bool, HubError> {
        let sql = "INSERT INTO epochs (device_id, epoch, genesis) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
        let mut query = self.0.prepare_cached(sql)?;
        let of = params![genesis.device.0, genesis.epoch.0.cast_signed(), cbor::encode(genesis)];
        Ok(query.execute(of)? > 0)
    }

    /// The beginning of an epoch.
    pub(crate) fn get_epoch(
        &self,
        device: DeviceId,
        epoch: Epoch,
    ) -> Result<Option<Genesis>, HubError> {
        let sql = "SELECT genesis FROM epochs WHERE device_id = ? AND epoch = ?";
        let mut query = self.0.prepare_cached(sql)?;
        let row = query
            .query_row(params![device.0, epoch.0.cast_signed()], |row| row.get::<_, Vec<u8>>(0));
        Ok(match row.optional()? {
            Some(genesis) => Some(cbor::decode("genesis", &genesis)?),
            None => None,
        })
    }

    /// The newest fact held of an epoch. Facts are only ever added behind it, so there is no gap.
    pub(crate) fn get_head(
        &self,
        device: DeviceId,
        epoch: Epoch,
    ) -> Result<Option<Head>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT seq, hash FROM facts WHERE device_id = ? AND epoch = ? ORDER BY seq DESC LIMIT 1",
        )?;
        let row = query.query_row(params![device.0, epoch.0.cast_signed()], |row| {
            Ok(Head { epoch, seq: seq(row)?, hash: bytes(row, "hash")? })
        });
        Ok(row.optional()?)
    }

    /// The chain's hashes of some facts in a row.
    pub(crate) fn list_hashes(
        &self,
        device: DeviceId,
        epoch: Epoch,
        (from, to): (u64, u64),
    ) -> Result<BTreeMap<u64, ChainHash>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT seq, hash FROM facts WHERE device_id = ? AND epoch = ? AND seq BETWEEN ? AND ?",
        )?;
        let rows = query.query_map(
            params![device.0, epoch.0.cast_signed(), signed(from), signed(to)],
            |row| Ok((seq(row)?, bytes(row, "hash")?)),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of the newest acceptance.
    pub(crate) fn newest_accepted(&self) -> Result<u64, HubError> {
        // The condition is what the index is made for; without it every fact there is would be read.
        let sql = "SELECT COALESCE(MAX(accepted_no), 0) FROM facts WHERE accepted_no IS NOT NULL";
        Ok(unsigned(self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
    }

    /// Keeps facts.
    pub(crate) fn add_facts<'f>(
        &self,
        facts: impl IntoIterator<Item = FreshFact<'f>>,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let mut query = self.0.prepare_cached(
            "INSERT INTO facts (device_id, epoch, seq, hash, bytes, run_id, job_id, kind, blob,
                                verdict, code, received_at_ms, accepted_no)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for fact in facts {
            query.execute(params![
                fact.device_id.0,
                fact.head.epoch.0.cast_signed(),
                signed(fact.head.seq),
                fact.head.hash.0,
                fact.bytes,
                fact.run_id.map(RunId::as_str),
                fact.job_id.map(JobId::as_str),
                fact.kind,
                fact.blob.map(|blob| blob.0),
                fact.verdict.word(),
                fact.code,
                now.0,
                fact.accepted_no.map(signed)
            ])?;
        }
        Ok(())
    }

    /// How many facts of a device are kept though they do not count.
    pub(crate) fn count_verdict(
        &self,
        device: DeviceId,
        verdict: Verdict,
    ) -> Result<usize, HubError> {
        // The first condition on the verdict is the one that the index is made for.
        let mut query = self.0.prepare_cached(
            "SELECT COUNT(*) FROM facts
             WHERE device_id = ? AND verdict <> 'accepted' AND verdict = ?",
        )?;
        let count: i64 = query.query_row(params![device.0, verdict.word()], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The facts of a run that wait for something.
    pub(crate) fn list_parked(&self, run_id: &RunId) -> Result<Vec<(FactId, Vec<u8>)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, epoch, seq, bytes FROM facts
             WHERE run_id = ? AND accepted_no IS NULL AND verdict = 'parked' ORDER BY device_id, epoch, seq",
        )?;
        let rows =
            query.query_map([run_id.as_str()], |row| Ok((fact_id(row)?, row.get("bytes")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Decides anew about a fact that was parked.
    pub(crate) fn settle_parked(
        &self,
        id: FactId,
        verdict: Verdict,
        code: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let is_accepted = verdict == Verdict::Accepted;
        let accepted_no =
            if is_accepted { Some(signed(self.newest_accepted()? + 1)) } else { None };
        let settled_at = is_accepted.then_some(now.0);
        self.0.execute(
            "UPDATE facts SET verdict = ?, code = ?, settled_at_ms = ?, accepted_no = ?
             WHERE device_id = ? AND epoch = ? AND seq = ?",
            params![
                verdict.word(),
                code,
                settled_at,
                accepted_no,
                id.device.0,
                id.epoch.0.cast_signed(),
                signed(id.seq)
            ],
        )?;
        Ok(())
    }

    /// What a phone must hear about its own facts: those that do not count, and those that were
    /// parked and have counted since a moment ago.
    pub(crate) fn list_verdicts(
        &self,
        device: DeviceId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<FactVerdict>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT epoch, seq, verdict, code FROM
                 (SELECT epoch, seq, verdict, code, received_at_ms AS at_ms FROM facts
                      WHERE device_id = ?1 AND verdict <> 'accepted'
                  UNION ALL
                  SELECT epoch, seq, verdict, code, settled_at_ms AS at_ms FROM facts
                      WHERE device_id = ?1 AND settled_at_ms IS NOT NULL AND settled_at_ms >= ?2)
             ORDER BY at_ms DESC, epoch DESC, seq DESC LIMIT ?3",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map(params![device.0, since.0, limit], |row| {
            let (epoch, seq) = (epoch(row)?, seq(row)?);
            Ok(FactVerdict { epoch, seq, verdict: verdict(row)?, code: row.get("code")? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts that count of the jobs from one to another by name, in no order that means anything.
    pub(crate) fn list_facts(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<Vec<(JobId, FactRow)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, epoch, seq, job_id, bytes, received_at_ms,
                    blob IS NOT NULL AND EXISTS (SELECT 1 FROM blobs WHERE hash = blob) AS is_held
             FROM facts WHERE run_id = ? AND job_id BETWEEN ? AND ? AND accepted_no IS NOT NULL",
        )?;
        let of = [run_id.as_str(), first.as_str(), last.as_str()];
        let rows = query.query_map(of, |row| Ok((word(row, "job_id")?, read_fact(row)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts of a run that count and are about none of its jobs.
    pub(crate) fn list_run_facts(&self, run_id: &RunId) -> Result<Vec<FactRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, epoch, seq, bytes, received_at_ms, 0 AS is_held FROM facts
             WHERE run_id = ? AND job_id IS NULL AND accepted_no IS NOT NULL
             ORDER BY device_id, epoch, seq",
        )?;
        let rows = query.query_map([run_id.as_str()], read_fact)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts of a run in the order in which they were accepted, without those that one device wrote.
    pub(crate) fn list_news(
        &self,
        run_id: &RunId,
        not_by: Option<DeviceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<NewsRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT accepted_no, device_id, epoch, seq, hash, bytes FROM facts
             WHERE run_id = ? AND device_id IS NOT ? AND accepted_no > ? ORDER BY accepted_no LIMIT ?",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map(
            params![run_id.as_str(), not_by.map(|id| id.0), signed(after), limit],
            |row| {
                Ok(NewsRow {
                    accepted_no: unsigned(row.get("accepted_no")?),
                    device: bytes(row, "device_id")?,
                    head: Head { epoch: epoch(row)?, seq: seq(row)?, hash: bytes(row, "hash")? },
                    bytes: row.get("bytes")?,
                })
            },
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
