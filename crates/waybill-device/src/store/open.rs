//! Opening the store: settings, migrations, and what to do with one that is not ours or not whole.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use waybill_core::id::DeviceId;
use waybill_core::time::Timestamp;

use super::marks::CLOSED;
use super::salvage::{Salvaged, finish, salvage};
use super::{Store, StoreError};

mod migrations {
    refinery::embed_migrations!("../../migrations/device");
}

/// The newest version of the schema that this app knows.
pub const SCHEMA_VERSION: u32 = 2;

/// Statements that are kept ready: more than there are in this folder.
const STATEMENTS_KEPT: usize = 64;

/// An open store, and what had to be done to get it.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// The store was damaged: it was set aside, and this is what a new one got of it.
    pub salvaged: Option<Salvaged>,
}

/// Where a store is, whose it is, and when that is asked.
#[derive(Debug, Clone)]
pub struct Place {
    pub path: PathBuf,
    /// Whose facts are in it, once the phone is enrolled.
    pub device: Option<DeviceId>,
    pub now: Timestamp,
}

impl Store {
    /// Opens the store at a place, or makes one. One that is damaged is salvaged first.
    pub fn open(place: &Place) -> Result<Opened, StoreError> {
        finish(&place.path)?;
        match Self::open_checked(&place.path) {
            Err(error) if error.is_damage() => Self::salvage(place),
            opened => Ok(Opened { store: opened?, salvaged: None }),
        }
    }

    /// Sets a store aside that was found damaged, and opens one with what can be read of it.
    pub fn salvage(place: &Place) -> Result<Opened, StoreError> {
        finish(&place.path)?;
        let salvaged = salvage(place)?;
        Ok(Opened { store: Self::open_as_is(&place.path)?, salvaged: Some(salvaged) })
    }

    /// A store that was not closed is looked through before it is believed.
    fn open_checked(path: &Path) -> Result<Self, StoreError> {
        let store = Self::open_as_is(path)?;
        if store.mark(CLOSED)?.is_none() {
            store.check()?;
        }
        Ok(store)
    }

    pub(super) fn open_as_is(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags)?;
        let found = schema_version(&conn)?;
        if found > SCHEMA_VERSION {
            return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
        }
        settle(&conn)?;
        conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        if found < SCHEMA_VERSION {
            // Grouped: a step and the note that it was taken are one transaction. Apart, a power cut
            // between them leaves a store that takes the step again and never opens any more.
            migrations::migrations::runner().set_grouped(true).run(&mut conn)?;
        }
        refuse_reading_only(&mut conn)?;
        Ok(Self { conn })
    }

    /// Looks through every page, and follows the journal's chain: SQLite does not notice a bit that
    /// fell over inside a value.
    fn check(&self) -> Result<(), StoreError> {
        let sql = "PRAGMA quick_check(1)";
        let said: String = self.conn.query_row(sql, [], |row| row.get(0))?;
        if said != "ok" {
            return Err(StoreError::Damaged(said));
        }
        for epoch in self.epochs()? {
            let mut at = epoch.genesis.head();
            for fact in self.own_facts_after(epoch.genesis.epoch, 0)? {
                // Behind facts that were lost once, the chain goes on from what is written there.
                if fact.seq == at.seq + 1 && at.after(&fact.bytes).hash != fact.hash {
                    return Err(StoreError::Damaged(format!("fact {} does not chain", fact.seq)));
                }
                (at.seq, at.hash) = (fact.seq, fact.hash);
            }
        }
        Ok(())
    }
}

/// A file, or its log, that cannot be opened for writing is opened for reading without a word. Such a
/// store would refuse every tap until the app is started again.
fn refuse_reading_only(conn: &mut Connection) -> rusqlite::Result<()> {
    if conn.is_readonly(rusqlite::MAIN_DB)? {
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    conn.transaction_with_behavior(TransactionBehavior::Immediate)?.rollback()
}

/// Reads which version wrote the file, without changing it.
fn schema_version(conn: &Connection) -> Result<u32, rusqlite::Error> {
    let is_fresh: bool = conn.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'refinery_schema_history')",
        [],
        |row| row.get(0),
    )?;
    if is_fresh {
        return Ok(0);
    }
    let sql = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    conn.query_row(sql, [], |row| row.get(0))
}

fn settle(conn: &Connection) -> Result<(), rusqlite::Error> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    // WAL with NORMAL may lose acknowledged commits when the power goes. FULL does not.
    conn.pragma_update(None, "synchronous", "FULL")?;
    // On Apple systems a plain fsync does not reach the flash.
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    // Android gives no folder for temporary files.
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.busy_timeout(std::time::Duration::from_secs(5))
}
