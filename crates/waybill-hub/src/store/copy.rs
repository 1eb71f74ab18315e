//! A copy of the store in one file: taken while the store is in use, or about to become a store.

use std::fs::File;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, TransactionBehavior};
use waybill_sync::code::Code;

use super::{Store, Tx, connect, embedded, refuse_newer};
use crate::error::HubError;

/// A copy of a store's database, apart from the store.
pub(crate) struct StoreCopy {
    file: PathBuf,
    connection: Connection,
}

impl StoreCopy {
    /// Takes a copy of one moment of a store. Nobody waits for it, neither readers nor the writer.
    pub(crate) fn take(store: &Store, file: &Path) -> Result<Self, HubError> {
        let source = connect(&store.dir.join("hub.db"))?;
        let mut connection = Connection::open(file)?;
        // All pages in one step are one moment; in several they would begin anew at every write.
        let step = Backup::new(&source, &mut connection)?.step(-1)?;
        if step != StepResult::Done {
            return Err(Code::StoreBusy.into());
        }
        Ok(Self { file: file.to_owned(), connection })
    }

    /// Opens a copy to make a store of it, and brings it up to date.
    pub(crate) fn open(file: &Path) -> Result<Self, HubError> {
        refuse_newer(file)?;
        let mut connection = connect(file)?;
        embedded::migrations::runner().run(&mut connection)?;
        Ok(Self { file: file.to_owned(), connection })
    }

    /// Does something in one transaction.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tx = Tx(tx);
        let done = work(&tx)?;
        tx.0.commit()?;
        Ok(done)
    }

    /// Looks at the copy.
    pub(crate) fn read<T>(
        &mut self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        work(&Tx(self.connection.transaction()?))
    }

    /// Closes the copy: whole, in one file, on the disk.
    pub(crate) fn close(self) -> Result<(), HubError> {
        self.connection.pragma_update(None, "journal_mode", "DELETE")?;
        let checked: String =
            self.connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if checked != "ok" {
            return Err(HubError::Damaged(checked));
        }
        self.connection.close().map_err(|(_, error)| error)?;
        Ok(File::open(&self.file)?.sync_all()?)
    }
}
