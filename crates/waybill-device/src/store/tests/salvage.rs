//! What is left of a store that was damaged: each kind of damage is done to the bytes of a real one.

use std::path::PathBuf;

use rusqlite::Connection;
use waybill_core::cbor;
use waybill_core::fact::{Body, Fact, Noted};
use waybill_core::journal::Genesis;
use waybill_core::policy::Policy;
use waybill_core::time::Reading;

use super::super::*;
use super::{GENESIS, open, place};

const PAGE: usize = 4096;

/// A fact that can be told from every other by its words.
fn fact(number: u64) -> Vec<u8> {
    let act = Reading { wall_ms: Timestamp(9), zone_min: 0, monotonic_ms: number };
    let text = format!("fact number {number:04}, {}", "and so on ".repeat(8));
    let (run, job, person) = ("R1".parse(), "J1".parse(), "P1".parse());
    let body = Body::Noted(Noted { text });
    Fact::new(run.unwrap(), Some(job.unwrap()), person.unwrap(), act, None, &body).to_bytes()
}

/// A store of so many facts, a plan, a piece of evidence and a draft, all in one file.
fn store(dir: &tempfile::TempDir, facts: u64) -> PathBuf {
    let mut store = open(dir).store;
    for number in 1..=facts {
        super::record(&mut store, number == 1, &fact(number));
    }
    let (run_id, job_id) = ("R1".parse().unwrap(), "J1".parse().unwrap());
    let plan = StoredPlan { run_id, document: b"a plan".to_vec(), hub_heads: vec![[3; 32]] };
    store.put_plan(&plan).unwrap();
    store.put_blobs(&[StoredBlob::new(BlobHash([4; 32]), 3, "image/jpeg")]).unwrap();
    store.set_draft(&plan.run_id, &job_id, Some("half a stroke")).unwrap();
    store.set_mark("policy", &cbor::encode(&Policy::shipped())).unwrap();
    store.set_mark("cursor", b"12").unwrap();
    place(dir).path
}

/// Changes the bytes of a file.
fn hurt(path: &std::path::Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

fn find(bytes: &[u8], words: &str) -> usize {
    bytes.windows(words.len()).position(|window| window == words.as_bytes()).unwrap()
}

fn root_page(path: &std::path::Path, table: &str) -> usize {
    let conn = Connection::open(path).unwrap();
    let sql = "SELECT rootpage FROM sqlite_master WHERE name = ?1";
    conn.query_row(sql, [table], |row| row.get::<_, i64>(0)).unwrap().try_into().unwrap()
}

fn seqs(store: &Store) -> Vec<u64> {
    store.own_facts().unwrap().iter().map(|fact| fact.seq).collect()
}

fn assert_rest_is_there(store: &Store) {
    let (run, job) = ("R1".parse().unwrap(), "J1".parse().unwrap());
    assert_eq!(store.plans().unwrap()[0].document, b"a plan");
    assert_eq!(store.draft(&run, &job).unwrap().as_deref(), Some("half a stroke"));
    assert_eq!(store.blobs().unwrap()[0].hash, BlobHash([4; 32]));
    assert_eq!(store.mark("policy").unwrap(), Some(cbor::encode(&Policy::shipped())));
    assert_eq!(store.mark("cursor").unwrap(), None, "what the hub said last is asked again");
}

#[test]
fn a_page_of_facts_that_is_gone_takes_nothing_else_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 400);
    for lost in ["fact number 0120", "fact number 0300"] {
        hurt(&path, |bytes| {
            let page = find(bytes, lost) / PAGE * PAGE;
            bytes[page..page + PAGE].fill(0xa5);
        });
    }
    let opened = open(&dir);
    let (salvaged, seqs) = (opened.salvaged.unwrap(), seqs(&opened.store));
    assert!(seqs.contains(&1) && seqs.contains(&200) && seqs.contains(&400), "{seqs:?}");
    assert!(!seqs.contains(&120) && !seqs.contains(&300));
    assert_eq!((salvaged.facts, salvaged.facts_lost), (seqs.len() as u64, 400 - seqs.len() as u64));
    assert!(salvaged.facts > 300, "two pages of facts are not a quarter of them: {salvaged:?}");
    assert_rest_is_there(&opened.store);
    assert!(dir.path().join("waybill.damaged-1").exists(), "the bytes are kept");
    drop(opened);
    assert_eq!(open(&dir).salvaged, None, "the new store is whole");
}

#[test]
fn a_table_that_is_gone_takes_no_other_with_it() {
    for table in ["plans", "blobs", "drafts", "marks", "foreign_facts"] {
        let dir = tempfile::tempdir().unwrap();
        let path = store(&dir, 5);
        let page = (root_page(&path, table) - 1) * PAGE;
        hurt(&path, |bytes| bytes[page..page + PAGE].fill(0xa5));
        let opened = open(&dir);
        assert!(opened.salvaged.is_some(), "{table}");
        assert_eq!(seqs(&opened.store), [1, 2, 3, 4, 5], "{table}");
        let rows = |name| match name {
            "plans" => opened.store.plans().unwrap().len(),
            "blobs" => opened.store.blobs().unwrap().len(),
            _ => 1,
        };
        for other in ["plans", "blobs"] {
            assert_eq!(rows(other), usize::from(other != table), "{other} without {table}");
        }
    }
}

#[test]
fn the_beginning_of_an_epoch_is_found_again_by_the_hash_it_led_to() {
    let dir = tempfile::tempdir().unwrap();
    let mut first = open(&dir).store;
    super::record(&mut first, true, &fact(1));
    let after = first.last_head(GENESIS.epoch).unwrap();
    let second = Genesis { epoch: waybill_core::id::Epoch(2 << 32 | 5), after, ..GENESIS };
    let bytes = fact(2);
    let recorded = Recorded {
        genesis: Some(&second),
        head: second.head().after(&bytes),
        fact: &bytes,
        blob: None,
        draft_of: None,
    };
    first.record(&recorded).unwrap();
    drop(first);
    let path = place(&dir).path;
    let page = (root_page(&path, "epochs") - 1) * PAGE;
    hurt(&path, |bytes| bytes[page..page + PAGE].fill(0xa5));
    let opened = open(&dir);
    let begun: Vec<_> =
        opened.store.epochs().unwrap().into_iter().map(|epoch| epoch.genesis).collect();
    assert_eq!(begun, [GENESIS, second]);
    assert_eq!(opened.salvaged.unwrap().facts, 2);
}

#[test]
fn a_bit_that_fell_over_inside_a_fact_is_found_by_the_chain_and_costs_that_fact() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 9);
    hurt(&path, |bytes| {
        let at = find(bytes, "fact number 0004");
        bytes[at] ^= 1;
    });
    let opened = open(&dir);
    assert_eq!(seqs(&opened.store), [1, 2, 3, 5, 6, 7, 8, 9]);
    assert_eq!(opened.salvaged.unwrap().facts_lost, 1);
}

#[test]
fn a_store_that_was_closed_is_believed_and_one_that_was_killed_is_looked_through() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 400);
    Store::open(&place(&dir)).unwrap().store.set_mark(CLOSED, b"this install").unwrap();
    hurt(&path, |bytes| {
        let at = find(bytes, "fact number 0004");
        bytes[at] ^= 1;
    });
    assert_eq!(open(&dir).salvaged, None, "closed: nothing is looked at but what is read");
    Store::open(&place(&dir)).unwrap().store.begin_life(None, b"").unwrap();
    assert!(open(&dir).salvaged.is_some(), "killed: every page and every hash");
}

#[test]
fn a_swap_that_was_cut_short_is_finished_with_the_log_out_of_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 3);
    let ready = tempfile::tempdir().unwrap();
    store(&ready, 2);
    // Decided and not done: the new store is whole, the old one is still in its place with a log.
    std::fs::copy(place(&ready).path, dir.path().join("waybill.salvaged-4")).unwrap();
    std::fs::write(dir.path().join("waybill.db-wal"), b"what the old one said last").unwrap();
    let opened = open(&dir);
    assert_eq!(seqs(&opened.store), [1, 2]);
    let aside = |tail| dir.path().join(format!("waybill.damaged-4{tail}"));
    assert!(aside("").exists() && aside("-wal").exists(), "both parts went aside together");
    // And killed between the two renames.
    drop(opened);
    std::fs::rename(&path, dir.path().join("waybill.salvaged-5")).unwrap();
    assert_eq!(seqs(&open(&dir).store), [1, 2]);
}

#[test]
fn a_fact_that_only_the_log_holds_is_salvaged_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 3);
    let mut open_store = open(&dir).store;
    super::record(&mut open_store, false, &fact(4));
    // A copy taken while the store is open: its log has not been played into the file.
    let torn = tempfile::tempdir().unwrap();
    for tail in ["", "-wal"] {
        let name = format!("waybill.db{tail}");
        std::fs::copy(dir.path().join(&name), torn.path().join(&name)).unwrap();
    }
    drop(open_store);
    let page = (root_page(&path, "plans") - 1) * PAGE;
    hurt(&place(&torn).path, |bytes| bytes[page..page + PAGE].fill(0xa5));
    let opened = open(&torn);
    assert_eq!(opened.salvaged.unwrap().facts, 4);
    assert_eq!(seqs(&opened.store), [1, 2, 3, 4]);
}

#[test]
fn what_came_back_from_the_hub_closes_a_gap_in_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let path = store(&dir, 6);
    hurt(&path, |bytes| {
        let at = find(bytes, "fact number 0004");
        bytes[at] ^= 1;
    });
    let mut store = open(&dir).store;
    let head = (1..=4).fold(GENESIS.head(), |head, number| head.after(&fact(number)));
    assert_eq!(store.hash_through(&GENESIS, 4).unwrap(), None, "nobody knows it here");
    let id = FactId { device: GENESIS.device, epoch: GENESIS.epoch, seq: 4 };
    let news = vec![ForeignFact { id, bytes: fact(4) }];
    store.keep(&Hearing { news, ..Hearing::default() }).unwrap();
    assert_eq!(store.hash_through(&GENESIS, 4).unwrap(), Some(head.hash));
}
