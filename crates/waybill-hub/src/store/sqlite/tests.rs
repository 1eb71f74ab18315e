use std::path::PathBuf;
use std::time::Duration;

use tempfile::TempDir;

use super::SqliteFile;
use crate::error::HubError;
use crate::store::Store;
use crate::store::conformance::{Ground, every_claim};
use crate::store::database::Database;

every_claim!(Folder);

struct Folder(TempDir);

impl Folder {
    fn file(&self) -> PathBuf {
        self.0.path().join("hub.db")
    }
}

impl Ground for Folder {
    fn fresh() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn database(&self) -> Result<Box<dyn Database>, HubError> {
        Ok(Box::new(SqliteFile::open(&self.file())?))
    }

    fn impatient(&self) -> Box<dyn Database> {
        let file = SqliteFile::open(&self.file()).unwrap();
        file.writer.lock().unwrap().busy_timeout(Duration::ZERO).unwrap();
        Box::new(file)
    }

    fn store(&self) -> Result<Store, HubError> {
        Store::open(self.0.path())
    }

    fn outgrow(&self) {
        let sql = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
                   VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
        rusqlite::Connection::open(self.file()).unwrap().execute(sql, []).unwrap();
    }

    fn copy_file(&self) -> PathBuf {
        self.0.path().join("copy.db")
    }

    fn open_copy(&self) -> Box<dyn Database> {
        assert!(!self.0.path().join("copy.db-wal").exists(), "a copy is one file");
        Box::new(SqliteFile::open_copy(&self.copy_file()).unwrap())
    }
}

#[test]
fn every_table_checks_its_types() {
    let ground = Folder::fresh();
    drop(ground.database().unwrap());
    let file = rusqlite::Connection::open(ground.file()).unwrap();
    let sql = "SELECT name FROM pragma_table_list
               WHERE type = 'table' AND strict = 0
                 AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'refinery_%'";
    let mut query = file.prepare(sql).unwrap();
    let loose: Result<Vec<String>, _> = query.query_map([], |row| row.get(0)).unwrap().collect();
    assert_eq!(loose.unwrap(), Vec::<String>::new());
}

#[test]
fn a_store_of_a_newer_version_stays_untouched() {
    let ground = Folder::fresh();
    drop(ground.database().unwrap());
    ground.outgrow();
    let newer = rusqlite::Connection::open(ground.file()).unwrap();
    newer.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(newer);
    let before = std::fs::read(ground.file()).unwrap();
    let refused = ground.store().err().unwrap();
    assert_eq!(refused.code().word(), "store_newer");
    assert_eq!(std::fs::read(ground.file()).unwrap(), before);
}
