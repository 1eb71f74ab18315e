use waybill_core::fact::{
    Body, CheckAnswer, Debriefed, Departed, Messaged, Plain, Undone, VehicleChecked,
};
use waybill_core::id::FactId;
use waybill_core::job::{Money, TEXT_BYTES_MAX};
use waybill_core::journal::blob_hash;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use crate::api::matter::{CloseMatter, QueueThing};
use crate::hub::Asker;
use crate::testing::{MORNING, STROKES, World, job_id, run, run_id};

const HOUR_MS: i64 = 3_600_000;

fn said(text: &str) -> Body {
    Body::Messaged(Messaged { preset: "call_me".to_owned(), text: text.to_owned() })
}

fn checked(is_good: bool) -> Body {
    let answer = |point: &str, is_good, note: &str| CheckAnswer {
        point: point.to_owned(),
        is_good,
        note: note.to_owned(),
    };
    let answers = vec![answer("tyres", is_good, "worn"), answer("lights", true, "")];
    Body::VehicleChecked(VehicleChecked { answers, policy: 1, odometer_km: Some(81_204) })
}

fn departed(lacks: &[&str]) -> Body {
    let lacks = lacks.iter().map(|lack| (*lack).to_owned()).collect();
    Body::Departed(Departed { manifest: [0; 32], lacks, reason: "late".to_owned(), policy: 1 })
}

fn debriefed(counted: i64) -> Body {
    let money = |minor| vec![Money { minor, currency: "GBP".to_owned() }];
    Body::Debriefed(Debriefed {
        digest: [0; 32],
        expected: money(5_000),
        counted: money(counted),
        units_aboard: 2,
        note: "one note is missing".to_owned(),
        name: "Lou".to_owned(),
        role: Role::Loader,
        blob: blob_hash(STROKES),
    })
}

fn asker(world: &World, id: &str) -> Asker {
    let people = world.hub.people().unwrap().people;
    Asker::Person(people.into_iter().find(|person| person.person_id.as_str() == id).unwrap())
}

/// What the run's page says of its matters: the word, when it is due after the morning, whether it is open.
fn matters(world: &World) -> Vec<(&'static str, i64, bool)> {
    let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
    let told = page.matters.iter();
    told.map(|each| (each.matter.word(), each.due_at_ms.0 - MORNING, each.closing.is_none()))
        .collect()
}

fn close(world: &World, who: &str, fact_id: FactId, note: &str) -> Result<(), String> {
    let close = CloseMatter { fact_id: fact_id.to_string(), note: note.to_owned() };
    let closed = world.hub.close_matter(&asker(world, who), &run_id(), &close);
    closed.map_err(|error| error.code().word().to_owned())
}

#[test]
fn what_happens_beside_the_jobs_is_opened_and_due_from_the_act() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    world.pass(3 * HOUR_MS);
    phone.record_of_run(0, &checked(true));
    phone.record_of_run(60_000, &checked(false));
    phone.record_of_run(120_000, &departed(&[]));
    phone.record_of_run(180_000, &departed(&["not_loaded"]));
    phone.record(&said("the gate is shut"));
    phone.record_of_run(240_000, &debriefed(5_000));
    // A clock that runs ahead wins no time by it.
    phone.record_of_run(9 * HOUR_MS, &debriefed(4_000));
    phone.sync(&world);
    let all = [
        ("message", HOUR_MS, true),
        ("vehicle_defect", 60_000 + HOUR_MS, true),
        ("departed_anyway", 180_000 + 8 * HOUR_MS, true),
        ("cash_handed_in", 27 * HOUR_MS, true),
    ];
    assert_eq!(matters(&world), all);
    phone.sync(&world);
    assert_eq!(matters(&world), all, "said again it changes nothing");

    let job = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    assert_eq!(job.matters.len(), 1);
    assert_eq!(job.matters[0].text, "call_me: the gate is shut");
    let page = world.hub.run_page(&asker(&world, "fin"), &run_id()).unwrap();
    assert_eq!((page.run.matters, page.run.cases), (4, 0));
    assert_eq!((page.day.checks.len(), page.day.departures.len()), (2, 2));
    assert_eq!(page.day.debriefs[1].counted[0].minor, 4_000);
    assert_eq!(page.matters[3].expected[0].minor, 5_000);
    let may: Vec<_> = page.matters.iter().map(|each| each.may_close).collect();
    assert_eq!(may, [false, false, false, true], "finance closes its own");
}

#[test]
fn breaks_are_told_with_how_long_they_lasted() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record_of_run(0, &Body::BreakBegan(Plain {}));
    phone.record_of_run(1_800_000, &Body::BreakEnded(Plain {}));
    phone.record_of_run(2_000_000, &Body::BreakBegan(Plain {}));
    phone.sync(&world);
    let day = world.hub.run_page(&Asker::Console, &run_id()).unwrap().day;
    let lasted: Vec<_> = day.breaks.iter().map(|rest| rest.lasted_ms).collect();
    assert_eq!(lasted, [Some(1_800_000), None]);
    assert_eq!(day.breaks[0].by.name, "dora");
}

#[test]
fn facts_that_waited_for_their_run_open_the_same() {
    let world = World::new();
    let mut phone = world.phone("dora", 5);
    phone.record_of_run(0, &checked(false));
    phone.record(&said("where to?"));
    let undone = phone.record_of_run(0, &said("nothing"));
    phone.record_of_run(0, &Body::Undone(Undone { fact_id: undone, reason: String::new() }));
    phone.sync(&world);
    world.pass(60_000);
    world.put_run(&run(&["J1"]));
    let due = [("vehicle_defect", HOUR_MS, true), ("message", HOUR_MS, true)];
    assert_eq!(matters(&world), due);
    assert_eq!(world.hub.check_views().unwrap(), []);
}

#[test]
fn what_is_taken_back_needs_nobody_unless_somebody_has_looked() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    let [seen, unseen] =
        ["the gate is shut", "the gate is shut again"].map(|text| phone.record(&said(text)));
    phone.sync(&world);
    close(&world, "disa", seen, "rang them").unwrap();
    for fact_id in [seen, unseen] {
        phone.record(&Body::Undone(Undone { fact_id, reason: "open now".to_owned() }));
    }
    phone.sync(&world);
    assert_eq!(matters(&world), [("message", HOUR_MS, false)]);
    assert_eq!(world.hub.rebuild().unwrap(), []);
    assert_eq!(matters(&world), [("message", HOUR_MS, false)], "a rebuild opened it again");
}

#[test]
fn a_matter_is_closed_once_with_words_by_somebody_who_owns_it() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    let message = phone.record_of_run(0, &said(""));
    let cash = phone.record_of_run(0, &debriefed(1));
    let good = phone.record_of_run(0, &checked(true));
    phone.sync(&world);
    let refused = |who, id, note: &str| close(&world, who, id, note).unwrap_err();
    assert_eq!(refused("fin", message, "done"), "not_allowed");
    assert_eq!(refused("disa", cash, "done"), "not_allowed");
    assert_eq!(refused("disa", message, "  "), "fields_invalid");
    assert_eq!(refused("disa", message, &"x".repeat(TEXT_BYTES_MAX + 1)), "fields_invalid");
    assert_eq!(refused("disa", good, "done"), "not_found");
    world.put_person("yuri", Role::Dispatcher, &["york"]);
    assert_eq!(refused("yuri", message, "done"), "not_found", "another depot's");
    assert!(matters(&world).iter().all(|(_, _, is_open)| *is_open));

    close(&world, "disa", message, " rang her ").unwrap();
    close(&world, "disa", message, "rang her").unwrap();
    assert_eq!(refused("disa", message, "something else"), "matter_closed");
    assert_eq!(refused("ada", message, "rang her"), "matter_closed");
    close(&world, "ada", cash, "admins stand in").unwrap();
    let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
    let closing = page.matters[0].closing.clone().unwrap();
    assert_eq!((closing.by.as_str(), closing.note.as_str()), ("disa", "rang her"));
    assert_eq!(page.run.matters, 0);
    let audit: i64 = rusqlite::Connection::open(world.dir.path().join("hub.db"))
        .unwrap()
        .query_row("SELECT COUNT(*) FROM audit WHERE act = 'close_matter'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(audit, 2, "saying it again is no second act");
}

#[test]
fn the_queue_begins_with_what_its_reader_owns_and_what_matters_most() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record_of_run(0, &said("first"));
    phone.record_of_run(1_000, &checked(false));
    phone.record_of_run(0, &debriefed(1));
    phone.record(&Body::Failed(waybill_core::fact::Failed {
        reason: "nobody_there".to_owned(),
        note: String::new(),
        policy: 1,
        anyway: Some("no_number".to_owned()),
    }));
    phone.sync(&world);
    let queue = |who: &Asker| {
        let view = world.hub.queue(who).unwrap();
        assert!(!view.has_more);
        let told = view.entries.into_iter();
        told.map(|entry| match entry.thing {
            QueueThing::Case { trigger } => {
                assert_eq!(entry.job.unwrap().job_id, job_id());
                trigger.word()
            }
            QueueThing::Matter { matter } => {
                assert_eq!((entry.job, entry.vehicle.as_str()), (None, "Van 7"));
                matter.matter.word()
            }
        })
        .collect::<Vec<_>>()
    };
    let dispatch = queue(&asker(&world, "disa"));
    assert_eq!(dispatch.first(), Some(&"vehicle_defect"), "{dispatch:?}");
    assert_eq!(dispatch.last(), Some(&"cash_handed_in"), "{dispatch:?}");
    assert!(dispatch.contains(&"failed") && dispatch.contains(&"message"), "{dispatch:?}");
    assert_eq!(queue(&asker(&world, "fin")).first(), Some(&"cash_handed_in"));
    world.put_person("yuri", Role::Dispatcher, &["york"]);
    assert_eq!(queue(&asker(&world, "yuri")), [""; 0]);
}

#[test]
fn how_long_the_driver_waited_is_told_and_corrects_no_entry() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    let of_job = |minutes: i64, body: &Body| {
        let act = waybill_core::time::Reading {
            wall_ms: Timestamp(MORNING + minutes * 60_000),
            zone_min: 0,
            monotonic_ms: minutes.unsigned_abs() * 60_000,
        };
        let person = "dora".parse().unwrap();
        waybill_core::fact::Fact::new(run_id(), Some(job_id()), person, act, None, body).to_bytes()
    };
    for (minutes, body) in [
        (1, crate::testing::arrived()),
        (9, crate::testing::signed()),
        (10, crate::testing::delivered()),
    ] {
        phone.record_bytes(of_job(minutes, &body));
    }
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    let entries = world.hub.feed(&Asker::Console, 0, 10).unwrap().entries;
    assert_eq!(entries.iter().map(|each| each.waited_ms).collect::<Vec<_>>(), [Some(540_000)]);
    let page = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    assert_eq!(page.waited_ms, Some(540_000));

    // As it was published by a hub that did not know the field.
    let store = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    let sql = "UPDATE feed SET entry = replace(entry, '\"waited_ms\":540000,', '')";
    assert_eq!(store.execute(sql, []).unwrap(), 1);
    let entries = world.hub.feed(&Asker::Console, 0, 10).unwrap().entries;
    assert_eq!(entries[0].waited_ms, None);
    assert_eq!(world.hub.rebuild().unwrap(), []);
    assert_eq!(world.feed(), [(1, 1, None, "ready")], "no entry is corrected because of it");
}
