//! The store's verbs: rules that are kept, one effect, and no gap.

use waybill_core::case::{RaisedCase, Trigger};
use waybill_core::id::{BlobHash, ChainHash, DeviceId, Epoch, JobId, RunId};
use waybill_core::job::{Job, JobStanding, RunHead};
use waybill_core::journal::{Genesis, Head};
use waybill_core::readiness::ReadinessVerdict;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::wire::Verdict;

use super::{Ground, counted};
use crate::api::view::{FeedEntry, PersonView};
use crate::error::HubError;
use crate::store::{BlobRow, Device, Fault, FreshFact, JobRow, Store, Tx, values};
use crate::testing::{job, job_id, key, run_id};

pub(super) const AT: Timestamp = Timestamp(1_795_161_600_000);
pub(super) const DEVICE: DeviceId = DeviceId([7; 16]);
pub(super) const EPOCH: Epoch = Epoch(u64::MAX);

pub(super) fn person(id: &str, depot: &str) -> PersonView {
    PersonView {
        person_id: id.parse().unwrap(),
        name: id.to_owned(),
        role: Role::Driver,
        depots: vec![depot.parse().unwrap()],
    }
}

pub(super) fn head(run_id: &RunId, depot: &str) -> RunHead {
    RunHead {
        run_id: run_id.clone(),
        depot_id: depot.parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "dora".parse().unwrap(),
    }
}

fn job_row(id: &JobId) -> JobRow {
    let put = job(id.as_str());
    let job = Job {
        job_id: id.clone(),
        spec: put.spec,
        window: put.window,
        note: put.note,
        standing: JobStanding::Planned,
        rank: -1,
        site_note: String::new(),
        pin: None,
        added: None,
    };
    JobRow { job, has_conflict: true }
}

/// A store with a person, a run of one job, a device and an epoch of it.
pub(super) fn seeded(ground: &impl Ground) -> Store {
    let store = ground.store().unwrap();
    store
        .write(|tx| {
            tx.put_person(&person("dora", "leeds"), None, None)?;
            tx.put_run(&head(&run_id(), "leeds"), b"document", &[[1; 32], [2; 32]])?;
            tx.put_job(&run_id(), &job_row(&job_id()))?;
            let device = Device {
                id: DEVICE,
                key: key(7).public(),
                person_id: "dora".parse().unwrap(),
                role: Role::Driver,
                depot_id: "leeds".parse().unwrap(),
                is_revoked: false,
            };
            tx.put_device(&device, "Van 7", &[7; 32], AT)?;
            assert!(tx.put_epoch(&genesis())?);
            Ok::<_, HubError>(())
        })
        .unwrap();
    store
}

fn genesis() -> Genesis {
    Genesis { device: DEVICE, epoch: EPOCH, after: None }
}

pub(super) fn fact(seq: u64, bytes: &[u8], accepted_no: Option<u64>) -> FreshFact<'_> {
    FreshFact {
        device_id: DEVICE,
        head: Head { epoch: EPOCH, seq, hash: ChainHash([u8::try_from(seq).unwrap(); 32]) },
        bytes,
        run_id: None,
        job_id: None,
        kind: "unknown",
        blob: None,
        verdict: if accepted_no.is_some() { Verdict::Accepted } else { Verdict::Parked },
        code: "",
        accepted_no,
    }
}

pub(super) fn fault(done: Result<impl Sized, HubError>) -> Option<Fault> {
    match done {
        Err(HubError::Store(error)) => Some(error.fault),
        _ => None,
    }
}

pub(in crate::store) fn what_breaks_a_rule_says_which_kind(ground: &impl Ground) {
    let store = seeded(ground);
    let add = |epoch: Epoch, seq, accepted_no| {
        store.write(|tx| {
            let mut fact = fact(seq, b"fact", accepted_no);
            fact.head.epoch = epoch;
            tx.add_facts([fact], AT)
        })
    };
    add(EPOCH, 1, Some(1)).unwrap();
    assert_eq!(fault(add(EPOCH, 1, Some(2))), Some(Fault::Unique), "a number used twice");
    assert_eq!(fault(add(EPOCH, 2, Some(1))), Some(Fault::Unique), "an acceptance used twice");
    assert_eq!(fault(add(Epoch(1), 1, Some(2))), Some(Fault::Foreign), "an epoch of nobody");
    assert_eq!(fault(add(EPOCH, 0, Some(2))), Some(Fault::Check), "a fact before the first");
    let nobody = store.write(|tx| tx.put_job(&"R9".parse().unwrap(), &job_row(&job_id())));
    assert_eq!(fault(nobody), Some(Fault::Foreign), "a job of no run");
    let kept = store.read(|tx| counted(tx, "SELECT COUNT(*) FROM facts", values![]));
    assert_eq!(kept.unwrap(), 1, "a refused row is there");
    add(EPOCH, 2, Some(2)).unwrap();
}

pub(in crate::store) fn what_is_there_already_is_settled_as_the_statement_says(
    ground: &impl Ground,
) {
    let store = seeded(ground);
    let (hash, blob) = (BlobHash([3; 32]), BlobRow { size: 5, mime: "image/jpeg".to_owned() });
    store
        .write(|tx| {
            assert!(!tx.put_epoch(&genesis())?, "an epoch began twice");
            tx.put_blob(hash, &blob, AT)?;
            tx.put_blob(hash, &BlobRow { size: 6, ..blob.clone() }, AT)?;
            assert_eq!(tx.get_blob(hash)?, Some(blob), "the later one took its place");
            tx.put_upload(DEVICE, hash, 5, AT)?;
            tx.put_upload(DEVICE, hash, 6, AT)?;
            assert_eq!(tx.get_upload(DEVICE, hash)?, Some(6), "the later one is not there");
            let job = JobRow { has_conflict: false, ..job_row(&job_id()) };
            tx.put_job(&run_id(), &job)?;
            assert_eq!(tx.get_job(&run_id(), &job_id())?, Some(job));
            assert_eq!(counted(tx, "SELECT COUNT(*) FROM jobs", values![])?, 1);
            Ok::<_, HubError>(())
        })
        .unwrap();
}

fn entry(seq: i64) -> FeedEntry {
    let put = job(job_id().as_str());
    FeedEntry {
        store_epoch: 1,
        seq,
        run_id: run_id(),
        job_id: job_id(),
        order: put.spec.order,
        customer: put.spec.customer,
        revision: u32::try_from(seq).unwrap(),
        supersedes: None,
        verdict: ReadinessVerdict::Ready,
        reasons: vec![],
        act_at_ms: None,
        waited_ms: None,
        published_at_ms: AT,
        lines: vec![],
        cash_due: None,
        proof: vec![],
        facts: vec![],
        content: String::new(),
        payments: vec![],
    }
}

pub(in crate::store) fn the_feed_has_no_gap_where_writes_failed(ground: &impl Ground) {
    let store = seeded(ground);
    for round in 0..12 {
        let done = store.write(|tx| {
            tx.add_entry(&entry(tx.last_feed_seq()? + 1), &[9; 32])?;
            if round % 3 == 0 { Err(HubError::Dice) } else { Ok(()) }
        });
        assert_eq!(done.is_err(), round % 3 == 0);
    }
    let feed = store.read(|tx| tx.list_feed(0, 100, None)).unwrap();
    let seqs: Vec<_> = feed.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, (1..=8).collect::<Vec<_>>());
    let page = store.read(|tx| tx.list_feed(3, 2, None)).unwrap();
    assert_eq!(page.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [4, 5]);
}

pub(in crate::store) fn what_is_said_twice_has_one_effect(ground: &impl Ground) {
    let store = seeded(ground);
    store.write(|tx| tx.add_facts([fact(1, b"fact", Some(1))], AT)).unwrap();
    for _ in 0..2 {
        store
            .write(|tx| {
                tx.put_seal(DEVICE, EPOCH, 1, &[1; 64])?;
                tx.add_audit_once(AT, "ada", "once", "it")?;
                let kept = tx.add_quarantine(DEVICE, &[4; 32], ("code", b"bytes"), AT, 1)?;
                assert!(kept, "the same bytes again need no room");
                tx.put_backup(AT, "backup")
            })
            .unwrap();
    }
    store
        .write(|tx| {
            tx.put_seal(DEVICE, EPOCH, 1, &[2; 64])?;
            assert_eq!(tx.get_seal(DEVICE, EPOCH, 1)?, Some((1, vec![1; 64])), "a seal changed");
            assert!(!tx.add_quarantine(DEVICE, &[5; 32], ("code", b"more"), AT, 1)?);
            assert_eq!(counted(tx, "SELECT COUNT(*) FROM quarantine", values![])?, 1);
            assert_eq!(counted(tx, "SELECT COUNT(*) FROM backups", values![])?, 1);
            let sql = "SELECT COUNT(*) FROM audit WHERE act = 'once'";
            assert_eq!(counted(tx, sql, values![])?, 1);
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn a_journal_is_kept_by_its_numbers(ground: &impl Ground) {
    let store = seeded(ground);
    store
        .write(|tx| {
            assert_eq!(tx.get_head(DEVICE, EPOCH)?, None);
            let facts =
                [fact(1, b"one", Some(1)), fact(2, b"two", None), fact(3, b"three", Some(2))];
            tx.add_facts(facts, AT)?;
            assert_eq!(tx.get_epoch(DEVICE, EPOCH)?, Some(genesis()), "an epoch keeps its bits");
            let head = Head { epoch: EPOCH, seq: 3, hash: ChainHash([3; 32]) };
            assert_eq!(tx.get_head(DEVICE, EPOCH)?, Some(head));
            let hashes = tx.list_hashes(DEVICE, EPOCH, (2, u64::MAX))?;
            assert_eq!(hashes.keys().copied().collect::<Vec<_>>(), [2, 3]);
            assert_eq!(tx.newest_accepted()?, 2);
            let verdicts = tx.list_verdicts(DEVICE, AT, 10)?;
            assert_eq!(verdicts.iter().map(|each| each.seq).collect::<Vec<_>>(), [2]);
            let id = waybill_core::id::FactId { device: DEVICE, epoch: EPOCH, seq: 2 };
            tx.settle_parked(id, Verdict::Accepted, "", AT)?;
            assert_eq!(tx.newest_accepted()?, 3, "an acceptance is numbered behind the others");
            assert_eq!(tx.count_verdict(DEVICE, Verdict::Parked)?, 0);
            assert_eq!(tx.list_epochs()?, [(genesis(), 3)]);
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn bytes_in_a_fact_of_an_unknown_kind_are_found(ground: &impl Ground) {
    let store = seeded(ground);
    let hash = BlobHash([0; 32]);
    let holding = [&b"\0before\0"[..], &hash.0, b"after"].concat();
    let almost = [&b"before"[..], &hash.0[1..]].concat();
    store
        .write(|tx| {
            tx.add_facts([fact(1, &almost, None), fact(2, b"", None)], AT)?;
            assert!(!tx.is_named_by(hash, DEVICE)?);
            tx.add_facts([fact(3, &holding, None), fact(4, b"", None)], AT)?;
            assert!(tx.is_named_by(hash, DEVICE)?);
            assert!(!tx.is_named_by(hash, DeviceId([8; 16]))?, "another device named it");
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn a_case_opens_again_only_when_it_was_closed(ground: &impl Ground) {
    let store = seeded(ground);
    let trigger = Trigger::ALL[0];
    let raised = |at: i64| {
        let (severity, owner) = (trigger.severity(), trigger.owner());
        RaisedCase { trigger, severity, owner, raised_at: Timestamp(at), due_at: Timestamp(at) }
    };
    store
        .write(|tx| {
            let due = |tx: &Tx<'_>| tx.list_cases(&run_id(), &job_id());
            tx.open_case(&run_id(), &job_id(), &raised(1))?;
            tx.open_case(&run_id(), &job_id(), &raised(2))?;
            assert_eq!(due(tx)?, [(trigger, Timestamp(1))], "an open case began anew");
            tx.close_case(&run_id(), &job_id(), trigger, AT)?;
            assert_eq!(due(tx)?, []);
            tx.open_case(&run_id(), &job_id(), &raised(3))?;
            assert_eq!(due(tx)?, [(trigger, Timestamp(3))]);
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn a_depot_bounds_what_is_listed(ground: &impl Ground) {
    let store = seeded(ground);
    let other: RunId = "R2".parse().unwrap();
    store
        .write(|tx| {
            tx.put_run(&head(&other, "york"), b"document", &[])?;
            tx.put_person(&person("yves", "york"), Some("yves"), Some("hash"))?;
            let runs = |by: Option<&str>| {
                let by = by.map(|id| id.parse().unwrap());
                let runs = tx.list_runs("2026-11-20", by.as_ref())?;
                Ok::<_, HubError>(runs.into_iter().map(|run| run.run_id).collect::<Vec<_>>())
            };
            assert_eq!(runs(None)?, [run_id(), other.clone()]);
            assert_eq!(runs(Some("dora"))?, [run_id()]);
            assert_eq!(runs(Some("yves"))?, std::slice::from_ref(&other));
            let (leeds, dora) = ("leeds".parse().unwrap(), "dora".parse().unwrap());
            let scope = tx.list_scope(&leeds, Some(&dora), ("2026-11-17", "2026-11-20"), 9)?;
            assert_eq!(scope, [head(&run_id(), "leeds")]);
            assert_eq!(tx.get_heads(&run_id())?, [[1; 32], [2; 32]]);
            assert_eq!(tx.get_heads(&other)?, Vec::<[u8; 32]>::new());
            Ok::<_, HubError>(())
        })
        .unwrap();
}

pub(in crate::store) fn what_was_added_to_a_plan_is_found_by_its_heads(ground: &impl Ground) {
    let (store, run_id) = (seeded(ground), run_id());
    let [one, two, three, four] = [1, 2, 3, 4].map(|byte| vec![[byte; 32]]);
    let change = |byte: u8| vec![vec![byte], vec![]];
    store
        .write(|tx| {
            assert_eq!(tx.list_plan_changes(&run_id, (&one, &one))?, None);
            tx.add_plan_write(&run_id, (&one, &two), change(2))?;
            tx.add_plan_write(&run_id, (&two, &three), change(3))?;
            let all = [change(2), change(3)].concat();
            assert_eq!(tx.list_plan_changes(&run_id, (&one, &three))?, Some(all));
            assert_eq!(tx.list_plan_changes(&run_id, (&two, &three))?, Some(change(3)));
            assert_eq!(tx.list_plan_changes(&run_id, (&three, &three))?, Some(vec![]));
            assert_eq!(tx.list_plan_changes(&run_id, (&one, &two))?, None, "not the newest");
            assert_eq!(tx.list_plan_changes(&run_id, (&four, &three))?, None, "nobody's heads");
            // What is not behind the newest is no part of the row.
            tx.add_plan_write(&run_id, (&two, &four), change(4))?;
            assert_eq!(tx.first_plan_heads(&run_id)?, Some(two.clone()));
            assert_eq!(tx.list_plan_changes(&run_id, (&two, &four))?, Some(change(4)));
            Ok::<_, HubError>(())
        })
        .unwrap();
}
