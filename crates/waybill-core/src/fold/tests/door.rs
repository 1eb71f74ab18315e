//! What is tried, taken and checked at the door.

use super::*;
use crate::fact::{
    AgeChecked, CashMethod, CashTaken, Channel, ContactOutcome, Contacted, PhotoCategory,
    PinChecked, PinResult, Reattempted,
};
use crate::failure::MissingEvidence;
use crate::job::{DeliveryPin, Job, Money, Terms};
use crate::time::Reading;

fn told(job: &Job, facts: &[(u64, u64, Body)]) -> JobState {
    let minute = |minute: u64| Reading {
        wall_ms: Timestamp(1_000 + i64::try_from(minute).unwrap() * 60_000),
        zone_min: 0,
        monotonic_ms: minute * 60_000,
    };
    let at = |(seq, at, body): &(u64, u64, Body)| {
        let mut fact = fact("J1", body);
        fact.act = minute(*at);
        (id(1, *seq), fact)
    };
    let facts: Vec<_> = facts.iter().map(at).collect();
    fold_job(job, facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped())
}

fn photo() -> Body {
    let (blob, category) = (BlobHash([9; 32]), PhotoCategory::Place);
    Body::PhotoTaken(PhotoTaken { blob, category, width: 4, height: 3, item_id: None })
}

fn called() -> Body {
    Body::Contacted(Contacted { channel: Channel::Call, outcome: ContactOutcome::NoAnswer })
}

fn nobody_there(anyway: Option<&str>) -> Body {
    let (reason, note) = ("nobody_there".to_owned(), String::new());
    Body::Failed(Failed { reason, note, policy: 1, anyway: anyway.map(str::to_owned) })
}

fn cash(minor: i64) -> Body {
    let (currency, reason) = ("GBP".to_owned(), String::new());
    Body::CashTaken(CashTaken { minor, currency, method: CashMethod::Cash, reason })
}

fn pin(result: PinResult) -> Body {
    Body::PinChecked(PinChecked { result, wrong_before: 0, reason: String::new() })
}

fn age(is_old_enough: bool) -> Body {
    Body::AgeChecked(AgeChecked { minimum: 18, is_old_enough })
}

#[test]
fn a_failure_whose_reason_got_all_it_asks_for_is_no_case() {
    let done = [
        (1, 0, arrived()),
        (2, 1, called()),
        (3, 4, called()),
        (4, 7, called()),
        (5, 8, photo()),
        (6, 10, nobody_there(None)),
    ];
    let state = told(&job("J1"), &done);
    assert_eq!(state.outcomes[0].unmet, []);
    assert_eq!(raise(&state), [Trigger::Failed]);
}

#[test]
fn what_was_not_done_is_told_whatever_the_driver_said() {
    let hasty = [
        (1, 0, arrived()),
        (2, 1, called()),
        (3, 2, called()),
        (4, 4, nobody_there(Some("the gate closes"))),
    ];
    let state = told(&job("J1"), &hasty);
    let expected = [
        MissingEvidence::ContactAttempts { count: 2 },
        MissingEvidence::Wait { minutes: 6 },
        MissingEvidence::Photo,
    ];
    assert_eq!(state.outcomes[0].unmet, expected);
    assert_eq!(state.outcomes[0].anyway.as_deref(), Some("the gate closes"));
    assert_eq!(raise(&state), [Trigger::Failed, Trigger::EvidenceMissing]);
}

#[test]
fn calls_of_an_earlier_visit_are_no_calls_of_this_one() {
    let again = Reattempted { fact_id: id(1, 3), reason: String::new() };
    let facts = [
        (1, 0, arrived()),
        (2, 1, called()),
        (3, 2, nobody_there(Some("in a hurry"))),
        (4, 3, Body::Reattempted(again)),
        (5, 60, arrived()),
    ];
    let state = told(&job("J1"), &facts);
    assert_eq!((state.visit.contacts.len(), state.visit.arrived.len()), (0, 1));
    assert_eq!(state.visit.arrived[&id(1, 1).device].monotonic_ms, 60 * 60_000);
}

#[test]
fn cash_that_is_not_what_was_due_is_a_difference_and_never_a_block() {
    let mut job = job("J1");
    job.spec.cash_due = Some(Money { minor: 5_230, currency: "GBP".to_owned() });
    let visit = |more: &[Body]| {
        let bodies = [arrived(), signed()].into_iter().chain(more.iter().cloned());
        let facts: Vec<_> = (1..).zip(bodies).map(|(seq, body)| (seq, 0, body)).collect();
        let state = told(&job, &facts);
        (judge(&state, |_| true), raise(&state))
    };
    let (short, cases) = visit(&[cash(4_000), delivered()]);
    assert_eq!(short.verdict, ReadinessVerdict::ReadyWithDifference);
    let ReadinessReason::CashShort { sum } = &short.reasons[0] else { panic!("{short:?}") };
    assert_eq!((sum.taken_minor, sum.due_minor), (4_000, 5_230));
    assert_eq!(cases, [Trigger::CashDifference]);
    let (whole, cases) = visit(&[cash(4_000), cash(1_230), delivered()]);
    assert_eq!((whole.verdict, cases), (ReadinessVerdict::Ready, vec![]));
    let (over, _) = visit(&[cash(6_000), delivered()]);
    assert!(matches!(over.reasons[0], ReadinessReason::CashOver { .. }));
    let (undone, _) = visit(&[cash(5_230), undone(id(1, 3)), delivered()]);
    let ReadinessReason::CashShort { sum } = &undone.reasons[0] else { panic!("{undone:?}") };
    assert_eq!(sum.taken_minor, 0, "what was taken back was not taken");
    let (silent, cases) = visit(&[delivered()]);
    assert_eq!(silent.verdict, ReadinessVerdict::ReadyWithDifference);
    assert_eq!(cases, [Trigger::CashDifference], "what nobody wrote down was not taken");
}

#[test]
fn nobody_gets_new_tries_by_undoing_wrong_ones() {
    let mut job = job("J1");
    job.spec.delivery_pin = DeliveryPin::new("4711", [1; 16]);
    let wrong = |count: u64| (1..=count).map(|seq| (seq, 0, pin(PinResult::Wrong)));
    let four: Vec<_> = wrong(4).chain([(9, 0, undone(id(1, 1)))]).collect();
    assert_eq!(told(&job, &four).door.pin_tries_left(), 1);
    let waived = (8, 0, pin(PinResult::Waived));
    let early: Vec<_> = wrong(4).chain([waived.clone()]).collect();
    assert!(!told(&job, &early).has(ProofKind::Pin), "there was still a try");
    let late: Vec<_> = wrong(5)
        .chain([waived, (9, 0, arrived()), (10, 0, signed()), (11, 0, delivered())])
        .collect();
    let state = told(&job, &late);
    assert!(state.has(ProofKind::Pin));
    assert_eq!(judge(&state, |_| true).reasons, [ReadinessReason::PinWaived]);
}

#[test]
fn a_pin_and_an_age_are_asked_for_on_top_of_what_the_job_says() {
    let mut job = job("J1");
    job.spec.delivery_pin = DeliveryPin::new("4711", [1; 16]);
    job.spec.terms = Some(Terms { minimum_age: Some(18), ..Terms::default() });
    let mut facts = vec![(1, 0, arrived()), (2, 0, signed()), (9, 0, delivered())];
    let missing = |facts: &[_]| judge(&told(&job, facts), |_| true).reasons;
    let lacks = |proof| ReadinessReason::ProofMissing { proof };
    assert_eq!(missing(&facts), [lacks(ProofKind::Age), lacks(ProofKind::Pin)]);
    facts.extend([(3, 0, pin(PinResult::Right)), (4, 0, age(true))]);
    assert_eq!(missing(&facts), []);
    facts.push((5, 0, age(false)));
    assert_eq!(missing(&facts), [lacks(ProofKind::Age)], "somebody too young was there");
    facts.push((6, 0, undone(id(1, 5))));
    assert_eq!(missing(&facts), []);
}
