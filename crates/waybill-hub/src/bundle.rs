//! A job's bundle: what phones sealed, what the hub made of it, and the evidence, under one signature.
//!
//! Nothing is judged here; everything was when it came. Facts that do not count are in it too, and
//! so is their reason. Facts of other jobs are in it as digests.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId, JobId, PersonId, RunId};
use waybill_core::job::{DeliveryPin, JobSpec};
use waybill_core::journal::Head;
use waybill_core::time::Timestamp;
use waybill_sync::bundle::{
    Heard, Judged, Link, Manifest, NamedBlob, NamedDevice, NamedPerson, Planned, PublishedEntry,
    Stretch,
};
use waybill_sync::code::Code;
use waybill_sync::limits::BUNDLE_BYTES_MAX;
use waybill_sync::receipt::Receipt;

use crate::api::view::FeedEntry;
use crate::error::HubError;
use crate::hub::{Asker, Hub};
use crate::store::{Meta, Tx};

/// What is read of the journals that a job's facts are in.
struct Gathered {
    stretches: Vec<Stretch>,
    /// By device: where the stretches end, and the evidence that their facts name.
    devices: BTreeMap<DeviceId, (Vec<Head>, BTreeSet<BlobHash>)>,
    people: BTreeSet<PersonId>,
}

impl Hub {
    /// Everything there is to say about a job in one signed file.
    pub fn bundle(
        &self,
        asker: &Asker,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<u8>, HubError> {
        let now = self.now();
        let manifest =
            self.store.read(|tx| manifest(tx, &self.meta, asker, (run_id, job_id), now))?;
        let (mut blobs, mut bytes_left) = (Vec::new(), BUNDLE_BYTES_MAX);
        for blob in &manifest.blobs {
            let bytes = self.read_blob(blob.hash)?;
            bytes_left = bytes_left.checked_sub(bytes.len()).ok_or(Code::BodyTooLarge)?;
            blobs.push(bytes);
        }
        let file = manifest.seal(&self.meta.key, blobs);
        if file.len() > BUNDLE_BYTES_MAX { Err(Code::BodyTooLarge.into()) } else { Ok(file) }
    }
}

fn manifest(
    tx: &Tx<'_>,
    meta: &Meta,
    asker: &Asker,
    (run_id, job_id): (&RunId, &JobId),
    now: Timestamp,
) -> Result<Manifest, HubError> {
    // A run that the asker may not see is not there for them.
    let run = tx.get_run(run_id)?.filter(|run| asker.sees(&run.depot_id)).ok_or(Code::NotFound)?;
    let job = tx.get_job(run_id, job_id)?.ok_or(Code::NotFound)?.job;
    let heard = tx.list_heard(run_id, job_id)?;
    let gathered = gather(tx, &heard, (run_id, job_id))?;
    let named: BTreeSet<_> =
        gathered.devices.values().flat_map(|(_, blobs)| blobs).copied().collect();
    let (mut blobs, mut blobs_away) = (Vec::new(), Vec::new());
    for hash in named {
        match tx.get_blob(hash)? {
            Some(row) => blobs.push(NamedBlob { hash, mime: row.mime }),
            None => blobs_away.push(hash),
        }
    }
    let (mut devices, mut receipts) = (Vec::new(), Vec::new());
    for (device, (heads, own)) in gathered.devices {
        let name = tx.get_device_name(device)?.ok_or(Code::StoreFailed)?;
        let key = tx.get_device(device)?.ok_or(Code::StoreFailed)?.key.to_bytes().into();
        devices.push(NamedDevice { device, name, key });
        let held = own.into_iter().filter(|hash| !blobs_away.contains(hash)).collect();
        receipts.push(receipt(meta, device, heads, held, now).sign(&meta.key).into());
    }
    // Whoever checks a bundle needs to know that a PIN was asked for, and nothing to find it with.
    let delivery_pin = job.spec.delivery_pin.as_ref().map(|_| DeliveryPin::sealed());
    let spec = JobSpec { delivery_pin, ..job.spec };
    let planned = Planned { spec, window: job.window, standing: job.standing.word().to_owned() };
    Ok(Manifest {
        company: meta.company.clone(),
        hub_key: meta.key.public().to_bytes().to_vec().into(),
        store: meta.mark,
        made_at: now,
        run,
        job_id: job_id.clone(),
        planned,
        people: names(tx, gathered.people)?,
        devices,
        journals: gathered.stretches,
        heard,
        blobs,
        blobs_away,
        judged: judged(tx, run_id, job_id)?,
        receipts,
    })
}

/// Reads every epoch that a fact about the job is in, up to the first seal behind the last of them.
fn gather(tx: &Tx<'_>, heard: &[Heard], of: (&RunId, &JobId)) -> Result<Gathered, HubError> {
    let mut last_seqs: BTreeMap<(DeviceId, Epoch), u64> = BTreeMap::new();
    for Heard { fact_id, .. } in heard {
        let last = last_seqs.entry((fact_id.device, fact_id.epoch)).or_default();
        *last = fact_id.seq.max(*last);
    }
    let mut gathered =
        Gathered { stretches: Vec::new(), devices: BTreeMap::new(), people: BTreeSet::new() };
    for ((device, epoch), last_seq) in last_seqs {
        // A tail is kept with its seal or not at all, so both are here.
        let (to_seq, seal) = tx.get_seal(device, epoch, last_seq)?.ok_or(Code::StoreFailed)?;
        let genesis = tx.get_epoch(device, epoch)?.ok_or(Code::StoreFailed)?;
        let links = tx.list_links((device, epoch), to_seq, of)?;
        let (heads, blobs) = gathered.devices.entry(device).or_default();
        let mut at = genesis.head();
        for link in &links {
            at = match link {
                Link::Hidden(digest) => at.after_digest(*digest),
                Link::Shown(bytes) => {
                    let fact = Fact::from_bytes(bytes)?;
                    blobs.extend(fact.body().blob());
                    gathered.people.insert(fact.person_id);
                    at.after(bytes)
                }
            };
        }
        heads.push(at);
        gathered.stretches.push(Stretch { genesis, links, seal: seal.into() });
    }
    Ok(gathered)
}

fn receipt(
    meta: &Meta,
    device: DeviceId,
    heads: Vec<Head>,
    blobs: Vec<BlobHash>,
    at: Timestamp,
) -> Receipt {
    let (store, store_epoch) = (meta.mark.store, meta.mark.epoch);
    Receipt { store, store_epoch, device, at, heads, blobs, backed_up_to: None }
}

/// The names of those who acted. A phone may name somebody whom the office does not know.
fn names(tx: &Tx<'_>, people: BTreeSet<PersonId>) -> Result<Vec<NamedPerson>, HubError> {
    let mut named = Vec::new();
    for person_id in people {
        if let Some(person) = tx.get_person(&person_id)? {
            named.push(NamedPerson { person_id, name: person.name });
        }
    }
    Ok(named)
}

fn judged(tx: &Tx<'_>, run_id: &RunId, job_id: &JobId) -> Result<Judged, HubError> {
    let state = tx.get_state(run_id, job_id)?.ok_or(Code::StoreFailed)?;
    let reasons = state.readiness.reasons.iter().map(serde_json::to_string);
    let newest = tx.list_entries(run_id, job_id)?.into_iter().next();
    Ok(Judged {
        status: state.status.word().to_owned(),
        verdict: state.readiness.verdict.word().to_owned(),
        reasons: reasons.collect::<Result<_, _>>()?,
        entry: newest.map(|entry| published(&entry)).transpose()?,
    })
}

fn published(entry: &FeedEntry) -> Result<PublishedEntry, HubError> {
    let facts = entry.facts.iter().map(|id| id.parse::<FactId>());
    let proof = entry.proof.iter().map(|hash| hash.parse::<BlobHash>());
    Ok(PublishedEntry {
        seq: entry.seq,
        revision: entry.revision,
        verdict: entry.verdict.word().to_owned(),
        published_at: entry.published_at_ms,
        json: serde_json::to_string(entry)?,
        facts: facts.collect::<Result<_, _>>().map_err(|_| Code::StoreFailed)?,
        proof: proof.collect::<Result<_, _>>().map_err(|_| Code::StoreFailed)?,
    })
}
