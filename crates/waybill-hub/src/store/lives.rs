//! The lives of the store, its backups, and what a manifest counts.

use rusqlite::params;
use waybill_core::id::BlobHash;
use waybill_core::time::Timestamp;

use super::{Tx, bytes, signed, unsigned};
use crate::error::HubError;

/// The bits of a life's number that are rolled: two restores of one backup are two lives.
const ROLLED_BITS: u32 = 20;

/// A life of the store that began with a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LifeRow {
    pub(crate) epoch: u64,
    pub(crate) began_at: Timestamp,
    /// The last number of the feed that it took over.
    pub(crate) feed_seq: i64,
}

/// What a store holds, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) runs: u64,
    pub(crate) facts: u64,
}

impl Tx<'_> {
    /// Begins another life of the store, with a number that no other life has: it is higher than
    /// every one before, and its low bits are rolled.
    pub(crate) fn begin_life(&self, now: Timestamp, rolled: [u8; 4]) -> Result<u64, HubError> {
        let count = (self.store_epoch()? >> ROLLED_BITS) + 1;
        let rolled = u64::from(u32::from_be_bytes(rolled)) & ((1 << ROLLED_BITS) - 1);
        let epoch = (count << ROLLED_BITS) | rolled;
        self.0.execute("UPDATE meta SET store_epoch = ?", [signed(epoch)])?;
        self.0.execute(
            "INSERT INTO lives (store_epoch, began_at_ms, feed_seq) VALUES (?, ?, ?)",
            params![signed(epoch), now.0, self.last_feed_seq()?],
        )?;
        Ok(epoch)
    }

    /// The number of the store's life.
    pub(crate) fn store_epoch(&self) -> Result<u64, HubError> {
        let sql = "SELECT store_epoch FROM meta";
        Ok(unsigned(self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?))
    }

    /// The lives that began with a restore, the oldest first.
    pub(crate) fn list_lives(&self) -> Result<Vec<LifeRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT store_epoch, began_at_ms, feed_seq FROM lives ORDER BY store_epoch",
        )?;
        let rows = query.query_map([], |row| {
            Ok(LifeRow {
                epoch: unsigned(row.get("store_epoch")?),
                began_at: Timestamp(row.get("began_at_ms")?),
                feed_seq: row.get("feed_seq")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes a backup that is whole.
    pub(crate) fn put_backup(&self, taken_at: Timestamp, name: &str) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO backups (taken_at_ms, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            params![taken_at.0, name],
        )?;
        Ok(())
    }

    /// The moment before which everything received is in a backup, if there is one.
    pub(crate) fn backed_up_to(&self) -> Result<Option<Timestamp>, HubError> {
        let sql = "SELECT MAX(taken_at_ms) FROM backups";
        let newest: Option<i64> = self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
        Ok(newest.map(Timestamp))
    }

    /// Counts what the store holds.
    pub(crate) fn counts(&self) -> Result<Counts, HubError> {
        let sql = "SELECT (SELECT COUNT(*) FROM runs), (SELECT COUNT(*) FROM facts)";
        Ok(self.0.query_row(sql, [], |row| {
            Ok(Counts { runs: unsigned(row.get(0)?), facts: unsigned(row.get(1)?) })
        })?)
    }

    /// Every blob that is held whole, and its size.
    pub(crate) fn list_blobs(&self) -> Result<Vec<(BlobHash, u64)>, HubError> {
        let mut query = self.0.prepare("SELECT hash, size FROM blobs ORDER BY hash")?;
        let rows =
            query.query_map([], |row| Ok((bytes(row, "hash")?, unsigned(row.get("size")?))))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Forgets that a blob is held, because its bytes are not there.
    pub(crate) fn delete_blob(&self, hash: BlobHash) -> Result<(), HubError> {
        self.0.execute("DELETE FROM blobs WHERE hash = ?", [hash.0])?;
        Ok(())
    }
}
