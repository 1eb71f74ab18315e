//! What the hub answered: checked against this phone's own record, kept whole, then followed.

use std::collections::BTreeSet;

use waybill_core::cbor;
use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId, RunId};
use waybill_core::plan::{Plan, PlanDoc};
use waybill_core::policy::{Policies, Policy, Rulebook};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::envelope;
use waybill_sync::limits::POLICIES_MAX;
use waybill_sync::receipt::Receipt;
use waybill_sync::wire::{News, SyncDown, VERSION, Verdict};

use super::book::{Book, take_plan};
use super::life::Memory;
use super::wishes::RUN_LEFT;
use super::{Asked, Engine, mark};
use crate::api::view::Air;
use crate::problem::Problem;
use crate::store::{ForeignFact, Hearing, StoredPlan};

/// What came of the plan news in an answer.
#[derive(Default)]
struct ReadPlans {
    taken: Vec<TakenPlan>,
    /// Runs whose news could not be taken: the hub is asked for the whole plan next time.
    broken: Vec<RunId>,
}

/// A plan as it stands now, with the newest changes that the hub holds of it.
struct TakenPlan {
    run_id: RunId,
    doc: PlanDoc,
    plan: Plan,
    hub_heads: Vec<[u8; 32]>,
}

/// What follows from an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Evidence that the hub wants, in its order.
    pub wanted: Vec<BlobHash>,
    /// There is more to say or to hear: ask again at once.
    pub has_more: bool,
    /// What the screens show is no longer true.
    pub is_news: bool,
}

impl Engine {
    /// Takes the hub's answer. Nothing of an answer without a valid receipt counts.
    pub fn hear(&mut self, asked: &Asked, body: &[u8]) -> Result<Heard, Problem> {
        let (device, hub_key) = self.me()?;
        if self.has_lost() && !asked.knows_loss {
            // The store was salvaged while the answer was on its way: it tells this one too little.
            return Err(Code::StoreBusy.into());
        }
        let down: SyncDown = envelope::open("answer", body).map_err(|_| Code::HubNotItself)?;
        if down.version != VERSION {
            return Err(Code::VersionUnknown.into());
        }
        let receipt = Receipt::open(&down.receipt, hub_key, device)?;
        if (receipt.store, receipt.store_epoch) != (down.store.store, down.store.epoch) {
            return Err(Code::ReceiptInvalid.into());
        }
        let mut hearing = Hearing::default();
        let is_other_store = self.hub_store.is_some_and(|known| known != down.store);
        hearing.forget_receipts = is_other_store;
        hearing.receipt_at = receipt.at;
        self.read_receipt(asked, &receipt, &mut hearing)?;
        self.read_verdicts(asked, &down, &mut hearing);
        let plans = self.read_plans(&down, &mut hearing);
        let has_told = self.keep_wishes(&down, &plans)?;
        self.read_runs_left(&down, &mut hearing);
        let missed = self.runs_missed(&down, &hearing);
        let news = self.read_news(&down, device, &mut hearing)?;
        let policies = self.policies_with(&down);
        let now = self.clock.read().wall_ms;
        let is_new_run = plans.taken.iter().any(|taken| !self.books.contains_key(&taken.run_id));
        let memory = self.memory_after(asked, down.has_more, is_new_run);
        // What came back may be what a receipt named: it is compared again in the next round.
        let is_back = self.has_lost() || hearing.news.iter().any(|news| news.id.device == device);
        hearing.marks = self.marks(&down, now, &missed, policies.as_ref(), memory);
        self.store.keep(&hearing)?;
        if !hearing.plans_left.is_empty() {
            self.purged_to = None;
        }

        let is_news = is_news(&hearing)
            || policies.is_some()
            || self.contact.air != Air::Online
            || memory != self.memory;
        let broken = plans.broken.clone();
        let has_room = plans.taken.iter().any(|taken| asked.cut_plans.contains(&taken.run_id));
        self.follow(hearing, plans, news, policies)?;
        // It is about cards alone, and tried again with the next answer.
        drop(self.note_seen());
        self.clock_off_ms = Some(now.since(down.at));
        self.hub_store = Some(down.store);
        self.cursor = down.cursor;
        self.missed = missed;
        self.remember(memory)?;
        let unread = (!broken.is_empty()).then(|| Code::PlanMalformed.word().to_owned());
        let trouble = trouble(&down).or(unread);
        self.contact = super::Contact { air: Air::Online, last_ms: Some(now), trouble };
        let is_left = asked.is_cut || has_room || has_told || is_back;
        let has_more = down.has_more || is_left || is_other_store;
        self.room.look();
        if let Some(backed_up_to) = receipt.backed_up_to.filter(|to| Some(*to) != self.purged_to) {
            self.purge(backed_up_to)?;
            self.purged_to = Some(backed_up_to);
        }
        Ok(Heard { wanted: down.wanted, has_more, is_news })
    }

    /// What is to be known of an answer when the phone opens again.
    fn marks(
        &mut self,
        down: &SyncDown,
        now: Timestamp,
        missed: &BTreeSet<RunId>,
        policies: Option<&Policies>,
        memory: Memory,
    ) -> Vec<(&'static str, Vec<u8>)> {
        let mut marks = vec![
            (mark::HUB_STORE, cbor::encode(&down.store)),
            (mark::CURSOR, cbor::encode(&down.cursor)),
            (mark::LAST_CONTACT, cbor::encode(&now)),
        ];
        if *missed != self.missed {
            marks.push((mark::MISSED, cbor::encode(missed)));
        }
        if memory != self.memory {
            marks.push((mark::MEMORY, cbor::encode(&memory)));
        }
        if let Some(policies) = policies {
            let older: Vec<Policy> = policies.older().cloned().collect();
            marks.push((mark::POLICY, cbor::encode(policies.newest())));
            marks.push((mark::POLICIES, cbor::encode(&older)));
        }
        if !down.has_more {
            marks.extend(self.healed_mark());
        }
        marks
    }

    /// A receipt counts only where it names exactly what this phone has.
    fn read_receipt(
        &self,
        asked: &Asked,
        receipt: &Receipt,
        hearing: &mut Hearing,
    ) -> Result<(), Problem> {
        for head in &receipt.heads {
            let Some(book) = self.journal.epoch(head.epoch) else {
                continue;
            };
            let own = if head.seq == 0 {
                Some(book.genesis.head().hash)
            } else {
                self.store.hash_through(&book.genesis, head.seq)?
            };
            if own == Some(head.hash) {
                hearing.receipted.push((head.epoch, head.seq));
            }
        }
        let is_ours = |hash: &&BlobHash| asked.offered.contains(hash);
        hearing.held_blobs = receipt.blobs.iter().filter(is_ours).copied().collect();
        Ok(())
    }

    fn read_verdicts(&self, asked: &Asked, down: &SyncDown, hearing: &mut Hearing) {
        for said in &down.verdicts {
            if said.verdict != Verdict::Accepted {
                let verdict = (said.epoch, said.seq, said.verdict.word(), said.code.clone());
                hearing.verdicts.push(verdict);
            }
        }
        for refused in &down.refused {
            if refused.code == Code::ChainGap.word() {
                // The hub holds less than it once said: tell it again from there. This is not signed, so
                // it may only ever take back what was believed.
                let known = self.journal.epoch(refused.epoch).and_then(|book| book.receipted_seq);
                let held = known.unwrap_or(0).min(refused.held_seq);
                hearing.receipted.push((refused.epoch, held));
                continue;
            }
            let head = self.journal.epoch(refused.epoch).map_or(0, |book| book.head.seq);
            let verdict =
                |seq| (refused.epoch, seq, Verdict::Quarantined.word(), refused.code.clone());
            hearing.verdicts.extend((refused.held_seq.saturating_add(1)..=head).map(verdict));
        }
        let still = |epoch: Epoch, seq: u64| {
            hearing.verdicts.iter().any(|verdict| (verdict.0, verdict.1) == (epoch, seq))
        };
        hearing.cleared = self
            .journal
            .verdicts()
            .map(|(id, _)| (id.epoch, id.seq))
            .filter(|(epoch, seq)| asked.epochs.contains(epoch) && !still(*epoch, *seq))
            .collect();
    }

    /// Reads the plan news, each by itself: one that cannot be taken keeps nothing else from counting.
    fn read_plans(&mut self, down: &SyncDown, hearing: &mut Hearing) -> ReadPlans {
        let reader = self.reader();
        let mut read = ReadPlans::default();
        for news in &down.plans {
            let held = self.books.get(&news.run_id);
            let Some((mut doc, plan)) = take_plan(news, held, &reader) else {
                read.broken.push(news.run_id.clone());
                continue;
            };
            let hub_heads: Vec<[u8; 32]> =
                news.heads.iter().filter_map(|head| head.as_slice().try_into().ok()).collect();
            let (run_id, document) = (news.run_id.clone(), doc.save());
            hearing.plans.push(StoredPlan { run_id, document, hub_heads: hub_heads.clone() });
            read.taken.push(TakenPlan { run_id: news.run_id.clone(), doc, plan, hub_heads });
        }
        read
    }

    /// What the crew wanted and the hub did not take is a fact before it is let go of. Says whether
    /// there is such a fact to send.
    fn keep_wishes(&mut self, down: &SyncDown, plans: &ReadPlans) -> Result<bool, Problem> {
        let mut refused = Vec::new();
        for TakenPlan { run_id, plan, .. } in &plans.taken {
            let news = down.plans.iter().find(|news| news.run_id == *run_id);
            let code = news.and_then(|news| news.refused.as_deref());
            refused.extend(code.map(|code| (run_id, Some(plan), code)));
        }
        if !refused.is_empty() {
            self.begin_epoch()?;
        }
        for run_id in &down.runs_left {
            if self.has_unsent_changes(run_id) {
                refused.push((run_id, None, RUN_LEFT.word()));
            }
        }
        let mut has_told = false;
        for (run_id, plan, code) in refused {
            has_told |= self.tell_refused(run_id, plan, code)?;
        }
        Ok(has_told)
    }

    /// Reads other phones' facts, and those of this one that were lost here, or let go of.
    fn read_news(
        &mut self,
        down: &SyncDown,
        device: DeviceId,
        hearing: &mut Hearing,
    ) -> Result<Vec<(FactId, Fact)>, Problem> {
        let mut read = Vec::new();
        // A fact of no number is nobody's fact. It is passed over and keeps nothing else from counting.
        let is_numbered = |news: &&News| news.head.seq > 0 && i64::try_from(news.head.seq).is_ok();
        for news in down.news.iter().filter(is_numbered) {
            let id = FactId { device: news.device, epoch: news.head.epoch, seq: news.head.seq };
            let is_back = news.device == device;
            let is_known = || self.store.hash_at(id.epoch, id.seq).map(|hash| hash.is_some());
            if is_back && is_known()? {
                continue;
            }
            hearing.news.push(ForeignFact { id, bytes: news.fact.to_vec() });
            if is_back {
                self.healed.insert(id);
                self.journal.note_earlier(id.epoch);
            }
            if let Ok(fact) = Fact::from_bytes(&news.fact) {
                read.push((id, fact));
            }
        }
        let back: Vec<_> = read.iter().filter(|(id, _)| self.healed.contains(id)).collect();
        let back: Vec<_> = back.into_iter().map(|(_, fact)| fact.clone()).collect();
        hearing.found_blobs = self.reattach(&back)?;
        Ok(read)
    }

    /// The policies with those of an answer, if it brings any that can be read.
    fn policies_with(&self, down: &SyncDown) -> Option<Policies> {
        let between = down.policies_between.iter().flatten().take(POLICIES_MAX);
        let read = between.chain(&down.policy).map(|bytes| cbor::decode::<Policy>("policy", bytes));
        let read: Vec<Policy> = read.filter_map(Result::ok).collect();
        let mut policies = self.policies.clone();
        let is_news = !read.is_empty();
        for policy in read {
            policies.insert(policy);
        }
        is_news.then_some(policies)
    }

    /// Lets memory follow what was kept.
    fn follow(
        &mut self,
        hearing: Hearing,
        plans: ReadPlans,
        news: Vec<(FactId, Fact)>,
        policies: Option<Policies>,
    ) -> Result<(), Problem> {
        let (device, _) = self.me()?;
        if hearing.forget_receipts {
            self.journal.forget_receipts();
            self.blobs.values_mut().for_each(|blob| blob.is_held = false);
        }
        self.blobs.extend(hearing.found_blobs.into_iter().map(|blob| (blob.hash, blob)));
        for (epoch, seq) in hearing.receipted {
            self.journal.set_receipted(epoch, Some(seq));
        }
        for hash in hearing.held_blobs {
            if let Some(blob) = self.blobs.get_mut(&hash) {
                blob.is_held = true;
            }
        }
        for (epoch, seq) in hearing.cleared {
            self.journal.set_verdict(FactId { device, epoch, seq }, None);
        }
        for (epoch, seq, verdict, code) in hearing.verdicts {
            let id = FactId { device, epoch, seq };
            self.journal.set_verdict(id, Some((verdict.to_owned(), code)));
        }
        for (run_id, _) in hearing.plans_left {
            self.books.remove(&run_id);
        }
        for run_id in &plans.broken {
            if let Some(book) = self.books.get_mut(run_id) {
                book.hub_heads.clear();
            }
        }
        let has_policies = policies.is_some();
        if let Some(policies) = policies {
            self.policies = policies;
        }
        let mut heard_of = BTreeSet::new();
        for (id, fact) in news {
            if let Some(book) = self.books.get_mut(&fact.run_id) {
                heard_of.insert((fact.run_id.clone(), fact.job_id.clone()));
                book.put_fact(id, fact);
            }
        }
        let mut is_new_run = false;
        for TakenPlan { run_id, doc, plan, hub_heads } in plans.taken {
            if let Some(book) = self.books.get_mut(&run_id) {
                (book.doc, book.plan, book.hub_heads) = (doc, plan, hub_heads);
                book.fold_all(&self.policies);
            } else {
                self.books.insert(run_id, Book::new(doc, plan, hub_heads));
                is_new_run = true;
            }
        }
        if is_new_run {
            // Facts about it may have been here before its plan: read the store again.
            return self.load_facts();
        }
        // A job of which nothing was heard is what it was, unless the rules are others.
        for (run_id, job_id) in heard_of {
            if let (Some(book), Some(job_id)) = (self.books.get_mut(&run_id), job_id) {
                book.fold(&job_id, &self.policies);
            }
        }
        if has_policies {
            self.books.values_mut().for_each(|book| book.fold_all(&self.policies));
        }
        Ok(())
    }

    /// This phone wrote it.
    pub(super) fn is_mine(&self, id: FactId) -> bool {
        self.keys.is_some_and(|(device, _)| device == id.device)
    }

    /// It is in this phone's journal, and did not come from the office.
    pub(super) fn is_own(&self, id: FactId) -> bool {
        self.is_mine(id) && !self.healed.contains(&id)
    }
}

/// The first thing that the hub did not take, if any.
fn trouble(down: &SyncDown) -> Option<String> {
    let tail = down.refused.iter().map(|refused| refused.code.clone());
    let plan = down.plans.iter().filter_map(|plan| plan.refused.clone());
    tail.chain(plan).next()
}

fn is_news(hearing: &Hearing) -> bool {
    hearing.forget_receipts
        || !hearing.receipted.is_empty()
        || !hearing.held_blobs.is_empty()
        || !hearing.verdicts.is_empty()
        || !hearing.cleared.is_empty()
        || !hearing.plans.is_empty()
        || !hearing.plans_left.is_empty()
        || !hearing.news.is_empty()
}
