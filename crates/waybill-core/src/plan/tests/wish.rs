//! What a crew wanted is told from what it wrote.

use super::crew::{PIN, own_job};
use super::*;

/// What the crew wanted, where the office takes none of it and may have changed something itself.
fn wanted(crew: impl FnOnce(&mut PlanDoc), office: impl FnOnce(&mut PlanDoc)) -> Wishes {
    let mut at_office = planned(5);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let before = at_office.heads();
    crew(&mut on_phone);
    office(&mut at_office);
    let base = on_phone.at(&before).unwrap().read().unwrap();
    wishes(&base, &on_phone.read().unwrap(), &at_office.read().unwrap())
}

#[test]
fn each_wish_is_told_once_and_only_where_it_was_made() {
    let told = wanted(
        |plan| {
            plan.write_site_note(&job_id(1), "gate code 4711", NOW).unwrap();
            plan.propose_pin(&job_id(2), PIN, NOW).unwrap();
            plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW).unwrap();
        },
        |plan| drop(plan.set_note(&job_id(1), "something else", NOW)),
    );
    let expected: Wishes = [
        (job_id(1), vec![Wish::SiteNote { text: "gate code 4711".to_owned() }]),
        (job_id(2), vec![Wish::Pin { pin: PIN }]),
        (own_job(1), vec![Wish::Job { spec: Box::new(spec("CREW")) }]),
    ]
    .into();
    assert_eq!(told, expected);
}

#[test]
fn of_a_run_only_the_jobs_that_were_moved_are_told() {
    let told = wanted(|plan| drop(plan.move_job(&job_id(5), Some(&job_id(1)), NOW)), |_| ());
    let behind = Wish::Behind { job_id: Some(job_id(1)) };
    assert_eq!(told, [(job_id(5), vec![behind])].into());
    let told = wanted(
        |plan| {
            // Moved until there is no room left, so that the whole run is numbered afresh.
            for turn in 0..60 {
                let (moved, behind) = if turn % 2 == 0 { (3, 1) } else { (2, 1) };
                plan.move_job(&job_id(moved), Some(&job_id(behind)), NOW).unwrap();
            }
        },
        |_| (),
    );
    assert_eq!(told.len(), 0, "everything is where it was: {told:?}");
}

#[test]
fn what_the_office_did_meanwhile_is_no_wish_and_what_it_granted_is_none_either() {
    let told = wanted(
        |plan| drop(plan.write_site_note(&job_id(1), "gate code 4711", NOW)),
        |plan| {
            plan.write_site_note(&job_id(1), "gate code 4711", NOW).unwrap();
            plan.move_job(&job_id(4), None, NOW).unwrap();
            plan.write_site_note(&job_id(3), "ring twice", NOW).unwrap();
        },
    );
    assert_eq!(told, Wishes::new());
}

#[test]
fn a_document_as_it_was_at_heads_that_nobody_knows_is_none() {
    assert!(planned(1).at(&[[3; 32]]).is_none());
    assert!(planned(1).at(&[]).is_none());
}
