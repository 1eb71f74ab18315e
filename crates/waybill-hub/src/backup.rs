//! Backups of a store that is in use, and what a receipt may say about them.
//!
//! A backup is a folder: one file of the database, the blobs by their hashes, and a manifest. It has its
//! name only when all of it is on the disk. Invariant: the watermark moves when a backup is whole, to a
//! moment read before the copy began. A receipt's time is read after what it names was committed, so
//! what a receipt named before the watermark is in the backup.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::path::Path;
use std::sync::TryLockError;

use sha2::{Digest, Sha256};
use waybill_core::id::BlobHash;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use crate::api::upkeep::{BackupTaken, Manifest};
use crate::blobs::{blob_path, sync_folder};
use crate::error::HubError;
use crate::hub::{Asker, Hub};
use crate::store::{StoreCopy, Tx, make_private};

/// The version of the backup's shape.
pub(crate) const BACKUP_VERSION: u32 = 1;
pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const DATABASE: &str = "hub.db";
/// A database is read through in pieces of this size.
const READ_BYTES: usize = 256 * 1024;

impl Hub {
    /// Takes a backup into the folder that the hub was opened with.
    pub fn backup(&self, asker: &Asker) -> Result<BackupTaken, HubError> {
        let folder = self.backup_dir.as_deref().ok_or(Code::BackupUnset)?;
        self.backup_to(asker, folder)
    }

    /// Takes a backup into a folder of backups, while phones and the office go on.
    pub fn backup_to(&self, asker: &Asker, folder: &Path) -> Result<BackupTaken, HubError> {
        let _turn = self.backup_turn.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => HubError::from(Code::StoreBusy),
            TryLockError::Poisoned(_) => HubError::from(Code::StoreFailed),
        })?;
        // Read before the copy begins: whatever is committed from here on may not be in it.
        let taken_at = self.now();
        let name = backup_name(taken_at);
        make_private(folder)?;
        let part = folder.join(format!("{name}.part"));
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        make_private(&part)?;
        let manifest = self.fill(&part, taken_at)?;
        write_whole(&part.join(MANIFEST), &serde_json::to_vec_pretty(&manifest)?)?;
        sync_folder(&part)?;
        fs::rename(&part, folder.join(&name))?;
        sync_folder(folder)?;
        self.store.write(|tx| {
            // A backup that lacks evidence lets no phone forget any.
            if manifest.blobs_missing.is_empty() {
                tx.put_backup(taken_at, &name)?;
            }
            tx.add_audit(self.now(), asker.word(), "backup", &name)
        })?;
        if !manifest.blobs_missing.is_empty() {
            tracing::error!(missing = manifest.blobs_missing.len(), "A backup lacks evidence.");
        }
        Ok(BackupTaken { name, manifest })
    }

    fn fill(&self, part: &Path, taken_at: Timestamp) -> Result<Manifest, HubError> {
        let file = part.join(DATABASE);
        let copy = StoreCopy::take(&self.store, &file)?;
        // Everything is read from the copy: the store has gone on since.
        let (blobs, mut manifest) = copy.read(|tx| Ok((tx.list_blobs()?, count(tx, taken_at)?)))?;
        copy.close()?;
        (manifest.db_sha256, manifest.db_bytes) = file_hash(&file)?;
        let to = part.join("blobs");
        make_private(&to)?;
        for (hash, size) in blobs {
            if keep_blob(self.store.dir(), part, hash, size)? {
                manifest.blobs += 1;
                manifest.blob_bytes += size;
            } else {
                manifest.blobs_missing.push(hash.to_string());
            }
        }
        for folder in fs::read_dir(&to)? {
            sync_folder(&folder?.path())?;
        }
        sync_folder(&to)?;
        Ok(manifest)
    }
}

fn count(tx: &Tx<'_>, taken_at: Timestamp) -> Result<Manifest, HubError> {
    let meta = tx.get_meta()?.ok_or(Code::StoreFailed)?;
    let counts = tx.counts()?;
    Ok(Manifest {
        version: BACKUP_VERSION,
        store_id: meta.mark.store.to_string(),
        store_epoch: meta.mark.epoch,
        company: meta.company,
        taken_at_ms: taken_at,
        feed_seq: tx.last_feed_seq()?,
        runs: counts.runs,
        facts: counts.facts,
        blobs: 0,
        blob_bytes: 0,
        db_sha256: String::new(),
        db_bytes: 0,
        blobs_missing: Vec::new(),
    })
}

/// Puts a blob's bytes beside a backup's database; says whether they are there to be put.
///
/// A blob never changes once it has its name, so one file may stand in both places. Where it cannot,
/// because the backup is on another disk, it is copied.
fn keep_blob(store: &Path, backup: &Path, hash: BlobHash, size: u64) -> Result<bool, HubError> {
    let (from, to) = (blob_path(store, hash), blob_path(backup, hash));
    if fs::metadata(&from).map(|found| found.len()).ok() != Some(size) {
        return Ok(false);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::hard_link(&from, &to).is_err() {
        fs::copy(&from, &to)?;
        File::open(&to)?.sync_all()?;
    }
    Ok(true)
}

/// The name of a backup sorts by time.
fn backup_name(taken_at: Timestamp) -> String {
    let day = taken_at.rfc3339().unwrap_or_default();
    let day: String = day.chars().take(10).collect();
    format!("{day}-{}", taken_at.0)
}

/// The SHA-256 of a file and its length.
pub(crate) fn file_hash(file: &Path) -> Result<(String, u64), HubError> {
    let (mut hasher, mut bytes) = (Sha256::new(), 0);
    let mut reader = BufReader::with_capacity(READ_BYTES, File::open(file)?);
    loop {
        let piece = reader.fill_buf()?;
        let length = piece.len();
        if length == 0 {
            return Ok((data_encoding::HEXLOWER.encode(&hasher.finalize()), bytes));
        }
        hasher.update(piece);
        bytes += u64::try_from(length).unwrap_or_default();
        reader.consume(length);
    }
}

/// Writes a file, and comes back when it is on the disk.
pub(crate) fn write_whole(file: &Path, bytes: &[u8]) -> Result<(), HubError> {
    let mut file = File::create(file)?;
    file.write_all(bytes)?;
    Ok(file.sync_all()?)
}

/// Reads the manifest of a backup.
pub(crate) fn read_manifest(backup: &Path) -> Result<Manifest, HubError> {
    let bytes = match fs::read(backup.join(MANIFEST)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(HubError::NoBackup),
        read => read?,
    };
    let manifest: Manifest = serde_json::from_slice(&bytes)?;
    if manifest.version > BACKUP_VERSION { Err(HubError::Newer) } else { Ok(manifest) }
}

#[cfg(test)]
mod tests;
