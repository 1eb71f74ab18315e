use sha2::{Digest, Sha256};

use super::*;
use crate::id::{DeviceId, Epoch, JobId, StoreId};
use crate::job::{Added, Address, Contact, Customer, JobKind, JobSpec, JobStanding};
use crate::role::Role;
use crate::time::{Timestamp, Window};

mod crew;
mod merge;
mod wish;

const PHONE: DeviceId = DeviceId([1; 16]);
const DRIVER: Author = Author { device: PHONE, role: Role::Driver };
const NOW: Timestamp = Timestamp(1_000);

fn office() -> Actor {
    Actor::hub(StoreId([9; 16]), 1)
}

fn phone() -> Actor {
    Actor::device(PHONE, Epoch::after(None, 5))
}

fn spec(order: &str) -> JobSpec {
    let address = Address {
        line1: "63 Northgate".to_owned(),
        line2: String::new(),
        city: "Wakefield".to_owned(),
        postcode: String::new(),
        country: String::new(),
        at: None,
    };
    JobSpec {
        kind: JobKind::Deliver,
        order: order.to_owned(),
        customer: Customer { name: "Murphy".to_owned(), reference: String::new() },
        contact: Contact::default(),
        address,
        items: vec![],
        proof: None,
        cash_due: None,
        terms: None,
        delivery_pin: None,
    }
}

fn head() -> RunHead {
    RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D1".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "P1".parse().unwrap(),
    }
}

fn job_id(number: usize) -> JobId {
    format!("J{number}").parse().unwrap()
}

fn planned(jobs: usize) -> PlanDoc {
    let mut plan = PlanDoc::create(&office(), &head(), NOW).unwrap();
    for number in 1..=jobs {
        plan.put_job(&job_id(number), &spec("SO"), None, "ring twice", NOW).unwrap();
    }
    plan
}

fn order(plan: &PlanDoc) -> Vec<String> {
    plan.read().unwrap().jobs.iter().map(|job| job.job_id.to_string()).collect()
}

fn window(from: i64) -> Window {
    Window { from_ms: Timestamp(from), to_ms: Timestamp(from + 10) }
}

#[test]
fn saying_the_same_again_is_no_change() {
    let mut plan = planned(2);
    let heads = plan.heads();
    let is_news = plan.put_job(&job_id(1), &spec("SO"), None, "ring twice", NOW).unwrap();
    assert!(!is_news && !plan.put_head(&head(), NOW).unwrap());
    assert_eq!(plan.heads(), heads);
}

#[test]
fn a_run_is_put_as_one_change_however_many_jobs_it_has() {
    let mut plan = PlanDoc::create(&office(), &head(), NOW).unwrap();
    let empty = plan.heads();
    let (ids, spec): (Vec<_>, _) = ((1..=30).map(job_id).collect(), spec("SO"));
    let put = |job_id| JobPut { job_id, spec: &spec, window: None, note: "ring twice" };
    let puts: Vec<_> = ids.iter().map(put).collect();
    assert!(plan.put_jobs(&puts, NOW).unwrap());
    assert_eq!(plan.changes_since(&empty).unwrap().len(), 1);
    assert_eq!(plan.read().unwrap(), planned(30).read().unwrap());
    assert!(!plan.put_jobs(&puts, NOW).unwrap(), "saying the same again is no change");
}

#[test]
fn what_is_saved_is_what_the_document_holds_whatever_came_since_it_was_loaded() {
    let saved = planned(2).save();
    let mut plan = PlanDoc::load(&office(), &saved).unwrap();
    assert_eq!(plan.save(), saved);
    let before = plan.heads();
    plan.set_note(&job_id(1), "gate 4", NOW).unwrap();
    plan.set_note(&job_id(2), "gate 5", NOW).unwrap();
    let again = PlanDoc::load(&office(), &plan.save()).unwrap();
    assert_eq!(again.read().unwrap(), plan.read().unwrap());

    // A change that waits for the one before it does not show, and is not lost either.
    let row = plan.changes_since(&before).unwrap();
    let mut other = PlanDoc::load(&phone(), &saved).unwrap();
    other.apply(&row[1..]).unwrap();
    let mut other = PlanDoc::load(&phone(), &other.save()).unwrap();
    assert_eq!(other.heads(), before);
    other.apply(&row[..1]).unwrap();
    assert_eq!(other.heads(), plan.heads());
}

#[test]
fn the_office_moves_a_window_while_the_driver_reorders_and_both_survive() {
    let mut at_office = planned(4);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    on_phone.move_job(&job_id(4), None, NOW).unwrap();
    at_office.set_window(&job_id(4), window(50), NOW).unwrap();

    let changes = on_phone.changes_since(&common).unwrap();
    assert_eq!(take_crew_changes(&mut at_office, DRIVER, &office(), &changes), Ok(true));
    let news = at_office.changes_since(&common).unwrap();
    on_phone.apply(&news).unwrap();

    assert_eq!(at_office.read().unwrap(), on_phone.read().unwrap());
    assert_eq!(order(&on_phone), ["J4", "J1", "J2", "J3"]);
    let plan = on_phone.read().unwrap();
    assert_eq!(plan.job(&job_id(4)).unwrap().window, Some(window(50)));
    assert_eq!(plan.conflicts, []);
}

#[test]
fn two_people_who_move_two_jobs_both_get_their_wish() {
    let mut one = planned(5);
    let mut other = PlanDoc::load(&phone(), &one.save()).unwrap();
    let common = one.heads();
    one.move_job(&job_id(5), None, NOW).unwrap();
    other.move_job(&job_id(1), Some(&job_id(4)), NOW).unwrap();
    let (a, b) = (one.changes_since(&common).unwrap(), other.changes_since(&common).unwrap());
    one.apply(&b).unwrap();
    other.apply(&a).unwrap();
    assert_eq!(order(&one), ["J5", "J2", "J3", "J4", "J1"]);
    assert_eq!(order(&one), order(&other));
}

#[test]
fn a_run_can_be_reordered_for_ever() {
    let mut plan = planned(3);
    for turn in 0..60 {
        // Always into the same gap, which halves until there is no room and the run is numbered anew.
        let (moved, behind) = if turn % 2 == 0 { (3, 1) } else { (2, 1) };
        plan.move_job(&job_id(moved), Some(&job_id(behind)), NOW).unwrap();
        assert_eq!(order(&plan)[1], format!("J{moved}"), "turn {turn}");
    }
}

#[test]
fn two_notes_at_the_same_time_are_a_conflict_that_shows() {
    let mut one = planned(1);
    let mut other = PlanDoc::load(&Actor::hub(StoreId([8; 16]), 1), &one.save()).unwrap();
    let common = one.heads();
    one.set_note(&job_id(1), "gate A", NOW).unwrap();
    other.set_note(&job_id(1), "gate B", NOW).unwrap();
    one.apply(&other.changes_since(&common).unwrap()).unwrap();
    let conflict = PlanConflict { job_id: job_id(1), field: "note".to_owned() };
    assert_eq!(one.read().unwrap().conflicts, [conflict]);
    let showing = one.read().unwrap().jobs[0].note.clone();
    one.set_note(&job_id(1), &showing, NOW).unwrap();
    assert_eq!(one.read().unwrap().conflicts, [], "writing again settles it");
}

#[test]
fn changes_since_heads_that_nobody_knows_are_not_guessed() {
    assert_eq!(planned(1).changes_since(&[[3; 32]]), None);
}

/// What a phone that may do anything writes, as seen by the guard.
fn refused_after(edit: impl FnOnce(&mut PlanDoc)) -> Result<bool, PlanRefusal> {
    let mut at_office = planned(2);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    edit(&mut on_phone);
    let changes = on_phone.changes_since(&common).unwrap();
    let before = at_office.read().unwrap();
    let taken = take_crew_changes(&mut at_office, DRIVER, &office(), &changes);
    if taken.is_err() {
        assert_eq!(at_office.read().unwrap(), before, "a refused change leaves no trace");
    }
    taken
}

#[test]
fn what_is_the_offices_is_not_the_crews() {
    let reorder = |plan: &mut PlanDoc| drop(plan.move_job(&job_id(2), None, NOW));
    assert_eq!(refused_after(reorder), Ok(true));
    let edits: [fn(&mut PlanDoc); 5] = [
        |plan| drop(plan.set_window(&job_id(1), window(1), NOW)),
        |plan| drop(plan.set_note(&job_id(1), "free of charge", NOW)),
        |plan| drop(plan.set_standing(&job_id(1), JobStanding::Cancelled, NOW)),
        |plan| drop(plan.put_job(&job_id(9), &spec("mine"), None, "", NOW)),
        |plan| drop(plan.put_head(&RunHead { vehicle: "Yacht".to_owned(), ..head() }, NOW)),
    ];
    for (at, edit) in edits.into_iter().enumerate() {
        assert_eq!(refused_after(edit), Err(PlanRefusal::NotAllowed), "edit {at}");
    }
}

#[test]
fn a_change_under_another_name_or_out_of_turn_is_refused() {
    let foreign = |plan: &mut PlanDoc| {
        plan.set_writer(&Actor::device(DeviceId([2; 16]), Epoch::after(None, 5)));
        plan.move_job(&job_id(2), None, NOW).unwrap();
    };
    assert_eq!(refused_after(foreign), Err(PlanRefusal::WrongActor));

    let mut at_office = planned(3);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    on_phone.move_job(&job_id(2), None, NOW).unwrap();
    on_phone.move_job(&job_id(3), None, NOW).unwrap();
    let changes = on_phone.changes_since(&common).unwrap();
    let second = take_crew_changes(&mut at_office, DRIVER, &office(), &changes[1..]);
    assert_eq!(second, Err(PlanRefusal::OutOfTurn));
    assert_eq!(take_crew_changes(&mut at_office, DRIVER, &office(), &changes), Ok(true));
    assert_eq!(take_crew_changes(&mut at_office, DRIVER, &office(), &changes), Ok(false));
}

#[test]
fn no_changed_byte_of_a_change_gets_in_or_gets_through() {
    let mut at_office = planned(2);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    on_phone.move_job(&job_id(2), None, NOW).unwrap();
    let change = on_phone.changes_since(&common).unwrap().remove(0);
    for at in 0..change.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut hostile = change.clone();
            hostile[at] ^= flip;
            // An attacker repairs the checksum; so do we.
            let sum = Sha256::digest(&hostile[8..]);
            hostile[4..8].copy_from_slice(&sum[..4]);
            let mut twin = at_office.clone();
            if take_crew_changes(&mut twin, DRIVER, &office(), &[hostile]).is_ok() {
                let saved = twin.save();
                let mut read =
                    PlanDoc::load(&office(), &saved).expect("what was taken loads again");
                read.set_note(&job_id(1), "still works", NOW).unwrap();
                assert_eq!(read.read().unwrap().jobs.len(), 2);
            }
        }
    }
    let unsummed = [&change[..4], &[0; 4], &change[8..]].concat();
    let taken = take_crew_changes(&mut at_office, DRIVER, &office(), &[unsummed]);
    assert_eq!(taken, Err(PlanRefusal::Malformed));
    let large = vec![0; CHANGE_BYTES_MAX + 1];
    let taken = take_crew_changes(&mut at_office, DRIVER, &office(), &[large]);
    assert_eq!(taken, Err(PlanRefusal::TooLarge));
}
