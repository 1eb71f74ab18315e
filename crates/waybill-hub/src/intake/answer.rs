//! The answer to a phone: a signed receipt, verdicts, and the news it lacks.
//!
//! Everything is read from the store after the commit. What does not fit into one answer is left
//! out, and `has_more` says so; the phone asks again at once.

use std::collections::BTreeMap;

use minicbor::bytes::ByteVec;
use waybill_core::cbor;
use waybill_core::id::{BlobHash, RunId};
use waybill_core::job::RunHead;
use waybill_core::journal::Head;
use waybill_core::plan::PlanDoc;
use waybill_core::policy::{Policies, Rulebook};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::changes::{only, shorten};
use waybill_sync::envelope;
use waybill_sync::limits::{BODY_BYTES_MAX, MESSAGE_BYTES_MAX, NEWS_MAX, POLICIES_MAX, RUNS_MAX};
use waybill_sync::receipt::Receipt;
use waybill_sync::wire::{News, PlanDown, PlanUp, SyncDown, SyncUp, VERSION};

use super::Decided;
use crate::clock::Monotonic;
use crate::error::HubError;
use crate::store::{Device, Meta, NewsRow, Store, Tx};

const DAY_MS: i64 = 86_400_000;
/// A run older than this leaves the phones.
const SCOPE_DAYS: i64 = 3;
/// The most verdicts in one answer, the newest first.
const VERDICTS_MAX: usize = 1_000;
/// Plans and news of one answer before it is packed; halved until the packed answer fits.
const ANSWER_BYTES_MAX: usize = MESSAGE_BYTES_MAX / 2;
const ANSWER_BYTES_MIN: usize = 16 * 1024;

/// Changes of one plan that are worth sending one by one. A phone that lacks more gets the document, whose
/// size has a limit of its own.
const CHANGES_BYTES_MAX: usize = 128 * 1024;

/// What is read for one answer.
struct Gather<'a> {
    tx: &'a Tx<'a>,
    meta: &'a Meta,
    device: &'a Device,
    up: &'a SyncUp,
    decided: &'a Decided,
    /// Up to where the phone has read, in this life of the store.
    cursor: u64,
    bytes_left: usize,
    down: SyncDown,
}

/// Writes the answer.
pub(super) fn write(
    store: &Store,
    meta: &Meta,
    device: &Device,
    clock: &Monotonic,
    up: &SyncUp,
    decided: &Decided,
) -> Result<Vec<u8>, HubError> {
    let mut bytes_max = ANSWER_BYTES_MAX;
    loop {
        let down = store.read(|tx| gather(tx, meta, device, clock, up, decided, bytes_max))?;
        let packed = envelope::pack(&down);
        if packed.len() <= BODY_BYTES_MAX || bytes_max <= ANSWER_BYTES_MIN {
            return Ok(packed);
        }
        bytes_max /= 2;
    }
}

fn gather(
    tx: &Tx<'_>,
    meta: &Meta,
    device: &Device,
    clock: &Monotonic,
    up: &SyncUp,
    decided: &Decided,
    bytes_max: usize,
) -> Result<SyncDown, HubError> {
    let policies = tx.policies()?;
    let policy = policies.newest();
    // Read once the moment that is read from is fixed: a receipt is younger than all it names, and so
    // what it names is in every backup that is younger than the receipt.
    let now = clock.now();
    let (receipt, wanted) = receipt(tx, meta, device, now, up)?;
    let down = SyncDown {
        version: VERSION,
        store: meta.mark,
        at: now,
        receipt: receipt.sign(&meta.key).into(),
        refused: decided.refused_tails.clone(),
        verdicts: tx.list_verdicts(device.id, now.plus_ms(-SCOPE_DAYS * DAY_MS), VERDICTS_MAX)?,
        plans: Vec::new(),
        runs_left: Vec::new(),
        news: Vec::new(),
        cursor: up.cursor,
        wanted,
        policy: (policy.version != up.policy).then(|| cbor::encode(policy).into()),
        has_more: false,
        policies_between: policies_between(&policies, up.policy),
    };
    // A cursor of another life of the store counts something else.
    let cursor = if up.store == Some(meta.mark) { up.cursor } else { 0 };
    let mut gather = Gather { tx, meta, device, up, decided, cursor, bytes_left: bytes_max, down };
    let scope = scope(tx, device, now)?;
    let news = gather.plans(&scope)?;
    gather.news(news)?;
    gather.runs_left(&scope)?;
    Ok(gather.down)
}

/// What a phone that holds one version lacks beside the newest, if it lacks anything.
fn policies_between(policies: &Policies, held: u32) -> Option<Vec<ByteVec>> {
    let between = policies.older().filter(|policy| policy.version > held);
    let mut between: Vec<ByteVec> = between.map(|policy| cbor::encode(policy).into()).collect();
    between.drain(..between.len().saturating_sub(POLICIES_MAX));
    (!between.is_empty()).then_some(between)
}

fn receipt(
    tx: &Tx<'_>,
    meta: &Meta,
    device: &Device,
    now: Timestamp,
    up: &SyncUp,
) -> Result<(Receipt, Vec<BlobHash>), HubError> {
    let mut heads: Vec<Head> = Vec::new();
    for tail in &up.tails {
        let epoch = tail.genesis.epoch;
        let begun = tx.get_epoch(device.id, epoch)?.map(|genesis| genesis.head());
        let head = tx.get_head(device.id, epoch)?.or(begun);
        heads.extend(head.filter(|head| !heads.contains(head)));
        // A phone that was restored knows less of its journal than is held here. It compares hashes at
        // numbers that it has, so it is told of its own end too.
        let count = u64::try_from(tail.facts.len()).unwrap_or(u64::MAX);
        let seq = tail.first_seq.saturating_sub(1).saturating_add(count);
        if head.is_some_and(|head| head.seq > seq) {
            let hash = tx.list_hashes(device.id, epoch, (seq, seq))?.get(&seq).copied();
            heads.extend(hash.map(|hash| Head { epoch, seq, hash }));
        }
    }
    let (mut held, mut first, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for &hash in &up.blobs {
        if tx.get_blob(hash)?.is_some() {
            held.push(hash);
        } else if tx.is_named_by(hash, device.id)? {
            let queue = if tx.is_signature(hash)? { &mut first } else { &mut later };
            queue.push(hash);
        }
    }
    first.append(&mut later);
    let receipt = Receipt {
        store: meta.mark.store,
        store_epoch: meta.mark.epoch,
        device: device.id,
        at: now,
        heads,
        blobs: held,
        backed_up_to: tx.backed_up_to()?,
    };
    Ok((receipt, first))
}

/// The runs that the phone has business with.
fn scope(tx: &Tx<'_>, device: &Device, now: Timestamp) -> Result<Vec<RunHead>, HubError> {
    let driver_id = (device.role == Role::Driver).then_some(&device.person_id);
    let (oldest, today) = (day(now.plus_ms(-SCOPE_DAYS * DAY_MS)), day(now));
    tx.list_scope(&device.depot_id, driver_id, (&oldest, &today), RUNS_MAX)
}

/// The day of a time, in UTC. A scope of several days has room for every zone.
pub(crate) fn day(at: Timestamp) -> String {
    at.rfc3339().unwrap_or_default().chars().take(10).collect()
}

impl Gather<'_> {
    fn listed(&self, run_id: &RunId) -> Option<&PlanUp> {
        self.up.plans.iter().find(|up| up.run_id == *run_id)
    }

    /// Takes bytes off what is left; the first thing always fits, or nothing ever would.
    fn has_room(&mut self, bytes: usize, is_first: bool) -> bool {
        if bytes > self.bytes_left && !is_first {
            self.down.has_more = true;
            return false;
        }
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        true
    }

    /// Adds what is new in the plans; answers from where each run's facts are news to the phone, or that
    /// all of them are.
    fn plans(&mut self, scope: &[RunHead]) -> Result<BTreeMap<RunId, Option<u64>>, HubError> {
        let mut news_after = BTreeMap::new();
        for run in scope {
            // A phone that names no heads of a run asks for all of it: it may have missed what happened
            // while it had no business with the run.
            let is_listed = self.listed(&run.run_id).is_some_and(|up| !up.heads.is_empty());
            let down = self.plan(&run.run_id)?;
            let fits = match down {
                None => true,
                Some(down) => {
                    let changes = down.changes.iter().chain(&down.document);
                    let bytes = changes.map(|bytes| bytes.len()).sum();
                    let fits = self.has_room(bytes, self.down.plans.is_empty());
                    self.down.plans.extend(fits.then_some(down));
                    fits
                }
            };
            if is_listed {
                news_after.insert(run.run_id.clone(), Some(self.cursor));
            } else if fits {
                // The run is new to the phone, and so is everything that happened on it.
                news_after.insert(run.run_id.clone(), None);
            }
        }
        Ok(news_after)
    }

    /// What a phone lacks of one plan, if it lacks anything.
    fn plan(&self, run_id: &RunId) -> Result<Option<PlanDown>, HubError> {
        let refused = self.decided.refused_plans.get(run_id);
        let heads = self.tx.get_heads(run_id)?;
        let theirs: Option<Vec<[u8; 32]>> = self.listed(run_id).and_then(|up| {
            let mut theirs: Vec<_> = up
                .heads
                .iter()
                .map(|head| head.as_slice().try_into())
                .collect::<Result<_, _>>()
                .ok()?;
            theirs.sort_unstable();
            Some(theirs)
        });
        if refused.is_none() && theirs.as_ref() == Some(&heads) {
            return Ok(None);
        }
        let theirs = theirs.filter(|theirs| refused.is_none() && !theirs.is_empty());
        let mut row = match &theirs {
            Some(theirs) => self.tx.list_plan_changes(run_id, (theirs, &heads))?,
            None => None,
        };
        let bytes = row.iter().flatten().map(Vec::len).sum::<usize>();
        let is_long = bytes > CHANGES_BYTES_MAX;
        row = row.filter(|_| !is_long);
        let mut document = None;
        if row.is_none() {
            let Some(held) = self.tx.get_document(run_id)? else {
                return Ok(None);
            };
            if let Some(theirs) = theirs.as_ref().filter(|_| !is_long) {
                row = PlanDoc::load(&self.meta.actor(), &held)?.changes_since(theirs);
            }
            document = row.is_none().then(|| held.into());
        }
        let base = theirs.as_deref().and_then(only);
        Ok(Some(PlanDown {
            run_id: run_id.clone(),
            document,
            changes: row.map(|row| shorten(base, &row)).unwrap_or_default(),
            heads: heads.iter().map(|head| head.to_vec().into()).collect(),
            refused: refused.map(|code| code.word().to_owned()),
        }))
    }

    /// Adds other phones' facts, in the order in which they were accepted. Where they are cut, the
    /// cursor stands at the last one sent, even if that is behind where the phone was: of a run that
    /// is new to it older facts may be missing, and what it reads twice has one effect.
    fn news(&mut self, news_after: BTreeMap<RunId, Option<u64>>) -> Result<(), HubError> {
        let mut rows: Vec<NewsRow> = Vec::new();
        // Its own facts are news to a phone that has lost them. With a run that came back they always are:
        // the phone may have let go of them when the run left.
        let is_whole = self.up.wants_own != Some(true);
        for (run_id, after) in news_after {
            let not_by = (is_whole && after.is_some()).then_some(self.device.id);
            let after = after.unwrap_or(0);
            rows.extend(self.tx.list_news(&run_id, not_by, after, NEWS_MAX + 1)?);
        }
        rows.sort_by_key(|row| row.accepted_no);
        self.down.cursor = self.tx.newest_accepted()?;
        let mut sent_to = None;
        for row in rows {
            let is_full = self.down.news.len() >= NEWS_MAX;
            if is_full || !self.has_room(row.bytes.len(), self.down.news.is_empty()) {
                self.down.has_more = true;
                self.down.cursor = sent_to.unwrap_or(self.cursor);
                break;
            }
            sent_to = Some(row.accepted_no);
            let NewsRow { device, head, bytes, .. } = row;
            self.down.news.push(News { device, head, fact: bytes.into() });
        }
        Ok(())
    }

    /// Adds the runs that the phone holds and has no business with any more. Of a run that is not
    /// known here nothing is said: the store may be the one that lost it.
    fn runs_left(&mut self, scope: &[RunHead]) -> Result<(), HubError> {
        for up in &self.up.plans {
            let is_in_scope = scope.iter().any(|run| run.run_id == up.run_id);
            if !is_in_scope && self.tx.get_run(&up.run_id)?.is_some() {
                self.down.runs_left.push(up.run_id.clone());
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
