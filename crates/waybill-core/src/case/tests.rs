use super::*;
use crate::fact::{Body, Counted, Delivered, LineCount, Plain};
use crate::fold::fold_job;
use crate::fold::samples::{fact, id, job};
use crate::policy::Policy;
use crate::proof::Method;
use crate::time::Window;

fn at(job: &Job, bodies: &[Body], now_ms: i64) -> Vec<RaisedCase> {
    let facts: Vec<_> = bodies.iter().map(|body| fact("J1", body)).collect();
    let facts = (1..).zip(&facts).map(|(seq, fact)| (id(1, seq), fact));
    let state = fold_job(job, facts, &Policy::shipped());
    raise_all(job, &state, Moment::at(Timestamp(now_ms)))
}

fn triggers(cases: &[RaisedCase]) -> Vec<Trigger> {
    cases.iter().map(|case| case.trigger).collect()
}

fn visit(before: Option<Body>) -> Vec<Body> {
    let (lines, policy, method) = (Vec::new(), 1, Method::Recipient);
    let delivered = Body::Delivered(Delivered { lines, policy, method });
    before.into_iter().chain([Body::Arrived(Plain {}), delivered]).collect()
}

#[test]
fn proof_may_be_added_for_a_while_before_somebody_is_asked() {
    // The samples act at 1 000 ms.
    let soon = at(&job("J1"), &visit(None), 1_000 + PROOF_GRACE_MS);
    assert_eq!(triggers(&soon), []);
    let later = at(&job("J1"), &visit(None), 1_001 + PROOF_GRACE_MS);
    assert_eq!(triggers(&later), [Trigger::ProofMissing]);
    let due = Timestamp(1_000).plus_ms(Trigger::ProofMissing.due_after_ms());
    assert_eq!((later[0].owner, later[0].due_at), (Role::Dispatcher, due));
}

#[test]
fn short_over_and_late_are_cases() {
    let counted = |quantity| {
        let item_id = "1".parse().unwrap();
        Some(Body::Counted(Counted { lines: vec![LineCount { item_id, quantity }] }))
    };
    for (quantity, expected) in
        [(4, vec![Trigger::OverOrShort]), (5, vec![]), (6, vec![Trigger::OverOrShort])]
    {
        assert_eq!(triggers(&at(&job("J1"), &visit(counted(quantity)), 1_000)), expected);
    }
    let window = |to| Some(Window { from_ms: Timestamp(0), to_ms: Timestamp(to) });
    let in_time = Job { window: window(1_000), ..job("J1") };
    assert_eq!(triggers(&at(&in_time, &visit(None), 1_000)), []);
    let late = Job { window: window(999), ..job("J1") };
    assert_eq!(triggers(&at(&late, &visit(None), 1_000)), [Trigger::LateOutcome]);
}

#[test]
fn a_clock_that_runs_ahead_wins_no_time() {
    let late =
        Job { window: Some(Window { from_ms: Timestamp(0), to_ms: Timestamp(1) }), ..job("J1") };
    let cases = at(&late, &visit(None), 10);
    assert_eq!(cases[0].due_at, Timestamp(10).plus_ms(Trigger::LateOutcome.due_after_ms()));
}

#[test]
fn every_trigger_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<_> = Trigger::ALL.map(Trigger::word).into();
    assert_eq!(words.len(), Trigger::ALL.len());
    assert!(Trigger::ALL.iter().all(|trigger| trigger.due_after_ms() > 0));
}
