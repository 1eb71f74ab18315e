//! This phone's journal in memory: its epochs, where each stands, and what the hub said.

use std::collections::BTreeMap;

use waybill_core::id::{DeviceId, Epoch, FactId};
use waybill_core::journal::{Genesis, Head};

use crate::clock::{Dice, roll};
use crate::problem::Problem;
use crate::store::Store;

/// An epoch with so many facts ends at the next open, so that the phone can let go of it one day: an
/// epoch goes whole or not at all.
const EPOCH_FACTS_MAX: u64 = 2_000;

/// One epoch.
#[derive(Debug, Clone)]
pub(super) struct EpochBook {
    pub(super) genesis: Genesis,
    /// Where it stands now.
    pub(super) head: Head,
    /// Up to where a receipt names it; `None` while the hub does not know it.
    pub(super) receipted_seq: Option<u64>,
}

/// All epochs.
#[derive(Debug)]
pub(super) struct Journal {
    epochs: BTreeMap<Epoch, EpochBook>,
    current: Option<Epoch>,
    /// The newest epoch that was lost here and is known to have been.
    earlier: Option<Epoch>,
    /// Facts that the hub did not simply accept, and why.
    verdicts: BTreeMap<FactId, (String, String)>,
}

impl Journal {
    pub(super) fn load(store: &Store, is_continued: bool) -> Result<Self, Problem> {
        let mut epochs = BTreeMap::new();
        for own in store.epochs()? {
            let (genesis, receipted_seq) = (own.genesis, own.receipted_seq);
            let head = store.last_head(genesis.epoch)?.unwrap_or_else(|| genesis.head());
            epochs.insert(genesis.epoch, EpochBook { genesis, head, receipted_seq });
        }
        let newest = epochs.values().next_back().filter(|_| is_continued);
        let current = newest
            .filter(|book: &&EpochBook| book.head.seq < EPOCH_FACTS_MAX)
            .map(|book| book.genesis.epoch);
        Ok(Self { epochs, current, earlier: None, verdicts: BTreeMap::new() })
    }

    pub(super) fn current(&self) -> Option<Epoch> {
        self.current
    }

    pub(super) fn epochs(&self) -> impl Iterator<Item = &EpochBook> {
        self.epochs.values()
    }

    pub(super) fn epoch(&self, epoch: Epoch) -> Option<&EpochBook> {
        self.epochs.get(&epoch)
    }

    /// Where the next fact goes: after the last one, or into an epoch that begins with it.
    pub(super) fn next(&self, device: DeviceId, dice: &dyn Dice) -> (Option<Genesis>, Head) {
        if let Some(book) = self.current.and_then(|epoch| self.epochs.get(&epoch)) {
            return (None, book.head);
        }
        let last = self.epochs.values().next_back();
        let before = last.map(|book| book.head.epoch).max(self.earlier);
        let epoch = Epoch::after(before, u32::from_be_bytes(roll(dice)));
        let genesis = Genesis { device, epoch, after: last.map(|book| book.head) };
        (Some(genesis), genesis.head())
    }

    /// The next fact begins an epoch.
    pub(super) fn end_epoch(&mut self) {
        self.current = None;
    }

    /// Notes what was made durable.
    pub(super) fn advance(&mut self, genesis: Option<Genesis>, head: Head) {
        if let Some(genesis) = genesis {
            let book = EpochBook { genesis, head, receipted_seq: None };
            self.epochs.insert(genesis.epoch, book);
            self.current = Some(genesis.epoch);
        }
        if let Some(book) = self.epochs.get_mut(&head.epoch) {
            book.head = head;
        }
    }

    pub(super) fn set_receipted(&mut self, epoch: Epoch, seq: Option<u64>) {
        if let Some(book) = self.epochs.get_mut(&epoch) {
            book.receipted_seq = seq;
        }
    }

    pub(super) fn forget_receipts(&mut self) {
        for book in self.epochs.values_mut() {
            book.receipted_seq = None;
        }
    }

    /// Forgets an epoch that is no longer kept here.
    pub(super) fn forget(&mut self, epoch: Epoch) {
        self.epochs.remove(&epoch);
        self.verdicts.retain(|id, _| id.epoch != epoch);
    }

    /// Goes on behind an epoch of which only the hub has told.
    pub(super) fn note_earlier(&mut self, epoch: Epoch) {
        self.earlier = self.earlier.max(Some(epoch));
    }

    pub(super) fn is_receipted(&self, id: FactId) -> bool {
        let receipted = self.epochs.get(&id.epoch).and_then(|book| book.receipted_seq);
        receipted.is_some_and(|seq| id.seq <= seq)
    }

    pub(super) fn verdict(&self, id: FactId) -> Option<&(String, String)> {
        self.verdicts.get(&id)
    }

    pub(super) fn verdicts(&self) -> impl Iterator<Item = (&FactId, &(String, String))> {
        self.verdicts.iter()
    }

    pub(super) fn set_verdict(&mut self, id: FactId, verdict: Option<(String, String)>) {
        match verdict {
            Some(verdict) => self.verdicts.insert(id, verdict),
            None => self.verdicts.remove(&id),
        };
    }

    /// How many facts no receipt has named.
    pub(super) fn waiting(&self) -> u64 {
        let waiting =
            |book: &EpochBook| book.head.seq - book.receipted_seq.unwrap_or(0).min(book.head.seq);
        self.epochs.values().map(waiting).sum()
    }
}
