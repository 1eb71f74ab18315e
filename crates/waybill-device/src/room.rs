//! Room for the next delivery: how much the disk has left, whether it can be written to at all, and a
//! reserve that is given back when it is full, so that what a customer has begun can be finished.
//!
//! Too little is said before the customer signs (I18). Nothing here decides what is refused but the
//! disk itself; every number is at the top of this file.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use waybill_sync::code::Code;

use crate::api::view::StoreHealth;
use crate::store::StoreError;

/// Less than this is said as a warning: about twenty deliveries with photos.
pub const LOW_BYTES: u64 = 64 * 1024 * 1024;
/// Less than this counts as full, before a write fails.
pub const FULL_BYTES: u64 = 4 * 1024 * 1024;
/// How much is held back: two photos as a camera gives them and small, a signature and an outcome.
pub const RESERVE_BYTES: u64 = 8 * 1024 * 1024;
/// The reserve is made again when this much would be left beside it.
pub const RESERVE_AGAIN_BYTES: u64 = LOW_BYTES;

/// What a folder's disk says about itself.
pub trait Disk: Send + Sync {
    /// How much an app may still write.
    fn free_bytes(&self, folder: &Path) -> io::Result<u64>;

    /// Writes something small and takes it away again.
    fn probe(&self, folder: &Path) -> io::Result<()>;
}

/// The system's disk.
#[derive(Debug, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    #[cfg(unix)]
    fn free_bytes(&self, folder: &Path) -> io::Result<u64> {
        let said = rustix::fs::statvfs(folder)?;
        Ok(said.f_bavail.saturating_mul(said.f_frsize))
    }

    #[cfg(not(unix))]
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Err(ErrorKind::Unsupported.into())
    }

    fn probe(&self, folder: &Path) -> io::Result<()> {
        let path = folder.join("probe");
        fs::write(&path, b"?")?;
        fs::remove_file(path)
    }
}

/// The room that a store has.
pub struct Room {
    folder: PathBuf,
    disk: Arc<dyn Disk>,
    is_read_only: bool,
    /// A write failed for want of space, and the reserve has not been made again since.
    is_full: bool,
}

impl Room {
    /// Looks at the folder of a store.
    pub fn open(folder: &Path, disk: Arc<dyn Disk>) -> Self {
        let mut room =
            Self { folder: folder.to_owned(), disk, is_read_only: false, is_full: false };
        room.look();
        room
    }

    /// Looks again: can it be written to, and is there space to hold something back once more?
    pub fn look(&mut self) {
        let probed = self.disk.probe(&self.folder);
        let kind = probed.as_ref().map_err(io::Error::kind).err();
        self.is_read_only =
            matches!(kind, Some(ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied));
        self.is_full |= kind == Some(ErrorKind::StorageFull);
        let has_reserve = self.has_reserve();
        let wanted = if has_reserve { FULL_BYTES } else { RESERVE_BYTES + RESERVE_AGAIN_BYTES };
        let is_roomy = probed.is_ok() && self.free_bytes() >= wanted;
        if is_roomy && (has_reserve || reserve(&self.reserve()).is_ok()) {
            self.is_full = false;
        }
    }

    /// How the store's room is to be called on a screen.
    pub fn health(&self) -> StoreHealth {
        match self.free_bytes() {
            _ if self.is_read_only => StoreHealth::ReadOnly,
            _ if self.is_full => StoreHealth::Full,
            free if free < FULL_BYTES => StoreHealth::Full,
            free if free < LOW_BYTES => StoreHealth::Low,
            _ => StoreHealth::Good,
        }
    }

    /// After a write that failed: gives the reserve back if that is what it takes. Says whether to try
    /// the same write again.
    pub fn makes_way(&mut self, error: &StoreError) -> bool {
        match error.code() {
            Code::StoreFull => {
                self.is_full = true;
                fs::remove_file(self.reserve()).is_ok()
            }
            Code::StoreReadOnly => {
                self.is_read_only = true;
                false
            }
            _ => false,
        }
    }

    /// The reserve has been given back: what is left is for a signature and an outcome, not for photos.
    pub fn is_spent(&self) -> bool {
        self.is_full && !self.has_reserve()
    }

    fn has_reserve(&self) -> bool {
        fs::metadata(self.reserve()).is_ok_and(|file| file.len() == RESERVE_BYTES)
    }

    /// A disk that does not say is taken for an empty one: a write that fails says it then.
    fn free_bytes(&self) -> u64 {
        self.disk.free_bytes(&self.folder).unwrap_or(u64::MAX)
    }

    fn reserve(&self) -> PathBuf {
        self.folder.join("reserve")
    }
}

/// Makes the reserve of bytes that are really taken: a file with a hole in it holds nothing back.
fn reserve(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    #[cfg(unix)]
    if rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, RESERVE_BYTES).is_ok() {
        return file.set_len(RESERVE_BYTES);
    }
    let piece = vec![0x57; 64 * 1024];
    for _ in 0..RESERVE_BYTES / (64 * 1024) {
        if let Err(error) = file.write_all(&piece) {
            // Half a reserve is space that nobody gives back.
            drop(fs::remove_file(path));
            return Err(error);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
