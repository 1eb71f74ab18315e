//! The lives of the store, its backups, and what a manifest counts.

use waybill_core::id::BlobHash;
use waybill_core::time::Timestamp;

use super::{Tx, signed, unsigned, values};
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
        self.execute("UPDATE meta SET store_epoch = $1", values![signed(epoch)])?;
        self.execute(
            "INSERT INTO lives (store_epoch, began_at_ms, feed_seq) VALUES ($1, $2, $3)",
            values![signed(epoch), now, self.last_feed_seq()?],
        )?;
        Ok(epoch)
    }

    /// The number of the store's life.
    pub(crate) fn store_epoch(&self) -> Result<u64, HubError> {
        Ok(unsigned(self.value("SELECT store_epoch FROM meta", values![])?))
    }

    /// The lives that began with a restore, the oldest first.
    pub(crate) fn list_lives(&self) -> Result<Vec<LifeRow>, HubError> {
        let sql = "SELECT store_epoch, began_at_ms, feed_seq FROM lives ORDER BY store_epoch";
        self.list(sql, values![], |row| {
            Ok(LifeRow {
                epoch: unsigned(row.get(0)?),
                began_at: row.get(1)?,
                feed_seq: row.get(2)?,
            })
        })
    }

    /// Notes a backup that is whole.
    pub(crate) fn put_backup(&self, taken_at: Timestamp, name: &str) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO backups (taken_at_ms, name) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            values![taken_at, name],
        )?;
        Ok(())
    }

    /// The moment before which everything received is in a backup, if there is one.
    pub(crate) fn backed_up_to(&self) -> Result<Option<Timestamp>, HubError> {
        self.value("SELECT MAX(taken_at_ms) FROM backups", values![])
    }

    /// Counts what the store holds.
    pub(crate) fn counts(&self) -> Result<Counts, HubError> {
        let count = |sql| self.value(sql, values![]).map(unsigned);
        Ok(Counts {
            runs: count("SELECT COUNT(*) FROM runs")?,
            facts: count("SELECT COUNT(*) FROM facts")?,
        })
    }

    /// Every blob that is held whole, and its size.
    pub(crate) fn list_blobs(&self) -> Result<Vec<(BlobHash, u64)>, HubError> {
        let sql = "SELECT hash, size FROM blobs ORDER BY hash";
        self.list(sql, values![], |row| Ok((row.bytes(0)?, unsigned(row.get(1)?))))
    }

    /// Forgets that a blob is held, because its bytes are not there.
    pub(crate) fn delete_blob(&self, hash: BlobHash) -> Result<(), HubError> {
        self.execute("DELETE FROM blobs WHERE hash = $1", values![&hash.0])?;
        Ok(())
    }
}
