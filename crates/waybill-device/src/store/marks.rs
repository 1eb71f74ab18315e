//! Small values by name, and drafts.

use rusqlite::OptionalExtension;
use waybill_core::id::{JobId, RunId};

use super::{Store, StoreError};

/// The life that closed the store cleanly.
pub const CLOSED: &str = "closed";
/// The life in which the store was opened last.
pub const LIFE: &str = "life";
/// How much the phone knows of what it has told the hub.
pub const MEMORY: &str = "memory";
/// What this store got of one that was damaged.
pub const SALVAGED: &str = "salvaged";

impl Store {
    /// Reads a mark.
    pub fn mark(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let mut get = self.conn.prepare_cached("SELECT value FROM marks WHERE name = ?1")?;
        Ok(get.query_row([name], |row| row.get(0)).optional()?)
    }

    /// Writes a mark.
    pub fn set_mark(&mut self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        put_mark(&self.conn, name, value)
    }

    /// Notes that the store is open, in which life, and what that life knows.
    pub fn begin_life(&mut self, life: Option<&[u8]>, memory: &[u8]) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        if let Some(life) = life {
            put_mark(&tx, LIFE, life)?;
        }
        put_mark(&tx, MEMORY, memory)?;
        tx.execute("DELETE FROM marks WHERE name = ?1", [CLOSED])?;
        Ok(tx.commit()?)
    }

    /// Forgets a mark.
    pub fn drop_mark(&mut self, name: &str) -> Result<(), StoreError> {
        self.conn.execute("DELETE FROM marks WHERE name = ?1", [name])?;
        Ok(())
    }

    /// Reads what was being written about a job.
    pub fn draft(&self, run_id: &RunId, job_id: &JobId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT draft FROM drafts WHERE run_id = ?1 AND job_id = ?2";
        let mut get = self.conn.prepare_cached(sql)?;
        Ok(get.query_row([run_id.as_str(), job_id.as_str()], |row| row.get(0)).optional()?)
    }

    /// Keeps or forgets what is being written about a job.
    pub fn set_draft(
        &mut self,
        run_id: &RunId,
        job_id: &JobId,
        draft: Option<&str>,
    ) -> Result<(), StoreError> {
        let (run_id, job_id) = (run_id.as_str(), job_id.as_str());
        match draft {
            Some(draft) => self.conn.execute(
                "INSERT INTO drafts (run_id, job_id, draft) VALUES (?1, ?2, ?3)
                 ON CONFLICT (run_id, job_id) DO UPDATE SET draft = excluded.draft",
                (run_id, job_id, draft),
            )?,
            None => self.conn.execute(
                "DELETE FROM drafts WHERE run_id = ?1 AND job_id = ?2",
                (run_id, job_id),
            )?,
        };
        Ok(())
    }
}

pub(super) fn put_mark(
    conn: &rusqlite::Connection,
    name: &str,
    value: &[u8],
) -> Result<(), StoreError> {
    conn.prepare_cached(
        "INSERT INTO marks (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )?
    .execute((name, value))?;
    Ok(())
}
