//! Forks: two epochs of one device that begin after the same point of its journal. Either a backup
//! was put back onto a second phone, or somebody has copied one.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{ChainHash, DeviceId, Epoch};
use crate::journal::Genesis;

/// Where a device's journal goes on in more than one way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fork {
    pub device: DeviceId,
    /// The last fact that the branches share, as its epoch, number and hash; none if they share none.
    pub after: Option<(Epoch, u64, ChainHash)>,
    /// The epochs that go on from there.
    pub epochs: BTreeSet<Epoch>,
}

/// Finds every fork among the epochs of any devices.
pub fn forks<'g>(epochs: impl IntoIterator<Item = &'g Genesis>) -> Vec<Fork> {
    let mut branches: BTreeMap<_, BTreeSet<Epoch>> = BTreeMap::new();
    for genesis in epochs {
        let after = genesis.after.map(|head| (head.epoch, head.seq, head.hash));
        branches.entry((genesis.device, after)).or_default().insert(genesis.epoch);
    }
    let fork = |((device, after), epochs)| Fork { device, after, epochs };
    branches.into_iter().map(fork).filter(|fork| fork.epochs.len() > 1).collect()
}
