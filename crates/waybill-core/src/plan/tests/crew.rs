//! What a crew may write beyond the order of jobs, and what it may not.

use super::*;
use crate::fold::fold_job;
use crate::id::BlobHash;
use crate::job::{CREW_ITEMS_MAX, Item, Money, Pin, SITE_NOTE_BYTES_MAX};
use crate::place::LatLon;

const LOADER: Author = Author { device: PHONE, role: Role::Loader };
pub(super) const PIN: Pin =
    Pin { at: LatLon { lat_e6: 53_706_590, lon_e6: -1_484_500 }, accuracy_m: 8 };

pub(super) fn own_job(dice: u32) -> JobId {
    crew_job_id(PHONE, dice).unwrap()
}

fn taken_as(author: Author, edit: impl FnOnce(&mut PlanDoc)) -> Result<Plan, PlanRefusal> {
    let mut at_office = planned(2);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    edit(&mut on_phone);
    let changes = on_phone.changes_since(&common).unwrap();
    take_crew_changes(&mut at_office, author, &office(), &changes)?;
    Ok(at_office.read().unwrap())
}

fn taken(edit: impl FnOnce(&mut PlanDoc)) -> Result<Plan, PlanRefusal> {
    taken_as(DRIVER, edit)
}

#[test]
fn a_site_note_a_pin_and_a_job_of_the_crews_reach_the_office() {
    let plan = taken(|plan| {
        plan.write_site_note(&job_id(1), "gate code 4711", NOW).unwrap();
        plan.propose_pin(&job_id(1), PIN, NOW).unwrap();
        plan.add_crew_job(&own_job(1), &spec("CREW-1"), Some(&job_id(1)), NOW).unwrap();
        plan.write_site_note(&own_job(1), "ask for Bo", NOW).unwrap();
        plan.move_job(&own_job(1), None, NOW).unwrap();
    })
    .unwrap();
    let job = plan.job(&job_id(1)).unwrap();
    assert_eq!((job.site_note.as_str(), job.pin), ("gate code 4711", Some(PIN)));
    assert_eq!(job.spec.address.at, None, "the address is the office's");
    let own = plan.jobs.first().unwrap();
    assert_eq!((&own.job_id, own.added), (&own_job(1), Some(Added::Proposed)));
    assert_eq!((own.site_note.as_str(), own.standing), ("ask for Bo", JobStanding::Planned));
}

#[test]
fn a_job_is_put_right_behind_the_one_it_came_up_at() {
    let plan = taken(|plan| {
        plan.add_crew_job(&own_job(1), &spec("CREW-1"), Some(&job_id(1)), NOW).unwrap();
    });
    let order: Vec<_> = plan.unwrap().jobs.into_iter().map(|job| job.job_id).collect();
    assert_eq!(order, [job_id(1), own_job(1), job_id(2)]);
}

#[test]
fn a_loader_notes_a_site_and_neither_moves_nor_adds() {
    let note = |plan: &mut PlanDoc| drop(plan.write_site_note(&job_id(1), "dock 3", NOW));
    assert!(taken_as(LOADER, note).is_ok());
    let edits: [fn(&mut PlanDoc); 3] = [
        |plan| drop(plan.move_job(&job_id(2), None, NOW)),
        |plan| drop(plan.propose_pin(&job_id(1), PIN, NOW)),
        |plan| drop(plan.add_crew_job(&own_job(1), &spec("CREW-1"), None, NOW)),
    ];
    for edit in edits {
        assert_eq!(taken_as(LOADER, edit).map(drop), Err(PlanRefusal::NotAllowed));
    }
}

#[test]
fn every_limit_of_a_crews_words_holds() {
    let note = |length: usize| {
        taken(move |plan| drop(plan.write_site_note(&job_id(1), &"x".repeat(length), NOW)))
    };
    assert!(note(SITE_NOTE_BYTES_MAX).is_ok());
    assert_eq!(note(SITE_NOTE_BYTES_MAX + 1).map(drop), Err(PlanRefusal::TooLarge));
    let vague = Pin { accuracy_m: 101, ..PIN };
    let off = Pin { at: LatLon { lat_e6: 90_000_001, lon_e6: 0 }, ..PIN };
    for pin in [vague, off] {
        let taken = taken(|plan| drop(plan.propose_pin(&job_id(1), pin, NOW)));
        assert_eq!(taken.map(drop), Err(PlanRefusal::NotAllowed), "{pin:?}");
    }
    let adds = |count: u32| {
        taken(move |plan| {
            for dice in 0..count {
                plan.add_crew_job(&own_job(dice), &spec("CREW"), None, NOW).unwrap();
            }
        })
    };
    let most = u32::try_from(CREW_JOBS_MAX).unwrap();
    assert!(adds(most).is_ok());
    assert_eq!(adds(most + 1).map(drop), Err(PlanRefusal::TooLarge));
}

#[test]
fn what_a_job_costs_is_not_the_crews_to_say() {
    let item = |at: usize| Item {
        item_id: format!("{at}").parse().unwrap(),
        sku: String::new(),
        text: "Pallet".to_owned(),
        quantity: 1,
        unit: "ea".to_owned(),
        code: String::new(),
        weight_g: 0,
    };
    let cash = Some(Money { minor: 100, currency: "GBP".to_owned() });
    let specs = [
        JobSpec { cash_due: cash, ..spec("CREW") },
        JobSpec { proof: Some(crate::proof::ProofRule::default()), ..spec("CREW") },
        JobSpec { terms: Some(crate::job::Terms::default()), ..spec("CREW") },
        JobSpec { order: String::new(), ..spec("CREW") },
        JobSpec { items: (0..=CREW_ITEMS_MAX).map(item).collect(), ..spec("CREW") },
        JobSpec { order: "x".repeat(1_900), items: vec![item(1)], ..long_spec() },
    ];
    for spec in specs {
        let taken = taken(|plan| drop(plan.add_crew_job(&own_job(1), &spec, None, NOW)));
        assert_eq!(taken.map(drop), Err(PlanRefusal::NotAllowed), "{spec:?}");
    }
}

fn long_spec() -> JobSpec {
    let mut spec = spec("CREW");
    spec.customer.name = "x".repeat(1_900);
    spec.address.line1 = "x".repeat(1_900);
    spec
}

#[test]
fn a_job_of_another_phones_name_or_half_a_job_is_none() {
    let foreign = crew_job_id(DeviceId([2; 16]), 1).unwrap();
    let taken_foreign = taken(|plan| drop(plan.add_crew_job(&foreign, &spec("CREW"), None, NOW)));
    assert_eq!(taken_foreign.map(drop), Err(PlanRefusal::NotAllowed));
    let half = taken(|plan| {
        use automerge::transaction::Transactable;
        let table = plan.jobs_table().unwrap();
        plan.doc.put_object(&table, own_job(1).as_str(), automerge::ObjType::Map).unwrap();
        plan.commit(NOW);
    });
    assert_eq!(half.map(drop), Err(PlanRefusal::NotAllowed));
}

#[test]
fn a_crews_job_is_made_once_and_its_words_are_then_the_offices() {
    let rewritten = taken(|plan| {
        plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
        plan.put_job(&own_job(1), &spec("CREW-2"), None, "", NOW).unwrap();
    });
    assert_eq!(rewritten.map(drop), Err(PlanRefusal::NotAllowed));
    let confirmed = taken(|plan| {
        plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
        plan.edit(&own_job(1), &JobEdit { confirms: true, ..JobEdit::default() }, NOW).unwrap();
    });
    assert_eq!(confirmed.map(drop), Err(PlanRefusal::NotAllowed), "not by the crew itself");
}

#[test]
fn the_office_agrees_to_a_job_and_takes_over_a_pin() {
    let mut plan = planned(1);
    plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
    plan.propose_pin(&own_job(1), PIN, NOW).unwrap();
    let edit = JobEdit { confirms: true, takes_pin: true, ..JobEdit::default() };
    assert!(plan.edit(&own_job(1), &edit, NOW).unwrap());
    assert!(!plan.edit(&own_job(1), &edit, NOW).unwrap(), "once is enough");
    let read = plan.read().unwrap();
    let job = read.job(&own_job(1)).unwrap();
    assert_eq!((job.added, job.spec.address.at), (Some(Added::Confirmed), Some(PIN.at)));
    assert_eq!(job.pin, Some(PIN), "what was proposed stays");
    let nothing = JobEdit { confirms: true, ..JobEdit::default() };
    assert!(!plan.edit(&job_id(1), &nothing, NOW).unwrap(), "the office's own needs no agreeing");
    assert!(plan.edit(&job_id(1), &edit, NOW).is_err(), "there is no pin to take");
}

#[test]
fn what_the_offices_own_system_names_is_agreed_to() {
    let mut plan = planned(1);
    plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
    plan.put_job(&own_job(1), &spec("SO9"), None, "", NOW).unwrap();
    assert_eq!(plan.read().unwrap().job(&own_job(1)).unwrap().added, Some(Added::Confirmed));
}

#[test]
fn finance_does_not_bill_a_job_that_nobody_agreed_to() {
    use crate::fact::{Body, Delivered};
    use crate::fold::samples::{fact, id};
    use crate::readiness::{ReadinessReason, judge};
    let mut plan = planned(1);
    plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
    let said = |plan: &PlanDoc| {
        let job = plan.read().unwrap().job(&own_job(1)).unwrap().clone();
        let body = Body::Delivered(Delivered {
            lines: vec![],
            policy: 1,
            method: crate::proof::Method::default(),
        });
        let fact = fact("J", &body);
        let state = fold_job(&job, [(id(1, 1), &fact)], &crate::policy::Policy::shipped());
        let cases = crate::case::raise(&state);
        (judge(&state, |_: BlobHash| true).reasons, cases)
    };
    let (reasons, cases) = said(&plan);
    assert!(reasons.contains(&ReadinessReason::NotConfirmed));
    assert_eq!(cases, [crate::case::Trigger::JobAdded]);
    plan.edit(&own_job(1), &JobEdit { confirms: true, ..JobEdit::default() }, NOW).unwrap();
    let (reasons, cases) = said(&plan);
    assert!(!reasons.contains(&ReadinessReason::NotConfirmed) && cases.is_empty());
}

#[test]
fn two_notes_about_one_site_are_a_conflict_that_writing_again_settles() {
    let mut at_office = planned(1);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let common = at_office.heads();
    let edit = JobEdit { site_note: Some("use gate B"), ..JobEdit::default() };
    at_office.edit(&job_id(1), &edit, NOW).unwrap();
    on_phone.write_site_note(&job_id(1), "gate A is locked", NOW).unwrap();
    let changes = on_phone.changes_since(&common).unwrap();
    assert_eq!(take_crew_changes(&mut at_office, DRIVER, &office(), &changes), Ok(true));
    let conflict = PlanConflict { job_id: job_id(1), field: "site_note".to_owned() };
    assert_eq!(at_office.read().unwrap().conflicts, [conflict]);
    at_office.edit(&job_id(1), &edit, NOW).unwrap();
    assert_eq!(at_office.read().unwrap().conflicts, []);
}
