//! This device's own journal, and the evidence its facts name.

use rusqlite::{OptionalExtension, Row, Transaction};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, ChainHash, Epoch, FactId};
use waybill_core::journal::{Genesis, Head};
use waybill_core::time::Timestamp;

use super::{ForeignFact, Store, StoreError, StoredBlob, from_sql, to_sql};

/// One life of this device's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnEpoch {
    pub genesis: Genesis,
    /// Up to where a receipt names it; `None` while the hub does not know the epoch.
    pub receipted_seq: Option<u64>,
}

/// A fact of this device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFact {
    pub epoch: Epoch,
    pub seq: u64,
    pub hash: ChainHash,
    pub bytes: Vec<u8>,
    /// What the hub said, if not simply accepted, and why.
    pub verdict: Option<(String, String)>,
    /// When a receipt first named it, by the hub's clock.
    pub held_at: Option<Timestamp>,
}

/// What one fact makes durable, together or not at all.
#[derive(Debug)]
pub struct Recorded<'r> {
    /// Set when the fact is the first of a new epoch.
    pub genesis: Option<&'r Genesis>,
    pub head: Head,
    pub fact: &'r [u8],
    /// Evidence that the fact names; its file is durable already.
    pub blob: Option<&'r StoredBlob>,
    /// The job whose draft is done with.
    pub draft_of: Option<(&'r str, &'r str)>,
}

impl Store {
    /// Writes a fact. When this returns, the fact is durable.
    pub fn record(&mut self, recorded: &Recorded<'_>) -> Result<(), StoreError> {
        self.record_all(std::slice::from_ref(recorded))
    }

    /// Writes facts that follow one another, together or not at all, and with the flushing of one.
    pub fn record_all(&mut self, all: &[Recorded<'_>]) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        for recorded in all {
            put_recorded(&tx, recorded)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// Begins an epoch without a fact in it yet.
    pub fn begin_epoch(&mut self, genesis: &Genesis) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        put_epoch(&tx, genesis)?;
        tx.commit()?;
        Ok(())
    }

    /// Every epoch, oldest first.
    pub fn epochs(&self) -> Result<Vec<OwnEpoch>, StoreError> {
        let sql = "SELECT genesis, receipted_seq FROM epochs ORDER BY epoch";
        let mut list = self.conn.prepare_cached(sql)?;
        let rows =
            list.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?)))?;
        rows.map(|row| {
            let (genesis, receipted) = row?;
            let genesis = cbor::decode("genesis", &genesis)?;
            Ok(OwnEpoch { genesis, receipted_seq: u64::try_from(receipted).ok() })
        })
        .collect()
    }

    /// Where an epoch stands, if it has any fact.
    pub fn last_head(&self, epoch: Epoch) -> Result<Option<Head>, StoreError> {
        let sql = "SELECT seq, hash FROM facts WHERE epoch = ?1 ORDER BY seq DESC LIMIT 1";
        let mut get = self.conn.prepare_cached(sql)?;
        let row = get.query_row([to_sql(epoch.0)], |row| {
            Ok(Head { epoch, seq: from_sql(row.get(0)?), hash: ChainHash(row.get(1)?) })
        });
        Ok(row.optional()?)
    }

    /// The chain hash at a fact.
    pub fn hash_at(&self, epoch: Epoch, seq: u64) -> Result<Option<ChainHash>, StoreError> {
        let sql = "SELECT hash FROM facts WHERE epoch = ?1 AND seq = ?2";
        let mut get = self.conn.prepare_cached(sql)?;
        let row = get.query_row((to_sql(epoch.0), to_sql(seq)), |row| row.get(0).map(ChainHash));
        Ok(row.optional()?)
    }

    /// The chain hash at a number, also where the facts up to it were lost here and came back from the
    /// hub: then the chain is followed through them.
    pub fn hash_through(
        &self,
        genesis: &Genesis,
        seq: u64,
    ) -> Result<Option<ChainHash>, StoreError> {
        let key = (to_sql(genesis.epoch.0), to_sql(seq));
        let sql = "SELECT seq, hash FROM facts WHERE epoch = ?1 AND seq <= ?2
                   ORDER BY seq DESC LIMIT 1";
        let mut get = self.conn.prepare_cached(sql)?;
        let known = get.query_row(key, |row| {
            let (epoch, seq, hash) = (genesis.epoch, from_sql(row.get(0)?), row.get(1)?);
            Ok(Head { epoch, seq, hash: ChainHash(hash) })
        });
        let mut at = known.optional()?.unwrap_or_else(|| genesis.head());
        let sql = "SELECT seq, bytes FROM foreign_facts
                   WHERE device = ?1 AND epoch = ?2 AND seq > ?3 AND seq <= ?4 ORDER BY seq";
        let mut list = self.conn.prepare_cached(sql)?;
        let mut rows = list.query((genesis.device.0, key.0, to_sql(at.seq), key.1))?;
        while let Some(row) = rows.next()? {
            if from_sql(row.get(0)?) != at.seq + 1 {
                return Ok(None);
            }
            at = at.after(&row.get::<_, Vec<u8>>(1)?);
        }
        Ok((at.seq == seq).then_some(at.hash))
    }

    /// The number of the first fact of an epoch behind a number.
    pub fn next_seq(&self, epoch: Epoch, after: u64) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT min(seq) FROM facts WHERE epoch = ?1 AND seq > ?2";
        let mut get = self.conn.prepare_cached(sql)?;
        let next: Option<i64> =
            get.query_row((to_sql(epoch.0), to_sql(after)), |row| row.get(0))?;
        Ok(next.map(from_sql))
    }

    /// Every fact of this device, oldest first.
    pub fn own_facts(&self) -> Result<Vec<OwnFact>, StoreError> {
        let sql = "SELECT epoch, seq, hash, bytes, verdict, code, held_at_ms FROM facts
                   ORDER BY epoch, seq";
        let mut list = self.conn.prepare_cached(sql)?;
        let rows = list.query_map([], own_fact)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts of an epoch after a number, oldest first.
    pub fn own_facts_after(&self, epoch: Epoch, seq: u64) -> Result<Vec<OwnFact>, StoreError> {
        let sql = "SELECT epoch, seq, hash, bytes, verdict, code, held_at_ms FROM facts
                   WHERE epoch = ?1 AND seq > ?2 ORDER BY seq";
        let mut list = self.conn.prepare_cached(sql)?;
        let rows = list.query_map((to_sql(epoch.0), to_sql(seq)), own_fact)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every fact of other devices that is kept here.
    pub fn foreign_facts(&self) -> Result<Vec<ForeignFact>, StoreError> {
        let sql = "SELECT device, epoch, seq, bytes FROM foreign_facts";
        let mut list = self.conn.prepare_cached(sql)?;
        let rows = list.query_map([], |row| {
            let device: [u8; 16] = row.get(0)?;
            let id = FactId {
                device: waybill_core::id::DeviceId(device),
                epoch: Epoch(from_sql(row.get(1)?)),
                seq: from_sql(row.get(2)?),
            };
            Ok(ForeignFact { id, bytes: row.get(3)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Gives evidence its row back.
    pub fn put_blobs(&mut self, blobs: &[StoredBlob]) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        for blob in blobs {
            put_blob(&tx, blob)?;
        }
        tx.commit()?;
        Ok(())
    }

    /// All evidence kept here.
    pub fn blobs(&self) -> Result<Vec<StoredBlob>, StoreError> {
        let mut list =
            self.conn.prepare_cached("SELECT hash, bytes, mime, is_held, held_at_ms FROM blobs")?;
        let rows = list.query_map([], |row| {
            Ok(StoredBlob {
                hash: BlobHash(row.get(0)?),
                bytes: from_sql(row.get(1)?),
                mime: row.get(2)?,
                is_held: row.get(3)?,
                held_at: row.get::<_, Option<i64>>(4)?.map(Timestamp),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn own_fact(row: &Row<'_>) -> Result<OwnFact, rusqlite::Error> {
    let verdict: Option<String> = row.get(4)?;
    let code: Option<String> = row.get(5)?;
    Ok(OwnFact {
        epoch: Epoch(from_sql(row.get(0)?)),
        seq: from_sql(row.get(1)?),
        hash: ChainHash(row.get(2)?),
        bytes: row.get(3)?,
        verdict: verdict.map(|verdict| (verdict, code.unwrap_or_default())),
        held_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
    })
}

fn put_recorded(tx: &Transaction<'_>, recorded: &Recorded<'_>) -> Result<(), StoreError> {
    if let Some(genesis) = recorded.genesis {
        put_epoch(tx, genesis)?;
    }
    if let Some(blob) = recorded.blob {
        put_blob(tx, blob)?;
    }
    tx.prepare_cached("INSERT INTO facts (epoch, seq, hash, bytes) VALUES (?1, ?2, ?3, ?4)")?
        .execute((
            to_sql(recorded.head.epoch.0),
            to_sql(recorded.head.seq),
            recorded.head.hash.0,
            recorded.fact,
        ))?;
    if let Some((run_id, job_id)) = recorded.draft_of {
        tx.prepare_cached("DELETE FROM drafts WHERE run_id = ?1 AND job_id = ?2")?
            .execute((run_id, job_id))?;
    }
    Ok(())
}

fn put_epoch(tx: &Transaction<'_>, genesis: &Genesis) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO epochs (epoch, genesis) VALUES (?1, ?2)",
        (to_sql(genesis.epoch.0), cbor::encode(genesis)),
    )?;
    Ok(())
}

pub(super) fn put_blob(tx: &Transaction<'_>, blob: &StoredBlob) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO blobs (hash, bytes, mime) VALUES (?1, ?2, ?3)
         ON CONFLICT (hash) DO NOTHING",
    )?
    .execute((blob.hash.0, to_sql(blob.bytes), &blob.mime))?;
    Ok(())
}
