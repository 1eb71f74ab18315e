use waybill_core::proof::{Need, ProofRule};

use super::*;
use crate::testing::{STROKES, World, arrived, delivered, job_id, run, run_id, signed};

/// The shipped rules, but a photo is needed.
fn stricter(world: &World) -> Policy {
    let newest = world.hub.policy().unwrap();
    let proof = ProofRule { photo: Need::Required, ..newest.proof };
    Policy { version: newest.version + 1, proof, ..newest }
}

fn needs_photo(world: &World) -> Need {
    let page = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    page.proof
        .iter()
        .find(|proof| proof.proof == waybill_core::proof::ProofKind::Photo)
        .unwrap()
        .need
}

fn world() -> World {
    let world = World::new();
    let mut run = run(&["J1"]);
    for job in &mut run.jobs {
        job.spec.proof = None;
    }
    world.put_run(&run);
    world
}

#[test]
fn a_fact_is_judged_by_the_policy_that_it_names() {
    let world = world();
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), delivered()] {
        phone.record(&body);
    }
    // The office changed its mind while the phone had no air.
    world.hub.put_policy(&Asker::Console, &stricter(&world)).unwrap();
    assert_eq!(needs_photo(&world), Need::Required, "nothing has been delivered yet");
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    assert_ne!(needs_photo(&world), Need::Required, "the driver went by the older rules");
    assert_eq!(world.verdict().0, "ready");
    assert_eq!(world.hub.check_views().unwrap(), []);
}

#[test]
fn versions_follow_each_other_and_never_change() {
    let world = world();
    let next = stricter(&world);
    let skipped = Policy { version: next.version + 1, ..next.clone() };
    for wrong in [&skipped, &Policy { version: 1, ..next.clone() }] {
        let refused = world.hub.put_policy(&Asker::Console, wrong);
        assert!(matches!(refused, Err(HubError::Fields(_))), "{refused:?}");
    }
    world.hub.put_policy(&Asker::Console, &next).unwrap();
    world.hub.put_policy(&Asker::Console, &next).unwrap();
    let in_force = world.hub.policy().unwrap();
    assert_eq!(in_force.effective_from, Some(world.hub.now()), "it says since when");
    let since = in_force.effective_from;
    assert_eq!(in_force, Policy { effective_from: since, ..next.clone() });
    let other = Policy { radius_m: 7, ..next.clone() };
    assert!(world.hub.put_policy(&Asker::Console, &other).is_err(), "a version has one meaning");
}

#[test]
fn a_policy_that_phones_could_not_carry_is_refused_field_by_field() {
    let world = world();
    let mut next = stricter(&world);
    next.radius_m = 0;
    next.reasons = vec![next.reasons[0].clone(), next.reasons[0].clone()];
    next.clauses = vec![waybill_core::policy::ProofClause::default(); CLAUSES_MAX + 1];
    next.departure.cut_off = Some("9:30".to_owned());
    let Err(HubError::Fields(faults)) = world.hub.put_policy(&Asker::Console, &next) else {
        panic!("it was taken");
    };
    let fields: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["radius_m", "clauses", "departure/cut_off", "reasons/1/reason"]);
}
