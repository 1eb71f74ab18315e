use proptest::prelude::*;

use super::*;
use crate::fact::{Body, Counted, Delivered, LineCount, LineOutcome, Plain, Scanned};
use crate::fold::fold_job;
use crate::fold::samples::{fact, id, job};
use crate::policy::Policy;
use crate::proof::Method;

fn fold(job: &Job, bodies: &[Body]) -> JobState {
    let facts: Vec<_> = bodies.iter().map(|body| fact("J1", body)).collect();
    let facts = (1..).zip(&facts).map(|(seq, fact)| (id(1, seq), fact));
    fold_job(job, facts, &Policy::shipped())
}

fn counted(quantity: u32) -> Body {
    Body::Counted(Counted { lines: vec![LineCount { item_id: "1".parse().unwrap(), quantity }] })
}

fn delivered([delivered, refused, damaged, missing]: [u32; 4]) -> Body {
    let item_id = "1".parse().unwrap();
    let lines = vec![LineOutcome {
        item_id,
        delivered,
        refused,
        damaged,
        missing,
        substituted: None,
        why: None,
    }];
    Body::Delivered(Delivered { lines, policy: 1, method: Method::Recipient })
}

#[test]
fn a_day_s_goods_add_up_at_every_step() {
    let job = job("J1");
    let first = |bodies: &[Body]| account(&job, &fold(&job, bodies)).remove(0);
    let idle = first(&[]);
    assert_eq!((idle.loaded, idle.aboard), (0, 0));
    let loaded = first(&[Body::Loaded(Plain {})]);
    assert_eq!((loaded.loaded, loaded.aboard), (5, 5), "without a count all of it went aboard");
    let bodies =
        [counted(4), Body::Loaded(Plain {}), Body::Arrived(Plain {}), delivered([2, 1, 0, 0])];
    let handed_over = first(&bodies);
    assert_eq!((handed_over.short(), handed_over.aboard, handed_over.over), (1, 1, 0));
    let back = first(&[&bodies[..], &[Body::Returned(Plain {})]].concat());
    assert_eq!((back.aboard, back.returned), (0, 1));
    let too_many = first(&[counted(4), Body::Arrived(Plain {}), delivered([5, 0, 0, 0])]);
    assert_eq!((too_many.over, too_many.aboard), (1, 0));
}

#[test]
fn parcels_are_found_by_their_code_however_it_is_written() {
    let mut job = job("J1");
    job.spec.items[0].code = "9501101530003".to_owned();
    job.spec.items[1].code = "PARCEL-2".to_owned();
    let scan =
        |code: &str| Body::Scanned(Scanned { code: code.to_owned(), quantity: 1, is_typed: false });
    let state = fold(&job, &[scan("0109501101530003\u{1d}10A"), scan("STRANGE")]);
    let found: Vec<_> = parcels(&job, &state)
        .into_iter()
        .map(|parcel| (parcel.code, parcel.item_id.is_some(), parcel.is_scanned))
        .collect();
    let expected = [
        ("9501101530003".to_owned(), true, true),
        ("PARCEL-2".to_owned(), true, false),
        ("STRANGE".to_owned(), false, true),
    ];
    assert_eq!(found, expected);
}

proptest! {
    #[test]
    fn goods_are_neither_made_nor_lost(
        count in proptest::option::of(any::<u32>()),
        parts in proptest::option::of(any::<[u32; 4]>()),
        is_returned: bool,
        quantity in 1_u32..=1_000_000,
    ) {
        let mut job = job("J1");
        job.spec.items[0].quantity = quantity;
        let mut bodies: Vec<_> = count.map(counted).into_iter().chain(parts.map(delivered)).collect();
        if is_returned {
            bodies.push(Body::Returned(Plain {}));
        }
        for line in account(&job, &fold(&job, &bodies)) {
            prop_assert!(line.is_balanced(), "{:?}", line);
            prop_assert!(line.over == 0 || line.aboard + line.returned == 0);
        }
    }
}
