//! What this phone has to say to the hub, put into one message.

use minicbor::bytes::ByteVec;
use waybill_core::id::{BlobHash, DeviceId, Epoch, RunId};
use waybill_core::journal::{Genesis, Head};
use waybill_core::plan::CHANGES_MAX;
use waybill_sync::envelope;
use waybill_sync::key::Signature;
use waybill_sync::limits::{
    BLOBS_MAX, FACTS_BYTES_MAX, FACTS_MAX, PLAN_BYTES_MAX, PLAN_RUN_BYTES_MAX, RUNS_MAX, TAILS_MAX,
};
use waybill_sync::seal::seal;
use waybill_sync::wire::{PlanUp, SyncUp, Tail, VERSION};

use super::Engine;
use super::journal::EpochBook;
use crate::problem::Problem;

/// A message to the hub, and what it asked about.
#[derive(Debug)]
pub struct Asked {
    pub body: Vec<u8>,
    pub(super) epochs: Vec<Epoch>,
    pub(super) offered: Vec<BlobHash>,
    /// It asked for this phone's own facts too.
    pub(super) wants_own: bool,
    /// Something had been lost here when it was asked, so that it was asked from the beginning.
    pub(super) knows_loss: bool,
    /// Something had to be left for the next round.
    pub(super) is_cut: bool,
    /// Runs of which changes had to be left: once the hub has taken those before them, they follow.
    pub(super) cut_plans: Vec<RunId>,
}

impl Engine {
    /// Puts everything that no receipt has named into one message.
    pub fn ask(&mut self) -> Result<Asked, Problem> {
        let mut room = Room::new();
        let mut tails = Vec::new();
        let mut books: Vec<_> =
            self.journal.epochs().filter(|book| self.is_due(book)).cloned().collect();
        // What the hub refused goes last, so that it never stands before what the hub would take.
        books.sort_by_key(|book| (self.is_refused(book), book.genesis.epoch));
        let mut is_cut = false;
        for book in books {
            if room.is_full(tails.len()) {
                is_cut |= !self.is_refused(&book);
                continue;
            }
            tails.push(self.tail(&book, &mut room)?);
            is_cut |= room.is_full && !self.is_refused(&book);
        }
        let offered: Vec<_> = self
            .blobs
            .values()
            .filter(|blob| !blob.is_held)
            .map(|blob| blob.hash)
            .take(BLOBS_MAX)
            .collect();
        let (plans, cut_plans) = self.plans_up();
        let up = SyncUp {
            version: VERSION,
            at: self.clock.read().wall_ms,
            plans,
            blobs: offered.clone(),
            cursor: self.cursor,
            policy: self.policy().version,
            store: self.hub_store,
            wants_own: self.is_healing().then_some(true),
            tails,
        };
        let epochs = up.tails.iter().map(|tail| tail.genesis.epoch).collect();
        let wants_own = up.wants_own.is_some();
        let (body, knows_loss) = (envelope::pack(&up), self.has_lost());
        Ok(Asked { body, epochs, offered, wants_own, knows_loss, is_cut, cut_plans })
    }

    /// Says whether there is a fact that no receipt has named.
    pub fn has_unsent_facts(&self) -> bool {
        self.journal.waiting() > 0
    }

    /// An epoch is spoken of while the hub does not know all of it, or has doubts about some of it.
    fn is_due(&self, book: &EpochBook) -> bool {
        let is_behind = book.receipted_seq.is_none_or(|seq| seq < book.head.seq);
        let epoch = book.genesis.epoch;
        is_behind || self.journal.verdicts().any(|(id, _)| id.epoch == epoch)
    }

    /// The hub has said no to facts of it that it does not hold, or holds all and doubts some.
    fn is_refused(&self, book: &EpochBook) -> bool {
        let epoch = book.genesis.epoch;
        let known = book.receipted_seq.unwrap_or(0);
        let is_told = known >= book.head.seq;
        is_told || self.journal.verdicts().any(|(id, _)| id.epoch == epoch && id.seq > known)
    }

    fn tail(&mut self, book: &EpochBook, room: &mut Room) -> Result<Tail, Problem> {
        let epoch = book.genesis.epoch;
        let known = book.receipted_seq.unwrap_or(0);
        let before = match self.store.hash_through(&book.genesis, known)? {
            Some(hash) => Head { epoch, seq: known, hash },
            None => book.genesis.head(),
        };
        self.stretch(book.genesis, before, room)
    }

    /// The facts of an epoch that follow one another from somewhere on, as far as there is room.
    pub(super) fn stretch(
        &mut self,
        genesis: Genesis,
        before: Head,
        room: &mut Room,
    ) -> Result<Tail, Problem> {
        let (device, _) = self.me()?;
        let (epoch, mut head) = (genesis.epoch, before);
        let first_seq = head.seq + 1;
        let mut facts = Vec::new();
        for fact in self.store.own_facts_after(epoch, head.seq)? {
            // Behind facts that were lost here nothing chains, until the hub says that it holds them.
            if fact.seq != head.seq + 1 || !room.takes(fact.bytes.len()) {
                break;
            }
            head = Head { epoch, seq: fact.seq, hash: fact.hash };
            facts.push(ByteVec::from(fact.bytes));
        }
        let seal = self.sealed(device, head).to_vec().into();
        Ok(Tail { genesis, first_seq, facts, seal })
    }

    /// The seal on where an epoch stands. Asked again before it has moved, it is the same one.
    fn sealed(&mut self, device: DeviceId, head: Head) -> Signature {
        if let Some((of, seal)) = self.seals.get(&head.epoch)
            && *of == head
        {
            return *seal;
        }
        let made = seal(&self.key, device, head);
        self.seals.insert(head.epoch, (head, made));
        made
    }

    /// Changes that do not fit go in the next round: those before them stand by themselves.
    fn plans_up(&mut self) -> (Vec<PlanUp>, Vec<RunId>) {
        let mut cut = Vec::new();
        let mut bytes_left = PLAN_BYTES_MAX;
        let up = |(run_id, book): (&RunId, &mut super::Book)| {
            // Heads that the document does not hold mean that it was begun again: the hub is asked
            // for the whole of it. So it is of a run of which something was missed.
            let changes = book.doc.changes_since(&book.hub_heads);
            let is_whole_wanted = changes.is_none() || self.missed.contains(run_id);
            let heads = if is_whole_wanted { &[] } else { book.hub_heads.as_slice() };
            let mut changes = changes.unwrap_or_default();
            // One run whose changes the hub never answers leaves room for the others.
            let mut room = bytes_left.min(PLAN_RUN_BYTES_MAX);
            let fitting = changes.iter().take(CHANGES_MAX).take_while(|change| {
                let left = room.checked_sub(change.len());
                room = left.unwrap_or(room);
                left.is_some()
            });
            let fitting = fitting.count();
            bytes_left -= changes.iter().take(fitting).map(Vec::len).sum::<usize>();
            cut.extend((fitting < changes.len()).then(|| run_id.clone()));
            changes.truncate(fitting);
            PlanUp {
                run_id: run_id.clone(),
                heads: heads.iter().map(|head| head.to_vec().into()).collect(),
                changes: changes.into_iter().map(Into::into).collect(),
            }
        };
        let plans = self.books.iter_mut().take(RUNS_MAX).map(up).collect();
        (plans, cut)
    }
}

/// What still fits into one message.
pub(super) struct Room {
    facts: usize,
    bytes: usize,
    is_full: bool,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { facts: FACTS_MAX, bytes: FACTS_BYTES_MAX, is_full: false }
    }

    /// Says whether a message with so many tails takes no more.
    pub(super) fn is_full(&self, tails: usize) -> bool {
        self.is_full || tails == TAILS_MAX
    }

    fn takes(&mut self, bytes: usize) -> bool {
        // A fact is far smaller than a message, so the first one always fits.
        match (self.facts.checked_sub(1), self.bytes.checked_sub(bytes)) {
            (Some(facts), Some(bytes)) => (self.facts, self.bytes) = (facts, bytes),
            _ => self.is_full = true,
        }
        !self.is_full
    }
}
