//! Tails of journals: authentic ones are kept whole, whatever is then decided about each fact.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::fact::{Body, Fact};
use waybill_core::id::{ChainHash, Epoch, FactId, RunId};
use waybill_core::incident::{Incident, forks};
use waybill_core::journal::Head;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::limits::{PARKED_MAX, QUARANTINE_BYTES_MAX, QUARANTINED_MAX};
use waybill_sync::tail::{Fresh, HeldChain, check_tail};
use waybill_sync::wire::{Tail, TailRefused, Verdict};

use super::judge::{Judge, note_foreign};
use crate::error::HubError;
use crate::settle::JustKept;
use crate::store::{Device, FactRow, FreshFact, Tx};

/// The most refused tails of one device that are kept. A device that goes on sending others is noted
/// in the log; what it sends stays on the device.
const QUARANTINE_ROWS_MAX: u64 = 500;

/// What is held of an epoch, as far as one tail reaches.
struct Held {
    seq: u64,
    hashes: BTreeMap<u64, ChainHash>,
    /// The seal on the tail's end, with its number, if it is held.
    seal: Option<(u64, Vec<u8>)>,
}

impl HeldChain for Held {
    fn held_seq(&self) -> u64 {
        self.seq
    }

    fn hash_at(&self, seq: u64) -> Option<ChainHash> {
        self.hashes.get(&seq).copied()
    }

    fn seal_at(&self, seq: u64) -> Option<&[u8]> {
        self.seal.as_ref().filter(|(of, _)| *of == seq).map(|(_, seal)| seal.as_slice())
    }
}

/// A fact of an authentic tail, and what was decided about it.
struct Judged<'t> {
    head: Head,
    bytes: &'t [u8],
    /// None where it cannot be read.
    fact: Option<(Fact, Body)>,
    verdict: Verdict,
    code: Option<Code>,
}

/// Takes the tails; answers the facts that count now, by their runs.
pub(super) fn take(
    tx: &Tx<'_>,
    device: &Device,
    now: Timestamp,
    tails: &[Tail],
    refused: &mut Vec<TailRefused>,
) -> Result<BTreeMap<RunId, JustKept>, HubError> {
    let mut kept = BTreeMap::new();
    let mut judge = Judge::new(tx);
    for tail in tails {
        let held = held(tx, device, tail)?;
        let judged = match check_tail(tail, device.id, &device.key, &held) {
            Ok(fresh) => judge_fresh(tx, &mut judge, device, now, fresh)?,
            Err(code) => {
                quarantine(tx, device, now, tail, code)?;
                Err(code)
            }
        };
        match judged {
            Ok(judged) => keep_tail(tx, device, now, (tail, judged), &mut kept)?,
            Err(code) => {
                let (epoch, code) = (tail.genesis.epoch, code.word().to_owned());
                refused.push(TailRefused { epoch, code, held_seq: held.seq });
            }
        }
    }
    Ok(kept)
}

/// Judges what is new in a tail, before any of it is kept. A device whose facts break the rules again and
/// again fills nobody's disk: past its quota it keeps them itself.
fn judge_fresh<'t>(
    tx: &Tx<'_>,
    judge: &mut Judge<'_>,
    device: &Device,
    now: Timestamp,
    fresh: Fresh<'t>,
) -> Result<Result<Vec<Judged<'t>>, Code>, HubError> {
    let mut judged = Vec::new();
    for (head, bytes) in fresh.facts {
        let fact = Fact::from_bytes(bytes).ok();
        let fact = fact.map(|fact| {
            let body = fact.body();
            (fact, body)
        });
        let (verdict, code) = match &fact {
            Some((fact, body)) => judge.judge(device, fact, body)?,
            None => (Verdict::Quarantined, Some(Code::FactMalformed)),
        };
        judged.push(Judged { head, bytes, fact, verdict, code });
    }
    for (verdict, most) in [(Verdict::Quarantined, QUARANTINED_MAX), (Verdict::Parked, PARKED_MAX)]
    {
        let fresh = judged.iter().filter(|each| each.verdict == verdict).count();
        if fresh > 0 && tx.count_verdict(device.id, verdict)?.saturating_add(fresh) > most {
            tracing::warn!(device.id = %device.id, fresh, verdict = verdict.word(),
                "A device is past its quota of facts that do not count.");
            tx.open_incident(device.id, Incident::QuotaReached, verdict.word(), now)?;
            return Ok(Err(Code::QuotaReached));
        }
    }
    Ok(Ok(judged))
}

fn keep_tail(
    tx: &Tx<'_>,
    device: &Device,
    now: Timestamp,
    (tail, judged): (&Tail, Vec<Judged<'_>>),
    just_kept: &mut BTreeMap<RunId, JustKept>,
) -> Result<(), HubError> {
    if tx.put_epoch(&tail.genesis)? {
        note_fork(tx, device, tail.genesis.epoch, now)?;
    }
    if judged.iter().any(|each| each.verdict == Verdict::Quarantined) {
        tx.open_incident(device.id, Incident::FactsQuarantined, "", now)?;
    }
    let before = tx.newest_accepted()?;
    let mut newest = before;
    let numbered = judged.iter().map(|each| {
        let is_accepted = each.verdict == Verdict::Accepted;
        newest += u64::from(is_accepted);
        kept(device, each, is_accepted.then_some(newest))
    });
    tx.add_facts(numbered, now)?;
    let (mut runs, accepted) = (BTreeSet::new(), Verdict::Accepted);
    let accepted = judged.into_iter().filter(|each| each.verdict == accepted);
    for (each, number) in accepted.zip(before + 1..) {
        let Some((fact, body)) = each.fact else { continue };
        if !runs.contains(&fact.run_id) {
            runs.insert(fact.run_id.clone());
        }
        if !just_kept.contains_key(&fact.run_id) {
            just_kept.insert(fact.run_id.clone(), JustKept::default());
        }
        let Some(of_run) = just_kept.get_mut(&fact.run_id) else { continue };
        of_run.note(&body);
        let Some(job_id) = fact.job_id.clone() else { continue };
        let is_held = match body.blob() {
            Some(blob) => tx.get_blob(blob)?.is_some(),
            None => false,
        };
        let Head { epoch, seq, .. } = each.head;
        let fact_id = FactId { device: device.id, epoch, seq };
        let row = FactRow { fact_id, bytes: each.bytes.to_vec(), received_at: now, is_held };
        of_run.add(job_id, (row, fact), number);
    }
    for run_id in &runs {
        note_foreign(tx, device, run_id, now)?;
    }
    keep_seal(tx, device, tail)
}

/// Looks whether a device's journal goes on in two ways since an epoch was added to it: two phones write
/// in its name. What both wrote stays; somebody has to find out which of them is the device.
fn note_fork(tx: &Tx<'_>, device: &Device, added: Epoch, now: Timestamp) -> Result<(), HubError> {
    let forks = forks(&tx.list_epochs_of(device.id)?);
    // Others were told of when they came, and may have been dealt with since.
    for fork in forks.into_iter().filter(|fork| fork.epochs.contains(&added)) {
        let about =
            fork.after.map_or(String::new(), |(epoch, seq, _)| format!("{}/{seq}", epoch.0));
        if tx.open_incident(device.id, Incident::JournalForked, &about, now)? {
            tracing::warn!(device.id = %device.id, after = about, "A journal has forked.");
        }
    }
    Ok(())
}

fn held(tx: &Tx<'_>, device: &Device, tail: &Tail) -> Result<Held, HubError> {
    let epoch = tail.genesis.epoch;
    let seq = tx.get_head(device.id, epoch)?.map_or(0, |head| head.seq);
    let from = tail.first_seq.saturating_sub(1);
    let to = from.saturating_add(u64::try_from(tail.facts.len()).unwrap_or(u64::MAX));
    let hashes = tx.list_hashes(device.id, epoch, (from, to))?;
    // Looked for only where the tail has nothing new: then it has come before, and its seal with it.
    let seal = if to <= seq { tx.get_seal(device.id, epoch, to)? } else { None };
    Ok(Held { seq, hashes, seal })
}

/// A fact as it is to be kept.
fn kept<'j>(device: &Device, judged: &'j Judged<'_>, accepted_no: Option<u64>) -> FreshFact<'j> {
    let fact = judged.fact.as_ref().map(|(fact, _)| fact);
    let body = judged.fact.as_ref().map(|(_, body)| body);
    FreshFact {
        device_id: device.id,
        head: judged.head,
        bytes: judged.bytes,
        run_id: fact.map(|fact| &fact.run_id),
        job_id: fact.and_then(|fact| fact.job_id.as_ref()),
        kind: body.map_or("malformed", Body::word),
        blob: body.and_then(Body::blob),
        verdict: judged.verdict,
        code: judged.code.map_or("", Code::word),
        accepted_no,
    }
}

/// Keeps the seal on the tail's last fact, which is held by now; one on no fact stands for nothing.
fn keep_seal(tx: &Tx<'_>, device: &Device, tail: &Tail) -> Result<(), HubError> {
    let count = u64::try_from(tail.facts.len()).unwrap_or(u64::MAX);
    match tail.first_seq.saturating_sub(1).saturating_add(count) {
        0 => Ok(()),
        seq => tx.put_seal(device.id, tail.genesis.epoch, seq, &tail.seal),
    }
}

fn quarantine(
    tx: &Tx<'_>,
    device: &Device,
    now: Timestamp,
    tail: &Tail,
    code: Code,
) -> Result<(), HubError> {
    let mut bytes = cbor::encode(tail);
    let digest = Sha256::digest(&bytes).into();
    bytes.truncate(QUARANTINE_BYTES_MAX);
    let kept = (code.word(), bytes.as_slice());
    tx.open_incident(device.id, Incident::TailRefused, code.word(), now)?;
    let has_room = tx.add_quarantine(device.id, &digest, kept, now, QUARANTINE_ROWS_MAX)?;
    tracing::warn!(device.id = %device.id, %code, has_room, "A tail of a journal was refused.");
    Ok(())
}
