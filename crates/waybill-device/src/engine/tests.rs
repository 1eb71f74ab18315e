use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use waybill_core::fact::{LineCount, LineOutcome, PhotoCategory, SignerRole};
use waybill_core::id::{JobId, StoreId};
use waybill_core::job::{Address, Contact, Customer, Item, JobKind, JobSpec, JobStanding, RunHead};
use waybill_core::plan::PlanDoc;
use waybill_core::proof::Method;
use waybill_core::readiness::ReadinessVerdict;
use waybill_core::role::Role;
use waybill_core::status::{Status, Step};
use waybill_core::time::Reading;
use waybill_sync::enrol::Enrolled;
use waybill_sync::key::HubKey;

use super::*;

mod door;
mod hurt;

use crate::api::command::{Count, Deliver, Fail, MoveJob, OfJob, Reattempt, SaveDraft, Sign, Undo};
use crate::api::view::{JobView, Safety, Strokes};
use crate::clock::SystemDice;
use crate::media::Photo;
use crate::store::StoredPlan;

#[derive(Default)]
pub(crate) struct Ticking(AtomicU64);

impl Clock for Ticking {
    fn read(&self) -> Reading {
        let now = self.0.fetch_add(1_000, Ordering::SeqCst);
        Reading { wall_ms: Timestamp(now.cast_signed()), zone_min: 0, monotonic_ms: now }
    }
}

pub(crate) fn open(dir: &TempDir) -> Engine {
    Engine::open(dir.path(), Arc::new(Ticking::default()), Arc::new(SystemDice)).unwrap()
}

fn spec() -> JobSpec {
    let address = Address {
        line1: "63 Northgate".to_owned(),
        line2: String::new(),
        city: "Wakefield".to_owned(),
        postcode: String::new(),
        country: String::new(),
        at: None,
    };
    let item = Item {
        item_id: "1".parse().unwrap(),
        sku: String::new(),
        text: "Toner".to_owned(),
        quantity: 5,
        unit: "ea".to_owned(),
        code: String::new(),
        weight_g: 0,
    };
    JobSpec {
        kind: JobKind::Deliver,
        order: "SO1".to_owned(),
        customer: Customer { name: "Murphy".to_owned(), reference: String::new() },
        contact: Contact::default(),
        address,
        items: vec![item],
        proof: None,
        cash_due: None,
        terms: None,
        delivery_pin: None,
    }
}

/// A phone that is enrolled and holds a run of three jobs.
pub(crate) fn phone(role: Role) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let mut engine = open(&dir);
    let hub_key = HubKey::from_secret(&[7; 32]).public();
    let enrolled = Enrolled {
        device_id: "0".repeat(32),
        token: "t".to_owned(),
        company: "Acme".to_owned(),
        depot_id: "D1".parse().unwrap(),
        person_id: "P1".parse().unwrap(),
        person_name: "Priya".to_owned(),
        role,
        hub_key: hub_key.to_text(),
    };
    let url = "http://127.0.0.1:1".to_owned();
    let crew = Crew::new(DeviceId([1; 16]), hub_key, url, "Van 7".to_owned(), enrolled);
    engine.enrolled(crew).unwrap();
    let head = RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D1".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "P1".parse().unwrap(),
    };
    let office = Actor::hub(StoreId([9; 16]), 1);
    let mut plan = PlanDoc::create(&office, &head, Timestamp(0)).unwrap();
    for job in ["J1", "J2", "J3"] {
        plan.put_job(&job.parse().unwrap(), &spec(), None, "", Timestamp(0)).unwrap();
    }
    plan.set_standing(&"J3".parse().unwrap(), JobStanding::Cancelled, Timestamp(0)).unwrap();
    let hub_heads = plan.heads();
    let stored = StoredPlan { run_id: head.run_id, document: plan.save(), hub_heads };
    engine.store.put_plan(&stored).unwrap();
    engine.close().unwrap();
    dir
}

fn of(job: &str) -> OfJob {
    OfJob { run_id: "R1".parse().unwrap(), job_id: job.parse().unwrap() }
}

fn deliver(job: &str, lines: Vec<LineOutcome>) -> Deliver {
    let OfJob { run_id, job_id } = of(job);
    Deliver { run_id, job_id, lines, method: Method::default(), together: vec![] }
}

fn sign(job: &str) -> Sign {
    let strokes = Strokes { width: 300, height: 150, strokes: vec![vec![[1, 2, 0], [30, 40, 16]]] };
    Sign::plain(of(job), "Amina".to_owned(), SignerRole::Recipient, strokes)
}

pub(crate) fn photo(job: &str) -> NewPhoto {
    let photo = Photo { jpeg: b"\xff\xd8 a photo".to_vec(), width: 4, height: 3, looks: None };
    NewPhoto { of: of(job), category: PhotoCategory::Goods, item_id: None, photo }
}

fn code<T: std::fmt::Debug>(answer: Result<T, Problem>) -> String {
    answer.unwrap_err().code
}

fn row_ids(engine: &Engine) -> Vec<JobId> {
    let view = engine.run_view(&of("J1").run_id).unwrap();
    view.jobs.into_iter().map(|row| row.job_id).collect()
}

#[test]
fn a_delivery_survives_the_app_being_killed_at_any_moment() {
    let dir = phone(Role::Driver);
    let taps: [fn(&mut Engine); 4] = [
        |engine| drop(engine.step(&of("J1"), Step::Arrive).unwrap()),
        |engine| drop(engine.keep_photo(&photo("J1")).unwrap()),
        |engine| drop(engine.sign(&sign("J1")).unwrap()),
        |engine| drop(engine.deliver(&deliver("J1", vec![])).unwrap()),
    ];
    for (at, tap) in taps.into_iter().enumerate() {
        // Opened anew for every tap and never closed: each open is the one after a kill.
        let mut engine = open(&dir);
        assert_eq!(engine.job_view(&of("J1").run_id, &of("J1").job_id).unwrap().facts.len(), at);
        tap(&mut engine);
    }
    let view = open(&dir).job_view(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!((view.status, view.safety), (Status::Delivered, Safety::Phone));
    assert_eq!(view.readiness.verdict, ReadinessVerdict::Ready);
    assert_eq!(view.photos.len(), 1);
    assert_eq!(view.signature.unwrap().strokes.strokes.len(), 1);
}

#[test]
fn an_epoch_goes_on_only_after_a_clean_close_of_the_same_install() {
    let dir = phone(Role::Driver);
    let epochs = |engine: &Engine| engine.journal.epochs().count();
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::SetOut).unwrap();
    engine.close().unwrap();
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    assert_eq!(epochs(&engine), 1, "closed cleanly: the journal goes on");
    drop(engine);
    let mut engine = open(&dir);
    engine.step(&of("J2"), Step::Arrive).unwrap();
    assert_eq!(epochs(&engine), 2, "killed: a new epoch");
    engine.close().unwrap();
    std::fs::write(dir.path().join("vault/install.id"), b"another install").unwrap();
    let mut engine = open(&dir);
    engine.step(&of("J2"), Step::Fail).unwrap_err();
    engine.sign(&sign("J2")).unwrap();
    assert_eq!(epochs(&engine), 3, "a restored copy: a new epoch");
    let after = engine.journal.epochs().last().unwrap().genesis.after.unwrap();
    assert_eq!(after.seq, 1, "which names the last fact of the one before");
}

#[test]
fn what_may_not_be_done_is_refused_with_a_code_and_leaves_no_trace() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    assert_eq!(code(engine.deliver(&deliver("J1", vec![]))), "not_arrived");
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let line = |delivered, refused| LineOutcome {
        item_id: "1".parse().unwrap(),
        delivered,
        refused,
        damaged: 0,
        missing: 0,
        substituted: None,
        why: None,
    };
    assert_eq!(code(engine.deliver(&deliver("J1", vec![line(3, 1)]))), "sum_broken");
    assert_eq!(code(engine.step(&of("J3"), Step::Arrive)), "job_cancelled");
    assert_eq!(code(engine.step(&of("J9"), Step::Arrive)), "job_unknown");
    let empty = Sign { strokes: Strokes { width: 1, height: 1, strokes: vec![] }, ..sign("J1") };
    assert_eq!(code(engine.sign(&empty)), "signature_empty");
    let long = Sign { name: "x".repeat(2_001), ..sign("J1") };
    assert_eq!(code(engine.sign(&long)), "text_too_long");
    let fail = |reason: &str| Fail {
        run_id: of("J1").run_id,
        job_id: of("J1").job_id,
        reason: reason.to_owned(),
        note: String::new(),
        anyway: None,
    };
    assert_eq!(code(engine.fail(&fail("bored"))), "reason_unknown");
    assert_eq!(engine.journal.waiting(), 1, "only the arrival was written");
    engine.deliver(&deliver("J1", vec![line(3, 2)])).unwrap();
    assert_eq!(code(engine.deliver(&deliver("J1", vec![]))), "already_done", "a second tap");
    assert_eq!(code(engine.fail(&fail("closed"))), "already_done");
}

#[test]
fn finances_answer_is_known_before_the_goods_are_handed_over() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let blocked = engine.outlook(&deliver("J1", vec![])).unwrap();
    assert_eq!(blocked.verdict, ReadinessVerdict::Blocked, "the signature is missing");
    engine.sign(&sign("J1")).unwrap();
    let ready = engine.outlook(&deliver("J1", vec![])).unwrap();
    assert_eq!(ready.verdict, ReadinessVerdict::Ready);
    let line = LineOutcome {
        item_id: "1".parse().unwrap(),
        delivered: 3,
        refused: 2,
        damaged: 0,
        missing: 0,
        substituted: None,
        why: None,
    };
    let differs = engine.outlook(&deliver("J1", vec![line.clone()])).unwrap();
    engine.deliver(&deliver("J1", vec![line])).unwrap();
    let view = engine.job_view(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!(view.readiness, differs, "what was foretold is what came");
}

#[test]
fn a_loader_loads_and_does_not_deliver() {
    let dir = phone(Role::Loader);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Load).unwrap();
    assert_eq!(code(engine.step(&of("J1"), Step::Arrive)), "role_not_allowed");
    let moved = MoveJob { run_id: of("J1").run_id, job_id: of("J2").job_id, behind: None };
    assert_eq!(code(engine.move_job(&moved)), "role_not_allowed");
}

#[test]
fn a_delivery_can_be_undone_once() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let saved = engine.deliver(&deliver("J1", vec![])).unwrap();
    let undo = Undo {
        run_id: of("J1").run_id,
        job_id: of("J1").job_id,
        fact_id: saved.fact_id,
        reason: "wrong door".to_owned(),
    };
    engine.undo(&undo).unwrap();
    assert_eq!(engine.state(&undo.run_id, &undo.job_id).unwrap().status, Status::Arrived);
    assert_eq!(code(engine.undo(&undo)), "nothing_to_undo");
    let nonsense = Undo { fact_id: "not a fact".to_owned(), ..undo };
    assert_eq!(code(engine.undo(&nonsense)), "nothing_to_undo");
}

#[test]
fn a_reorder_survives_a_kill_and_its_epoch_is_told_to_the_hub() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let moved = MoveJob { run_id: of("J1").run_id, job_id: of("J2").job_id, behind: None };
    engine.move_job(&moved).unwrap();
    drop(engine);
    let mut engine = open(&dir);
    let expected: Vec<JobId> = ["J2", "J1", "J3"].map(|id| id.parse().unwrap()).to_vec();
    assert_eq!(row_ids(&engine), expected);
    let asked = engine.ask().unwrap();
    let up: waybill_sync::wire::SyncUp =
        waybill_sync::envelope::open("message", &asked.body).unwrap();
    assert_eq!((up.plans[0].changes.len(), up.tails.len()), (1, 1));
}

#[test]
fn a_draft_goes_with_the_outcome_it_became() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let draft = Some("half a stroke".to_owned());
    let save = SaveDraft { run_id: of("J1").run_id, job_id: of("J1").job_id, draft };
    engine.save_draft(&save).unwrap();
    drop(engine);
    let mut engine = open(&dir);
    let view = |engine: &Engine| engine.job_view(&of("J1").run_id, &of("J1").job_id).unwrap();
    assert_eq!(view(&engine).draft.as_deref(), Some("half a stroke"));
    engine.step(&of("J1"), Step::Arrive).unwrap();
    engine.sign(&sign("J1")).unwrap();
    assert!(view(&engine).draft.is_some(), "there may be more in it than the signature");
    engine.deliver(&deliver("J1", vec![])).unwrap();
    assert_eq!(view(&engine).draft, None);
}

#[test]
fn an_answer_that_is_not_the_hubs_changes_nothing() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let asked = engine.ask().unwrap();
    assert_eq!(code(engine.hear(&asked, b"<html>Welcome to FreeWifi</html>")), "hub_not_itself");
    assert_eq!(code(engine.hear(&asked, b"")), "hub_not_itself");
    assert_eq!(engine.journal.waiting(), 1, "nothing counts as received");
}

#[test]
fn who_is_at_the_door_when_the_office_cancels_can_still_say_what_happened() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J2"), Step::Arrive).unwrap();
    let book = engine.books.get_mut(&of("J2").run_id).unwrap();
    book.doc.set_standing(&of("J2").job_id, JobStanding::Cancelled, Timestamp(9)).unwrap();
    book.reread(&engine.policies).unwrap();
    let view = engine.job_view(&of("J2").run_id, &of("J2").job_id).unwrap();
    assert!(view.steps.contains(&Step::Deliver) && view.steps.contains(&Step::Fail));
    engine.deliver(&deliver("J2", vec![])).unwrap();
    let view = engine.job_view(&of("J2").run_id, &of("J2").job_id).unwrap();
    assert_eq!((view.status, view.standing), (Status::Delivered, JobStanding::Cancelled));
}

#[test]
fn a_scan_of_nothing_is_no_fact() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let scan = |code: &str, quantity| crate::api::command::Scan {
        run_id: of("J1").run_id,
        job_id: of("J1").job_id,
        code: code.to_owned(),
        quantity,
        is_typed: false,
    };
    for nothing in [scan(" ", 1), scan("123", 0), scan("123", u32::MAX)] {
        assert_eq!(code(engine.scan(&nothing)), "fields_invalid");
    }
    engine.scan(&scan("123", 1)).unwrap();
    assert_eq!(engine.journal.waiting(), 1);
}

#[test]
fn what_the_hub_refused_goes_after_what_it_would_take() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let refused = engine.journal.current().unwrap();
    let id = FactId { device: DeviceId([1; 16]), epoch: refused, seq: 1 };
    let verdict = ("quarantined".to_owned(), "chain_forked".to_owned());
    engine.journal.set_verdict(id, Some(verdict));
    drop(std::mem::replace(&mut engine, open(&dir)));
    engine.journal.set_verdict(id, Some(("quarantined".to_owned(), "chain_forked".to_owned())));
    engine.step(&of("J2"), Step::Arrive).unwrap();
    let asked = engine.ask().unwrap();
    assert_eq!(asked.epochs.last(), Some(&refused));
    assert_eq!(asked.epochs.len(), 2);
}

fn count(job: &str, quantity: u32) -> Count {
    let line = LineCount { item_id: "1".parse().unwrap(), quantity };
    Count { run_id: of(job).run_id, job_id: of(job).job_id, lines: vec![line] }
}

fn closed(job: &str) -> Fail {
    let (run_id, job_id) = (of(job).run_id, of(job).job_id);
    Fail {
        run_id,
        job_id,
        reason: "closed".to_owned(),
        note: String::new(),
        anyway: Some("no_number".to_owned()),
    }
}

fn view(engine: &Engine, job: &str) -> JobView {
    engine.job_view(&of(job).run_id, &of(job).job_id).unwrap()
}

#[test]
fn a_recount_replaces_the_count_before_it_whichever_is_larger() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    for quantity in [4, 2, 5, 3] {
        engine.count(&count("J1", quantity)).unwrap();
        let item = view(&engine, "J1").items.remove(0);
        assert_eq!((item.loaded, item.is_counted), (quantity, true));
    }
    drop(engine);
    let mut engine = open(&dir);
    assert_eq!(view(&engine, "J1").items[0].loaded, 3, "also after a kill");
    let strange = LineCount { item_id: "9".parse().unwrap(), quantity: 1 };
    let nothing = Count { lines: vec![], ..count("J1", 0) };
    let twice = Count { lines: vec![count("J1", 1).lines.remove(0); 2], ..count("J1", 0) };
    for wrong in [Count { lines: vec![strange], ..count("J1", 0) }, nothing, twice] {
        assert_eq!(code(engine.count(&wrong)), "fields_invalid");
    }
    engine.step(&of("J1"), Step::Arrive).unwrap();
    engine.deliver(&deliver("J1", vec![])).unwrap();
    assert_eq!(code(engine.count(&count("J1", 1))), "already_done");
    assert!(!view(&engine, "J1").may.count);
}

#[test]
fn a_loader_counts_and_takes_back_only_what_they_wrote() {
    let dir = phone(Role::Loader);
    let mut engine = open(&dir);
    engine.count(&count("J1", 4)).unwrap();
    engine.count(&count("J1", 3)).unwrap();
    assert_eq!(view(&engine, "J1").items[0].loaded, 3);
    let own = engine.step(&of("J1"), Step::Load).unwrap();
    let reason = "wrong van".to_owned();
    let (run_id, job_id) = (of("J1").run_id, of("J1").job_id);
    let undo =
        Undo { run_id: run_id.clone(), job_id: job_id.clone(), fact_id: own.fact_id, reason };
    engine.undo(&undo).unwrap();
    let foreign = FactId { device: DeviceId([7; 16]), epoch: Epoch(1), seq: 1 };
    let person = "P2".parse().unwrap();
    let body = waybill_core::fact::Body::Loaded(waybill_core::fact::Plain {});
    let act = Reading { wall_ms: Timestamp(1), zone_min: 0, monotonic_ms: 1 };
    let fact = Fact::new(run_id.clone(), Some(job_id), person, act, None, &body);
    engine.books.get_mut(&run_id).unwrap().put_fact(foreign, fact);
    let undo = Undo { fact_id: foreign.to_string(), ..undo };
    assert_eq!(code(engine.undo(&undo)), "role_not_allowed");
}

#[test]
fn a_failed_visit_can_be_tried_again_and_its_goods_come_home() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let again = |job: &str| Reattempt {
        run_id: of(job).run_id,
        job_id: of(job).job_id,
        reason: "customer_back".to_owned(),
    };
    assert_eq!(code(engine.reattempt(&again("J1"))), "out_of_turn", "nothing has failed");
    engine.step(&of("J1"), Step::Arrive).unwrap();
    engine.fail(&closed("J1")).unwrap();
    let shown = view(&engine, "J1");
    assert!(shown.steps.contains(&Step::Reattempt) && shown.steps.contains(&Step::Return));
    engine.reattempt(&again("J1")).unwrap();
    let shown = view(&engine, "J1");
    assert!(shown.outcome.is_none() && shown.steps.contains(&Step::Arrive), "{:?}", shown.steps);
    engine.step(&of("J1"), Step::Arrive).unwrap();
    engine.fail(&closed("J1")).unwrap();
    engine.step(&of("J1"), Step::Return).unwrap();
    assert_eq!(view(&engine, "J1").status, Status::Returned);
    assert_eq!(code(engine.reattempt(&again("J1"))), "already_done");
}

#[test]
fn how_goods_are_handed_over_decides_what_is_asked_for() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    assert!(view(&engine, "J1").methods.is_empty(), "nobody is at the door");
    engine.step(&of("J1"), Step::Arrive).unwrap();
    let methods = view(&engine, "J1").methods;
    let wants = |method| {
        let view = methods.iter().find(|view| view.method == method).unwrap();
        let wanted =
            view.proof.iter().filter(|row| row.need == waybill_core::proof::Need::Required);
        wanted.map(|row| row.proof.word()).collect::<Vec<_>>()
    };
    assert_eq!(wants(Method::Recipient), ["name", "signature"]);
    assert_eq!(wants(Method::SafePlace), ["photo"]);
    let left = Deliver { method: Method::SafePlace, ..deliver("J1", vec![]) };
    let foretold = engine.outlook(&left).unwrap();
    engine.deliver(&left).unwrap();
    let shown = view(&engine, "J1");
    assert_eq!(shown.readiness, foretold);
    assert_eq!(shown.outcome.unwrap().method, Method::SafePlace);
}
