//! Plan changes in a row, without the hashes that tie them together.
//!
//! A change of the plan names the change it follows by a hash of 32 bytes, and carries a checksum; both
//! are as incompressible as dice and both follow from the change before. In a row of changes, each of
//! which follows the one before, they are left out and computed again. What is not such a change
//! travels as it is.

use minicbor::bytes::ByteVec;
use sha2::{Digest, Sha256};

/// What every chunk of the plan's format begins with.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// The kind of chunk that is one uncompressed change.
const CHANGE: u8 = 1;

/// How an element of the row is written: its first byte.
const AS_IS: u8 = 0;
const WITHOUT_HASH: u8 = 1;

/// Shortens a row of changes that begins after a known one.
pub fn shorten(base: Option<[u8; 32]>, changes: &[Vec<u8>]) -> Vec<ByteVec> {
    let mut before = base;
    let mut short = Vec::new();
    for change in changes {
        let body = before.and_then(|before| without_hash(before, change));
        let first = if body.is_some() { WITHOUT_HASH } else { AS_IS };
        let rest = body.unwrap_or_else(|| change.clone());
        short.push([vec![first], rest].concat().into());
        before = hash_of(change);
    }
    short
}

/// Makes a row of changes whole again; `None` if it is not one.
pub fn lengthen(base: Option<[u8; 32]>, short: &[ByteVec]) -> Option<Vec<Vec<u8>>> {
    let mut before = base;
    let mut changes = Vec::new();
    for element in short {
        let (first, rest) = element.split_first()?;
        let change = match *first {
            AS_IS => rest.to_vec(),
            WITHOUT_HASH => with_hash(before?, rest),
            _ => return None,
        };
        before = hash_of(&change);
        changes.push(change);
    }
    Some(changes)
}

/// The newest change, where there is just one: a row can begin after it.
pub fn only(heads: &[[u8; 32]]) -> Option<[u8; 32]> {
    match heads {
        [head] => Some(*head),
        _ => None,
    }
}

/// A change's hash: over everything behind the checksum.
fn hash_of(change: &[u8]) -> Option<[u8; 32]> {
    Some(Sha256::digest(change.get(8..)?).into())
}

/// Takes out of a change what follows from the one before it, if that is how it was made.
fn without_hash(before: [u8; 32], change: &[u8]) -> Option<Vec<u8>> {
    let chunk = change.get(8..)?;
    let (kind, rest) = chunk.split_first()?;
    let length_bytes = 1 + rest.iter().position(|byte| byte & 0x80 == 0)?;
    let body = rest.get(length_bytes..)?;
    let (deps, tail) = body.split_first()?;
    let (dep, tail) = tail.split_at_checked(32)?;
    let is_next = *kind == CHANGE && *deps == 1 && dep == before;
    (is_next && with_hash(before, tail) == change).then(|| tail.to_vec())
}

/// Puts a change together with the hash of the one before it.
fn with_hash(before: [u8; 32], tail: &[u8]) -> Vec<u8> {
    let mut chunk = vec![CHANGE];
    let mut length = 1 + before.len() + tail.len();
    while length >= 0x80 {
        chunk.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    chunk.push(u8::try_from(length).unwrap_or(0));
    chunk.push(1);
    chunk.extend_from_slice(&before);
    chunk.extend_from_slice(tail);
    let sum = Sha256::digest(&chunk);
    [MAGIC.as_slice(), sum.get(..4).unwrap_or_default(), &chunk].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use waybill_core::id::{RunId, StoreId};
    use waybill_core::job::RunHead;
    use waybill_core::plan::{Actor, PlanDoc};
    use waybill_core::time::Timestamp;

    fn row() -> ([u8; 32], Vec<Vec<u8>>) {
        let run_id: RunId = "R1".parse().unwrap();
        let head = |vehicle: &str| RunHead {
            run_id: run_id.clone(),
            depot_id: "D1".parse().unwrap(),
            day: "2026-11-20".to_owned(),
            zone: "Europe/London".to_owned(),
            vehicle: vehicle.to_owned(),
            driver_id: "P1".parse().unwrap(),
        };
        let office = Actor::hub(StoreId([9; 16]), 1);
        let mut plan = PlanDoc::create(&office, &head("Van 1"), Timestamp(0)).unwrap();
        let base = plan.heads()[0];
        for number in 2..12 {
            let long = "a very long name ".repeat(number);
            plan.put_head(&head(&long), Timestamp(0)).unwrap();
        }
        (base, plan.changes_since(&[base]).unwrap())
    }

    #[test]
    fn a_row_comes_back_and_every_change_of_it_is_shorter() {
        let (base, changes) = row();
        let short = shorten(Some(base), &changes);
        assert_eq!(lengthen(Some(base), &short).as_ref(), Some(&changes));
        for (short, change) in short.iter().zip(&changes) {
            assert!(short.len() + 40 <= change.len(), "{} of {}", short.len(), change.len());
        }
    }

    #[test]
    fn a_row_without_a_known_beginning_comes_back_too() {
        let (_, changes) = row();
        let short = shorten(None, &changes);
        assert_eq!(short[0].len(), changes[0].len() + 1, "the first one travels as it is");
        assert_eq!(lengthen(None, &short), Some(changes));
    }

    #[test]
    fn what_is_no_change_travels_as_it_is() {
        let odd = vec![vec![], b"x".to_vec(), vec![0; 100]];
        assert_eq!(lengthen(None, &shorten(None, &odd)), Some(odd.clone()));
        assert_eq!(lengthen(Some([1; 32]), &shorten(Some([1; 32]), &odd)), Some(odd));
    }

    #[test]
    fn a_row_that_somebody_made_up_is_no_row() {
        assert_eq!(lengthen(None, &[vec![].into()]), None);
        assert_eq!(lengthen(None, &[vec![7, 1, 2].into()]), None);
        assert_eq!(lengthen(None, &[vec![WITHOUT_HASH, 1].into()]), None, "after what?");
    }
}
