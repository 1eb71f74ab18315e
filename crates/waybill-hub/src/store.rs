//! The store of one company: one writer, a few readers. SQL is written here and nowhere else.
//!
//! A write is one transaction that either happened, on the disk, or did not. A read sees one moment.
//! The verbs are written once, in SQL that both SQLite and PostgreSQL speak; which of them keeps the
//! rows, only what is behind `Database` knows.

mod blobs;
mod copy;
mod database;
mod devices;
mod facts;
mod feed;
mod gaps;
mod incidents;
mod lives;
mod log;
mod matters;
mod meta;
mod people;
mod plan_writes;
mod plans;
mod seals;
mod sqlite;
mod states;
mod views;

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use database::{Database, Row, Session, Value, values};
use sqlite::SqliteFile;

pub(crate) use blobs::BlobRow;
pub(crate) use copy::StoreCopy;
pub(crate) use database::{DatabaseError, Fault};
pub(crate) use devices::Device;
pub(crate) use facts::{FactRow, FreshFact, NewsRow};
pub(crate) use feed::LastEntry;
pub(crate) use gaps::{JournalKey, NamedBlob};
pub(crate) use incidents::IncidentRow;
pub(crate) use matters::{CaseRow, KeptMatter, MatterRow};
pub(crate) use meta::Meta;
pub(crate) use plans::JobRow;
pub(crate) use states::StateRow;

use crate::blobs::sync_folder;
use crate::error::HubError;

/// The store of one company.
pub(crate) struct Store {
    dir: PathBuf,
    database: Box<dyn Database>,
    /// Held as long as the store is open: a second process is turned away.
    _lock: File,
}

/// One transaction. What is not committed did not happen.
pub(crate) struct Tx<'c>(Box<dyn Session + 'c>);

impl Store {
    /// Opens the store in a folder, and makes one where there is none.
    pub(crate) fn open(dir: &Path) -> Result<Self, HubError> {
        let lock = lock(dir)?;
        let database = Box::new(SqliteFile::open(&dir.join("hub.db"))?);
        Ok(Self { dir: dir.to_owned(), database, _lock: lock })
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
        write(&*self.database, work)
    }

    /// Looks at one moment of the store.
    pub(crate) fn read<T, E: From<HubError>>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        read(&*self.database, work)
    }
}

fn write<T, E: From<HubError>>(
    database: &dyn Database,
    work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = Tx(database.begin_write().map_err(HubError::from)?);
    let done = work(&tx)?;
    tx.0.commit().map_err(HubError::from)?;
    Ok(done)
}

fn read<T, E: From<HubError>>(
    database: &dyn Database,
    work: impl FnOnce(&Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    work(&Tx(database.begin_read().map_err(HubError::from)?))
}

impl Tx<'_> {
    /// Does one statement; answers how many rows it wrote.
    fn execute(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, HubError> {
        Ok(self.0.prepare(sql)?.execute(values)?)
    }

    /// Reads every row of an answer.
    fn list<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl Fn(Row<'_>) -> Result<T, DatabaseError>,
    ) -> Result<Vec<T>, HubError> {
        let (mut rows, mut done) = (Vec::new(), Ok(()));
        self.0.query(sql, values, &mut |row| match read(row) {
            Ok(row) => {
                rows.push(row);
                ControlFlow::Continue(())
            }
            Err(error) => {
                done = Err(error);
                ControlFlow::Break(())
            }
        })?;
        done?;
        Ok(rows)
    }

    /// Reads the first row of an answer, if there is one.
    fn get<T>(
        &self,
        sql: &str,
        values: &[Value<'_>],
        read: impl Fn(Row<'_>) -> Result<T, DatabaseError>,
    ) -> Result<Option<T>, HubError> {
        let mut first = None;
        self.0.query(sql, values, &mut |row| {
            first = Some(read(row));
            ControlFlow::Break(())
        })?;
        Ok(first.transpose()?)
    }

    /// Reads an answer that is one value, and is there whatever the store holds.
    fn value<T: for<'r> database::Read<'r>>(
        &self,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<T, HubError> {
        let value = self.get(sql, values, |row| row.get(0))?;
        Ok(value.ok_or_else(|| DatabaseError::unreadable(0))?)
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

/// A limit as a number that the store takes.
fn up_to(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Numbers without a sign, in a store that has only signed ones. Past the end stays past the end.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;
