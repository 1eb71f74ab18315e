//! The store: one SQLite file, one writer, a few readers. SQL is written here and nowhere else.
//!
//! A write is one transaction that either happened, on the disk, or did not. A read sees one moment.
//! The SQL keeps to what SQLite and PostgreSQL both speak wherever that costs nothing.

mod blobs;
mod copy;
mod devices;
mod facts;
mod feed;
mod gaps;
mod incidents;
mod lives;
mod log;
mod meta;
mod people;
mod plans;
mod seals;
mod states;
mod views;

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

pub(crate) use blobs::BlobRow;
pub(crate) use copy::StoreCopy;
pub(crate) use devices::Device;
pub(crate) use facts::{FactRow, FreshFact, NewsRow};
pub(crate) use feed::LastEntry;
pub(crate) use gaps::{JournalKey, NamedBlob};
pub(crate) use incidents::IncidentRow;
pub(crate) use meta::Meta;
pub(crate) use plans::JobRow;
pub(crate) use states::StateRow;

use crate::blobs::sync_folder;
use crate::error::HubError;

mod embedded {
    refinery::embed_migrations!("../../migrations/hub");
}

/// Readers, besides the one writer: as many as a small machine has cores to run them.
const READERS: usize = 4;
/// Statements that a connection keeps ready: more than there are in this folder.
const STATEMENTS_KEPT: usize = 256;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The store of one company.
pub(crate) struct Store {
    dir: PathBuf,
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
    /// Held as long as the store is open: a second process is turned away.
    _lock: File,
}

/// One transaction. What is not committed did not happen.
pub(crate) struct Tx<'c>(Transaction<'c>);

impl Store {
    /// Opens the store in a folder, and makes one where there is none.
    pub(crate) fn open(dir: &Path) -> Result<Self, HubError> {
        let lock = lock(dir)?;
        let file = dir.join("hub.db");
        refuse_newer(&file)?;
        let mut writer = connect(&file)?;
        // Grouped: a step and the note that it was taken are one transaction. Apart, a power cut between
        // them leaves a store that takes the step again and never opens any more.
        embedded::migrations::runner().set_grouped(true).run(&mut writer)?;
        refuse_reading_only(&mut writer)?;
        let readers =
            (0..READERS).map(|_| connect(&file).map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self {
            dir: dir.to_owned(),
            writer: Mutex::new(writer),
            readers,
            next_reader: AtomicUsize::new(0),
            _lock: lock,
        })
    }

    /// The folder of the store.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Does something in one transaction. When this returns, it is on the disk.
    pub(crate) fn write<T, E: From<HubError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = locked(&self.writer);
        let tx = writer
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(HubError::from)?;
        let tx = Tx(tx);
        let done = work(&tx)?;
        tx.0.commit().map_err(HubError::from)?;
        Ok(done)
    }

    /// Looks at one moment of the store.
    pub(crate) fn read<T, E: From<HubError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed) % READERS;
        let reader = self.readers.get(turn).unwrap_or(&self.writer);
        let mut reader = locked(reader);
        let tx = reader.transaction().map_err(HubError::from)?;
        work(&Tx(tx))
    }
}

/// Makes the folders of a store and holds them against every other process.
pub(crate) fn lock(dir: &Path) -> Result<File, HubError> {
    for folder in [dir, &dir.join("blobs"), &dir.join("uploads")] {
        make_private(folder)?;
    }
    let lock = File::create(dir.join("lock"))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => HubError::Locked,
        TryLockError::Error(error) => HubError::File(error),
    })?;
    Ok(lock)
}

/// Makes a folder that only its owner looks into: it holds keys and people's signatures. Its own name
/// is lost in a power cut, with all that was flushed inside, until the folder around it is flushed;
/// only then is anything put into it.
pub(crate) fn make_private(folder: &Path) -> Result<(), HubError> {
    let around = folder.parent().filter(|around| !around.as_os_str().is_empty());
    match fs::read_dir(folder).map(|mut inside| inside.next().is_some()) {
        Ok(true) => return Ok(()),
        // Whoever made it may have been killed before it was flushed.
        Ok(false) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            around.map_or(Ok(()), make_private)?;
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder)?;
        }
        Err(error) => return Err(error.into()),
    }
    match sync_folder(around.unwrap_or(Path::new("."))) {
        // The system keeps what it has put our folder into to itself, and has seen to it.
        Err(HubError::File(error)) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        synced => synced,
    }
}

/// A panic while the lock was held has rolled its transaction back, so the connection is sound.
fn locked(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn connect(file: &Path) -> Result<Connection, HubError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    // Otherwise a statement is planned again each time its values change, which costs more than to run it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Receipts promise what is on the disk; with anything less a power cut breaks the promise.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

/// Looks at the file before anything may change it: a store of a newer hub stays untouched.
fn refuse_newer(file: &Path) -> Result<(), HubError> {
    if !file.exists() {
        return Ok(());
    }
    let newest = match newest_step(file, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        // A transaction broke off when the power went, and has to be taken back before anybody reads.
        Err(rusqlite::Error::SqliteFailure(error, _))
            if error.code == rusqlite::ErrorCode::ReadOnly =>
        {
            newest_step(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?
        }
        newest => newest?,
    };
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().iter().map(refinery::Migration::version).max();
    if newest > i64::from(known.unwrap_or_default()) {
        return Err(HubError::Newer);
    }
    Ok(())
}

/// A file, or its log, that cannot be opened for writing is opened for reading without a word. Better
/// no hub than one that refuses everything until somebody starts it again.
fn refuse_reading_only(conn: &mut Connection) -> rusqlite::Result<()> {
    if conn.is_readonly(rusqlite::MAIN_DB)? {
        let error = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(error, None));
    }
    conn.transaction_with_behavior(TransactionBehavior::Immediate)?.rollback()
}

/// The newest step that a store has taken; 0 where it has taken none.
fn newest_step(file: &Path, access: OpenFlags) -> rusqlite::Result<i64> {
    let connection = Connection::open_with_flags(file, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if !connection.table_exists(None, "refinery_schema_history")? {
        return Ok(0);
    }
    connection.query_row(
        "SELECT COALESCE(MAX(version), 0) FROM refinery_schema_history",
        [],
        |row| row.get(0),
    )
}

/// Reads a column whose text is one of our words or ids.
fn word<T: std::str::FromStr>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| bad(column, rusqlite::types::Type::Text))
}

/// Reads a column whose text is the word of one of a few.
fn one_of<T: Copy>(
    row: &rusqlite::Row<'_>,
    column: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    let found = all.iter().copied().find(|each| word(*each) == text);
    found.ok_or_else(|| bad(column, rusqlite::types::Type::Text))
}

/// Reads a column whose bytes are one of our ids or hashes.
fn bytes<T>(row: &rusqlite::Row<'_>, column: &str) -> rusqlite::Result<T>
where
    T: for<'b> TryFrom<&'b [u8]>,
{
    let bytes: Vec<u8> = row.get(column)?;
    T::try_from(&bytes).map_err(|_| bad(column, rusqlite::types::Type::Blob))
}

fn bad(column: &str, kind: rusqlite::types::Type) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(0, column.to_owned(), kind)
}

/// Numbers without a sign, in a store that has only signed ones. Past the end stays past the end.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests;
