use std::collections::BTreeSet;

use waybill_core::fact::{Body, Delivered, Failed, LineOutcome, Noted, Undone};
use waybill_core::id::Epoch;
use waybill_core::plan::{Actor, PlanDoc};
use waybill_core::proof::Method;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::limits::{FACTS_MAX, QUARANTINED_MAX};
use waybill_sync::wire::{PlanUp, SyncDown, Verdict};

use crate::api::view::PatchJob;
use crate::hub::{Asker, Hub};
use crate::testing::{
    MORNING, PHOTO, Phone, STROKES, World, arrived, delivered, job_id, options, photo, run, run_id,
    signed,
};
use waybill_core::job::JobStanding;

fn world() -> World {
    let world = World::new();
    assert!(world.put_run(&run(&["J1", "J2"])));
    world
}

fn verdicts(down: &SyncDown) -> Vec<(u64, Verdict, &str)> {
    let mut verdicts: Vec<_> =
        down.verdicts.iter().map(|each| (each.seq, each.verdict, each.code.as_str())).collect();
    verdicts.sort_unstable();
    verdicts
}

fn refused(down: &SyncDown) -> Vec<(&str, u64)> {
    down.refused.iter().map(|tail| (tail.code.as_str(), tail.held_seq)).collect()
}

/// A delivery with everything that it needs, sent.
fn deliver(world: &World, phone: &mut Phone) {
    for body in [arrived(), signed(), delivered()] {
        phone.record(&body);
    }
    phone.sync(world);
    phone.upload(world, STROKES).unwrap();
}

#[test]
fn a_receipt_names_exactly_what_was_sent() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.record(&signed());
    phone.blobs.push(waybill_core::journal::blob_hash(STROKES));
    let down = phone.sync(&world);
    let receipt = phone.receipt(&down);
    assert_eq!((receipt.heads, receipt.blobs), (vec![phone.head()], vec![]));
    assert_eq!(down.wanted, phone.blobs, "what a fact names and nobody has is asked for");
    assert_eq!(verdicts(&down), vec![]);
    phone.upload(&world, STROKES).unwrap();
    let down = phone.sync(&world);
    assert_eq!((phone.receipt(&down).blobs, down.wanted), (phone.blobs.clone(), vec![]));
}

#[test]
fn a_phone_that_lost_its_last_facts_hears_that_the_rest_is_held() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), delivered()] {
        phone.record(&body);
    }
    phone.sync(&world);
    // Restored from a backup it knows two of the three, and can compare no later hash than theirs.
    phone.facts.pop();
    let down = phone.sync(&world);
    assert_eq!(refused(&down), []);
    assert!(phone.receipt(&down).heads.contains(&phone.head()));
}

#[test]
fn saying_it_again_changes_nothing() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    deliver(&world, &mut phone);
    let before = (world.feed(), world.verdict());
    let down = phone.sync(&world);
    assert_eq!(phone.receipt(&down).heads, [phone.head()], "the receipt is given again");
    assert_eq!((world.feed(), world.verdict()), before);
    assert_eq!(before.0, [(1, 1, None, "ready")]);
}

#[test]
fn a_tail_that_is_not_the_phones_own_word_is_refused_and_kept() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    let mut forged = phone.tail(1);
    forged.facts[0] = b"another".to_vec().into();
    let down = phone.say(&world, &phone.up(vec![forged])).unwrap();
    assert_eq!(refused(&down), [("seal_invalid", 0)]);
    assert_eq!(phone.receipt(&down).heads, [], "nothing was taken, so nothing is receipted");
    let kept: i64 = rusqlite::Connection::open(world.dir.path().join("hub.db"))
        .unwrap()
        .query_row("SELECT COUNT(*) FROM quarantine", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, 1);
}

#[test]
fn a_fork_and_a_gap_are_refused_without_holding_up_another_life() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.sync(&world);
    phone.facts.clear();
    phone.record(&delivered());
    let fork = phone.tail(1);
    for _ in 0..3 {
        phone.record(&arrived());
    }
    let gap = phone.tail(4);
    phone.genesis.epoch = Epoch::after(Some(phone.genesis.epoch), 2);
    let fresh = phone.tail(1);
    let down = phone.say(&world, &phone.up(vec![fork, gap, fresh])).unwrap();
    assert_eq!(refused(&down), [("chain_forked", 1), ("chain_gap", 1)]);
    let heads = phone.receipt(&down).heads;
    assert!(heads.contains(&phone.head()), "the new life is taken: {heads:?}");
}

#[test]
fn what_cannot_be_read_is_quarantined_and_the_chain_goes_on() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    phone.record_bytes(b"no fact".to_vec());
    phone.record(&arrived());
    let down = phone.sync(&world);
    assert_eq!(verdicts(&down), [(1, Verdict::Quarantined, "fact_malformed")]);
    assert_eq!(phone.receipt(&down).heads, [phone.head()]);
}

#[test]
fn a_role_and_a_name_that_may_not_are_quarantined() {
    let world = world();
    let mut phone = world.phone("lou", 6);
    phone.record(&delivered());
    phone.record_as("dora".parse().unwrap(), run_id(), &photo());
    phone.record(&photo());
    let down = phone.sync(&world);
    let not_allowed = |seq| (seq, Verdict::Quarantined, "fact_not_allowed");
    assert_eq!(verdicts(&down), [not_allowed(1), not_allowed(2)]);
}

#[test]
fn a_fact_of_another_depots_run_is_quarantined() {
    let world = World::new();
    world.put_person("yan", waybill_core::role::Role::Driver, &["york"]);
    let mut elsewhere = run(&["J1"]);
    elsewhere.depot_id = "york".parse().unwrap();
    elsewhere.driver_id = "yan".parse().unwrap();
    world.put_run(&elsewhere);
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    let down = phone.sync(&world);
    assert_eq!(verdicts(&down), [(1, Verdict::Quarantined, "fact_not_allowed")]);
    assert_eq!(down.plans, [], "nor is the other depot's plan sent");
}

#[test]
fn a_kind_from_a_newer_phone_is_kept_and_passed_on() {
    let world = world();
    let (mut phone, mate) = (world.phone("dora", 5), world.phone("lou", 6));
    let newer = Body::Unknown { kind: 900 };
    phone.record(&newer);
    let down = phone.sync(&world);
    assert_eq!(verdicts(&down), []);
    let news = mate.sync(&world).news;
    let facts: Vec<_> = news.iter().map(|news| news.fact.to_vec()).collect();
    assert_eq!(facts, phone.facts, "byte for byte");
}

#[test]
fn a_fact_of_a_run_that_is_not_known_yet_waits_for_it() {
    let world = World::new();
    let mut phone = world.phone("dora", 5);
    deliver(&world, &mut phone);
    let down = phone.sync(&world);
    assert_eq!(verdicts(&down)[0], (1, Verdict::Parked, "run_unknown"));
    world.put_run(&run(&["J2"]));
    assert_eq!(verdicts(&phone.sync(&world))[0], (1, Verdict::Parked, "job_unknown"));
    world.put_run(&run(&["J1", "J2"]));
    assert_eq!(
        verdicts(&phone.sync(&world))[0],
        (1, Verdict::Accepted, ""),
        "the phone hears of it"
    );
    assert_eq!(world.verdict(), ("ready".to_owned(), vec![]));
    assert_eq!(world.feed(), [(1, 1, None, "ready")]);
}

#[test]
fn two_outcomes_are_a_question_for_the_office() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    deliver(&world, &mut phone);
    let mut other = world.phone("dan", 7);
    let reason = "out_of_time".to_owned();
    other.record(&Body::Failed(Failed { reason, note: String::new(), policy: 1, anyway: None }));
    other.sync(&world);
    assert_eq!(world.verdict(), ("blocked".to_owned(), vec!["two_outcomes".to_owned()]));
    assert_eq!(world.feed(), [(1, 1, None, "ready"), (2, 2, Some(1), "blocked")]);
}

#[test]
fn the_last_missing_blob_makes_a_job_ready() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), photo(), delivered()] {
        phone.record(&body);
    }
    phone.sync(&world);
    phone.upload(&world, PHOTO).unwrap();
    assert_eq!(world.verdict().0, "blocked", "the signature is on its way");
    phone.upload(&world, STROKES).unwrap();
    assert_eq!((world.verdict().0.as_str(), world.feed().len()), ("ready", 1));
}

#[test]
fn an_undo_supersedes_what_was_published() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    deliver(&world, &mut phone);
    let fact_id = phone.tail(1).facts.len() as u64;
    let fact_id =
        waybill_core::id::FactId { device: phone.device, epoch: phone.genesis.epoch, seq: fact_id };
    phone.record(&Body::Undone(Undone { fact_id, reason: "wrong stop".to_owned() }));
    phone.sync(&world);
    assert_eq!(world.feed(), [(1, 1, None, "ready"), (2, 2, Some(1), "blocked")]);
    let line = LineOutcome {
        item_id: "L1".parse().unwrap(),
        delivered: 3,
        refused: 0,
        damaged: 1,
        missing: 0,
        substituted: None,
        why: None,
    };
    phone.record(&Body::Delivered(Delivered {
        lines: vec![line],
        policy: 1,
        method: Method::default(),
    }));
    phone.sync(&world);
    assert_eq!(world.feed()[2], (3, 3, Some(2), "ready_with_difference"));
    assert_eq!(world.verdict().1, ["difference_to_plan"]);
}

#[test]
fn what_an_invoice_does_not_depend_on_is_not_published_and_what_it_does_is() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    let fact_id = phone.record(&photo());
    phone.sync(&world);
    phone.upload(&world, PHOTO).unwrap();
    deliver(&world, &mut phone);
    let note = Some("Ring twice".to_owned());
    let patch = PatchJob { note, ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &patch).unwrap();
    assert_eq!(world.feed(), [(1, 1, None, "ready")], "a note is no invoice's business");
    phone.record(&Body::Undone(Undone { fact_id, reason: "blurred".to_owned() }));
    phone.sync(&world);
    assert_eq!(world.feed()[1..], [(2, 2, Some(1), "ready")], "the proof is another");
}

#[test]
fn a_job_cancelled_while_it_was_delivered_stays_delivered_and_opens_a_case() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    deliver(&world, &mut phone);
    let patch = PatchJob { standing: Some(JobStanding::Cancelled), ..PatchJob::default() };
    let page = world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &patch).unwrap();
    assert_eq!(page.status, waybill_core::status::Status::Delivered);
    assert_eq!(world.verdict(), ("blocked".to_owned(), vec!["delivered_after_cancel".to_owned()]));
    let back = PatchJob { standing: Some(JobStanding::Planned), ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &back).unwrap();
    assert_eq!(
        world.verdict(),
        ("ready".to_owned(), vec![]),
        "a case that is not raised is closed"
    );
    assert_eq!(world.feed().len(), 3);
}

#[test]
fn a_fresh_phone_gets_its_day_and_an_idle_one_gets_nothing() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    let down = phone.sync(&world);
    let document = down.plans[0].document.clone().unwrap();
    let actor = Actor::device(phone.device, phone.genesis.epoch);
    let plan = PlanDoc::load(&actor, &document).unwrap().read().unwrap();
    assert_eq!(plan.jobs.len(), 2);
    let heads = down.plans[0].heads.clone();
    phone.plans.push(PlanUp { run_id: run_id(), heads, changes: vec![] });
    let down = phone.sync(&world);
    assert_eq!((down.plans, down.news, down.has_more), (vec![], vec![], false));
    let note = Some("Ring twice".to_owned());
    let patch = PatchJob { note, ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &patch).unwrap();
    let down = phone.sync(&world);
    assert_eq!((down.plans[0].document.is_some(), down.plans[0].changes.len()), (false, 1));
}

#[test]
fn evidence_that_is_held_already_proves_a_fact_that_comes_later() {
    let world = world();
    let other: waybill_core::id::RunId = "R2".parse().unwrap();
    world.hub.put_run(&Asker::Console, &other, &run(&["J1"])).unwrap();
    let mut phone = world.phone("dora", 5);
    phone.record(&signed());
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    for body in [arrived(), signed(), delivered()] {
        phone.record_as("dora".parse().unwrap(), other.clone(), &body);
    }
    phone.sync(&world);
    let page = world.hub.job_page(&Asker::Console, &other, &job_id()).unwrap();
    assert_eq!(page.readiness.verdict.word(), "ready");
    assert_eq!(world.hub.check_views().unwrap(), []);
}

#[test]
fn the_crew_reorders_and_touches_nothing_else() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    let down = phone.sync(&world);
    let actor = Actor::device(phone.device, phone.genesis.epoch);
    let mut plan = PlanDoc::load(&actor, down.plans[0].document.as_ref().unwrap()).unwrap();
    let theirs: Vec<[u8; 32]> = plan.heads();
    plan.move_job(&"J2".parse().unwrap(), None, Timestamp(MORNING)).unwrap();
    let changes = plan.changes_since(&theirs).unwrap().into_iter().map(Into::into).collect();
    let heads = down.plans[0].heads.clone();
    phone.plans = vec![PlanUp { run_id: run_id(), heads: heads.clone(), changes }];
    let down = phone.sync(&world);
    assert_eq!(down.plans[0].refused, None);
    let order = |world: &World| -> Vec<String> {
        let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
        page.jobs.iter().map(|job| job.job_id.to_string()).collect()
    };
    assert_eq!(order(&world), ["J2", "J1"]);

    let theirs = plan.heads();
    plan.set_note(&job_id(), "mine", Timestamp(MORNING)).unwrap();
    let changes = plan.changes_since(&theirs).unwrap().into_iter().map(Into::into).collect();
    phone.plans = vec![PlanUp { run_id: run_id(), heads, changes }];
    let down = phone.sync(&world);
    assert_eq!(down.plans[0].refused.as_deref(), Some("plan_not_allowed"));
    assert!(down.plans[0].document.is_some(), "the phone begins again from the hub's plan");
}

#[test]
fn other_phones_facts_come_once_and_all_of_them_with_a_new_run() {
    let world = world();
    let (mut phone, mut mate) = (world.phone("dora", 5), world.phone("lou", 6));
    phone.record(&arrived());
    phone.sync(&world);
    let down = mate.sync(&world);
    assert_eq!(down.news.len(), 1);
    mate.cursor = down.cursor;
    assert_eq!(mate.sync(&world).news.len(), 1, "a run that the phone does not list is new to it");
    let heads = down.plans[0].heads.clone();
    mate.plans.push(PlanUp { run_id: run_id(), heads, changes: vec![] });
    assert_eq!(mate.sync(&world).news.len(), 0);
    phone.record(&delivered());
    phone.sync(&world);
    assert_eq!(mate.sync(&world).news.len(), 1);
}

#[test]
fn a_run_that_goes_to_somebody_else_leaves_the_phone() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    let heads = phone.sync(&world).plans[0].heads.clone();
    phone.plans.push(PlanUp { run_id: run_id(), heads, changes: vec![] });
    phone.plans.push(PlanUp { run_id: "R9".parse().unwrap(), heads: vec![], changes: vec![] });
    let mut moved = run(&["J1", "J2"]);
    moved.driver_id = "dan".parse().unwrap();
    world.put_run(&moved);
    let left = phone.sync(&world).runs_left;
    assert_eq!(left, [run_id()], "of a run that nobody knows here nothing is said");
}

#[test]
fn a_run_older_than_three_days_leaves_the_phone() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    let heads = phone.sync(&world).plans[0].heads.clone();
    phone.plans.push(PlanUp { run_id: run_id(), heads, changes: vec![] });
    world.pass(3 * 86_400_000);
    assert_eq!(phone.sync(&world).runs_left, []);
    world.pass(86_400_000);
    assert_eq!(phone.sync(&world).runs_left, [run_id()]);
}

#[test]
fn what_is_no_request_has_a_code() {
    let world = world();
    let phone = world.phone("dora", 5);
    let say = |body: &[u8]| world.hub.sync(phone.device, body).map_err(|error| error.code());
    assert_eq!(say(b"<html>"), Err(Code::BodyMalformed));
    let mut newer = phone.up(vec![]);
    newer.version = 2;
    assert_eq!(phone.say(&world, &newer), Err(Code::VersionUnknown));
    world.hub.revoke(&Asker::Console, phone.device).unwrap();
    assert_eq!(phone.say(&world, &phone.up(vec![])), Err(Code::DeviceRevoked));
}

#[test]
fn after_a_restore_a_phone_is_told_and_reads_everything_again() {
    let world = world();
    let (mut phone, mut mate) = (world.phone("dora", 5), world.phone("lou", 6));
    phone.record(&arrived());
    phone.sync(&world);
    let down = mate.sync(&world);
    let heads = down.plans[0].heads.clone();
    mate.plans.push(PlanUp { run_id: run_id(), heads, changes: vec![] });
    mate.cursor = down.cursor;
    let World { hub, dir, .. } = world;
    drop(hub);
    let hub = Hub::open(dir.path(), crate::HubOptions { is_restored: true, ..options() }).unwrap();
    let up = waybill_sync::envelope::pack(&mate.up(vec![]));
    let down: SyncDown =
        waybill_sync::envelope::open("answer", &hub.sync(mate.device, &up).unwrap()).unwrap();
    assert!(down.store.epoch > 1);
    assert_eq!(down.news.len(), 1, "a cursor of another life counts for nothing");
}

/// Text that no packing makes much smaller.
fn noise(seed: u64, bytes: usize) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b' ' + u8::try_from(state % 94).unwrap())
    };
    (0..bytes).map(|_| next()).collect()
}

#[test]
fn a_phone_far_behind_catches_up_in_several_answers_that_all_fit() {
    let world = world();
    let (mut phone, mut mate) = (world.phone("dora", 5), world.phone("lou", 6));
    for round in 0..30 {
        let from = phone.facts.len() as u64 + 1;
        for note in 0..40 {
            let text = noise(round * 100 + note, if round < 4 { 8_000 } else { 40 });
            phone.record(&Body::Noted(Noted { text }));
        }
        phone.say(&world, &phone.up(vec![phone.tail(from)])).unwrap();
    }
    let (mut got, mut rounds) = (BTreeSet::new(), 0);
    loop {
        let down = mate.sync(&world);
        rounds += 1;
        got.extend(down.news.iter().map(|news| news.head.seq));
        if let Some(plan) = down.plans.first() {
            let heads = plan.heads.clone();
            mate.plans = vec![PlanUp { run_id: run_id(), heads, changes: vec![] }];
        }
        mate.cursor = down.cursor;
        if !down.has_more {
            break;
        }
        assert!(rounds < 20, "every answer takes the phone further");
    }
    assert_eq!(got.len(), phone.facts.len());
    assert!(rounds > 2, "it did not fit into two: {rounds}");
}

fn audited(world: &World, act: &str) -> Vec<String> {
    let db = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    let mut query = db.prepare("SELECT about FROM audit WHERE act = ? ORDER BY no").unwrap();
    let rows = query.query_map([act], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_driver_on_somebody_elses_run_counts_and_is_noted_once() {
    let world = world();
    let (mut own, mut shared) = (world.phone("dora", 5), world.phone("dan", 6));
    own.record(&arrived());
    own.sync(&world);
    for _ in 0..2 {
        shared.record(&photo());
        let down = shared.sync(&world);
        assert_eq!(verdicts(&down), [], "a shared shift is no fault");
    }
    assert_eq!(audited(&world, "foreign_run"), [format!("{} R1", shared.device)]);
}

#[test]
fn a_device_past_its_quota_of_broken_facts_keeps_them_itself() {
    let world = world();
    let (mut phone, mut mate) = (world.phone("dora", 5), world.phone("lou", 6));
    for round in 0..QUARANTINED_MAX / FACTS_MAX {
        for number in 0..FACTS_MAX {
            phone.record_bytes(format!("no fact {round} {number}").into_bytes());
        }
        let from = (round * FACTS_MAX) as u64 + 1;
        let down = phone.say(&world, &phone.up(vec![phone.tail(from)])).unwrap();
        assert_eq!(refused(&down), []);
    }
    let full = QUARANTINED_MAX as u64;
    let held = phone.head();
    phone.record_bytes(b"one more".to_vec());
    let down = phone.say(&world, &phone.up(vec![phone.tail(full + 1)])).unwrap();
    assert_eq!(refused(&down), [("quota_reached", full)]);
    assert_eq!(phone.receipt(&down).heads, [held], "what is not kept is not receipted");
    assert_eq!(phone.facts.pop().as_deref(), Some(b"one more".as_slice()));
    phone.record(&arrived());
    let down = phone.say(&world, &phone.up(vec![phone.tail(full + 1)])).unwrap();
    assert_eq!(refused(&down), [], "what breaks no rule still goes through");
    mate.record_bytes(b"no fact".to_vec());
    assert_eq!(refused(&mate.sync(&world)), [], "others are not held up");
}

#[test]
fn a_request_with_too_many_facts_leaves_nothing_behind() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    for _ in 0..FACTS_MAX {
        phone.record_bytes(b"no fact".to_vec());
    }
    let first = phone.tail(1);
    phone.facts.clear();
    phone.genesis.epoch = Epoch::after(Some(phone.genesis.epoch), 2);
    phone.record(&arrived());
    let both = phone.up(vec![phone.tail(1), first]);
    assert_eq!(phone.say(&world, &both).err(), Some(Code::BodyTooLarge));
    let down = phone.say(&world, &phone.up(vec![])).unwrap();
    assert_eq!((phone.receipt(&down).heads, verdicts(&down)), (vec![], vec![]));
}
