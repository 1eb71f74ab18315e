use waybill_core::id::{BlobHash, DeviceId, Epoch, JobId, RunId};
use waybill_core::journal::Genesis;

use super::*;

mod salvage;

const GENESIS: Genesis = Genesis { device: DeviceId([1; 16]), epoch: Epoch(1 << 32), after: None };

fn place(dir: &tempfile::TempDir) -> Place {
    Place { path: dir.path().join("waybill.db"), device: Some(GENESIS.device), now: Timestamp(7) }
}

fn open(dir: &tempfile::TempDir) -> Opened {
    Store::open(&place(dir)).unwrap()
}

fn record(store: &mut Store, is_first: bool, fact: &[u8]) {
    let before = store.last_head(GENESIS.epoch).unwrap().unwrap_or_else(|| GENESIS.head());
    let genesis = is_first.then_some(&GENESIS);
    let recorded = Recorded { genesis, head: before.after(fact), fact, blob: None, draft_of: None };
    store.record(&recorded).unwrap();
}

#[test]
fn what_was_recorded_is_there_after_opening_again() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir).store;
    record(&mut store, true, b"one");
    record(&mut store, false, b"two");
    drop(store);
    let facts = open(&dir).store.own_facts().unwrap();
    let bytes: Vec<_> = facts.iter().map(|fact| (fact.seq, fact.bytes.as_slice())).collect();
    assert_eq!(bytes, [(1, b"one".as_slice()), (2, b"two".as_slice())]);
}

#[test]
fn one_number_never_names_two_facts() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir).store;
    record(&mut store, true, b"one");
    let again = Recorded {
        genesis: None,
        head: GENESIS.head().after(b"other"),
        fact: b"other",
        blob: None,
        draft_of: None,
    };
    assert!(store.record(&again).is_err(), "the store refuses a number used twice");
    assert_eq!(store.own_facts().unwrap()[0].bytes, b"one");
}

#[test]
fn commits_reach_the_disk_before_they_are_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(&dir).store;
    let pragma = |name: &str| -> String {
        store
            .conn
            .pragma_query_value(None, name, |row| {
                row.get::<_, String>(0).or_else(|_| row.get::<_, i64>(0).map(|n| n.to_string()))
            })
            .unwrap()
    };
    assert_eq!((pragma("journal_mode").as_str(), pragma("synchronous").as_str()), ("wal", "2"));
    assert_eq!(pragma("fullfsync"), "1", "on Apple systems a plain fsync is not enough");
}

#[test]
fn a_store_of_a_newer_app_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir).store;
    record(&mut store, true, b"one");
    store
        .conn
        .execute(
            "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
             VALUES (?1, 'the_future', '2030-01-01T00:00:00Z', '0')",
            [SCHEMA_VERSION + 1],
        )
        .unwrap();
    drop(store);
    let path = place(&dir).path;
    let before = std::fs::read(&path).unwrap();
    let refused = Store::open(&place(&dir)).unwrap_err();
    assert_eq!(refused.code(), Code::StoreNewer);
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing in it was touched");
}

#[test]
fn a_damaged_store_is_set_aside_and_never_deleted() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("waybill.db"), b"this is no database, it is a torn page")
        .unwrap();
    let opened = open(&dir);
    assert_eq!(opened.salvaged.map(|salvaged| salvaged.facts), Some(0));
    assert!(opened.store.own_facts().unwrap().is_empty());
    let aside = std::fs::read(dir.path().join("waybill.damaged-1")).unwrap();
    assert!(aside.starts_with(b"this is no database"), "the bytes are kept for salvage");
}

#[test]
fn hearing_is_kept_whole() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(&dir).store;
    record(&mut store, true, b"one");
    let blob = StoredBlob::new(BlobHash([4; 32]), 3, "x");
    let head = store.last_head(GENESIS.epoch).unwrap().unwrap();
    let recorded = Recorded {
        genesis: None,
        head: head.after(b"two"),
        fact: b"two",
        blob: Some(&blob),
        draft_of: None,
    };
    store.record(&recorded).unwrap();
    let hearing = Hearing {
        receipted: vec![(GENESIS.epoch, 2)],
        held_blobs: vec![blob.hash],
        verdicts: vec![(GENESIS.epoch, 1, "parked", "run_unknown".to_owned())],
        ..Hearing::default()
    };
    store.keep(&hearing).unwrap();
    assert_eq!(store.epochs().unwrap()[0].receipted_seq, Some(2));
    assert!(store.blobs().unwrap()[0].is_held);
    let parked = Some(("parked".to_owned(), "run_unknown".to_owned()));
    assert_eq!(store.own_facts().unwrap()[0].verdict, parked);

    let restored = Hearing { forget_receipts: true, ..Hearing::default() };
    store.keep(&restored).unwrap();
    assert_eq!(store.epochs().unwrap()[0].receipted_seq, None, "another store knows nothing yet");
    assert!(!store.blobs().unwrap()[0].is_held);
}

#[test]
fn a_draft_is_kept_until_it_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (run, job): (RunId, JobId) = ("R1".parse().unwrap(), "J1".parse().unwrap());
    let mut store = open(&dir).store;
    store.set_draft(&run, &job, Some("half a stroke")).unwrap();
    store.set_draft(&run, &job, Some("a stroke")).unwrap();
    drop(store);
    let mut store = open(&dir).store;
    assert_eq!(store.draft(&run, &job).unwrap().as_deref(), Some("a stroke"));
    store.set_draft(&run, &job, None).unwrap();
    assert_eq!(store.draft(&run, &job).unwrap(), None);
}

/// Everything that a schema is made of, in words.
fn schema(store: &Store) -> Vec<(String, String)> {
    let sql = "SELECT name, coalesce(sql, '') FROM sqlite_master ORDER BY name";
    let mut list = store.conn.prepare(sql).unwrap();
    let rows = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_store_of_the_first_version_comes_to_the_schema_of_a_new_one() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let frozen = include_bytes!("../../../../tests/golden/device/store_1.db");
    std::fs::write(place(&old).path, frozen).unwrap();
    let (old, new) = (open(&old).store, open(&new).store);
    assert_eq!(schema(&old), schema(&new));
    assert_eq!(old.own_facts().unwrap().len(), 5);
}
