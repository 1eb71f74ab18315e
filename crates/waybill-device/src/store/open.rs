//! Opening the store: settings, migrations, and what to do with one that is not ours or not whole.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Store, StoreError};

mod migrations {
    refinery::embed_migrations!("../../migrations/device");
}

/// The newest version of the schema that this app knows.
pub const SCHEMA_VERSION: u32 = 1;

/// An open store, and what had to be done to get it.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// A damaged store was renamed and a new one begun. Nothing was deleted.
    pub was_set_aside: bool,
}

impl Store {
    /// Opens the store at a path, or makes one.
    pub fn open(path: &Path) -> Result<Opened, StoreError> {
        match Self::open_as_is(path) {
            Err(StoreError::Sqlite(error)) if is_damage(&error) => {
                set_aside(path)?;
                Ok(Opened { store: Self::open_as_is(path)?, was_set_aside: true })
            }
            opened => Ok(Opened { store: opened?, was_set_aside: false }),
        }
    }

    fn open_as_is(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut conn = Connection::open_with_flags(path, flags)?;
        let found = schema_version(&conn)?;
        if found > SCHEMA_VERSION {
            return Err(StoreError::Newer { found, known: SCHEMA_VERSION });
        }
        settle(&conn)?;
        // Grouped: a step and the note that it was taken are one transaction. Apart, a power cut between
        // them leaves a store that takes the step again and never opens any more.
        migrations::migrations::runner().set_grouped(true).run(&mut conn)?;
        refuse_reading_only(&mut conn)?;
        Ok(Self { conn })
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

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
    )
}

/// How many damaged stores are kept apart by number before the last name is used again.
const ASIDE_MAX: u32 = 1_000;

/// Renames a damaged store, with its log, to the first free name beside it.
fn set_aside(path: &Path) -> Result<(), StoreError> {
    let aside = (1..=ASIDE_MAX)
        .map(|count| path.with_extension(format!("damaged-{count}")))
        .find(|aside| !aside.exists())
        .unwrap_or_else(|| path.with_extension("damaged"));
    std::fs::rename(path, &aside)?;
    for tail in ["-wal", "-shm"] {
        let with_tail = |base: &Path| {
            let mut name = base.as_os_str().to_owned();
            name.push(tail);
            std::path::PathBuf::from(name)
        };
        if with_tail(path).exists() {
            std::fs::rename(with_tail(path), with_tail(&aside))?;
        }
    }
    Ok(())
}
