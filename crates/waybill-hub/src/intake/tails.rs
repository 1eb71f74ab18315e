//! Tails of journals: authentic ones are kept whole, whatever is then decided about each fact.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::fact::Fact;
use waybill_core::id::{ChainHash, JobId, RunId};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::limits::QUARANTINE_BYTES_MAX;
use waybill_sync::tail::{HeldChain, check_tail};
use waybill_sync::wire::{Tail, TailRefused, Verdict};

use super::judge::judge;
use crate::error::HubError;
use crate::store::{Device, FreshFact, Tx};

/// The most refused tails of one device that are kept. A device that goes on sending others is noted
/// in the log; what it sends stays on the device.
const QUARANTINE_ROWS_MAX: u64 = 500;

/// What is held of an epoch, as far as one tail reaches.
struct Held {
    seq: u64,
    hashes: BTreeMap<u64, ChainHash>,
}

impl HeldChain for Held {
    fn held_seq(&self) -> u64 {
        self.seq
    }

    fn hash_at(&self, seq: u64) -> Option<ChainHash> {
        self.hashes.get(&seq).copied()
    }
}

/// Takes the tails; answers the jobs that facts which count now are about.
pub(super) fn take(
    tx: &Tx<'_>,
    device: &Device,
    now: Timestamp,
    tails: &[Tail],
    refused: &mut Vec<TailRefused>,
) -> Result<BTreeSet<(RunId, JobId)>, HubError> {
    let mut touched = BTreeSet::new();
    for tail in tails {
        let held = held(tx, device, tail)?;
        match check_tail(tail, device.id, &device.key, &held) {
            Ok(fresh) => {
                tx.put_epoch(&tail.genesis)?;
                for (head, bytes) in fresh.facts {
                    touched.extend(keep(tx, device, now, head, bytes)?);
                }
                keep_seal(tx, device, tail)?;
            }
            Err(code) => {
                quarantine(tx, device, now, tail, code)?;
                let (epoch, code) = (tail.genesis.epoch, code.word().to_owned());
                refused.push(TailRefused { epoch, code, held_seq: held.seq });
            }
        }
    }
    Ok(touched)
}

fn held(tx: &Tx<'_>, device: &Device, tail: &Tail) -> Result<Held, HubError> {
    let epoch = tail.genesis.epoch;
    let seq = tx.get_head(device.id, epoch)?.map_or(0, |head| head.seq);
    let from = tail.first_seq.saturating_sub(1);
    let to = from.saturating_add(u64::try_from(tail.facts.len()).unwrap_or(u64::MAX));
    let hashes = tx.list_hashes(device.id, epoch, (from, to))?;
    Ok(Held { seq, hashes })
}

/// Keeps one fact; answers the job it is about if it counts.
fn keep(
    tx: &Tx<'_>,
    device: &Device,
    now: Timestamp,
    head: waybill_core::journal::Head,
    bytes: &[u8],
) -> Result<Option<(RunId, JobId)>, HubError> {
    let Ok(fact) = Fact::from_bytes(bytes) else {
        let unread = FreshFact {
            device_id: device.id,
            head,
            bytes,
            run_id: None,
            job_id: None,
            kind: "malformed",
            blob: None,
            verdict: Verdict::Quarantined,
            code: Code::FactMalformed.word(),
        };
        tx.add_fact(&unread, now)?;
        return Ok(None);
    };
    let (verdict, code) = judge(tx, device, &fact)?;
    let body = fact.body();
    let kept = FreshFact {
        device_id: device.id,
        head,
        bytes,
        run_id: Some(&fact.run_id),
        job_id: fact.job_id.as_ref(),
        kind: body.word(),
        blob: body.blob(),
        verdict,
        code: code.map_or("", Code::word),
    };
    tx.add_fact(&kept, now)?;
    let is_counted = verdict == Verdict::Accepted;
    Ok(fact.job_id.filter(|_| is_counted).map(|job_id| (fact.run_id, job_id)))
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
    let has_room = tx.add_quarantine(device.id, &digest, kept, now, QUARANTINE_ROWS_MAX)?;
    tracing::warn!(device.id = %device.id, %code, has_room, "A tail of a journal was refused.");
    Ok(())
}
