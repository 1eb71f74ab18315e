//! Letting go of what is safe elsewhere (I4, I15): named by a receipt, in a backup of the hub, and of a
//! run that is over here. Until all three are so, it stays.
//!
//! Times of the hub are compared with times of the hub; this phone's clock has no say.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, Epoch, RunId};
use waybill_core::time::Timestamp;

use super::Engine;
use crate::problem::Problem;
use crate::store::{OwnFact, Purged, StoredBlob};

/// Evidence goes after so long in a backup, even of a run that stays: bytes are what fills a phone.
const EVIDENCE_MS: i64 = 7 * 86_400_000;

impl Engine {
    /// Lets go of what may go, given how far the hub's backups reach.
    pub(super) fn purge(&mut self, backed_up_to: Timestamp) -> Result<(), Problem> {
        let facts = self.store.own_facts()?;
        let blobs = self.store.blobs()?.into_iter().map(|blob| (blob.hash, blob)).collect();
        let left = self.store.runs_left()?;
        let rules = Rules { backed_up_to, left, blobs };
        let newest = self.journal.epochs().last().map(|book| book.genesis.epoch);
        let purged = rules.purged(&facts, newest);
        if purged == Purged::default() {
            return Ok(());
        }
        self.store.purge(&purged)?;
        for epoch in &purged.epochs {
            self.journal.forget(*epoch);
            self.seals.remove(epoch);
        }
        for hash in &purged.blobs {
            self.blobs.remove(hash);
            self.folder.forget(*hash);
        }
        Ok(())
    }
}

struct Rules {
    backed_up_to: Timestamp,
    left: BTreeSet<RunId>,
    blobs: BTreeMap<BlobHash, StoredBlob>,
}

/// What can be said of one fact.
struct Standing {
    epoch: Epoch,
    blob: Option<BlobHash>,
    is_backed: bool,
    has_left: bool,
}

impl Rules {
    fn purged(&self, facts: &[OwnFact], newest: Option<Epoch>) -> Purged {
        let standings: Vec<_> = facts.iter().map(|fact| self.standing(fact)).collect();
        let mut epochs: BTreeMap<Epoch, bool> = BTreeMap::new();
        let mut named: BTreeMap<BlobHash, (bool, bool)> = BTreeMap::new();
        for each in &standings {
            let is_blob_safe = each.blob.is_none_or(|hash| self.is_blob_backed(hash));
            let is_over = each.is_backed && each.has_left && is_blob_safe;
            let epoch = epochs.entry(each.epoch).or_insert(true);
            *epoch &= is_over;
            if let Some(hash) = each.blob {
                let (all_backed, all_left) = named.entry(hash).or_insert((true, true));
                (*all_backed, *all_left) =
                    (*all_backed && each.is_backed, *all_left && each.has_left);
            }
        }
        let may_go = |blob: &&StoredBlob| {
            let (all_backed, all_left) = named.get(&blob.hash).copied().unwrap_or((true, true));
            all_backed && self.is_blob_backed(blob.hash) && (all_left || self.is_aged(blob))
        };
        // The newest epoch is what the next one names as the one before.
        let is_gone = |(epoch, is_over): &(Epoch, bool)| *is_over && Some(*epoch) != newest;
        Purged {
            epochs: epochs.into_iter().filter(is_gone).map(|(epoch, _)| epoch).collect(),
            blobs: self.blobs.values().filter(may_go).map(|blob| blob.hash).collect(),
        }
    }

    fn standing(&self, fact: &OwnFact) -> Standing {
        let read = Fact::from_bytes(&fact.bytes).ok();
        Standing {
            epoch: fact.epoch,
            blob: read.as_ref().and_then(|read| read.body().blob()),
            // What the hub doubts is kept for somebody to look at.
            is_backed: fact.verdict.is_none() && self.is_backed(fact.held_at),
            has_left: read.is_some_and(|read| self.left.contains(&read.run_id)),
        }
    }

    fn is_backed(&self, held_at: Option<Timestamp>) -> bool {
        held_at.is_some_and(|at| at < self.backed_up_to)
    }

    /// Evidence without a row has gone before, or was never here.
    fn is_blob_backed(&self, hash: BlobHash) -> bool {
        self.blobs.get(&hash).is_none_or(|blob| blob.is_held && self.is_backed(blob.held_at))
    }

    fn is_aged(&self, blob: &StoredBlob) -> bool {
        blob.held_at.is_some_and(|at| at.plus_ms(EVIDENCE_MS) <= self.backed_up_to)
    }
}
