use super::Store;
use crate::error::HubError;
use crate::hub::{Hub, HubOptions};
use crate::testing::options;

#[test]
fn a_second_process_is_turned_away() {
    let dir = tempfile::tempdir().unwrap();
    let first = Store::open(dir.path()).unwrap();
    assert!(matches!(Store::open(dir.path()), Err(HubError::Locked)));
    drop(first);
    assert!(Store::open(dir.path()).is_ok());
}

#[test]
fn a_store_of_a_newer_version_stays_untouched() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path()).unwrap());
    let file = dir.path().join("hub.db");
    let newer = rusqlite::Connection::open(&file).unwrap();
    let sql = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
               VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
    newer.execute(sql, []).unwrap();
    newer.pragma_update(None, "journal_mode", "DELETE").unwrap();
    drop(newer);
    let before = std::fs::read(&file).unwrap();
    let refused = Store::open(dir.path()).err().unwrap();
    assert_eq!(refused.code().word(), "store_newer");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn what_is_not_committed_did_not_happen() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let at = waybill_core::time::Timestamp(1);
    let failed = store.write(|tx| {
        tx.add_audit(at, "ada", "put_run", "R1")?;
        Err::<(), _>(HubError::Dice)
    });
    assert!(failed.is_err());
    let rows: i64 = store
        .read(|tx| {
            Ok::<_, HubError>(tx.0.query_row("SELECT COUNT(*) FROM audit", [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn every_table_checks_its_types() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let loose: Vec<String> = store
        .read(|tx| {
            let sql = "SELECT name FROM pragma_table_list
                       WHERE type = 'table' AND strict = 0
                         AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'refinery_%'";
            let mut query = tx.0.prepare(sql)?;
            let names = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok::<_, HubError>(names)
        })
        .unwrap();
    assert_eq!(loose, Vec::<String>::new());
}

#[test]
fn a_store_keeps_its_name_and_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let open = |restored| {
        let hub = Hub::open(dir.path(), HubOptions { is_restored: restored, ..options() }).unwrap();
        (hub.key(), hub.store_mark())
    };
    let (key, mark) = open(false);
    assert_eq!(open(false), (key, mark));
    let (same_key, restored) = open(true);
    assert_eq!((same_key, restored.store), (key, mark.store));
    assert!(restored.epoch > mark.epoch, "a restored store is another life of the same");
}
