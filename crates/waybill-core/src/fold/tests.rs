use proptest::prelude::*;

use super::samples::{fact, id, job};
use super::*;
use crate::case::{Trigger, raise};
use crate::fact::{
    Delivered, Failed, LineOutcome, Noted, PhotoCategory, PhotoTaken, Plain, Reattempted, Scanned,
    Signed, SignerRole, Undone,
};
use crate::job::RunHead;
use crate::policy::Policy;
use crate::proof::Need;
use crate::readiness::{ReadinessReason, ReadinessVerdict, judge};

mod door;
mod laws;
mod visits;

fn fold(facts: &[(FactId, Body)]) -> JobState {
    let facts: Vec<_> = facts.iter().map(|(id, body)| (*id, fact("J1", body))).collect();
    fold_job(&job("J1"), facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped())
}

fn arrived() -> Body {
    Body::Arrived(Plain {})
}

fn delivered() -> Body {
    Body::Delivered(Delivered { lines: vec![], policy: 1, method: Method::Recipient })
}

fn failed() -> Body {
    Body::Failed(Failed {
        reason: "closed".to_owned(),
        note: String::new(),
        policy: 1,
        anyway: None,
    })
}

fn signed() -> Body {
    let (name, role) = ("Amina".to_owned(), SignerRole::Recipient);
    Body::Signed(Signed::plain(BlobHash([7; 32]), name, role))
}

fn undone(fact_id: FactId) -> Body {
    Body::Undone(Undone { fact_id, reason: "wrong job".to_owned() })
}

#[test]
fn a_plain_delivery_is_ready_once_its_proof_is_held() {
    let state = fold(&[(id(1, 1), arrived()), (id(1, 2), signed()), (id(1, 3), delivered())]);
    assert_eq!((state.status, state.irregular.len()), (Status::Delivered, 0));
    assert_eq!(judge(&state, |_| true).verdict, ReadinessVerdict::Ready);
    let waiting = judge(&state, |_| false);
    assert_eq!(waiting.reasons, [ReadinessReason::ProofOnItsWay { count: 1 }]);
}

#[test]
fn a_delivery_without_its_signature_is_blocked_and_says_why() {
    let state = fold(&[(id(1, 1), arrived()), (id(1, 2), delivered())]);
    let missing = ReadinessReason::ProofMissing { proof: ProofKind::Signature };
    assert_eq!(judge(&state, |_| true).reasons, [missing]);
}

#[test]
fn what_was_refused_is_a_difference_and_opens_a_case() {
    let line = LineOutcome {
        item_id: "1".parse().unwrap(),
        delivered: 3,
        refused: 2,
        damaged: 0,
        missing: 0,
        substituted: None,
        why: None,
    };
    let delivered =
        Body::Delivered(Delivered { lines: vec![line], policy: 1, method: Method::Recipient });
    let state = fold(&[(id(1, 1), arrived()), (id(1, 2), signed()), (id(1, 3), delivered)]);
    assert_eq!(state.status, Status::DeliveredInPart);
    assert_eq!(state.outcomes[0].lines.len(), 2, "a line that was not named was handed over whole");
    let readiness = judge(&state, |_| true);
    assert_eq!(readiness.verdict, ReadinessVerdict::ReadyWithDifference);
    assert_eq!(readiness.reasons, [ReadinessReason::Refused { count: 2 }]);
    assert_eq!(raise(&state), [Trigger::DifferenceToPlan]);
}

#[test]
fn an_undone_delivery_puts_the_job_back_to_where_it_was() {
    let mut facts =
        vec![(id(1, 1), arrived()), (id(1, 2), delivered()), (id(1, 3), undone(id(1, 2)))];
    assert_eq!(fold(&facts).status, Status::Arrived);
    facts.push((id(1, 4), delivered()));
    let again = fold(&facts);
    assert_eq!((again.status, again.outcomes.len()), (Status::Delivered, 1));
}

#[test]
fn two_phones_with_two_outcomes_are_a_question_and_never_a_race() {
    let facts = [(id(1, 1), arrived()), (id(1, 2), delivered()), (id(2, 1), failed())];
    let state = fold(&facts);
    assert_eq!(state.outcomes.len(), 2);
    assert_eq!(judge(&state, |_| true).reasons[0], ReadinessReason::TwoOutcomes);
    assert_eq!(raise(&state), [Trigger::TwoOutcomes, Trigger::EvidenceMissing]);
}

#[test]
fn what_the_office_cancelled_and_the_driver_delivered_stays_delivered() {
    let mut cancelled = job("J1");
    cancelled.standing = JobStanding::Cancelled;
    let facts = [(id(1, 1), fact("J1", &arrived())), (id(1, 2), fact("J1", &delivered()))];
    let state =
        fold_job(&cancelled, facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped());
    assert_eq!(state.status, Status::Delivered);
    assert!(raise(&state).contains(&Trigger::DeliveredAfterCancel));
    let readiness = judge(&state, |_| true);
    assert!(readiness.reasons.contains(&ReadinessReason::DeliveredAfterCancel));
}

#[test]
fn a_step_out_of_turn_counts_and_is_marked() {
    let state = fold(&[(id(1, 1), delivered())]);
    assert_eq!(state.status, Status::Delivered, "what happened, happened");
    assert_eq!(state.irregular.into_iter().collect::<Vec<_>>(), [id(1, 1)]);
}

fn any_body() -> impl Strategy<Value = Body> {
    let photo = |seed: u8| {
        let (category, width, height) = (PhotoCategory::Goods, 1, 1);
        Body::PhotoTaken(PhotoTaken {
            blob: BlobHash([seed; 32]),
            category,
            width,
            height,
            item_id: None,
        })
    };
    prop_oneof![
        Just(Body::Loaded(Plain {})),
        Just(Body::OnTheWay(Plain {})),
        Just(arrived()),
        Just(delivered()),
        Just(failed()),
        Just(signed()),
        Just(Body::Returned(Plain {})),
        Just(Body::Noted(Noted { text: "x".to_owned() })),
        Just(Body::Unknown { kind: 999 }),
        (0_u8..4).prop_map(photo),
        (0_u8..4).prop_map(|code| {
            let (code, quantity, is_typed) = (code.to_string(), 1, false);
            Body::Scanned(Scanned { code, quantity, is_typed })
        }),
        (1_u8..4, 1_u64..8).prop_map(|(device, seq)| undone(id(device, seq))),
        (1_u8..4, 1_u64..8).prop_map(|(device, seq)| {
            let (fact_id, reason) = (id(device, seq), String::new());
            Body::Reattempted(Reattempted { fact_id, reason })
        }),
    ]
}

fn any_facts() -> impl Strategy<Value = Vec<(FactId, Fact)>> {
    let one = (1_u8..4, 1_u64..8, 1_u8..3, any_body())
        .prop_map(|(device, seq, job, body)| (id(device, seq), fact(&format!("J{job}"), &body)));
    // One id, one fact: the journal sees to that.
    proptest::collection::vec(one, 0..24).prop_map(|mut facts| {
        facts.sort_by_key(|(id, _)| *id);
        facts.dedup_by_key(|(id, _)| *id);
        facts
    })
}

fn plan() -> Plan {
    let head = RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D1".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "P1".parse().unwrap(),
    };
    Plan { head, jobs: vec![job("J1"), job("J2")], conflicts: vec![] }
}

fn hash_of(facts: &[(FactId, Fact)]) -> [u8; 32] {
    let mut set = Facts::new();
    for (id, fact) in facts {
        set.insert(*id, fact.clone());
    }
    state_hash(&fold_run(&plan(), &set, &Policy::shipped()))
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_gives_the_same_state(
        facts in any_facts(),
        shuffle in any::<prop::sample::Index>(),
        repeat in any::<prop::sample::Index>(),
    ) {
        let told = hash_of(&facts);
        let mut other = facts.clone();
        if !other.is_empty() {
            let by = shuffle.index(other.len());
            other.rotate_left(by);
            other.reverse();
            other.push(facts[repeat.index(facts.len())].clone());
        }
        prop_assert_eq!(told, hash_of(&other));
    }

    #[test]
    fn one_job_at_a_time_folds_like_the_whole_run(facts in any_facts()) {
        let set: Facts = facts.iter().cloned().collect();
        let whole = fold_run(&plan(), &set, &Policy::shipped());
        for job in &plan().jobs {
            let own = facts.iter().filter(|(_, fact)| fact.job_id.as_ref() == Some(&job.job_id));
            // Handed over in reverse: the fold sorts for itself.
            let own: Vec<_> = own.rev().map(|(id, fact)| (*id, fact)).collect();
            prop_assert_eq!(&fold_job(job, own, &Policy::shipped()), &whole[&job.job_id]);
        }
    }

    #[test]
    fn the_fold_never_panics_and_a_verdict_is_always_explained(facts in any_facts()) {
        let set: Facts = facts.into_iter().collect();
        for state in fold_run(&plan(), &set, &Policy::shipped()).values() {
            let readiness = judge(state, |_| true);
            let is_plain = readiness.verdict == ReadinessVerdict::Ready;
            prop_assert_eq!(readiness.reasons.is_empty(), is_plain);
        }
    }
}
