//! The folder of evidence: files named by the SHA-256 of their bytes.
//!
//! Invariant (I2): a fact names only blobs whose bytes were durable before it was written. Here that
//! is: write beside, flush, rename, flush the folder; only then may a row name the hash.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use waybill_core::id::BlobHash;
use waybill_core::journal::blob_hash;

use crate::clock::{Dice, roll};
use crate::store::StoreError;
use crate::vault::{flush_folder_of, make_folder};

/// The largest photo that a camera may put aside.
pub const SHOT_BYTES_MAX: usize = 40 * 1024 * 1024;

/// How old a file has to be before it counts as forgotten.
pub const ORPHAN_AGE: Duration = Duration::from_hours(48);

/// The folder, and beside it one for photos that no job has claimed yet.
#[derive(Debug)]
pub struct BlobFolder {
    blobs: PathBuf,
    shots: PathBuf,
}

impl BlobFolder {
    /// Opens the folders, or makes them.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let (blobs, shots) = (folder.join("blobs"), folder.join("shots"));
        make_folder(&blobs)?;
        make_folder(&shots)?;
        Ok(Self { blobs, shots })
    }

    /// Keeps bytes. When this returns they are durable under their hash.
    pub fn keep(&self, bytes: &[u8]) -> Result<BlobHash, StoreError> {
        let hash = blob_hash(bytes);
        let path = self.path(hash);
        // A file of that name may be the torn rest of a power cut: it counts only if it is whole.
        if fs::read(&path).is_ok_and(|there| blob_hash(&there) == hash) {
            return Ok(hash);
        }
        durable(&path, bytes)?;
        Ok(hash)
    }

    /// Where the bytes of a hash are.
    pub fn path(&self, hash: BlobHash) -> PathBuf {
        self.blobs.join(hash.to_string())
    }

    /// Reads bytes back, and only if they are still what their name says.
    pub fn read(&self, hash: BlobHash) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path(hash)) {
            Ok(bytes) if blob_hash(&bytes) == hash => Ok(Some(bytes)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets go of bytes that are safe elsewhere. What stays for a fault of the disk is swept some day.
    pub fn forget(&self, hash: BlobHash) {
        drop(fs::remove_file(self.path(hash)));
    }

    /// Removes old files that nobody will ask for: evidence that neither a row nor a fact names, photos
    /// that no job claimed, and halves of either. A young one may belong to a capture that is under way.
    pub fn sweep(&self, kept: &BTreeSet<BlobHash>) {
        let is_named = |name: &str| name.parse().is_ok_and(|hash| kept.contains(&hash));
        let files = [&self.blobs, &self.shots].map(fs::read_dir).into_iter().flatten().flatten();
        for file in files.flatten() {
            let age = file.metadata().and_then(|file| file.modified()).map(|at| at.elapsed());
            // A time in the future has no age, and stays.
            let is_old = matches!(age, Ok(Ok(age)) if age >= ORPHAN_AGE);
            if is_old && !is_named(&file.file_name().to_string_lossy()) {
                drop(fs::remove_file(file.path()));
            }
        }
    }

    /// Puts aside what the camera took, until a job claims it.
    pub fn put_shot(&self, bytes: &[u8], dice: &dyn Dice) -> Result<String, StoreError> {
        let name = data_encoding::HEXLOWER.encode(&roll::<16>(dice));
        durable(&self.shots.join(&name), bytes)?;
        Ok(name)
    }

    /// Reads what the camera took. A name that was never given out reads as nothing.
    pub fn shot(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if name.len() != 32 || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(None);
        }
        match fs::read(self.shots.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets what the camera took, once a fact names what was made of it.
    pub fn drop_shot(&self, name: &str) {
        // A shot that stays is swept another day; the fact is what counts.
        drop(fs::remove_file(self.shots.join(name)));
    }
}

fn durable(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fresh = path.with_extension("fresh");
    let mut file = fs::File::create(&fresh)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    flush_folder_of(path)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn a_sweep_takes_what_is_old_and_nobodys_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let folder = BlobFolder::open(dir.path()).unwrap();
        let [kept, orphan, young] =
            ["kept", "orphan", "young"].map(|bytes| folder.keep(bytes.as_bytes()).unwrap());
        let shot = folder.put_shot(b"a shot", &crate::clock::SystemDice).unwrap();
        let old = SystemTime::now() - ORPHAN_AGE - Duration::from_mins(1);
        for path in [folder.path(kept), folder.path(orphan), folder.shots.join(&shot)] {
            fs::File::options().write(true).open(path).unwrap().set_modified(old).unwrap();
        }
        folder.sweep(&BTreeSet::from([kept]));
        let is_there = |hash| folder.read(hash).unwrap().is_some();
        assert!(is_there(kept), "a row or a fact names it");
        assert!(is_there(young), "its fact may be being written");
        assert!(!is_there(orphan) && folder.shot(&shot).unwrap().is_none());
    }
}
