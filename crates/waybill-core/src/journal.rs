//! The journal: one device's facts, numbered and chained, so that none can be changed, dropped or
//! slipped in without every later hash changing.
//!
//! A hash is never sent between facts of one journal: the reader computes it. A signature is put on
//! the hash of the newest fact, which stands for all before it. A step of the chain takes a fact's
//! digest and not its bytes, so that a stretch can be shown to somebody who may not read all of it.

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::cbor;
use crate::id::{BlobHash, ChainHash, DeviceId, Epoch};

/// How one epoch of a device's journal begins: after which fact of which earlier epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Genesis {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub epoch: Epoch,
    /// The last thing the device remembers of the epoch before.
    #[n(2)]
    pub after: Option<Head>,
}

/// A point in a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    #[n(0)]
    pub epoch: Epoch,
    /// How many facts the epoch has up to here; the first fact is number 1.
    #[n(1)]
    pub seq: u64,
    #[n(2)]
    pub hash: ChainHash,
}

impl Genesis {
    /// Where the epoch stands before its first fact.
    pub fn head(&self) -> Head {
        let mut hasher = Sha256::new();
        hasher.update(b"waybill epoch 1\0");
        hasher.update(cbor::encode(self));
        Head { epoch: self.epoch, seq: 0, hash: ChainHash(hasher.finalize().into()) }
    }
}

/// What stands for a fact in the chain: the SHA-256 of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct FactDigest(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl FactDigest {
    /// Takes the digest of a fact.
    pub fn of(fact: &[u8]) -> Self {
        Self(Sha256::digest(fact).into())
    }
}

impl Head {
    /// Where the journal stands after one more fact.
    #[must_use]
    pub fn after(self, fact: &[u8]) -> Self {
        self.after_digest(FactDigest::of(fact))
    }

    /// Where the journal stands after one more fact of which only the digest is known.
    #[must_use]
    pub fn after_digest(self, digest: FactDigest) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"waybill fact 2\0");
        hasher.update(self.hash.0);
        hasher.update(digest.0);
        let hash = ChainHash(hasher.finalize().into());
        Self { epoch: self.epoch, seq: self.seq.saturating_add(1), hash }
    }
}

/// Names a piece of evidence.
pub fn blob_hash(bytes: &[u8]) -> BlobHash {
    BlobHash(Sha256::digest(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn genesis(device: u8) -> Genesis {
        Genesis { device: DeviceId([device; 16]), epoch: Epoch::after(None, 1), after: None }
    }

    #[test]
    fn every_fact_before_it_is_in_a_hash() {
        let walk = |facts: &[&[u8]]| facts.iter().fold(genesis(1).head(), |head, f| head.after(f));
        let told = walk(&[b"a", b"b", b"c"]);
        assert_eq!(told.seq, 3);
        assert_ne!(told.hash, walk(&[b"a", b"x", b"c"]).hash, "a changed fact shows");
        assert_ne!(told.hash, walk(&[b"b", b"a", b"c"]).hash, "a swapped pair shows");
        assert_ne!(told.hash, walk(&[b"ab", b"", b"c"]).hash, "a moved border shows");
    }

    #[test]
    fn a_fact_that_is_not_shown_leaves_the_same_hash() {
        let start = genesis(1).head();
        let shown = start.after(b"a").after(b"b");
        assert_eq!(start.after_digest(FactDigest::of(b"a")).after(b"b"), shown);
    }

    #[test]
    fn the_same_facts_of_two_devices_have_different_hashes() {
        assert_ne!(genesis(1).head().after(b"a").hash, genesis(2).head().after(b"a").hash);
    }
}
