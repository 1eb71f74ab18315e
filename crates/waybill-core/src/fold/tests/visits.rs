//! A job is tried again after it failed, and is judged by the policy that its outcome names.

use super::*;
use crate::fact::{Counted, LineCount, Reattempted};
use crate::policy::{Policies, ProofClause};

fn again(fact_id: FactId) -> Body {
    Body::Reattempted(Reattempted { fact_id, reason: "the customer called back".to_owned() })
}

fn loaded() -> Body {
    Body::Loaded(Plain {})
}

#[test]
fn a_new_visit_begins_with_what_is_still_aboard() {
    let mut facts = vec![
        (id(1, 1), loaded()),
        (id(1, 2), arrived()),
        (id(1, 3), signed()),
        (id(1, 4), failed()),
        (id(1, 5), again(id(1, 4))),
    ];
    let state = fold(&facts);
    assert_eq!((state.status, state.outcomes.len()), (Status::Loaded, 0));
    assert_eq!(state.past_outcomes[0].fact_id, id(1, 4));
    assert!(!state.has(ProofKind::Signature), "a signature of an earlier visit is no proof");
    assert_eq!(raise(&state), []);
    facts.extend([(id(1, 6), arrived()), (id(1, 7), signed()), (id(1, 8), delivered())]);
    let state = fold(&facts);
    assert_eq!((state.status, state.irregular.len()), (Status::Delivered, 0));
    assert_eq!(judge(&state, |_| true).verdict, ReadinessVerdict::Ready);
}

#[test]
fn another_phone_may_try_again_and_the_order_between_them_means_nothing() {
    let facts = [
        (id(2, 1), arrived()),
        (id(2, 2), failed()),
        (id(1, 1), again(id(2, 2))),
        (id(1, 2), arrived()),
        (id(1, 3), delivered()),
    ];
    let state = fold(&facts);
    assert_eq!((state.status, state.outcomes.len()), (Status::Delivered, 1));
    assert!(state.irregular.is_empty());
}

#[test]
fn a_new_attempt_hides_no_delivery() {
    let facts = [
        (id(1, 1), arrived()),
        (id(1, 2), delivered()),
        (id(1, 3), failed()),
        (id(1, 4), again(id(1, 3))),
    ];
    let state = fold(&facts);
    assert_eq!((state.status, state.outcomes.len()), (Status::Delivered, 1));
}

#[test]
fn a_new_attempt_that_names_no_failure_changes_nothing_and_is_marked() {
    let facts = [(id(1, 1), arrived()), (id(1, 2), failed()), (id(1, 3), again(id(1, 1)))];
    let state = fold(&facts);
    assert_eq!(state.status, Status::Failed);
    assert!(state.irregular.contains(&id(1, 3)));
    let mut undone_again = facts.to_vec();
    undone_again[2].1 = again(id(1, 2));
    undone_again.push((id(1, 4), undone(id(1, 3))));
    assert_eq!(fold(&undone_again).status, Status::Failed, "taking it back restores the failure");
}

#[test]
fn of_two_counts_of_one_line_the_larger_stands() {
    let counted = |quantity| {
        let item_id = "1".parse().unwrap();
        Body::Counted(Counted { lines: vec![LineCount { item_id, quantity }] })
    };
    let state = fold(&[(id(1, 1), counted(4)), (id(2, 1), counted(5)), (id(2, 2), counted(3))]);
    assert_eq!(state.counted.into_values().collect::<Vec<_>>(), [5]);
}

#[test]
fn a_fact_is_judged_by_the_policy_and_the_method_that_it_names() {
    let mut job = job("J1");
    job.spec.proof = None;
    let photo = ProofRule { photo: Need::Required, ..ProofRule::default() };
    let clause = ProofClause { method: Some(Method::Locker), rule: photo, ..Default::default() };
    let newer = Policy { version: 2, clauses: vec![clause], ..Policy::shipped() };
    let older = Policy { version: 1, clauses: vec![], ..Policy::shipped() };
    let mut policies = Policies::new(older.clone());
    policies.insert(newer);
    let rule_of = |policy, method| {
        let body = Body::Delivered(Delivered { lines: vec![], policy, method });
        let fact = fact("J1", &body);
        fold_job(&job, [(id(1, 1), &fact)], &policies).rule
    };
    assert_eq!(rule_of(2, Method::Locker), photo);
    assert_eq!(rule_of(2, Method::Recipient), older.proof);
    assert_eq!(rule_of(1, Method::Locker), older.proof, "what was right then stays right");
}
