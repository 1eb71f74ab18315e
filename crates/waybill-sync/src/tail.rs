//! What a hub checks about a journal's tail before it believes a word of it.

use waybill_core::id::{ChainHash, DeviceId};
use waybill_core::journal::Head;

use crate::code::Code;
use crate::key::DevicePublic;
use crate::limits::FACTS_MAX;
use crate::seal::is_sealed;
use crate::wire::Tail;

/// What the hub holds of the epoch that a tail belongs to.
pub trait HeldChain {
    /// The number of the last fact held without a gap; 0 for none.
    fn held_seq(&self) -> u64;
    /// The chain hash at a fact that is held.
    fn hash_at(&self, seq: u64) -> Option<ChainHash>;
    /// The seal on a fact that is held, which was checked when it was taken. Who keeps none has it checked
    /// again.
    fn seal_at(&self, _seq: u64) -> Option<&[u8]> {
        None
    }
}

/// Facts of a tail that the hub does not hold yet, each with where the journal stands after it.
#[derive(Debug, PartialEq, Eq)]
pub struct Fresh<'t> {
    pub facts: Vec<(Head, &'t [u8])>,
}

/// Checks a tail: whose it is, that it continues what is held, and that the device sealed its end.
///
/// Facts that are held already are compared and passed over, so a repeated tail is no news and a
/// changed one is found.
pub fn check_tail<'t>(
    tail: &'t Tail,
    device: DeviceId,
    key: &DevicePublic,
    held: &impl HeldChain,
) -> Result<Fresh<'t>, Code> {
    if tail.genesis.device != device {
        return Err(Code::SealInvalid);
    }
    if tail.facts.len() > FACTS_MAX {
        return Err(Code::BodyTooLarge);
    }
    let held_seq = held.held_seq();
    if tail.first_seq == 0 || tail.first_seq > held_seq.saturating_add(1) {
        return Err(Code::ChainGap);
    }
    let before = tail.first_seq - 1;
    let mut at = tail.genesis.head();
    if before > 0 {
        let hash = held.hash_at(before).ok_or(Code::ChainGap)?;
        at = Head { epoch: tail.genesis.epoch, seq: before, hash };
    }
    let mut facts = Vec::new();
    for fact in &tail.facts {
        at = at.after(fact);
        if at.seq > held_seq {
            facts.push((at, fact.as_slice()));
        } else if held.hash_at(at.seq) != Some(at.hash) {
            return Err(Code::ChainForked);
        }
    }
    // Up to where it is held the tail is what is held, hash by hash; so the seal held there is on it too.
    let is_held = at.seq <= held_seq && held.seal_at(at.seq) == Some(tail.seal.as_slice());
    if is_held || is_sealed(key, device, at, &tail.seal) {
        Ok(Fresh { facts })
    } else {
        Err(Code::SealInvalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::DeviceKey;
    use crate::seal::seal;
    use waybill_core::id::Epoch;
    use waybill_core::journal::Genesis;

    const DEVICE: DeviceId = DeviceId([1; 16]);

    /// The hashes of facts, and the one seal that is held with its number.
    struct Held(Vec<ChainHash>, Option<(u64, Vec<u8>)>);
    impl HeldChain for Held {
        fn held_seq(&self) -> u64 {
            self.0.len() as u64
        }
        fn hash_at(&self, seq: u64) -> Option<ChainHash> {
            self.0.get(usize::try_from(seq).unwrap().checked_sub(1)?).copied()
        }
        fn seal_at(&self, seq: u64) -> Option<&[u8]> {
            self.1.as_ref().filter(|(of, _)| *of == seq).map(|(_, seal)| seal.as_slice())
        }
    }

    fn key() -> DeviceKey {
        DeviceKey::from_secret(&[5; 32]).unwrap()
    }

    fn genesis() -> Genesis {
        Genesis { device: DEVICE, epoch: Epoch::after(None, 3), after: None }
    }

    fn chain(facts: &[&str]) -> Vec<Head> {
        let next = |head: &mut Head, fact: &&str| {
            *head = head.after(fact.as_bytes());
            Some(*head)
        };
        facts.iter().scan(genesis().head(), next).collect()
    }

    fn tail(first_seq: u64, facts: &[&str], whole: &[&str]) -> Tail {
        let end = chain(whole).last().copied().unwrap_or_else(|| genesis().head());
        Tail {
            genesis: genesis(),
            first_seq,
            facts: facts.iter().map(|fact| fact.as_bytes().to_vec().into()).collect(),
            seal: seal(&key(), DEVICE, end).to_vec().into(),
        }
    }

    fn held(facts: &[&str]) -> Held {
        Held(chain(facts).into_iter().map(|head| head.hash).collect(), None)
    }

    fn check(tail: &Tail, held: &Held) -> Result<Vec<u64>, Code> {
        let fresh = check_tail(tail, DEVICE, &key().public(), held)?;
        Ok(fresh.facts.iter().map(|(head, _)| head.seq).collect())
    }

    #[test]
    fn what_is_held_is_passed_over_and_what_is_new_is_found() {
        let whole = ["a", "b", "c"];
        assert_eq!(check(&tail(1, &whole, &whole), &held(&[])), Ok(vec![1, 2, 3]));
        assert_eq!(check(&tail(1, &whole, &whole), &held(&["a", "b"])), Ok(vec![3]));
        assert_eq!(check(&tail(1, &whole, &whole), &held(&whole)), Ok(vec![]));
        assert_eq!(check(&tail(3, &["c"], &whole), &held(&["a", "b"])), Ok(vec![3]));
    }

    #[test]
    fn a_seal_that_is_held_stands_for_what_is_held_and_for_nothing_else() {
        let (two, whole) = (["a", "b"], ["a", "b", "c"]);
        // No key made it: where it is believed, that is because it is held.
        let with_seal = |tail: Tail| Tail { seal: vec![7; 64].into(), ..tail };
        let held = Held(held(&two).0, Some((2, vec![7; 64])));
        assert_eq!(check(&with_seal(tail(1, &two, &two)), &held), Ok(vec![]));
        assert_eq!(check(&with_seal(tail(3, &[], &two)), &held), Ok(vec![]));
        let refused = |tail: Tail| check(&with_seal(tail), &held);
        assert_eq!(refused(tail(1, &["a"], &["a"])), Err(Code::SealInvalid));
        assert_eq!(refused(tail(1, &whole, &whole)), Err(Code::SealInvalid));
        assert_eq!(refused(tail(1, &["a", "x"], &["a", "x"])), Err(Code::ChainForked));
        let other = Tail { seal: vec![8; 64].into(), ..tail(1, &two, &two) };
        assert_eq!(check(&other, &held), Err(Code::SealInvalid));
    }

    #[test]
    fn a_tail_that_does_not_follow_is_refused() {
        let whole = ["a", "b", "c"];
        assert_eq!(check(&tail(3, &["c"], &whole), &held(&["a"])), Err(Code::ChainGap));
        assert_eq!(check(&tail(0, &whole, &whole), &held(&[])), Err(Code::ChainGap));
        assert_eq!(check(&tail(1, &whole, &whole), &held(&["a", "x"])), Err(Code::ChainForked));
        assert_eq!(check(&tail(3, &["c"], &whole), &held(&["a", "x"])), Err(Code::SealInvalid));
    }

    #[test]
    fn a_tail_that_the_device_did_not_seal_is_refused() {
        let mut forged = tail(1, &["a", "b"], &["a", "b"]);
        forged.facts[1] = b"B".to_vec().into();
        assert_eq!(check(&forged, &held(&[])), Err(Code::SealInvalid));
        let mut foreign = tail(1, &["a"], &["a"]);
        foreign.genesis.device = DeviceId([2; 16]);
        assert_eq!(check(&foreign, &held(&[])), Err(Code::SealInvalid));
    }
}
