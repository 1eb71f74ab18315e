//! What the store knows of without holding it.

use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId};
use waybill_core::journal::Genesis;

use super::{DatabaseError, Row, Tx, facts, unsigned, values};
use crate::error::HubError;

/// A fact that names a blob.
pub(crate) struct NamedBlob {
    pub(crate) hash: BlobHash,
    pub(crate) fact_id: FactId,
    pub(crate) run_id: Option<String>,
    pub(crate) job_id: Option<String>,
}

fn read_named(row: Row<'_>) -> Result<NamedBlob, DatabaseError> {
    Ok(NamedBlob {
        hash: row.bytes(0)?,
        fact_id: facts::fact_id(row, 1)?,
        run_id: row.get(4)?,
        job_id: row.get(5)?,
    })
}

impl Tx<'_> {
    /// The beginnings of all epochs, and up to which number each is held.
    pub(crate) fn list_epochs(&self) -> Result<Vec<(Genesis, u64)>, HubError> {
        let sql = "SELECT genesis, (SELECT COALESCE(MAX(seq), 0) FROM facts
                        WHERE facts.device_id = epochs.device_id AND facts.epoch = epochs.epoch)
                   FROM epochs ORDER BY device_id, epoch";
        self.list(sql, values![], |row| Ok((row.record(0, "genesis")?, unsigned(row.get(1)?))))
    }

    /// The facts of one kind, as bytes.
    pub(crate) fn list_facts_of_kind(&self, kind: &str) -> Result<Vec<Vec<u8>>, HubError> {
        self.list("SELECT bytes FROM facts WHERE kind = $1", values![kind], |row| row.get(0))
    }

    /// The facts that name a blob which is not held.
    pub(crate) fn list_missing_blobs(&self) -> Result<Vec<NamedBlob>, HubError> {
        let sql = "SELECT blob, device_id, epoch, seq, run_id, job_id FROM facts
                   WHERE blob IS NOT NULL AND blob NOT IN (SELECT hash FROM blobs)
                   ORDER BY device_id, epoch, seq";
        self.list(sql, values![], read_named)
    }

    /// The facts that name a blob.
    pub(crate) fn list_facts_naming(&self, hash: BlobHash) -> Result<Vec<NamedBlob>, HubError> {
        let sql = "SELECT blob, device_id, epoch, seq, run_id, job_id FROM facts
                   WHERE blob = $1 ORDER BY device_id, epoch, seq";
        self.list(sql, values![&hash.0], read_named)
    }
}

/// Which life of which device's journal.
pub(crate) type JournalKey = (DeviceId, Epoch);
