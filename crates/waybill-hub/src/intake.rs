//! The intake: what a phone says, checked, kept and answered.
//!
//! Nothing here opens a socket. A body comes in, one transaction keeps what is authentic and settles
//! what follows from it, and only when that is on the disk a receipt is signed. A part that is
//! refused never holds up the others.

mod answer;
mod crew;
mod judge;
mod tails;

use std::collections::BTreeMap;

use waybill_core::id::RunId;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::envelope;
use waybill_sync::limits::{BLOBS_MAX, RUNS_MAX, TAILS_MAX};
use waybill_sync::wire::{SyncUp, TailRefused, VERSION};

pub(crate) use answer::day;
pub(crate) use judge::judge_parked;

use crate::clock::Monotonic;
use crate::error::HubError;
use crate::hub::Topic;
use crate::settle::settle_kept;
use crate::store::{Device, Meta, Store, Tx};

/// The answer to a phone, and who else should hear of it.
pub(crate) struct Taken {
    pub(crate) answer: Vec<u8>,
    pub(crate) topics: Vec<Topic>,
}

/// What was decided about one request.
#[derive(Default)]
struct Decided {
    refused_tails: Vec<TailRefused>,
    refused_plans: BTreeMap<RunId, Code>,
    is_run_news: bool,
    is_feed_news: bool,
}

/// Takes what a phone says and answers it.
pub(crate) fn sync(
    store: &Store,
    meta: &Meta,
    device: &Device,
    clock: &Monotonic,
    body: &[u8],
) -> Result<Taken, HubError> {
    let up: SyncUp = envelope::open("sync", body)?;
    if up.version != VERSION {
        return Err(Code::VersionUnknown.into());
    }
    if up.tails.len() > TAILS_MAX || up.plans.len() > RUNS_MAX || up.blobs.len() > BLOBS_MAX {
        return Err(Code::BodyTooLarge.into());
    }
    let decided = store.write(|tx| take(tx, meta, device, clock.now(), &up))?;
    // From here on everything is on the disk, and a receipt may say so.
    let answer = answer::write(store, meta, device, clock, &up, &decided)?;
    let topics = [
        (decided.is_run_news, Topic::Runs),
        (decided.is_feed_news, Topic::Feed),
        (true, Topic::Devices),
    ];
    let topics =
        topics.into_iter().filter_map(|(is_news, topic)| is_news.then_some(topic)).collect();
    Ok(Taken { answer, topics })
}

fn take(
    tx: &Tx<'_>,
    meta: &Meta,
    device: &Device,
    now: Timestamp,
    up: &SyncUp,
) -> Result<Decided, HubError> {
    let policies = tx.policies()?;
    let mut decided = Decided::default();
    let kept = tails::take(tx, device, now, &up.tails, &mut decided.refused_tails)?;
    crew::take(tx, meta, &policies, device, now, &up.plans, &mut decided)?;
    decided.is_run_news |= !kept.is_empty();
    for (run_id, just_kept) in kept {
        decided.is_feed_news |= settle_kept(tx, &policies, &run_id, just_kept, now)?;
    }
    tx.put_contact(device.id, now)?;
    Ok(decided)
}

#[cfg(test)]
mod tests;
