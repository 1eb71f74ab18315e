//! Phones whose store is old, damaged or out of space.

use std::io;

use waybill_sync::envelope;
use waybill_sync::tail::{HeldChain, check_tail};
use waybill_sync::wire::SyncUp;

use super::*;
use crate::api::view::StoreHealth;
use crate::room::{LOW_BYTES, RESERVE_BYTES};

/// A store as version 1 of the schema wrote it: a delivery, a set-out, a plan and a draft.
const FIRST: &[u8] = include_bytes!("../../../../../tests/golden/device/store_1.db");

/// A hub that holds nothing.
struct Nothing;

impl HeldChain for Nothing {
    fn held_seq(&self) -> u64 {
        0
    }
    fn hash_at(&self, _: u64) -> Option<waybill_core::id::ChainHash> {
        None
    }
}

fn said(engine: &mut Engine) -> SyncUp {
    envelope::open("message", &engine.ask().unwrap().body).unwrap()
}

/// Every fact in a message, once each tail has passed the hub's own check.
fn sealed_facts(engine: &mut Engine) -> usize {
    let (device, key) = (DeviceId([1; 16]), engine.key().public());
    let tails = said(engine).tails;
    tails.iter().map(|tail| check_tail(tail, device, &key, &Nothing).unwrap().facts.len()).sum()
}

#[test]
fn a_store_of_the_first_version_is_opened_and_all_in_it_is_sent() {
    let dir = phone(Role::Driver);
    std::fs::write(dir.path().join("waybill.db"), FIRST).unwrap();
    let mut engine = open(&dir);
    assert!(engine.salvaged.is_none());
    assert_eq!(sealed_facts(&mut engine), 5);
    assert_eq!(said(&mut engine).blobs.len(), 2);
    let job = engine.job_view(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!(job.status, Status::Delivered);
    let other = engine.job_view(&of("J2").run_id, &of("J2").job_id).unwrap();
    assert_eq!(other.draft.as_deref(), Some("half a stroke"));
    engine.deliver(&deliver("J2", vec![])).unwrap_err();
    engine.step(&of("J2"), Step::Arrive).unwrap();
    assert_eq!(sealed_facts(&mut engine), 6);
}

/// Turns one bit of a word that stands in the store's file.
fn turn_a_bit(dir: &TempDir, word: &str) {
    let path = dir.path().join("waybill.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(word.len()).position(|window| window == word.as_bytes()).unwrap();
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn facts_behind_a_lost_one_are_kept_and_not_sent_as_if_nothing_were_missing() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let note = |text: &str| crate::api::command::Note {
        run_id: of("J1").run_id,
        job_id: of("J1").job_id,
        text: text.to_owned(),
    };
    engine.note(&note("left at the back door")).unwrap();
    engine.keep_photo(&photo("J1")).unwrap();
    engine.sign(&sign("J1")).unwrap();
    engine.deliver(&deliver("J1", vec![])).unwrap();
    drop(engine);
    turn_a_bit(&dir, "left at the back door");
    let mut engine = open(&dir);
    let salvage = engine.trust_view().salvage.unwrap();
    assert_eq!((salvage.facts, salvage.facts_lost, salvage.blobs), (4, 1, 2));
    let job = engine.job_view(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!((job.status, job.photos.len()), (Status::Delivered, 1));
    let up = said(&mut engine);
    assert_eq!(up.wants_own, Some(true));
    assert_eq!(up.tails[0].facts.len(), 1, "as far as it chains");
    assert_eq!(sealed_facts(&mut engine), 1);
    // A rescue file has the others too, for the office to look at.
    assert_eq!(engine.rescue().unwrap().facts, 4);
    engine.step(&of("J2"), Step::Arrive).unwrap();
    assert_eq!(engine.journal.epochs().count(), 2, "nothing is added to an epoch that was hurt");
}

#[test]
fn evidence_whose_row_was_lost_is_found_by_the_fact_that_names_it() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.keep_photo(&photo("J1")).unwrap();
    engine.sign(&sign("J1")).unwrap();
    let blobs: Vec<_> = engine.blobs.keys().copied().collect();
    engine.store.purge(&crate::store::Purged { epochs: vec![], blobs }).unwrap();
    drop(engine);
    let engine = Engine::salvage(dir.path(), &means(Arc::new(SystemDisk))).unwrap();
    assert_eq!(engine.trust_view().blobs_waiting, 2);
    drop(engine);
    assert_eq!(open(&dir).trust_view().blobs_waiting, 2, "and it is written down");
}

fn means(disk: Arc<dyn Disk>) -> Means {
    Means { clock: Arc::new(Ticking::default()), dice: Arc::new(SystemDice), disk }
}

#[test]
fn an_answer_to_what_was_asked_before_a_salvage_is_not_taken_for_the_whole_truth() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let asked = engine.ask().unwrap();
    drop(engine);
    let mut engine = Engine::salvage(dir.path(), &means(Arc::new(SystemDisk))).unwrap();
    assert_eq!(code(engine.hear(&asked, b"whatever it says")), "store_busy");
    assert!(engine.is_healing());
    assert!(engine.ask().unwrap().wants_own, "it is asked again");
}

/// A disk with as much room as a test says.
struct Told(AtomicU64);

impl Disk for Told {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }
    fn probe(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn too_little_space_is_said_before_the_customer_signs_and_what_was_begun_can_be_finished() {
    let dir = phone(Role::Driver);
    let disk = Arc::new(Told(AtomicU64::new(2 * LOW_BYTES)));
    let mut engine = Engine::open_on(dir.path(), &means(Arc::<Told>::clone(&disk))).unwrap();
    assert_eq!(engine.trust_view().store, StoreHealth::Good);
    disk.0.store(LOW_BYTES - 1, Ordering::SeqCst);
    assert_eq!(engine.start_view().trust.store, StoreHealth::Low);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    engine.keep_photo(&photo("J1")).unwrap();

    // The next write fails: the reserve is given back, and signature and outcome have room.
    disk.0.store(0, Ordering::SeqCst);
    let full = StoreError::Io(io::ErrorKind::StorageFull.into());
    assert!(engine.makes_way(&full));
    disk.0.store(RESERVE_BYTES, Ordering::SeqCst);
    assert_eq!(engine.trust_view().store, StoreHealth::Full);
    assert_eq!(code(engine.keep_photo(&photo("J2"))), "store_full", "another photo has to wait");
    engine.sign(&sign("J1")).unwrap();
    engine.deliver(&deliver("J1", vec![])).unwrap();

    // It was full for a moment only: nobody has to wait for the next sync to take a photo again.
    disk.0.store(2 * LOW_BYTES, Ordering::SeqCst);
    engine.keep_photo(&photo("J2")).unwrap();
}

#[test]
fn a_fact_that_is_held_back_is_listed_with_its_reason_and_by_when_somebody_should_look() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let epoch = engine.journal.current().unwrap();
    let id = FactId { device: DeviceId([1; 16]), epoch, seq: 1 };
    engine.journal.set_verdict(id, Some(("parked".to_owned(), "run_unknown".to_owned())));
    let row = engine.trust_view().attention_rows.remove(0);
    assert_eq!((row.verdict.as_str(), row.code.as_str()), ("parked", "run_unknown"));
    assert_eq!(row.kind.as_deref(), Some("arrived"));
    assert_eq!(row.due.unwrap().0 - row.at.unwrap().0, 72 * 3_600_000);
}
