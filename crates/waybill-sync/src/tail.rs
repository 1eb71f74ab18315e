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
    if is_sealed(key, device, at, &tail.seal) {
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

    struct Held(Vec<ChainHash>);
    impl HeldChain for Held {
        fn held_seq(&self) -> u64 {
            self.0.len() as u64
        }
        fn hash_at(&self, seq: u64) -> Option<ChainHash> {
            self.0.get(usize::try_from(seq).unwrap().checked_sub(1)?).copied()
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
        Held(chain(facts).into_iter().map(|head| head.hash).collect())
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
