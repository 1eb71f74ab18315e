//! A store made from a backup, as another life of the store that the backup was taken of.
//!
//! Every byte is checked on the way. The database gets its name last and after its new life has begun:
//! a restore that broke off leaves no store behind, and never one that takes itself for the old one.

use std::fs;
use std::path::Path;

use waybill_core::id::BlobHash;
use waybill_core::journal::blob_hash;
use waybill_sync::code::Code;

use crate::api::upkeep::Manifest;
use crate::backup::{DATABASE, file_hash, read_manifest, write_whole};
use crate::blobs::{blob_path, sync_folder};
use crate::clock::{Clock, Dice, roll};
use crate::error::HubError;
use crate::store::{StoreCopy, Tx, lock};

/// What a restore came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub manifest: Manifest,
    /// The number of the store's new life.
    pub store_epoch: u64,
    /// Evidence that the backup names and does not hold with its right bytes.
    pub blobs_missing: Vec<BlobHash>,
}

/// Makes a store of a backup in a folder that has none.
pub fn restore(
    backup: &Path,
    dir: &Path,
    clock: &dyn Clock,
    dice: &dyn Dice,
) -> Result<Restored, HubError> {
    let _lock = lock(dir)?;
    let file = dir.join(DATABASE);
    if file.exists() {
        return Err(HubError::NotEmpty);
    }
    let manifest = read_manifest(backup)?;
    let part = dir.join("hub.db.part");
    for leftover in [part.clone(), dir.join("hub.db.part-wal"), dir.join("hub.db.part-shm")] {
        if leftover.exists() {
            fs::remove_file(leftover)?;
        }
    }
    fs::copy(backup.join(DATABASE), &part)?;
    if file_hash(&part)? != (manifest.db_sha256.clone(), manifest.db_bytes) {
        return Err(HubError::Damaged("hub.db is not what the manifest says".to_owned()));
    }
    let copy = StoreCopy::open(&part)?;
    let blobs = copy.read(|tx| {
        check_store(tx, &manifest)?;
        tx.list_blobs()
    })?;
    let mut blobs_missing = Vec::new();
    for (hash, _) in blobs {
        if !place_blob(backup, dir, hash)? {
            blobs_missing.push(hash);
        }
    }
    for folder in fs::read_dir(dir.join("blobs"))? {
        sync_folder(&folder?.path())?;
    }
    sync_folder(&dir.join("blobs"))?;
    let (now, rolled) = (clock.now(), roll(dice)?);
    let store_epoch = copy.write(|tx| {
        for hash in &blobs_missing {
            tx.delete_blob(*hash)?;
        }
        if blobs_missing.is_empty() {
            tx.put_backup(manifest.taken_at_ms, "restored")?;
        }
        let epoch = tx.begin_life(now, rolled)?;
        tx.add_audit(now, "console", "restore", &epoch.to_string())?;
        Ok(epoch)
    })?;
    copy.close()?;
    fs::rename(&part, &file)?;
    sync_folder(dir)?;
    Ok(Restored { manifest, store_epoch, blobs_missing })
}

fn check_store(tx: &Tx<'_>, manifest: &Manifest) -> Result<(), HubError> {
    let mark = tx.get_meta()?.ok_or(Code::StoreFailed)?.mark;
    if (mark.store.to_string(), mark.epoch) != (manifest.store_id.clone(), manifest.store_epoch) {
        return Err(HubError::Damaged("the database is another store's".to_owned()));
    }
    Ok(())
}

/// Puts a blob into the new store; says whether the backup has it with its right bytes.
fn place_blob(backup: &Path, dir: &Path, hash: BlobHash) -> Result<bool, HubError> {
    let Ok(bytes) = fs::read(blob_path(backup, hash)) else {
        return Ok(false);
    };
    if blob_hash(&bytes) != hash {
        return Ok(false);
    }
    let to = blob_path(dir, hash);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    write_whole(&to, &bytes)?;
    Ok(true)
}
