use waybill_core::case::{PROOF_GRACE_MS, Trigger};
use waybill_core::id::Epoch;
use waybill_core::incident::Incident;
use waybill_sync::code::Code;

use super::PARKED_GRACE_MS;
use crate::api::device::CloseIncident;
use crate::hub::Asker;
use crate::testing::{Phone, STROKES, World, arrived, delivered, job_id, run, run_id, signed};

fn cases(world: &World) -> Vec<Trigger> {
    let page = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    page.cases.iter().map(|case| case.trigger).collect()
}

fn incidents(world: &World) -> Vec<(Incident, String)> {
    let devices = world.hub.devices().unwrap().devices;
    let incidents = devices.into_iter().flat_map(|device| device.incidents);
    incidents.map(|incident| (incident.incident, incident.about)).collect()
}

fn delivered_without_proof(world: &World) -> Phone {
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.record(&delivered());
    phone.sync(world);
    phone
}

#[test]
fn proof_that_does_not_come_is_a_case_though_nobody_says_anything() {
    let world = World::new();
    let mut phone = delivered_without_proof(&world);
    assert_eq!((world.hub.look_again().unwrap(), cases(&world)), (0, vec![]));
    world.pass(PROOF_GRACE_MS + 60_000);
    assert_eq!(cases(&world), [], "somebody has to look");
    assert_eq!((world.hub.look_again().unwrap(), cases(&world)), (1, vec![Trigger::ProofMissing]));
    assert_eq!(world.hub.look_again().unwrap(), 0, "once is enough");
    phone.record(&signed());
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    assert_eq!(cases(&world), [], "what was asked for has come");
}

#[test]
fn a_rebuild_finds_what_time_alone_has_raised() {
    let world = World::new();
    let _phone = delivered_without_proof(&world);
    world.pass(PROOF_GRACE_MS + 60_000);
    assert_eq!(world.hub.rebuild().unwrap(), [], "time is no damage");
    let store = rusqlite::Connection::open(world.dir.path().join("hub.db")).unwrap();
    let sql = "SELECT opened_at_ms || ' ' || due_at_ms FROM cases";
    let times = || store.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    let before = times();
    store.execute("DELETE FROM cases", []).unwrap();
    world.pass(PROOF_GRACE_MS);
    assert_eq!(world.hub.rebuild().unwrap().len(), 1);
    assert_eq!((cases(&world), times()), (vec![Trigger::ProofMissing], before));
}

#[test]
fn facts_that_wait_too_long_for_their_run_are_somebodys_question_until_it_comes() {
    let world = World::new();
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.sync(&world);
    world.pass(PARKED_GRACE_MS - 1);
    world.hub.look_again().unwrap();
    assert_eq!(incidents(&world), []);
    world.pass(1);
    world.hub.look_again().unwrap();
    assert_eq!(incidents(&world), [(Incident::FactsParked, run_id().to_string())]);
    world.put_run(&run(&["J1"]));
    assert_eq!(incidents(&world), [], "the run has come, and the facts count");
}

#[test]
fn two_phones_that_write_as_one_device_are_an_incident_until_it_has_no_rights() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.sync(&world);
    let mut copy = phone.copy();
    phone.restart(7);
    phone.record(&delivered());
    phone.sync(&world);
    assert_eq!(incidents(&world), [], "a phone may start again");
    copy.restart(8);
    copy.record(&delivered());
    copy.sync(&world);
    let found = incidents(&world);
    assert_eq!(
        found.iter().map(|(incident, _)| *incident).collect::<Vec<_>>(),
        [Incident::JournalForked]
    );
    world.hub.revoke(&Asker::Console, phone.device).unwrap();
    assert_eq!(incidents(&world), []);
}

#[test]
fn what_was_dealt_with_stays_so_until_it_happens_again() {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&arrived());
    phone.sync(&world);
    let mut copy = phone.copy();
    for (each, roll) in [(&mut phone, 7), (&mut copy, 8)] {
        each.restart(roll);
        each.record(&delivered());
        each.sync(&world);
    }
    let (incident, about) = incidents(&world).remove(0);
    let close = CloseIncident { incident, about };
    world.hub.close_incident(&Asker::Console, phone.device, &close).unwrap();
    assert_eq!(incidents(&world), []);
    let again = world.hub.close_incident(&Asker::Console, phone.device, &close);
    assert_eq!(again.unwrap_err().code(), Code::NotFound, "nothing is open any more");

    phone.restart(9);
    phone.record(&signed());
    phone.sync(&world);
    assert_eq!(incidents(&world), [], "an honest start forks nothing");
    // A third phone goes on from where the two parted.
    let mut third = copy;
    third.genesis =
        waybill_core::journal::Genesis { epoch: Epoch::after(None, 11), ..third.genesis };
    third.sync(&world);
    assert_eq!(incidents(&world).len(), 1, "it has happened again");
}
