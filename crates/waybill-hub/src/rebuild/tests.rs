use waybill_core::fact::{Body, Failed, LineOutcome, Messaged, Undone};
use waybill_core::job::JobStanding;

use crate::api::matter::CloseMatter;
use crate::api::view::PatchJob;
use crate::error::HubError;
use crate::hub::Asker;
use crate::testing::{
    PHOTO, STROKES, World, arrived, delivered, job_id, photo, run, run_id, signed,
};

fn said(text: &str) -> Messaged {
    Messaged { preset: String::new(), text: text.to_owned() }
}

/// A day on which a good deal went wrong.
fn day() -> World {
    let world = World::new();
    world.put_run(&run(&["J1", "J2", "J3"]));
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), photo(), delivered()] {
        phone.record(&body);
        phone.sync(&world);
        world.pass(60_000);
    }
    phone.upload(&world, STROKES).unwrap();
    phone.upload(&world, PHOTO).unwrap();
    let reason = "nobody_there".to_owned();
    let mut other = world.phone("dan", 7);
    let failed = other.record(&Body::Failed(Failed {
        reason,
        note: String::new(),
        policy: 1,
        anyway: None,
    }));
    other.sync(&world);
    world.pass(60_000);
    other.record(&Body::Undone(Undone { fact_id: failed, reason: "wrong door".to_owned() }));
    other.sync(&world);
    world.pass(60_000);
    for text in ["the ramp is broken", "never mind", "call me back"] {
        phone.record_of_run(60_000, &Body::Messaged(said(text)));
    }
    phone.sync(&world);
    world.pass(60_000);
    let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
    let fact_id = page.matters[1].fact_id.clone();
    let close = CloseMatter { fact_id, note: "nothing to do".to_owned() };
    world.hub.close_matter(&Asker::Console, &run_id(), &close).unwrap();
    let cancel = PatchJob { standing: Some(JobStanding::Cancelled), ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &cancel).unwrap();
    world.pass(60_000);
    world
}

/// Every row of the views and of the feed, as text.
fn rows(world: &World) -> Vec<String> {
    let store = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    let mut rows = Vec::new();
    for table in ["runs", "plans", "plan_writes", "jobs", "job_states", "cases", "feed", "matters"]
    {
        let mut query = store.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2")).unwrap();
        let columns = query.column_count();
        let read = query.query_map([], |row| {
            let values: Result<Vec<rusqlite::types::Value>, _> =
                (0..columns).map(|at| row.get(at)).collect();
            Ok(format!("{table} {:?}", values?))
        });
        rows.extend(read.unwrap().map(Result::unwrap));
    }
    rows
}

fn damage(world: &World, sql: &str) {
    let store = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    store.pragma_update(None, "foreign_keys", true).unwrap();
    assert!(store.execute(sql, []).unwrap() > 0, "{sql}");
}

fn told(found: Result<Vec<crate::api::upkeep::Difference>, HubError>) -> Vec<String> {
    found.unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn a_rebuild_of_sound_views_changes_nothing() {
    let world = day();
    let before = rows(&world);
    assert_eq!(told(world.hub.check_views()), [""; 0]);
    assert_eq!(told(world.hub.rebuild()), [""; 0]);
    assert_eq!(rows(&world), before);
}

#[test]
fn a_damaged_view_is_found_by_the_check_and_mended_by_the_rebuild() {
    let cases = [
        ("UPDATE job_states SET status = 'failed' WHERE job_id = 'J1'", "job_states R1/J1"),
        ("UPDATE job_states SET readiness = '?' WHERE job_id = 'J1'", "job_states R1/J1"),
        ("DELETE FROM job_states WHERE job_id = 'J2'", "job_states R1/J2"),
        ("UPDATE jobs SET note = 'forged' WHERE job_id = 'J2'", "jobs R1/J2"),
        ("UPDATE jobs SET spec = x'00' WHERE job_id = 'J3'", "jobs R1/J3"),
        ("UPDATE runs SET day = '2026-11-21'", "runs R1"),
        ("UPDATE plans SET heads = zeroblob(32)", "runs R1"),
        ("DELETE FROM matters WHERE closed_at_ms IS NULL", "matters R1"),
        ("UPDATE matters SET text = 'forged', due_at_ms = 0", "matters R1"),
        ("UPDATE matters SET matter_word = '?'", "matters R1"),
    ];
    for (sql, found) in cases {
        let world = day();
        let before = rows(&world);
        damage(&world, sql);
        let damaged = rows(&world);
        assert_eq!(told(world.hub.check_views()), [found], "{sql}");
        assert_eq!(rows(&world), damaged, "a check changes nothing: {sql}");
        assert_eq!(told(world.hub.rebuild()), [found], "{sql}");
        assert_eq!(rows(&world), before, "{sql}");
    }
}

#[test]
fn forged_plan_writes_are_found_and_begun_anew() {
    for sql in [
        "UPDATE plan_writes SET changes = x'80' WHERE no = 2",
        "UPDATE plan_writes SET changes = x'FF' WHERE no = 2",
        "UPDATE plan_writes SET heads = zeroblob(32) WHERE no = 1",
        "DELETE FROM plan_writes WHERE no = 2",
    ] {
        let world = day();
        damage(&world, sql);
        assert_eq!(told(world.hub.check_views()), ["plan_writes R1"], "{sql}");
        assert_eq!(told(world.hub.rebuild()), ["plan_writes R1"], "{sql}");
        assert_eq!(told(world.hub.rebuild()), [""; 0], "{sql}");
    }
}

#[test]
fn a_case_that_got_lost_is_open_again_with_the_time_at_which_it_was_due() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    let line = LineOutcome {
        item_id: "L1".parse().unwrap(),
        delivered: 1,
        refused: 3,
        damaged: 0,
        missing: 0,
        substituted: None,
        why: None,
    };
    phone.record(&Body::Delivered(waybill_core::fact::Delivered {
        lines: vec![line],
        policy: 1,
        method: waybill_core::proof::Method::default(),
    }));
    phone.sync(&world);
    world.pass(3_600_000);
    let before = rows(&world);
    damage(&world, "DELETE FROM cases");
    assert_eq!(told(world.hub.rebuild()), ["cases R1/J1"]);
    assert_eq!(rows(&world), before);
}

#[test]
fn the_feed_is_corrected_by_another_entry_and_never_rewritten() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), delivered()] {
        phone.record(&body);
    }
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    assert_eq!(world.feed(), [(1, 1, None, "ready")]);
    // A blob whose row is gone is not held: what was billed on it is not proven any more.
    damage(&world, "DELETE FROM blobs");
    let found = ["job_states R1/J1", "feed R1/J1"];
    assert_eq!(told(world.hub.check_views()), found);
    assert_eq!(world.feed().len(), 1);
    assert_eq!(told(world.hub.rebuild()), found);
    assert_eq!(world.feed(), [(1, 1, None, "ready"), (2, 2, Some(1), "blocked")]);
    assert_eq!(told(world.hub.check_views()), [""; 0]);
}
