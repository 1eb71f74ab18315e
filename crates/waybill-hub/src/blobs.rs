//! Evidence as bytes: uploads that can break off and go on, checked whole at the end.
//!
//! A blob is a file named by its SHA-256. Until it is whole it lies under `uploads`, by device, so
//! that nobody can spoil another's; how far it is, is the length of that file. Invariant: a blob is
//! called held only when its bytes, its name and its row are on the disk.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use waybill_core::id::{BlobHash, DeviceId};
use waybill_core::journal::blob_hash;
use waybill_sync::code::Code;
use waybill_sync::limits::BLOB_BYTES_MAX;

use crate::error::HubError;
use crate::hub::{Hub, Topic};
use crate::settle::{by_run, settle};
use crate::store::BlobRow;

/// Strokes of a signature are looked into up to this size.
const STROKES_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How far an upload is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) offset: u64,
    pub(crate) size: u64,
}

impl Hub {
    /// Takes a whole blob of a device at once.
    pub fn put_blob(&self, device: DeviceId, hash: BlobHash, bytes: &[u8]) -> Result<(), HubError> {
        let begun =
            self.begin_blob(device, hash, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        let from = usize::try_from(begun.offset).unwrap_or(usize::MAX);
        if let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
            self.append_blob(device, hash, begun.offset, rest)?;
        }
        Ok(())
    }

    /// Begins an upload, or finds out how far it is. Only what a fact of the device names is taken.
    pub(crate) fn begin_blob(
        &self,
        device: DeviceId,
        hash: BlobHash,
        size: u64,
    ) -> Result<Progress, HubError> {
        if size > BLOB_BYTES_MAX {
            return Err(Code::BlobTooLarge.into());
        }
        let now = self.now();
        let (held, begun) = self.store.write(|tx| {
            if !tx.is_named_by(hash, device)? {
                return Err(HubError::from(Code::NotAllowed));
            }
            let (held, begun) = (tx.get_blob(hash)?, tx.get_upload(device, hash)?);
            if held.is_none() {
                tx.put_upload(device, hash, size, now)?;
            }
            Ok((held, begun))
        })?;
        if let Some(held) = held {
            return Ok(Progress { offset: held.size, size: held.size });
        }
        if begun.is_some_and(|begun| begun != size) {
            remove(&self.part(device, hash))?;
        }
        self.resume(device, hash, size)
    }

    /// Finds out how far an upload is that is not held. One that broke off after the last byte and
    /// before it was taken is taken now: nobody is told that it is whole before it is held.
    fn resume(&self, device: DeviceId, hash: BlobHash, size: u64) -> Result<Progress, HubError> {
        let part = self.part(device, hash);
        let offset = length(&part)?;
        if offset > size {
            remove(&part)?;
            return Ok(Progress { offset: 0, size });
        }
        if offset < size {
            return Ok(Progress { offset, size });
        }
        let is_held = || self.store.read(|tx| Ok::<_, HubError>(tx.get_blob(hash)?.is_some()));
        match OpenOptions::new().create(size == 0).append(true).open(&part) {
            Ok(file) => {
                // Whoever wrote the last byte may be about to take it, and holds the lock until then.
                file.lock()?;
                if !is_held()? {
                    file.sync_all()?;
                    self.take_blob(device, hash)?;
                }
                Ok(Progress { offset, size })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                Ok(Progress { offset: if is_held()? { size } else { 0 }, size })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// How far an upload is.
    pub(crate) fn blob_progress(
        &self,
        device: DeviceId,
        hash: BlobHash,
    ) -> Result<Progress, HubError> {
        let (held, begun) = self.store.read(|tx| {
            let held = tx.get_blob(hash)?.filter(|_| tx.is_named_by(hash, device).unwrap_or(false));
            Ok::<_, HubError>((held, tx.get_upload(device, hash)?))
        })?;
        match (held, begun) {
            (Some(held), _) => Ok(Progress { offset: held.size, size: held.size }),
            (None, Some(size)) => self.resume(device, hash, size),
            (None, None) => Err(Code::BlobMissing.into()),
        }
    }

    /// Adds bytes to an upload, and takes the blob when it is whole. What this answers for is on the
    /// disk.
    pub(crate) fn append_blob(
        &self,
        device: DeviceId,
        hash: BlobHash,
        offset: u64,
        bytes: &[u8],
    ) -> Result<u64, HubError> {
        let begun = self.store.read(|tx| tx.get_upload(device, hash))?;
        let Some(size) = begun else {
            let Progress { offset: held, .. } = self.blob_progress(device, hash)?;
            let is_repeated = offset == held && bytes.is_empty();
            return if is_repeated { Ok(held) } else { Err(Code::BlobOffsetWrong.into()) };
        };
        let end = offset.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if end > size {
            return Err(Code::BlobTooLarge.into());
        }
        let mut file =
            OpenOptions::new().create(true).append(true).open(self.part(device, hash))?;
        // Two requests for one upload take turns; the second finds its offset wrong.
        file.lock()?;
        if file.metadata()?.len() != offset {
            return Err(Code::BlobOffsetWrong.into());
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        if end == size {
            self.take_blob(device, hash)?;
        }
        Ok(end)
    }

    /// Takes a blob that is whole: its bytes, its name, then its row and what follows from it.
    fn take_blob(&self, device: DeviceId, hash: BlobHash) -> Result<(), HubError> {
        let part = self.part(device, hash);
        let bytes = fs::read(&part)?;
        if blob_hash(&bytes) != hash {
            remove(&part)?;
            self.store.write(|tx| tx.delete_upload(device, hash))?;
            return Err(Code::BlobHashWrong.into());
        }
        let whole = self.whole(hash);
        if let Some(folder) = whole.parent() {
            fs::create_dir_all(folder)?;
            fs::rename(&part, &whole)?;
            sync_folder(folder)?;
            sync_folder(&self.store.dir().join("blobs"))?;
        }
        let row = BlobRow {
            size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            mime: sniff(&bytes).to_owned(),
        };
        let now = self.now();
        let is_feed_news = self.store.write(|tx| {
            tx.put_blob(hash, &row, now)?;
            let (policies, mut is_feed_news) = (tx.policies()?, false);
            for (run_id, job_ids) in by_run(tx.list_jobs_naming(hash)?) {
                is_feed_news |= settle(tx, &policies, &run_id, &job_ids, now)?;
            }
            Ok::<_, HubError>(is_feed_news)
        })?;
        self.nudge(Topic::Runs);
        if is_feed_news {
            self.nudge(Topic::Feed);
        }
        Ok(())
    }

    /// The bytes of a blob that is held whole.
    pub(crate) fn read_blob(&self, hash: BlobHash) -> Result<Vec<u8>, HubError> {
        Ok(fs::read(self.whole(hash))?)
    }

    fn part(&self, device: DeviceId, hash: BlobHash) -> PathBuf {
        self.store.dir().join("uploads").join(format!("{device}-{hash}"))
    }

    fn whole(&self, hash: BlobHash) -> PathBuf {
        blob_path(self.store.dir(), hash)
    }
}

/// Where a blob's bytes lie in the folder of a store, or of a backup.
pub(crate) fn blob_path(dir: &Path, hash: BlobHash) -> PathBuf {
    let name = hash.to_string();
    let (folder, rest) = name.split_at(2);
    dir.join("blobs").join(folder).join(rest)
}

fn length(path: &Path) -> Result<u64, HubError> {
    match fs::metadata(path) {
        Ok(found) => Ok(found.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error.into()),
    }
}

fn remove(path: &Path) -> Result<(), HubError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// A renamed file is lost in a power cut until its folder is on the disk too.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), HubError> {
    Ok(File::open(folder)?.sync_all()?)
}

/// What the first bytes say that it is. A browser is told this and told not to guess.
fn sniff(bytes: &[u8]) -> &'static str {
    let is_strokes = || {
        bytes.len() <= STROKES_BYTES_MAX
            && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
    };
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        "image/jpeg"
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if is_strokes() {
        "application/json"
    } else {
        "application/octet-stream"
    }
}

#[cfg(test)]
mod tests;
