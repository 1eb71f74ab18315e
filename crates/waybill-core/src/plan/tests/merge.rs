//! What holds for every set of edits, by whomever and in whatever order.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::crew::{PIN, own_job};
use super::*;
use crate::job::Pin;

/// One edit: whose, of which job, and what.
#[derive(Debug, Clone)]
struct Edit {
    side: usize,
    job: usize,
    what: u8,
}

const JOBS: usize = 3;
/// The office and two phones of the crew.
const SIDES: usize = 3;

fn device(side: usize) -> DeviceId {
    DeviceId([u8::try_from(side).unwrap(); 16])
}

fn actor(side: usize) -> Actor {
    if side == 0 { office() } else { Actor::device(device(side), Epoch::after(None, 5)) }
}

fn any_edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..SIDES, 1..=JOBS, 0_u8..5);
    proptest::collection::vec(edit.prop_map(|(side, job, what)| Edit { side, job, what }), 0..14)
}

fn write(plan: &mut PlanDoc, edit: &Edit, number: usize) {
    let job = job_id(edit.job);
    let text = format!("{} says {number}", edit.side);
    let near = Pin { accuracy_m: u32::try_from(number).unwrap(), ..PIN };
    match (edit.side, edit.what) {
        (_, 0) => drop(plan.write_site_note(&job, &text, NOW).unwrap()),
        (0, 1) => drop(plan.set_note(&job, &text, NOW).unwrap()),
        (0, 2) => drop(plan.set_standing(&job, JobStanding::Cancelled, NOW).unwrap()),
        (0, 3) => drop(plan.set_window(&job, window(i64::try_from(number).unwrap()), NOW).unwrap()),
        (_, 1) => drop(plan.propose_pin(&job, near, NOW).unwrap()),
        (side, 2 | 3) => {
            let own = crew_job_id(device(side), u32::try_from(number).unwrap()).unwrap();
            plan.add_crew_job(&own, &spec("CREW"), Some(&job), NOW).unwrap();
        }
        _ => {
            let behind = (edit.job > 1).then(|| job_id(1));
            plan.move_job(&job, behind.as_ref(), NOW).unwrap();
        }
    }
}

/// A side talks to the office: what it wrote goes up, what it lacks comes down.
fn talk(sides: &mut [PlanDoc], side: usize, known: &mut [Vec<[u8; 32]>]) {
    let up = sides[side].changes_since(&known[side]).unwrap();
    let author = Author { device: device(side), role: Role::Driver };
    take_crew_changes(&mut sides[0], author, &office(), &up).unwrap();
    let down = sides[0].changes_since(&known[side]).unwrap();
    sides[side].apply(&down).unwrap();
    known[side] = sides[0].heads();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn edits_of_office_and_crew_split_over_replicas_give_one_plan(
        edits in any_edits(),
        talks in proptest::collection::vec(any::<bool>(), 14),
    ) {
        let start = planned(JOBS).save();
        let mut sides: Vec<_> =
            (0..SIDES).map(|side| PlanDoc::load(&actor(side), &start).unwrap()).collect();
        let mut known = vec![sides[0].heads(); SIDES];
        for (number, edit) in edits.iter().enumerate() {
            write(&mut sides[edit.side], edit, number);
            if edit.side > 0 && talks[number] {
                talk(&mut sides, edit.side, &mut known);
            }
        }
        for side in [1, 2, 1] {
            talk(&mut sides, side, &mut known);
        }
        let plan = sides[0].read().unwrap();
        for side in &sides {
            prop_assert_eq!(&side.read().unwrap(), &plan);
        }
        let added = edits.iter().filter(|edit| edit.side > 0 && matches!(edit.what, 2 | 3)).count();
        prop_assert_eq!(plan.jobs.len(), JOBS + added, "no job is ever lost");

        // The same changes in one go, in another order of sides, are the same plan.
        let mut other = PlanDoc::load(&office(), &start).unwrap();
        let base = other.heads();
        for side in sides.iter_mut().rev() {
            other.apply(&side.changes_since(&base).unwrap()).unwrap();
        }
        prop_assert_eq!(other.read().unwrap(), plan);
    }

    #[test]
    fn what_was_taken_saves_loads_and_takes_five_more_edits(
        edits in any_edits(),
        more in proptest::collection::vec(0_u8..5, 5),
    ) {
        let start = planned(JOBS).save();
        let mut at_office = PlanDoc::load(&office(), &start).unwrap();
        let mut on_phone = PlanDoc::load(&phone(), &start).unwrap();
        let mut common = at_office.heads();
        let more = more.into_iter().map(|what| Edit { side: 1, job: 1, what });
        let edits = edits.into_iter().map(|edit| Edit { side: 1, ..edit }).chain(more);
        for (number, edit) in edits.enumerate() {
            write(&mut on_phone, &edit, number);
            let changes = on_phone.changes_since(&common).unwrap();
            take_crew_changes(&mut at_office, DRIVER, &office(), &changes).unwrap();
            at_office = PlanDoc::load(&office(), &at_office.save()).unwrap();
            on_phone = PlanDoc::load(&phone(), &on_phone.save()).unwrap();
            common = at_office.heads();
        }
        prop_assert_eq!(at_office.read().unwrap(), on_phone.read().unwrap());
    }
}

/// What of a plan no crew may ever touch.
fn offices(plan: &Plan) -> impl PartialEq + std::fmt::Debug {
    let own = |job: &Job| {
        (job.job_id.clone(), job.spec.clone(), job.window, job.note.clone(), job.standing)
    };
    let jobs = plan.jobs.iter().filter(|job| job.added.is_none());
    let mut jobs: Vec<_> = jobs.map(own).collect();
    jobs.sort_by(|a, b| a.0.cmp(&b.0));
    (plan.head.clone(), jobs)
}

/// Every change that a crew may make, with the one before it taken.
fn crew_changes() -> Vec<(PlanDoc, Vec<u8>)> {
    let mut at_office = planned(2);
    let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
    let edits: [fn(&mut PlanDoc); 4] = [
        |plan| drop(plan.move_job(&job_id(2), None, NOW)),
        |plan| drop(plan.write_site_note(&job_id(1), "gate 4711", NOW)),
        |plan| drop(plan.propose_pin(&job_id(1), PIN, NOW)),
        |plan| drop(plan.add_crew_job(&own_job(1), &spec("CREW"), None, NOW)),
    ];
    let step = |edit: fn(&mut PlanDoc)| {
        let common = at_office.heads();
        edit(&mut on_phone);
        let changes = on_phone.changes_since(&common).unwrap();
        let before = at_office.clone();
        take_crew_changes(&mut at_office, DRIVER, &office(), &changes).unwrap();
        (before, changes[0].clone())
    };
    edits.into_iter().map(step).collect()
}

#[test]
fn no_changed_byte_of_any_change_touches_what_is_the_offices() {
    for (mut at_office, change) in crew_changes() {
        let before = at_office.read().unwrap();
        for at in 8..change.len() {
            for flip in [0x01, 0x80] {
                let mut hostile = change.clone();
                hostile[at] ^= flip;
                let sum = Sha256::digest(&hostile[8..]);
                hostile[4..8].copy_from_slice(&sum[..4]);
                let mut twin = at_office.clone();
                if take_crew_changes(&mut twin, DRIVER, &office(), &[hostile]).is_err() {
                    assert_eq!(twin.heads(), at_office.heads(), "a refused change leaves no trace");
                    continue;
                }
                let mut again = PlanDoc::load(&office(), &twin.save()).unwrap();
                let plan = again.read().unwrap();
                assert_eq!(offices(&plan), offices(&before), "byte {at}");
                let is_own = |job: &&Job| job.added == Some(Added::Proposed);
                assert_eq!(plan.jobs.iter().filter(|job| !is_own(job)).count(), 2, "byte {at}");
                for number in 0..5 {
                    let edit = Edit { side: 0, job: 1 + number % 2, what: 1 };
                    write(&mut again, &edit, number);
                }
                assert!(PlanDoc::load(&office(), &again.save()).unwrap().read().is_ok());
            }
        }
    }
}

#[test]
fn a_crew_that_writes_anything_else_anywhere_is_refused() {
    use automerge::transaction::Transactable;
    use automerge::{ObjType, ROOT, ReadDoc, ScalarValue};
    let keys = ["spec", "window", "note", "standing", "added", "rank", "site_note", "pin", "else"];
    let values = || {
        let spec = crate::cbor::encode(&spec("mine"));
        [ScalarValue::from("confirmed"), ScalarValue::from(2.5), ScalarValue::Null]
            .into_iter()
            .chain([
                ScalarValue::Bytes(spec),
                ScalarValue::Uint(7),
                ScalarValue::Boolean(true),
                ScalarValue::counter(1),
            ])
    };
    let refused = |edit: &dyn Fn(&mut PlanDoc)| {
        let mut at_office = planned(1);
        let mut on_phone = PlanDoc::load(&phone(), &at_office.save()).unwrap();
        let common = at_office.heads();
        edit(&mut on_phone);
        on_phone.commit(NOW);
        let changes = on_phone.changes_since(&common).unwrap();
        assert_eq!(changes.len(), 1);
        take_crew_changes(&mut at_office, DRIVER, &office(), &changes)
    };
    let entry = |plan: &PlanDoc| {
        let table = plan.jobs_table().unwrap();
        plan.doc.get(&table, "J1").unwrap().unwrap().1
    };
    for key in keys {
        for value in values() {
            let is_note = key == "site_note" && value.is_str();
            let put = |plan: &mut PlanDoc| plan.doc.put(entry(plan), key, value.clone()).unwrap();
            assert_eq!(refused(&put).is_ok(), is_note, "{key} {value:?}");
            let at_root = |plan: &mut PlanDoc| plan.doc.put(ROOT, key, value.clone()).unwrap();
            assert!(refused(&at_root).is_err(), "{key} of the document");
        }
        let make = |plan: &mut PlanDoc| {
            plan.doc.put_object(entry(plan), key, ObjType::Map).map(drop).unwrap();
        };
        assert!(refused(&make).is_err(), "a map as {key}");
    }
    let delete = |plan: &mut PlanDoc| plan.doc.delete(entry(plan), "note").unwrap();
    assert!(refused(&delete).is_err());
    let drop_job = |plan: &mut PlanDoc| {
        let table = plan.jobs_table().unwrap();
        plan.doc.delete(table, "J1").unwrap();
    };
    assert!(refused(&drop_job).is_err(), "nothing is ever deleted by key");
    let instead = |plan: &mut PlanDoc| {
        let table = plan.jobs_table().unwrap();
        plan.doc.put(table, "J1", "gone").unwrap();
    };
    assert!(refused(&instead).is_err());
}
