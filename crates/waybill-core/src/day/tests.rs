use super::*;
use crate::fact::{
    CashMethod, CashTaken, CheckAnswer, CheckedIn, Departed, LineCount, LineOutcome, Messaged,
    Plain, Undone,
};
use crate::fold::fold_job;
use crate::fold::samples::{fact, id, job};
use crate::job::RunHead;
use crate::policy::Policy;
use crate::proof::Method;

fn at(minutes: i64, body: &Body) -> Fact {
    let mut fact = fact("J1", body);
    fact.job_id = None;
    fact.act.wall_ms = Timestamp(minutes * 60_000);
    fact.act.monotonic_ms = u64::try_from(minutes * 60_000).unwrap();
    fact
}

#[test]
fn a_break_lasts_from_its_begin_to_its_end_on_the_same_phone() {
    let facts: Facts = [
        (id(1, 1), at(10, &Body::BreakBegan(Plain {}))),
        (id(1, 2), at(12, &Body::BreakBegan(Plain {}))),
        (id(2, 1), at(15, &Body::BreakEnded(Plain {}))),
        (id(1, 3), at(40, &Body::BreakEnded(Plain {}))),
        (id(1, 4), at(90, &Body::BreakBegan(Plain {}))),
    ]
    .into();
    let day = fold_day(&facts);
    let now = at(100, &Body::BreakBegan(Plain {})).act;
    let lasted: Vec<_> = day.breaks.iter().map(|rest| rest.ms(now) / 60_000).collect();
    assert_eq!(lasted, [30, 10]);
}

#[test]
fn a_debrief_that_was_taken_back_does_not_count() {
    let debrief =
        Body::VehicleChecked(VehicleChecked { answers: vec![], policy: 1, odometer_km: None });
    let undo = Body::Undone(Undone { fact_id: id(1, 1), reason: "again".to_owned() });
    let facts: Facts = [(id(1, 1), at(1, &debrief)), (id(1, 2), at(2, &undo))].into();
    assert!(fold_day(&facts).checks.is_empty());
}

#[test]
fn goods_and_money_that_were_not_left_with_anybody_come_home() {
    let lines = vec![LineOutcome {
        delivered: 3,
        refused: 2,
        ..LineOutcome::whole("1".parse().unwrap(), 5)
    }];
    let taken = CashTaken {
        minor: 500,
        currency: "GBP".to_owned(),
        method: CashMethod::Cash,
        reason: String::new(),
    };
    let card = CashTaken { method: CashMethod::Card, ..taken.clone() };
    let delivered = crate::fact::Delivered { lines, policy: 1, method: Method::Recipient };
    let mut facts = vec![
        (id(1, 1), fact("J1", &Body::Loaded(Plain {}))),
        (id(1, 2), fact("J1", &Body::Arrived(Plain {}))),
        (id(1, 3), fact("J1", &Body::CashTaken(taken))),
        (id(1, 4), fact("J1", &Body::CashTaken(card))),
        (id(1, 5), fact("J1", &Body::Delivered(delivered))),
    ];
    let head = RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D1".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "P1".parse().unwrap(),
    };
    let plan = Plan { head, jobs: vec![job("J1")], conflicts: vec![] };
    let account = |facts: &[(FactId, Fact)]| {
        let state =
            fold_job(&plan.jobs[0], facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped());
        let is_off =
            account(&plan.jobs[0], &state).iter().any(crate::items::LineAccount::is_back_otherwise);
        (account_day(&plan, &BTreeMap::from([("J1".parse().unwrap(), state)])), is_off)
    };
    let (day, _) = account(&facts);
    assert_eq!(day.aboard, [("J1".parse().unwrap(), "1".parse().unwrap(), 2)]);
    assert_eq!(day.cash, [Money { minor: 500, currency: "GBP".to_owned() }]);
    let back = |quantity| {
        Body::CheckedIn(CheckedIn {
            lines: vec![LineCount { item_id: "1".parse().unwrap(), quantity }],
        })
    };
    facts.push((id(1, 6), fact("J1", &back(1))));
    let (later, is_off) = account(&facts);
    assert!(later.aboard.is_empty() && is_off, "one of two came back");
    assert_ne!(later.digest, day.digest);
    facts.push((id(1, 7), fact("J1", &back(2))));
    assert!(!account(&facts).1);
}

#[test]
fn what_the_office_has_to_look_at_is_raised_once_for_each_fact_and_is_due_after_the_act() {
    let raise = |body: &Body| raise_matter(&at(60, body), Timestamp(30 * 60_000));
    let answers = |is_good| {
        let (point, note) = ("tyres".to_owned(), "rear left is flat".to_owned());
        let answers = vec![CheckAnswer { point, is_good, note }];
        Body::VehicleChecked(VehicleChecked { answers, policy: 1, odometer_km: Some(12) })
    };
    assert_eq!(raise(&answers(true)), None);
    let defect = raise(&answers(false)).unwrap();
    assert_eq!(
        (defect.matter, defect.text.as_str()),
        (Matter::VehicleDefect, "tyres: rear left is flat")
    );
    assert_eq!(defect.due_at, Timestamp(90 * 60_000), "heard before it is said to have happened");
    let said = Messaged { preset: "running_late".to_owned(), text: "20 minutes".to_owned() };
    assert_eq!(raise(&Body::Messaged(said)).unwrap().text, "running_late: 20 minutes");
    let left = |lacks: Vec<String>| {
        let reason = "customer waits".to_owned();
        Body::Departed(Departed { manifest: [0; 32], lacks, reason, policy: 1 })
    };
    assert_eq!(raise(&left(vec![])), None);
    assert_eq!(raise(&left(vec!["not_loaded".to_owned()])).unwrap().matter, Matter::DepartedAnyway);
    for each in Matter::ALL {
        assert_eq!(Matter::from_word(each.word()), Some(each));
    }
}
