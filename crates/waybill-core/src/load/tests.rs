use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::fact::{Delivered, Plain, Undone};
use crate::fold::fold_job;
use crate::fold::samples::{fact, id, job};
use crate::id::BlobHash;
use crate::items::{account, is_over_or_short};
use crate::job::RunHead;
use crate::policy::Policy;
use crate::proof::Method;
use crate::status::Status;

const CARTON: &str = "0109501101530003";

/// Job J1: five cartons that look alike, and one parcel.
fn loading() -> Job {
    let mut job = job("J1");
    job.spec.items[0].code = "9501101530003".to_owned();
    job.spec.items[1].code = "PARCEL-2".to_owned();
    job
}

fn plan() -> Plan {
    let mut second = loading();
    second.job_id = "J2".parse().unwrap();
    second.spec.items.pop();
    second.spec.items[0].quantity = 2;
    let head = RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D1".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "P1".parse().unwrap(),
    };
    Plan { head, jobs: vec![loading(), second], conflicts: vec![] }
}

fn put(item: &str, code: &str, quantity: u32) -> Body {
    let item_id = item.parse().unwrap();
    Body::PutAboard(PutAboard { item_id, code: code.to_owned(), quantity, by_hand: None })
}

fn differed(difference: LoadDifference, quantity: u32) -> Body {
    let item_id = "1".parse().unwrap();
    Body::LoadDiffered(LoadDiffered { item_id, difference, quantity, note: String::new() })
}

fn fold(facts: &[(FactId, Body)]) -> JobState {
    let facts: Vec<_> = facts.iter().map(|(id, body)| (*id, fact("J1", body))).collect();
    fold_job(&loading(), facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped())
}

fn states(facts: &[(FactId, Body)]) -> BTreeMap<JobId, JobState> {
    let nothing = fold_job(&plan().jobs[1], [], &Policy::shipped());
    BTreeMap::from([("J1".parse().unwrap(), fold(facts)), ("J2".parse().unwrap(), nothing)])
}

fn aboard(state: &JobState) -> Vec<u64> {
    loading().spec.items.iter().map(|item| state.load.aboard(item)).collect()
}

#[test]
fn two_scanners_fill_one_vehicle_and_what_both_scanned_is_there_once() {
    let serial = format!("{CARTON}21A1");
    let facts = [
        (id(1, 1), put("1", CARTON, 2)),
        (id(1, 2), put("1", &serial, 1)),
        (id(1, 3), put("2", "PARCEL-2", 1)),
        (id(2, 1), put("1", CARTON, 1)),
        (id(2, 2), put("1", &serial, 1)),
        (id(2, 3), put("2", "PARCEL-2", 1)),
    ];
    assert_eq!(aboard(&fold(&facts)), [4, 1]);
    assert_eq!(fold(&facts).status, Status::Planned, "a carton is still missing");
    let whole = [&facts[..], &[(id(2, 4), put("1", CARTON, 1))]].concat();
    assert_eq!(fold(&whole).status, Status::Loaded);
}

#[test]
fn what_was_left_behind_is_said_and_the_goods_still_add_up() {
    let facts = [
        (id(1, 1), put("1", CARTON, 3)),
        (id(1, 2), differed(LoadDifference::Damaged, 2)),
        (id(1, 3), differed(LoadDifference::Damaged, 1)),
        (id(2, 1), differed(LoadDifference::Short, 1)),
        (id(1, 4), put("2", "PARCEL-2", 1)),
        (id(1, 5), Body::Arrived(Plain {})),
        (
            id(1, 6),
            Body::Delivered(Delivered { lines: vec![], policy: 1, method: Method::Recipient }),
        ),
    ];
    assert_eq!(fold(&facts[..5]).status, Status::Loaded, "3 aboard, 1 broken, 1 not there");
    let line = account(&loading(), &fold(&facts)).remove(0);
    assert!(line.is_balanced());
    assert_eq!((line.loaded, line.short(), line.over), (3, 2, 2), "five were handed over");
}

#[test]
fn a_line_that_nobody_touched_is_as_ordered_and_a_job_of_which_nothing_is_there_is_not_loaded() {
    let set_out = (id(1, 9), Body::OnTheWay(Plain {}));
    let state = fold(&[(id(1, 1), put("2", "PARCEL-2", 1)), set_out]);
    let lines = account(&loading(), &state);
    assert_eq!((lines[0].loaded, lines[0].is_counted), (5, false));
    assert_eq!((lines[1].loaded, lines[1].is_counted), (1, true));
    let short = |item: &str, quantity| {
        let (item_id, difference) = (item.parse().unwrap(), LoadDifference::Short);
        Body::LoadDiffered(LoadDiffered { item_id, difference, quantity, note: String::new() })
    };
    let nothing = fold(&[(id(1, 1), short("1", 5)), (id(1, 2), short("2", 1))]);
    assert!(nothing.load.is_whole(&loading()), "it is said of all of it why");
    assert_eq!(nothing.status, Status::Planned);
}

#[test]
fn goods_that_are_still_being_loaded_are_not_short_until_the_vehicle_sets_out_or_somebody_says_so()
{
    let begun = [(id(1, 1), put("1", CARTON, 3))];
    let is_short = |facts: &[(FactId, Body)]| {
        let accounts = account(&loading(), &fold(facts));
        (accounts[0].short(), is_over_or_short(&accounts))
    };
    assert_eq!(is_short(&begun), (0, false));
    let said = [&begun[..], &[(id(1, 2), differed(LoadDifference::Short, 1))]].concat();
    assert_eq!(is_short(&said), (1, true), "one is said to be missing, one is not aboard yet");
    let taken_back = [&said[..], &[(id(1, 3), differed(LoadDifference::Short, 0))]].concat();
    assert_eq!(is_short(&taken_back), (0, false));
    let set_out = [&begun[..], &[(id(1, 2), Body::OnTheWay(Plain {}))]].concat();
    assert_eq!(is_short(&set_out), (2, true));
}

#[test]
fn a_word_of_nothing_is_no_word() {
    let state = fold(&[(id(1, 1), differed(LoadDifference::Short, 0))]);
    assert!(!state.load.is_used());
    assert_eq!(loaded(&loading().spec.items[0], &state), None);
}

#[test]
fn what_is_beyond_the_order_does_not_hide_what_is_missing() {
    let facts = [(id(1, 1), put("1", CARTON, 3)), (id(1, 2), differed(LoadDifference::Over, 2))];
    let state = fold(&facts);
    let item = &loading().spec.items[0];
    assert_eq!((state.load.aboard(item), state.load.open(item)), (5, 2));
}

#[test]
fn one_unit_is_one_unit_however_its_label_is_written() {
    let labels =
        [format!("{CARTON}21A1"), format!("{CARTON}10LOT7\u{1d}21A1"), format!("]C1{CARTON}21A1")];
    let facts: Vec<_> =
        (1..).zip(&labels).map(|(seq, code)| (id(1, seq), put("1", code, 1))).collect();
    assert_eq!(aboard(&fold(&facts)), [1, 0]);
    let pallet = ["00106141412345678908", "00106141412345678908400ORDER-1"];
    let facts: Vec<_> =
        (1..).zip(pallet).map(|(seq, code)| (id(1, seq), put("1", code, 1))).collect();
    assert_eq!(aboard(&fold(&facts)), [1, 0]);
}

#[test]
fn a_job_that_was_loaded_by_one_tap_is_whole_at_the_gate_and_on_the_manifest() {
    let mut plan = plan();
    plan.jobs.pop();
    let by_tap = states(&[(id(1, 1), Body::Loaded(Plain {}))]);
    let load = fold_load(&plan, &by_tap, &Facts::new());
    assert_eq!((load.jobs, load.jobs_whole, load.units), (1, 1, 6));
    let one_by_one =
        states(&[(id(1, 1), put("1", CARTON, 5)), (id(1, 2), put("2", "PARCEL-2", 1))]);
    assert_eq!(load.manifest, fold_load(&plan, &one_by_one, &Facts::new()).manifest);
    let known_better =
        states(&[(id(1, 1), put("1", CARTON, 3)), (id(1, 2), Body::Loaded(Plain {}))]);
    assert_eq!(
        fold_load(&plan, &known_better, &Facts::new()).jobs_whole,
        0,
        "a scanner knows better"
    );
}

#[test]
fn what_is_scanned_after_a_count_counts() {
    use crate::fact::{Counted, LineCount};
    let lines = vec![LineCount { item_id: "1".parse().unwrap(), quantity: 2 }];
    let state =
        fold(&[(id(1, 1), Body::Counted(Counted { lines })), (id(1, 2), put("1", CARTON, 4))]);
    assert_eq!(loaded(&loading().spec.items[0], &state), Some(4));
}

#[test]
fn what_went_aboard_instead_or_beyond_is_aboard() {
    let facts = [
        (id(1, 1), put("1", CARTON, 4)),
        (id(1, 2), differed(LoadDifference::Substituted, 1)),
        (id(1, 3), differed(LoadDifference::Over, 2)),
    ];
    let state = fold(&facts);
    assert_eq!(aboard(&state), [7, 0]);
    let undo = Undone { fact_id: id(1, 3), reason: "miscounted".to_owned() };
    let undone = [&facts[..], &[(id(1, 4), Body::Undone(undo))]].concat();
    assert_eq!(aboard(&fold(&undone)), [5, 0]);
}

#[test]
fn a_code_is_found_in_the_order_of_loading() {
    let plan = plan();
    let name = |found: Found<'_>| match found {
        Found::Expected(job, item) => format!("expected {} {}", job.job_id, item.item_id),
        Found::Again(job, _) => format!("again {}", job.job_id),
        Found::Enough(job, _) => format!("enough {}", job.job_id),
        Found::Off(job, _) => format!("off {}", job.job_id),
        Found::Unexpected => "unexpected".to_owned(),
    };
    let mut states = states(&[]);
    assert_eq!(name(find(&plan, &states, CARTON)), "expected J2 1", "the last job goes in first");
    assert_eq!(name(find(&plan, &states, "PARCEL-2")), "expected J1 2");
    assert_eq!(name(find(&plan, &states, "STRANGE")), "unexpected");
    let filled = JobLoad {
        units: BTreeMap::from([(
            "1".parse().unwrap(),
            Units { serials: BTreeSet::new(), alike: 2 },
        )]),
        ..JobLoad::default()
    };
    states.get_mut(&"J2".parse().unwrap()).unwrap().load = filled.clone();
    assert_eq!(name(find(&plan, &states, CARTON)), "expected J1 1", "what is full is passed over");
    let parcel = states.get_mut(&"J1".parse().unwrap()).unwrap();
    parcel.load.put(&PutAboard {
        item_id: "2".parse().unwrap(),
        code: "PARCEL-2".to_owned(),
        quantity: 1,
        by_hand: None,
    });
    assert_eq!(name(find(&plan, &states, "PARCEL-2")), "again J1");
    let mut off = plan.clone();
    for job in &mut off.jobs {
        job.standing = JobStanding::Cancelled;
    }
    assert_eq!(name(find(&off, &states, CARTON)), "off J2");
}

fn sealed(manifest: [u8; 32], role: Role) -> Body {
    let (seal, name, blob) = ("S-1".to_owned(), "Ann".to_owned(), BlobHash([1; 32]));
    Body::LoadSealed(LoadSealed { manifest, seal, name, role, blob, units: 6 })
}

#[test]
fn the_gate_says_what_is_wanting_until_both_have_signed_for_what_is_aboard() {
    let rule = DepartureRule {
        loaded: true,
        loader_signs: true,
        driver_signs: true,
        cut_off: Some("09:30".to_owned()),
        overridden_by: vec![Role::Driver],
    };
    assert!(rule.may_override(Role::Driver) && !rule.may_override(Role::Loader));
    let early = Timestamp(1_795_167_000_000); // 2026-11-20T09:30:00Z
    let late = early.plus_ms(1);
    let mut plan = plan();
    plan.jobs.pop();
    let whole = states(&[(id(1, 1), put("1", CARTON, 5)), (id(1, 2), put("2", "PARCEL-2", 1))]);
    let gate = |states: &BTreeMap<JobId, JobState>, of_run: &[Body], now| {
        let facts: Facts =
            (1..).zip(of_run).map(|(seq, body)| (id(9, seq), fact("J1", body))).collect();
        fold_load(&plan, states, &facts).lacks(&plan, &rule, now)
    };
    let nothing = states(&[]);
    assert_eq!(
        gate(&nothing, &[], late),
        [Lack::NotLoaded, Lack::LoaderUnsigned, Lack::DriverUnsigned, Lack::PastCutOff]
    );
    let manifest = fold_load(&plan, &whole, &Facts::new()).manifest;
    let both = [sealed(manifest, Role::Loader), sealed(manifest, Role::Driver)];
    assert_eq!(gate(&whole, &both, early), []);
    let fewer = states(&[(id(1, 1), put("1", CARTON, 5))]);
    assert_eq!(
        gate(&fewer, &both, early),
        [Lack::NotLoaded, Lack::LoaderUnsigned, Lack::DriverUnsigned, Lack::Changed],
        "what they signed for is not what is aboard"
    );
}

#[test]
fn the_first_departure_holds_and_one_that_was_undone_does_not() {
    let departed = || {
        let (lacks, reason) = (vec![], String::new());
        Body::Departed(Departed { manifest: [0; 32], lacks, reason, policy: 1 })
    };
    let undo = Body::Undone(Undone { fact_id: id(1, 1), reason: "not yet".to_owned() });
    let facts: Facts = [(id(1, 1), departed())].map(|(id, body)| (id, fact("J1", &body))).into();
    assert!(fold_load(&plan(), &BTreeMap::new(), &facts).departed.is_some());
    let facts: Facts =
        [(id(1, 1), departed()), (id(1, 2), undo)].map(|(id, body)| (id, fact("J1", &body))).into();
    assert_eq!(fold_load(&plan(), &BTreeMap::new(), &facts).departed, None);
}

proptest! {
    #[test]
    fn scanners_agree_in_whatever_order_they_hear_of_each_other(
        scans in proptest::collection::vec((1..4_u8, 0..6_usize, 1..4_u32), 0..40),
        order in any::<u64>(),
    ) {
        let serial = format!("{CARTON}21A1");
        let body = |(which, quantity): (usize, u32)| match which {
            0 => put("1", CARTON, quantity),
            1 => put("1", &serial, 1),
            2 => put("2", "PARCEL-2", 1),
            3 => differed(LoadDifference::Short, quantity),
            4 => differed(LoadDifference::Over, quantity),
            _ => differed(LoadDifference::Damaged, quantity),
        };
        let mut facts: Vec<_> = (1..)
            .zip(&scans)
            .map(|(seq, (device, which, quantity))| (id(*device, seq), body((*which, *quantity))))
            .collect();
        let first = states(&facts);
        let turn = usize::try_from(order % 41).unwrap() % facts.len().max(1);
        facts.rotate_left(turn);
        let again: Vec<_> = facts.iter().chain(&facts).cloned().collect();
        prop_assert_eq!(&first, &states(&again));
        let manifest = |states| fold_load(&plan(), states, &Facts::new()).manifest;
        prop_assert_eq!(manifest(&first), manifest(&states(&again)));
    }
}
