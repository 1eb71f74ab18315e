//! The database as one SQLite file. The only place that knows SQLite, save for the steps in `migrations/hub`.
//!
//! A write is on the disk when it is committed. Statements are prepared once and kept.

use std::fs::File;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ffi, params_from_iter};
use waybill_sync::code::Code;

use super::database::{
    COLUMNS_MAX, Database, DatabaseError, Fault, Row, Session, Statement, Value,
};
use crate::error::HubError;

mod embedded {
    refinery::embed_migrations!("../../migrations/hub");
}

/// The newest step that this hub knows.
static LAST_STEP: LazyLock<i64> = LazyLock::new(|| {
    let runner = embedded::migrations::runner();
    let known = runner.get_migrations().iter().map(refinery::Migration::version).max();
    known.unwrap_or_default().into()
});

/// Readers, besides the one writer: as many as a small machine has cores to run them.
const READERS: usize = 4;
/// Statements that a connection keeps ready: more than there are in this folder.
const STATEMENTS_KEPT: usize = 256;
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// A store's database in one file.
pub(super) struct SqliteFile {
    file: PathBuf,
    writer: Mutex<Connection>,
    readers: Vec<Mutex<Connection>>,
    next_reader: AtomicUsize,
}

/// A transaction on one of the connections, which is held as long as it lasts.
struct SqliteSession<'c> {
    connection: MutexGuard<'c, Connection>,
}

struct SqliteStatement<'c>(CachedStatement<'c>);

impl SqliteFile {
    /// Opens the file of a store, makes one where there is none, and brings it up to date.
    pub(super) fn open(file: &Path) -> Result<Self, HubError> {
        let is_up_to_date = refuse_newer(file)?;
        let mut writer = connect(file)?;
        if !is_up_to_date {
            // Grouped: a step and the note that it was taken are one transaction. Apart, a power cut
            // between them leaves a store that takes the step again and never opens any more.
            embedded::migrations::runner().set_grouped(true).run(&mut writer)?;
        }
        refuse_reading_only(&writer)?;
        let readers = (0..READERS).map(|_| connect(file).map(Mutex::new));
        let readers = readers.collect::<Result<_, _>>()?;
        Ok(Self { readers, ..Self::alone(file, writer) })
    }

    /// Opens a copy to make a store of it, and brings it up to date.
    pub(super) fn open_copy(file: &Path) -> Result<Self, HubError> {
        refuse_newer(file)?;
        let mut connection = connect(file)?;
        embedded::migrations::runner().run(&mut connection)?;
        Ok(Self::alone(file, connection))
    }

    /// Reads and writes by one connection.
    fn alone(file: &Path, connection: Connection) -> Self {
        Self {
            file: file.to_owned(),
            writer: Mutex::new(connection),
            readers: Vec::new(),
            next_reader: AtomicUsize::new(0),
        }
    }
}

impl Database for SqliteFile {
    fn begin_write(&self) -> Result<Box<dyn Session + '_>, DatabaseError> {
        begin(&self.writer, "BEGIN IMMEDIATE")
    }

    fn begin_read(&self) -> Result<Box<dyn Session + '_>, DatabaseError> {
        // The first that is free: it has the statements and pages at hand that were asked for last.
        let free = self.readers.iter().find_map(|reader| reader.try_lock().ok());
        if let Some(connection) = free {
            return begin_on(connection, "BEGIN DEFERRED");
        }
        let turn = self.next_reader.fetch_add(1, Ordering::Relaxed);
        let reader = turn.checked_rem(self.readers.len()).and_then(|turn| self.readers.get(turn));
        begin(reader.unwrap_or(&self.writer), "BEGIN DEFERRED")
    }

    /// Nobody waits for it, neither readers nor the writer.
    fn copy_to(&self, file: &Path) -> Result<Box<dyn Database>, HubError> {
        let source = connect(&self.file)?;
        let mut connection = Connection::open(file).map_err(DatabaseError::from)?;
        // All pages in one step are one moment; in several they would begin anew at every write.
        let step = Backup::new(&source, &mut connection).and_then(|backup| backup.step(-1));
        if step.map_err(DatabaseError::from)? != StepResult::Done {
            return Err(Code::StoreBusy.into());
        }
        Ok(Box::new(Self::alone(file, connection)))
    }

    fn close(self: Box<Self>) -> Result<(), HubError> {
        let Self { file, writer, readers, .. } = *self;
        drop(readers);
        let connection = writer.into_inner().unwrap_or_else(PoisonError::into_inner);
        let check = || {
            connection.pragma_update(None, "journal_mode", "DELETE")?;
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        };
        let checked: String = check().map_err(DatabaseError::from)?;
        if checked != "ok" {
            return Err(HubError::Damaged(checked));
        }
        connection.close().map_err(|(_, error)| DatabaseError::from(error))?;
        Ok(File::open(&file)?.sync_all()?)
    }
}

fn begin<'c>(
    connection: &'c Mutex<Connection>,
    word: &str,
) -> Result<Box<dyn Session + 'c>, DatabaseError> {
    // A panic while the lock was held has rolled its transaction back, so the connection is sound.
    begin_on(connection.lock().unwrap_or_else(PoisonError::into_inner), word)
}

fn begin_on<'c>(
    connection: MutexGuard<'c, Connection>,
    word: &str,
) -> Result<Box<dyn Session + 'c>, DatabaseError> {
    connection.prepare_cached(word)?.execute([])?;
    Ok(Box::new(SqliteSession { connection }))
}

impl Session for SqliteSession<'_> {
    fn prepare(&self, sql: &str) -> Result<Box<dyn Statement + '_>, DatabaseError> {
        Ok(Box::new(SqliteStatement(self.connection.prepare_cached(sql)?)))
    }

    fn query(
        &self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(Row<'_>) -> ControlFlow<()>,
    ) -> Result<(), DatabaseError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let columns = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let mut read = [Value::Null; COLUMNS_MAX];
            let read =
                read.get_mut(..columns).ok_or_else(|| DatabaseError::unreadable(COLUMNS_MAX))?;
            for (column, value) in read.iter_mut().enumerate() {
                *value = value_of(row.get_ref(column)?)
                    .ok_or_else(|| DatabaseError::unreadable(column))?;
            }
            if each(Row(read)).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn commit(self: Box<Self>) -> Result<(), DatabaseError> {
        self.connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

impl Statement for SqliteStatement<'_> {
    fn execute(&mut self, values: &[Value<'_>]) -> Result<u64, DatabaseError> {
        let written = self.0.execute(params_from_iter(values))?;
        Ok(u64::try_from(written).unwrap_or(u64::MAX))
    }
}

impl Drop for SqliteSession<'_> {
    fn drop(&mut self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("ROLLBACK") {
            tracing::error!(%error, "A transaction could not be taken back.");
        }
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// What a column holds, if it is something that a store may hold.
fn value_of(held: ValueRef<'_>) -> Option<Value<'_>> {
    Some(match held {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Text(text) => Value::Text(str::from_utf8(text).ok()?),
        ValueRef::Blob(bytes) => Value::Bytes(bytes),
        ValueRef::Real(_) => return None,
    })
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        let fault = match error.sqlite_error() {
            Some(found) => match (found.code, found.extended_code) {
                (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                    Fault::Unique
                }
                (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Fault::Foreign,
                (ErrorCode::ConstraintViolation, _) => Fault::Check,
                (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Fault::Busy,
                (ErrorCode::DiskFull, _) => Fault::Full,
                _ => Fault::Other,
            },
            None => Fault::Other,
        };
        Self::new(fault, error)
    }
}

fn connect(file: &Path) -> Result<Connection, DatabaseError> {
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

/// Looks at the file before anything may change it: a store of a newer hub stays untouched. Says whether
/// it has taken every step that there is.
fn refuse_newer(file: &Path) -> Result<bool, HubError> {
    if !file.exists() {
        return Ok(false);
    }
    let newest = match newest_step(file, OpenFlags::SQLITE_OPEN_READ_ONLY) {
        // A transaction broke off when the power went, and has to be taken back before anybody reads.
        Err(rusqlite::Error::SqliteFailure(error, _)) if error.code == ErrorCode::ReadOnly => {
            newest_step(file, OpenFlags::SQLITE_OPEN_READ_WRITE)
        }
        newest => newest,
    };
    let newest = newest.map_err(DatabaseError::from)?;
    if newest > *LAST_STEP {
        return Err(HubError::Newer);
    }
    Ok(newest == *LAST_STEP)
}

/// A file, or its log, that cannot be opened for writing is opened for reading without a word. Better
/// no hub than one that refuses everything until somebody starts it again.
fn refuse_reading_only(connection: &Connection) -> Result<(), DatabaseError> {
    if connection.is_readonly(rusqlite::MAIN_DB)? {
        let error = ffi::Error::new(ffi::SQLITE_READONLY);
        return Err(rusqlite::Error::SqliteFailure(error, None).into());
    }
    Ok(connection.execute_batch("BEGIN IMMEDIATE; ROLLBACK")?)
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

#[cfg(test)]
mod tests;
