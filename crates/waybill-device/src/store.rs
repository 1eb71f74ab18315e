//! The phone's store: one SQLite file, one writer. The only place in this crate that speaks SQL.
//!
//! Invariant (I1): when a call that writes returns, what it wrote survives a kill and a power cut.
//! That is `journal_mode=WAL` with `synchronous=FULL`, on Apple with `fullfsync`.

mod journal;
mod marks;
mod news;
mod open;
mod plans;
mod purge;
mod salvage;

pub use journal::{OwnEpoch, OwnFact, Recorded};
pub use marks::{CLOSED, LIFE, MEMORY, SALVAGED};
pub use news::Hearing;
pub use open::{Opened, Place, SCHEMA_VERSION};
pub use plans::StoredPlan;
pub use purge::Purged;
pub use salvage::Salvaged;

use rusqlite::Connection;
use waybill_core::id::{BlobHash, FactId};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

/// The open store.
#[derive(Debug)]
pub struct Store {
    conn: Connection,
}

/// A piece of evidence that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBlob {
    pub hash: BlobHash,
    pub bytes: u64,
    pub mime: String,
    pub is_held: bool,
    /// When a receipt first named it, by the hub's clock.
    pub held_at: Option<Timestamp>,
}

impl StoredBlob {
    /// Evidence that no receipt has named yet.
    pub fn new(hash: BlobHash, bytes: usize, mime: &str) -> Self {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self { hash, bytes, mime: mime.to_owned(), is_held: false, held_at: None }
    }
}

/// A fact of another device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignFact {
    pub id: FactId,
    pub bytes: Vec<u8>,
}

/// Why the store did not do it. Whatever it was, nothing was half-written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store was written by a newer app: its version is {found}, this app knows {known}")]
    Newer { found: u32, known: u32 },
    #[error("failed to work on the store: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("failed to bring the store up to date: {0}")]
    Migrate(#[from] refinery::Error),
    #[error("failed to work on the store's folder: {0}")]
    Io(#[from] std::io::Error),
    #[error("a stored record cannot be read: {0}")]
    Record(#[from] waybill_core::cbor::Malformed),
    #[error("a stored {0} has the wrong length")]
    Length(&'static str),
    #[error("the store is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// The stable code that a screen explains.
    pub fn code(&self) -> Code {
        match self {
            Self::Newer { .. } => Code::StoreNewer,
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::DiskFull) => Code::StoreFull,
                Some(rusqlite::ErrorCode::DatabaseBusy) => Code::StoreBusy,
                Some(rusqlite::ErrorCode::ReadOnly) => Code::StoreReadOnly,
                _ if self.is_damage() => Code::StoreDamaged,
                _ => Code::StoreFailed,
            },
            Self::Io(error) if error.kind() == std::io::ErrorKind::StorageFull => Code::StoreFull,
            Self::Io(error) if error.kind() == std::io::ErrorKind::ReadOnlyFilesystem => {
                Code::StoreReadOnly
            }
            _ if self.is_damage() => Code::StoreDamaged,
            Self::Migrate(_) | Self::Io(_) => Code::StoreFailed,
            Self::Record(_) | Self::Length(_) | Self::Damaged(_) => Code::StoreDamaged,
        }
    }

    /// Says whether what is in the store is not what was written to it.
    pub fn is_damage(&self) -> bool {
        let is_corrupt = |error: &rusqlite::Error| {
            matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            )
        };
        match self {
            Self::Sqlite(error) => is_corrupt(error),
            Self::Record(_) | Self::Length(_) | Self::Damaged(_) => true,
            Self::Migrate(error) => {
                let first = std::error::Error::source(error);
                let mut causes = std::iter::successors(first, |error| error.source());
                causes.any(|cause| cause.downcast_ref().is_some_and(is_corrupt))
            }
            Self::Newer { .. } | Self::Io(_) => false,
        }
    }
}

/// SQLite holds signed integers; epochs and numbers stay far below the border.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

#[cfg(test)]
mod tests;
