//! Evidence: which blobs are held whole, which are on their way, and which facts name them.

use rusqlite::{OptionalExtension, params};
use waybill_core::id::{BlobHash, DeviceId, JobId, RunId};
use waybill_core::time::Timestamp;

use super::{Tx, signed, unsigned, word};
use crate::error::HubError;

/// A blob that is held whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlobRow {
    pub(crate) size: u64,
    pub(crate) mime: String,
}

impl Tx<'_> {
    /// Finds a blob that is held whole.
    pub(crate) fn get_blob(&self, hash: BlobHash) -> Result<Option<BlobRow>, HubError> {
        let mut query = self.0.prepare_cached("SELECT size, mime FROM blobs WHERE hash = ?")?;
        let row = query.query_row([hash.0], |row| {
            Ok(BlobRow { size: unsigned(row.get("size")?), mime: row.get("mime")? })
        });
        Ok(row.optional()?)
    }

    /// Notes that a blob is held whole.
    pub(crate) fn put_blob(
        &self,
        hash: BlobHash,
        blob: &BlobRow,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO blobs (hash, size, mime, complete_at_ms) VALUES (?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
            params![hash.0, signed(blob.size), blob.mime, now.0],
        )?;
        self.0.execute("DELETE FROM uploads WHERE hash = ?", [hash.0])?;
        Ok(())
    }

    /// Says whether a fact of the device names the blob. A fact of a kind that is not known here
    /// names it if it holds its hash.
    pub(crate) fn is_named_by(&self, hash: BlobHash, device: DeviceId) -> Result<bool, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM facts WHERE device_id = ?1 AND blob = ?2)
                 OR EXISTS (SELECT 1 FROM facts
                            WHERE device_id = ?1 AND kind = 'unknown' AND instr(bytes, ?2) > 0)",
        )?;
        Ok(query.query_row(params![device.0, hash.0], |row| row.get(0))?)
    }

    /// Says whether a signature names the blob: it is small and wanted first.
    pub(crate) fn is_signature(&self, hash: BlobHash) -> Result<bool, HubError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM facts WHERE blob = ? AND kind = 'signed')";
        Ok(self.0.prepare_cached(sql)?.query_row([hash.0], |row| row.get(0))?)
    }

    /// The jobs whose facts name the blob.
    pub(crate) fn list_jobs_naming(&self, hash: BlobHash) -> Result<Vec<(RunId, JobId)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT run_id, job_id FROM facts
             WHERE blob = ? AND job_id IS NOT NULL AND verdict = 'accepted'",
        )?;
        let rows =
            query.query_map([hash.0], |row| Ok((word(row, "run_id")?, word(row, "job_id")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The size that an upload was begun with.
    pub(crate) fn get_upload(
        &self,
        device: DeviceId,
        hash: BlobHash,
    ) -> Result<Option<u64>, HubError> {
        let sql = "SELECT size FROM uploads WHERE device_id = ? AND hash = ?";
        let row = self.0.query_row(sql, params![device.0, hash.0], |row| row.get(0));
        Ok(row.optional()?.map(unsigned))
    }

    /// Notes that an upload has begun.
    pub(crate) fn put_upload(
        &self,
        device: DeviceId,
        hash: BlobHash,
        size: u64,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO uploads (device_id, hash, size, begun_at_ms) VALUES (?, ?, ?, ?)
             ON CONFLICT (device_id, hash) DO UPDATE SET size = excluded.size",
            params![device.0, hash.0, signed(size), now.0],
        )?;
        Ok(())
    }

    /// Forgets an upload.
    pub(crate) fn delete_upload(&self, device: DeviceId, hash: BlobHash) -> Result<(), HubError> {
        let sql = "DELETE FROM uploads WHERE device_id = ? AND hash = ?";
        self.0.execute(sql, params![device.0, hash.0])?;
        Ok(())
    }
}
