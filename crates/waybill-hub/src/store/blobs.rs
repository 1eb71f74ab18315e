//! Evidence: which blobs are held whole, which are on their way, and which facts name them.

use std::ops::ControlFlow;

use waybill_core::id::{BlobHash, DeviceId, JobId, RunId};
use waybill_core::time::Timestamp;

use super::{Tx, signed, unsigned, values};
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
        let sql = "SELECT size, mime FROM blobs WHERE hash = $1";
        self.get(sql, values![&hash.0], |row| {
            Ok(BlobRow { size: unsigned(row.get(0)?), mime: row.get(1)? })
        })
    }

    /// Notes that a blob is held whole.
    pub(crate) fn put_blob(
        &self,
        hash: BlobHash,
        blob: &BlobRow,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO blobs (hash, size, mime, complete_at_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
            values![&hash.0, signed(blob.size), &blob.mime, now],
        )?;
        self.execute("DELETE FROM uploads WHERE hash = $1", values![&hash.0])?;
        Ok(())
    }

    /// Says whether a fact of the device names the blob. A fact of a kind that is not known here
    /// names it if it holds its hash.
    pub(crate) fn is_named_by(&self, hash: BlobHash, device: DeviceId) -> Result<bool, HubError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM facts WHERE device_id = $1 AND blob = $2)";
        if self.value(sql, values![&device.0, &hash.0])? {
            return Ok(true);
        }
        // To look for bytes within bytes, every database has words of its own.
        let sql = "SELECT bytes FROM facts WHERE device_id = $1 AND kind = 'unknown'";
        let mut is_named = false;
        self.0.query(sql, values![&device.0], &mut |row| {
            let bytes: &[u8] = row.get(0).unwrap_or_default();
            is_named = bytes.windows(hash.0.len()).any(|part| part == hash.0);
            if is_named { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok(is_named)
    }

    /// Says whether a signature, at a door or at the dock, names the blob: it is small and wanted first.
    pub(crate) fn is_signature(&self, hash: BlobHash) -> Result<bool, HubError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM facts WHERE blob = $1 AND kind IN ('signed', 'load_sealed'))";
        self.value(sql, values![&hash.0])
    }

    /// The jobs whose facts name the blob.
    pub(crate) fn list_jobs_naming(&self, hash: BlobHash) -> Result<Vec<(RunId, JobId)>, HubError> {
        let sql = "SELECT DISTINCT run_id, job_id FROM facts
                   WHERE blob = $1 AND job_id IS NOT NULL AND verdict = 'accepted'";
        self.list(sql, values![&hash.0], |row| Ok((row.word(0)?, row.word(1)?)))
    }

    /// The size that an upload was begun with.
    pub(crate) fn get_upload(
        &self,
        device: DeviceId,
        hash: BlobHash,
    ) -> Result<Option<u64>, HubError> {
        let sql = "SELECT size FROM uploads WHERE device_id = $1 AND hash = $2";
        self.get(sql, values![&device.0, &hash.0], |row| Ok(unsigned(row.get(0)?)))
    }

    /// Notes that an upload has begun.
    pub(crate) fn put_upload(
        &self,
        device: DeviceId,
        hash: BlobHash,
        size: u64,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO uploads (device_id, hash, size, begun_at_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (device_id, hash) DO UPDATE SET size = excluded.size",
            values![&device.0, &hash.0, signed(size), now],
        )?;
        Ok(())
    }

    /// Forgets an upload.
    pub(crate) fn delete_upload(&self, device: DeviceId, hash: BlobHash) -> Result<(), HubError> {
        let sql = "DELETE FROM uploads WHERE device_id = $1 AND hash = $2";
        self.execute(sql, values![&device.0, &hash.0])?;
        Ok(())
    }
}
