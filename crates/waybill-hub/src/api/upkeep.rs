//! The shapes of keeping a store alive: backups, what is missing after a restore, and what a reader of
//! the feed is told then.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::time::Timestamp;

/// Where a reader of the feed goes on: which life of the store, and after which of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FeedMark {
    #[ts(type = "number")]
    pub store_epoch: u64,
    #[ts(type = "number")]
    pub after: i64,
}

/// What a backup is, as `manifest.json` in it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Manifest {
    /// The version of the backup's shape.
    pub version: u32,
    pub store_id: String,
    #[ts(type = "number")]
    pub store_epoch: u64,
    pub company: String,
    /// What the hub received before this moment is in the backup.
    pub taken_at_ms: Timestamp,
    /// The newest entry of the feed.
    #[ts(type = "number")]
    pub feed_seq: i64,
    #[ts(type = "number")]
    pub runs: u64,
    #[ts(type = "number")]
    pub facts: u64,
    #[ts(type = "number")]
    pub blobs: u64,
    #[ts(type = "number")]
    pub blob_bytes: u64,
    /// The SHA-256 of `hub.db`. A blob is named by its own.
    pub db_sha256: String,
    #[ts(type = "number")]
    pub db_bytes: u64,
    /// Blobs that the store names and whose bytes were not there. With any, nothing counts as backed up.
    pub blobs_missing: Vec<String>,
}

/// `POST /v1/backup`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackupTaken {
    /// The folder, in the folder of backups.
    pub name: String,
    pub manifest: Manifest,
}

/// `GET /v1/gaps`: what this store knows of and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GapsView {
    #[ts(type = "number")]
    pub store_epoch: u64,
    /// When this life of the store began with a restore, if it did.
    pub restored_at_ms: Option<Timestamp>,
    pub backed_up_to_ms: Option<Timestamp>,
    pub devices: Vec<DeviceGap>,
    pub blobs: Vec<BlobGap>,
}

/// A device whose journal may have more than is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceGap {
    pub device_id: String,
    pub name: String,
    pub last_contact_ms: Option<Timestamp>,
    /// It has not spoken since the restore: what it holds is not known yet.
    pub is_silent: bool,
    /// Epochs of which something else names more than is here.
    pub epochs: Vec<EpochGap>,
}

/// An epoch of a journal that is known to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EpochGap {
    pub epoch: String,
    /// Facts are here up to this number.
    #[ts(type = "number")]
    pub held_seq: u64,
    /// A later epoch or another fact names this one.
    #[ts(type = "number")]
    pub named_seq: u64,
}

/// Evidence that a fact names and that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BlobGap {
    pub hash: String,
    pub fact_id: String,
    pub run_id: Option<String>,
    pub job_id: Option<String>,
    /// The store had it, and its file is gone or cut short.
    pub is_file_lost: bool,
}

/// Something in a view that does not follow from plans and facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub run_id: String,
    pub job_id: Option<String>,
    /// The view: `runs`, `plan_writes`, `jobs`, `job_states`, `cases`, `feed` or
    /// `matters`.
    pub view: &'static str,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.view, self.run_id)?;
        self.job_id.as_ref().map_or(Ok(()), |job_id| write!(f, "/{job_id}"))
    }
}
