//! What the store knows of without holding it.

use waybill_core::cbor;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId};
use waybill_core::journal::Genesis;

use super::{Tx, bytes, facts, unsigned};
use crate::error::HubError;

/// A fact that names a blob.
pub(crate) struct NamedBlob {
    pub(crate) hash: BlobHash,
    pub(crate) fact_id: FactId,
    pub(crate) run_id: Option<String>,
    pub(crate) job_id: Option<String>,
}

fn read_named(row: &rusqlite::Row<'_>) -> rusqlite::Result<NamedBlob> {
    Ok(NamedBlob {
        hash: bytes(row, "blob")?,
        fact_id: facts::fact_id(row)?,
        run_id: row.get("run_id")?,
        job_id: row.get("job_id")?,
    })
}

impl Tx<'_> {
    /// The beginnings of all epochs, and up to which number each is held.
    pub(crate) fn list_epochs(&self) -> Result<Vec<(Genesis, u64)>, HubError> {
        let mut query = self.0.prepare(
            "SELECT genesis, (SELECT COALESCE(MAX(seq), 0) FROM facts
                              WHERE facts.device_id = epochs.device_id AND facts.epoch = epochs.epoch)
             FROM epochs ORDER BY device_id, epoch",
        )?;
        let rows =
            query.query_map([], |row| Ok((row.get::<_, Vec<u8>>(0)?, unsigned(row.get(1)?))))?;
        let read = rows.map(|row| {
            let (genesis, seq) = row?;
            Ok((cbor::decode("genesis", &genesis)?, seq))
        });
        read.collect()
    }

    /// The facts of one kind, as bytes.
    pub(crate) fn list_facts_of_kind(&self, kind: &str) -> Result<Vec<Vec<u8>>, HubError> {
        let mut query = self.0.prepare("SELECT bytes FROM facts WHERE kind = ?")?;
        let rows = query.query_map([kind], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts that name a blob which is not held.
    pub(crate) fn list_missing_blobs(&self) -> Result<Vec<NamedBlob>, HubError> {
        let mut query = self.0.prepare(
            "SELECT blob, device_id, epoch, seq, run_id, job_id FROM facts
             WHERE blob IS NOT NULL AND blob NOT IN (SELECT hash FROM blobs)
             ORDER BY device_id, epoch, seq",
        )?;
        let rows = query.query_map([], read_named)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The facts that name a blob.
    pub(crate) fn list_facts_naming(&self, hash: BlobHash) -> Result<Vec<NamedBlob>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT blob, device_id, epoch, seq, run_id, job_id FROM facts
             WHERE blob = ? ORDER BY device_id, epoch, seq",
        )?;
        let rows = query.query_map([hash.0], read_named)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// Which life of which device's journal.
pub(crate) type JournalKey = (DeviceId, Epoch);
