//! Letting go of what is safe elsewhere. What may go is decided by the engine; here it goes whole.

use std::collections::BTreeSet;

use waybill_core::id::{BlobHash, Epoch, RunId};

use super::{Store, StoreError, to_sql};

/// What goes in one transaction.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Epochs with all their facts: one that lost only some would no longer chain.
    pub epochs: Vec<Epoch>,
    pub blobs: Vec<BlobHash>,
}

impl Store {
    /// Forgets facts and evidence rows. The files go afterwards: a row without a file would be a loss, a
    /// file without a row is swept up some day.
    pub fn purge(&mut self, purged: &Purged) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        for epoch in &purged.epochs {
            tx.execute("DELETE FROM facts WHERE epoch = ?1", [to_sql(epoch.0)])?;
            tx.execute("DELETE FROM epochs WHERE epoch = ?1", [to_sql(epoch.0)])?;
        }
        for hash in &purged.blobs {
            tx.execute("DELETE FROM blobs WHERE hash = ?1", [hash.0])?;
        }
        tx.commit()?;
        Ok(())
    }

    /// The runs that this phone has no business with any more.
    pub fn runs_left(&self) -> Result<BTreeSet<RunId>, StoreError> {
        let mut list = self.conn.prepare_cached("SELECT run_id FROM runs_left")?;
        let rows = list.query_map([], |row| row.get::<_, String>(0))?;
        rows.map(|row| RunId::try_from(row?).map_err(|_| StoreError::Length("run id"))).collect()
    }
}
