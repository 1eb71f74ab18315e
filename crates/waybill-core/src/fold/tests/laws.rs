//! What holds for every set of facts.

use super::*;

/// What of a state does not depend on who wrote what.
fn meaning(state: &JobState) -> impl PartialEq + std::fmt::Debug {
    let mut blobs: Vec<_> = state.blobs().collect();
    blobs.sort_unstable();
    let mut outcomes: Vec<_> = state.outcomes.iter().map(|each| each.status).collect();
    outcomes.sort_unstable();
    let codes = state.scanned.clone();
    (state.status, outcomes, blobs, codes, state.counted.clone())
}

fn told(facts: &[(FactId, Fact)]) -> JobState {
    fold_job(&job("J1"), facts.iter().map(|(id, fact)| (*id, fact)), &Policy::shipped())
}

proptest! {
    #[test]
    fn facts_mean_the_same_however_they_are_split_over_phones(
        bodies in proptest::collection::vec(any_body(), 0..16),
        phones in proptest::collection::vec(1_u8..5, 16),
    ) {
        // An undo and a new attempt name a fact by its phone; everything else is free to move.
        let is_free = |body: &Body| !matches!(body, Body::Undone(_) | Body::Reattempted(_));
        let bodies: Vec<_> = bodies.into_iter().filter(is_free).collect();
        let on = |phone: &dyn Fn(usize) -> u8| -> Vec<(FactId, Fact)> {
            let numbered = (0..).zip(&bodies);
            numbered.map(|(at, body)| (id(phone(at), at as u64 + 1), fact("J1", body))).collect()
        };
        let (one, many) = (told(&on(&|_| 1)), told(&on(&|at| phones[at])));
        prop_assert_eq!(meaning(&one), meaning(&many));
    }

    #[test]
    fn a_fold_that_grows_is_the_whole_fold(
        facts in any_facts(),
        known in any::<prop::sample::Index>(),
        shuffle in any::<prop::sample::Index>(),
    ) {
        let mut facts = facts;
        if !facts.is_empty() {
            let by = shuffle.index(facts.len());
            facts.rotate_left(by);
        }
        let policy = Policy::shipped();
        let mut growing = GrowingFold::new(job("J1"), &policy);
        let prefix = known.index(facts.len() + 1);
        for (at, (id, fact)) in facts.iter().enumerate() {
            prop_assert!(growing.refold(*id, fact, &policy));
            if at >= prefix {
                prop_assert_eq!(growing.state(), &told(&facts[..=at]));
            }
        }
        for (id, fact) in &facts {
            prop_assert!(!growing.refold(*id, fact, &policy), "a fact that is known is no news");
        }
        prop_assert_eq!(growing.state(), &told(&facts));
    }

    #[test]
    fn what_is_not_understood_is_kept_and_changes_nothing(
        facts in any_facts(),
        kind in 14_u16..,
        seq in 100_u64..200,
    ) {
        let stranger = fact("J1", &Body::Unknown { kind });
        let again = Fact::from_bytes(&stranger.to_bytes()).unwrap();
        prop_assert_eq!((again.kind(), again.to_bytes()), (kind, stranger.to_bytes()));
        let before = told(&facts);
        let mut with = facts;
        with.push((id(1, seq), stranger));
        prop_assert_eq!(before, told(&with));
    }
}
