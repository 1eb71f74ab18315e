//! A copy of the store in one file: taken while the store is in use, or about to become a store.

use std::path::Path;

use super::database::Database;
use super::sqlite::SqliteFile;
use super::{Store, Tx, read, write};
use crate::error::HubError;

/// A copy of a store's database, apart from the store.
pub(crate) struct StoreCopy(Box<dyn Database>);

impl StoreCopy {
    /// Takes a copy of one moment of a store. Nobody waits for it, neither readers nor the writer.
    pub(crate) fn take(store: &Store, file: &Path) -> Result<Self, HubError> {
        Ok(Self(store.database.copy_to(file)?))
    }

    /// Opens a copy to make a store of it, and brings it up to date.
    pub(crate) fn open(file: &Path) -> Result<Self, HubError> {
        Ok(Self(Box::new(SqliteFile::open_copy(file)?)))
    }

    /// Does something in one transaction.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        write(&*self.0, work)
    }

    /// Looks at the copy.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, HubError>,
    ) -> Result<T, HubError> {
        read(&*self.0, work)
    }

    /// Closes the copy: whole, in one file, on the disk.
    pub(crate) fn close(self) -> Result<(), HubError> {
        self.0.close()
    }
}
