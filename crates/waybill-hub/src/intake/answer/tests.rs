use waybill_core::plan::{Actor, PlanDoc};
use waybill_sync::changes::{lengthen, only};
use waybill_sync::code::Code;
use waybill_sync::wire::{PlanUp, SyncDown};

use crate::api::view::PatchJob;
use crate::hub::Asker;
use crate::testing::{Phone, World, job_id, run, run_id};

fn world() -> World {
    let world = World::new();
    assert!(world.put_run(&run(&["J1", "J2"])));
    world
}

/// A phone that holds the day's plan, and the plan.
fn planned(world: &World) -> (Phone, PlanDoc) {
    let mut phone = world.phone("dora", 5);
    let down = phone.sync(world);
    let actor = Actor::device(phone.device, phone.genesis.epoch);
    let plan = PlanDoc::load(&actor, down.plans[0].document.as_ref().unwrap()).unwrap();
    phone.plans =
        vec![PlanUp { run_id: run_id(), heads: down.plans[0].heads.clone(), changes: vec![] }];
    (phone, plan)
}

fn patch(world: &World, note: &str) {
    let patch = PatchJob { note: Some(note.to_owned()), ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &patch).unwrap();
}

fn store(world: &World, sql: &str) {
    let file = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    assert!(file.execute(sql, []).unwrap() > 0, "{sql}");
}

#[test]
fn a_phone_is_sent_what_it_lacks_without_its_document_being_read() {
    let world = world();
    let (mut phone, mut plan) = planned(&world);
    let mut moments = vec![plan.heads()];
    for note in ["one", "two", "three"] {
        patch(&world, note);
        let down = phone.sync(&world).plans.remove(0);
        plan.apply(&lengthen(only(&moments[0]), &down.changes).unwrap()).unwrap();
        moments.push(plan.heads());
    }
    let answers = |phone: &mut Phone| -> Vec<SyncDown> {
        let ask = |heads: &Vec<[u8; 32]>| {
            phone.plans[0].heads = heads.iter().map(|head| head.to_vec().into()).collect();
            phone.sync(&world)
        };
        moments.iter().map(ask).collect()
    };
    let plans = |answers: Vec<SyncDown>| answers.into_iter().map(|down| down.plans).collect();
    let kept: Vec<_> = plans(answers(&mut phone));
    assert_eq!(kept[0][0].changes.len(), 3);
    assert_eq!(kept[3], []);
    store(&world, "UPDATE plans SET document = x'00'");
    let unread: Vec<Vec<_>> = plans(answers(&mut phone));
    assert_eq!(unread, kept, "an answer read the document");
    store(&world, "DELETE FROM plan_writes");
    assert!(phone.say(&world, &phone.up(vec![])).is_ok(), "who lacks nothing is told so");
    phone.plans[0].heads = moments[0].iter().map(|head| head.to_vec().into()).collect();
    assert_eq!(phone.say(&world, &phone.up(vec![])), Err(Code::StoreFailed));
}

#[test]
fn a_store_from_before_there_were_plan_writes_answers_the_same() {
    let world = world();
    let (phone, _) = planned(&world);
    store(&world, "DELETE FROM plan_writes");
    for (note, count) in [("one", 1), ("two", 2)] {
        patch(&world, note);
        let down = phone.sync(&world);
        assert_eq!((down.plans[0].document.is_some(), down.plans[0].changes.len()), (false, count));
        if count == 1 {
            // The heads that the phone names were the document's when the first row was written.
            store(&world, "UPDATE plan_writes SET heads = zeroblob(32) WHERE no = 1");
        }
    }
}

#[test]
fn of_many_writes_the_newest_are_kept_and_the_rest_is_in_the_document() {
    let world = world();
    let (phone, _) = planned(&world);
    for number in 0..205 {
        patch(&world, &number.to_string());
    }
    let file = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    let sql = "SELECT COUNT(*) FROM plan_writes";
    assert_eq!(file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap(), 200);
    let down = phone.sync(&world);
    assert_eq!((down.plans[0].document.is_some(), down.plans[0].changes.len()), (false, 205));
    assert_eq!(world.hub.check_views().unwrap(), []);
}
