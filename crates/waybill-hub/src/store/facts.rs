//! Journals as they came: epochs, facts, and what was decided about each.

use std::collections::BTreeMap;

use waybill_core::cbor;
use waybill_core::id::{BlobHash, ChainHash, DeviceId, Epoch, FactId, JobId, RunId};
use waybill_core::journal::{Genesis, Head};
use waybill_core::time::Timestamp;
use waybill_sync::wire::{FactVerdict, Verdict};

use super::{DatabaseError, Row, Tx, signed, unsigned, up_to, values};
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

pub(super) const VERDICTS: [Verdict; 3] =
    [Verdict::Accepted, Verdict::Parked, Verdict::Quarantined];

pub(super) fn epoch(row: Row<'_>, column: usize) -> Result<Epoch, DatabaseError> {
    Ok(Epoch(row.get::<i64>(column)?.cast_unsigned()))
}

/// Reads the three columns that name a fact.
pub(super) fn fact_id(row: Row<'_>, from: usize) -> Result<FactId, DatabaseError> {
    let (device, epoch) = (row.bytes(from)?, epoch(row, from + 1)?);
    Ok(FactId { device, epoch, seq: unsigned(row.get(from + 2)?) })
}

/// Reads a fact's name, its bytes, when it came, and whether its evidence is held.
fn read_fact(row: Row<'_>) -> Result<FactRow, DatabaseError> {
    Ok(FactRow {
        fact_id: fact_id(row, 0)?,
        bytes: row.get(3)?,
        received_at: row.get(4)?,
        is_held: row.get(5)?,
    })
}

impl Tx<'_> {
    /// Keeps the beginning of an epoch; one that is known stays as it is. Says whether it is new.
    pub(crate) fn put_epoch(&self, genesis: &Genesis) -> Result<bool, HubError> {
        let sql = "INSERT INTO epochs (device_id, epoch, genesis) VALUES ($1, $2, $3)
                   ON CONFLICT DO NOTHING";
        let bytes = cbor::encode(genesis);
        let of = values![&genesis.device.0, genesis.epoch.0.cast_signed(), &bytes];
        Ok(self.execute(sql, of)? > 0)
    }

    /// The beginning of an epoch.
    pub(crate) fn get_epoch(
        &self,
        device: DeviceId,
        epoch: Epoch,
    ) -> Result<Option<Genesis>, HubError> {
        let sql = "SELECT genesis FROM epochs WHERE device_id = $1 AND epoch = $2";
        let of = values![&device.0, epoch.0.cast_signed()];
        self.get(sql, of, |row| row.record(0, "genesis"))
    }

    /// The newest fact held of an epoch. Facts are only ever added behind it, so there is no gap.
    pub(crate) fn get_head(
        &self,
        device: DeviceId,
        epoch: Epoch,
    ) -> Result<Option<Head>, HubError> {
        let sql = "SELECT seq, hash FROM facts WHERE device_id = $1 AND epoch = $2
                   ORDER BY seq DESC LIMIT 1";
        let of = values![&device.0, epoch.0.cast_signed()];
        self.get(sql, of, |row| Ok(Head { epoch, seq: unsigned(row.get(0)?), hash: row.bytes(1)? }))
    }

    /// The chain's hashes of some facts in a row.
    pub(crate) fn list_hashes(
        &self,
        device: DeviceId,
        epoch: Epoch,
        (from, to): (u64, u64),
    ) -> Result<BTreeMap<u64, ChainHash>, HubError> {
        let sql = "SELECT seq, hash FROM facts
                   WHERE device_id = $1 AND epoch = $2 AND seq BETWEEN $3 AND $4";
        let of = values![&device.0, epoch.0.cast_signed(), signed(from), signed(to)];
        let rows = self.list(sql, of, |row| Ok((unsigned(row.get(0)?), row.bytes(1)?)))?;
        Ok(rows.into_iter().collect())
    }

    /// The number of the newest acceptance.
    pub(crate) fn newest_accepted(&self) -> Result<u64, HubError> {
        // The condition is what the index is made for; without it every fact there is would be read.
        let sql = "SELECT COALESCE(MAX(accepted_no), 0) FROM facts WHERE accepted_no IS NOT NULL";
        Ok(unsigned(self.value(sql, values![])?))
    }

    /// Keeps facts.
    pub(crate) fn add_facts<'f>(
        &self,
        facts: impl IntoIterator<Item = FreshFact<'f>>,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let sql =
            "INSERT INTO facts (device_id, epoch, seq, hash, bytes, run_id, job_id, kind, blob,
                                verdict, code, received_at_ms, accepted_no)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
        let mut statement = self.0.prepare(sql)?;
        for fact in facts {
            let fact = values![
                &fact.device_id.0,
                fact.head.epoch.0.cast_signed(),
                signed(fact.head.seq),
                &fact.head.hash.0,
                fact.bytes,
                fact.run_id.map(RunId::as_str),
                fact.job_id.map(JobId::as_str),
                fact.kind,
                fact.blob.as_ref().map(|blob| &blob.0),
                fact.verdict.word(),
                fact.code,
                now,
                fact.accepted_no.map(signed)
            ];
            statement.execute(fact)?;
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
        let sql = "SELECT COUNT(*) FROM facts
                   WHERE device_id = $1 AND verdict <> 'accepted' AND verdict = $2";
        let count: i64 = self.value(sql, values![&device.0, verdict.word()])?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// The facts of a run that wait for something.
    pub(crate) fn list_parked(&self, run_id: &RunId) -> Result<Vec<(FactId, Vec<u8>)>, HubError> {
        let sql = "SELECT device_id, epoch, seq, bytes FROM facts
                   WHERE run_id = $1 AND accepted_no IS NULL AND verdict = 'parked'
                   ORDER BY device_id, epoch, seq";
        self.list(sql, values![run_id.as_str()], |row| Ok((fact_id(row, 0)?, row.get(3)?)))
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
        self.execute(
            "UPDATE facts SET verdict = $1, code = $2, settled_at_ms = $3, accepted_no = $4
             WHERE device_id = $5 AND epoch = $6 AND seq = $7",
            values![
                verdict.word(),
                code,
                is_accepted.then_some(now),
                accepted_no,
                &id.device.0,
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
        let sql = "SELECT epoch, seq, verdict, code FROM
                 (SELECT epoch, seq, verdict, code, received_at_ms AS at_ms FROM facts
                      WHERE device_id = $1 AND verdict <> 'accepted'
                  UNION ALL
                  SELECT epoch, seq, verdict, code, settled_at_ms AS at_ms FROM facts
                      WHERE device_id = $1 AND settled_at_ms IS NOT NULL AND settled_at_ms >= $2)
                 AS decided
             ORDER BY at_ms DESC, epoch DESC, seq DESC LIMIT $3";
        self.list(sql, values![&device.0, since, up_to(limit)], |row| {
            Ok(FactVerdict {
                epoch: epoch(row, 0)?,
                seq: unsigned(row.get(1)?),
                verdict: row.one_of(2, &VERDICTS, Verdict::word)?,
                code: row.get(3)?,
            })
        })
    }

    /// The facts that count of the jobs from one to another by name, in no order that means anything,
    /// without those whose acceptances have some numbers.
    pub(crate) fn list_facts(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
        without: Option<(u64, u64)>,
    ) -> Result<Vec<(JobId, FactRow)>, HubError> {
        let sql = "SELECT device_id, epoch, seq, bytes, received_at_ms,
                    blob IS NOT NULL AND EXISTS (SELECT 1 FROM blobs WHERE hash = blob), job_id
             FROM facts WHERE run_id = $1 AND job_id BETWEEN $2 AND $3 AND accepted_no IS NOT NULL
               AND accepted_no NOT BETWEEN $4 AND $5";
        // No acceptance has the number 0.
        let (from, to) = without.unwrap_or_default();
        let of = values![run_id.as_str(), first.as_str(), last.as_str(), signed(from), signed(to)];
        self.list(sql, of, |row| Ok((row.word(6)?, read_fact(row)?)))
    }

    /// The facts of a run that count and are about none of its jobs.
    pub(crate) fn list_run_facts(&self, run_id: &RunId) -> Result<Vec<FactRow>, HubError> {
        let sql = "SELECT device_id, epoch, seq, bytes, received_at_ms, 0 FROM facts
                   WHERE run_id = $1 AND job_id IS NULL AND accepted_no IS NOT NULL
                   ORDER BY device_id, epoch, seq";
        self.list(sql, values![run_id.as_str()], read_fact)
    }

    /// The facts of a run in the order in which they were accepted, without those that one device wrote.
    pub(crate) fn list_news(
        &self,
        run_id: &RunId,
        not_by: Option<DeviceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<NewsRow>, HubError> {
        let sql = "SELECT accepted_no, device_id, epoch, seq, hash, bytes FROM facts
                   WHERE run_id = $1 AND device_id IS DISTINCT FROM $2 AND accepted_no > $3
                   ORDER BY accepted_no LIMIT $4";
        let not_by = not_by.as_ref().map(|device| &device.0);
        let of = values![run_id.as_str(), not_by, signed(after), up_to(limit)];
        self.list(sql, of, |row| {
            let FactId { device, epoch, seq } = fact_id(row, 1)?;
            Ok(NewsRow {
                accepted_no: unsigned(row.get(0)?),
                device,
                head: Head { epoch, seq, hash: row.bytes(4)? },
                bytes: row.get(5)?,
            })
        })
    }
}
