//! What anybody checks about a bundle before they believe a word of it.
//!
//! Outside in: the file's form, the hub's signature, then everything that the hub's word alone does
//! not settle: each phone's chain and seal, each blob's hash, and that nothing is missing or extra.

use std::collections::{BTreeMap, BTreeSet};

use coset::{CborSerializable, CoseSign1};
use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId};
use waybill_core::journal::{Head, blob_hash};
use waybill_core::time::Timestamp;

use super::{Heard, Link, MAGIC, Manifest, PURPOSE, Sealed, VERSION, envelope, place, unsigned};
use crate::key::{DevicePublic, HubPublic};
use crate::limits::BUNDLE_BYTES_MAX;
use crate::receipt::Receipt;
use crate::seal::is_sealed;
use crate::wire::Verdict;

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("this is not a bundle, or not a whole one")]
    Malformed,
    #[error("the file was damaged on its way: ask for it again")]
    Damaged,
    #[error("the file is larger than a bundle may be")]
    TooLarge,
    #[error("the bundle has version {0}, which this program does not know")]
    VersionUnknown(u32),
    #[error("the file spells its content in another way than a hub does")]
    NotCanonical,
    #[error("the bundle was signed by another hub than the one that you trust")]
    OtherHub,
    #[error("the hub's signature does not hold: the bundle was changed after it was signed")]
    SignatureWrong,
    #[error("a key in the bundle is no key")]
    KeyMalformed,
    #[error("device {0} is in the bundle twice")]
    DeviceRepeated(DeviceId),
    #[error("device {0} wrote facts and its key is missing")]
    DeviceUnknown(DeviceId),
    #[error("epoch {1} of device {0} is in the bundle twice")]
    EpochRepeated(DeviceId, Epoch),
    #[error("the seal of device {0} on epoch {1} does not hold: its journal was changed")]
    SealWrong(DeviceId, Epoch),
    #[error("fact {0} cannot be read")]
    FactMalformed(FactId),
    #[error("fact {0} is about another job")]
    FactForeign(FactId),
    #[error("the bundle does not say when fact {0} was received")]
    FactUnheard(FactId),
    #[error("the bundle speaks of fact {0}, which is not in it")]
    FactMissing(FactId),
    #[error("evidence {0} is not what was captured: its bytes have another hash")]
    BlobChanged(BlobHash),
    #[error("evidence {0} is named and missing")]
    BlobMissing(BlobHash),
    #[error("evidence {0} belongs to no fact of this job")]
    BlobForeign(BlobHash),
    #[error("the bundle holds another number of pieces of evidence than it says")]
    BlobsMiscounted,
    #[error("a receipt in the bundle does not hold or does not cover what is shown")]
    ReceiptWrong,
}

/// What a sound bundle says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    pub manifest: Manifest,
    pub hub_key: HubPublic,
    /// The caller named the hub's key, and this is it.
    pub is_hub_trusted: bool,
    /// Every fact about the job, in the order of the devices' claims.
    pub told: Vec<Told>,
    pub evidence: Vec<Evidence>,
    /// How many facts of other jobs stand in the chains, unread.
    pub hidden: usize,
}

/// A fact, and what the hub says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub fact_id: FactId,
    pub fact: Fact,
    pub received_at: Timestamp,
    pub verdict: Verdict,
    pub code: String,
}

/// A piece of evidence whose bytes are what their name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub hash: BlobHash,
    pub mime: String,
    pub bytes: Vec<u8>,
}

/// Checks a bundle with public keys only. Without a key to trust, it is checked against the hub's
/// key that it names itself: then it is whole, and who made it is still to be found out.
pub fn verify(bytes: &[u8], trusted_hub_key: Option<HubPublic>) -> Result<Findings, Vec<Fault>> {
    let (manifest, hub_key, blobs) = open(bytes, trusted_hub_key).map_err(|fault| vec![fault])?;
    let mut check = Check { manifest: &manifest, hub_key, faults: Vec::new() };
    let keys = check.keys();
    let (shown, heads, hidden) = check.journals(&keys);
    let told = check.heard(shown);
    let named: BTreeSet<_> = told.iter().filter_map(|told| told.fact.body().blob()).collect();
    check.blobs(&named, &blobs);
    check.entry(&told);
    check.receipts(&heads, &told);
    if !check.faults.is_empty() {
        return Err(check.faults);
    }
    let pairs = manifest.blobs.iter().zip(blobs);
    let evidence = pairs
        .map(|(blob, bytes)| Evidence { hash: blob.hash, mime: blob.mime.clone(), bytes })
        .collect();
    let is_hub_trusted = trusted_hub_key.is_some();
    Ok(Findings { manifest, hub_key, is_hub_trusted, told, evidence, hidden })
}

/// Opens the file and checks its form and the hub's signature.
fn open(
    bytes: &[u8],
    trusted: Option<HubPublic>,
) -> Result<(Manifest, HubPublic, Vec<Vec<u8>>), Fault> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(Fault::TooLarge);
    }
    let sealed: Sealed = cbor::decode("bundle", bytes).map_err(|_| Fault::Malformed)?;
    if sealed.magic != MAGIC {
        return Err(Fault::Malformed);
    }
    if sealed.version != VERSION {
        return Err(Fault::VersionUnknown(sealed.version));
    }
    if cbor::encode(&sealed) != bytes {
        return Err(Fault::NotCanonical);
    }
    if *sealed.digest != Sha256::digest(&*sealed.signed).to_vec() {
        return Err(Fault::Damaged);
    }
    let cose = CoseSign1::from_slice(&sealed.signed).map_err(|_| Fault::Malformed)?;
    let payload = cose.payload.ok_or(Fault::Malformed)?;
    if envelope(payload.clone(), cose.signature.clone()) != **sealed.signed {
        return Err(Fault::NotCanonical);
    }
    let manifest: Manifest = cbor::decode("manifest", &payload).map_err(|_| Fault::Malformed)?;
    let hub_key = HubPublic::from_bytes(&manifest.hub_key).map_err(|_| Fault::KeyMalformed)?;
    if trusted.is_some_and(|trusted| trusted != hub_key) {
        return Err(Fault::OtherHub);
    }
    if !hub_key.verifies(&unsigned(payload).build().tbs_data(PURPOSE), &cose.signature) {
        return Err(Fault::SignatureWrong);
    }
    Ok((manifest, hub_key, sealed.blobs.into_iter().map(Into::into).collect()))
}

struct Check<'m> {
    manifest: &'m Manifest,
    hub_key: HubPublic,
    faults: Vec<Fault>,
}

impl Check<'_> {
    fn keys(&mut self) -> BTreeMap<DeviceId, DevicePublic> {
        let mut keys = BTreeMap::new();
        for named in &self.manifest.devices {
            match DevicePublic::from_bytes(&named.key) {
                Err(_) => self.faults.push(Fault::KeyMalformed),
                Ok(key) => {
                    if keys.insert(named.device, key).is_some() {
                        self.faults.push(Fault::DeviceRepeated(named.device));
                    }
                }
            }
        }
        keys
    }

    /// Walks every chain to its seal; answers the facts that are shown, the sealed heads, and how many
    /// facts are hidden.
    fn journals(
        &mut self,
        keys: &BTreeMap<DeviceId, DevicePublic>,
    ) -> (BTreeMap<FactId, Fact>, BTreeMap<DeviceId, Vec<Head>>, usize) {
        let (mut shown, mut hidden) = (BTreeMap::new(), 0);
        let mut heads: BTreeMap<DeviceId, Vec<Head>> = BTreeMap::new();
        for stretch in &self.manifest.journals {
            let (device, epoch) = place(&stretch.genesis);
            let mut head = stretch.genesis.head();
            for link in &stretch.links {
                match link {
                    Link::Hidden(digest) => {
                        hidden += 1;
                        head = head.after_digest(*digest);
                    }
                    Link::Shown(bytes) => {
                        head = head.after(bytes);
                        let id = FactId { device, epoch, seq: head.seq };
                        shown.extend(self.fact(id, bytes).map(|fact| (id, fact)));
                    }
                }
            }
            match keys.get(&device) {
                None => self.faults.push(Fault::DeviceUnknown(device)),
                Some(key) if !is_sealed(key, device, head, &stretch.seal) => {
                    self.faults.push(Fault::SealWrong(device, epoch));
                }
                Some(_) => {}
            }
            let sealed = heads.entry(device).or_default();
            if sealed.iter().any(|head| head.epoch == epoch) {
                self.faults.push(Fault::EpochRepeated(device, epoch));
            }
            sealed.push(head);
        }
        (shown, heads, hidden)
    }

    fn fact(&mut self, id: FactId, bytes: &[u8]) -> Option<Fact> {
        let Ok(fact) = Fact::from_bytes(bytes) else {
            self.faults.push(Fault::FactMalformed(id));
            return None;
        };
        let (run_id, job_id) = (&self.manifest.run.run_id, &self.manifest.job_id);
        if fact.run_id != *run_id || fact.job_id.as_ref() != Some(job_id) {
            self.faults.push(Fault::FactForeign(id));
        }
        Some(fact)
    }

    /// Puts beside every fact what the hub says of it.
    fn heard(&mut self, mut shown: BTreeMap<FactId, Fact>) -> Vec<Told> {
        let mut told = Vec::new();
        for Heard { fact_id, received_at, verdict, code } in &self.manifest.heard {
            match shown.remove(fact_id) {
                None => self.faults.push(Fault::FactMissing(*fact_id)),
                Some(fact) => told.push(Told {
                    fact_id: *fact_id,
                    fact,
                    received_at: *received_at,
                    verdict: *verdict,
                    code: code.clone(),
                }),
            }
        }
        self.faults.extend(shown.into_keys().map(Fault::FactUnheard));
        told.sort_by_key(|told| (told.fact.act.wall_ms, told.fact_id));
        told
    }

    fn blobs(&mut self, named: &BTreeSet<BlobHash>, bytes: &[Vec<u8>]) {
        let manifest = self.manifest;
        if manifest.blobs.len() != bytes.len() {
            return self.faults.push(Fault::BlobsMiscounted);
        }
        let mut here: BTreeSet<_> = manifest.blobs_away.iter().copied().collect();
        for (blob, bytes) in manifest.blobs.iter().zip(bytes) {
            if blob_hash(bytes) != blob.hash {
                self.faults.push(Fault::BlobChanged(blob.hash));
            }
            if !here.insert(blob.hash) {
                self.faults.push(Fault::BlobsMiscounted);
            }
        }
        self.faults.extend(named.difference(&here).copied().map(Fault::BlobMissing));
        self.faults.extend(here.difference(named).copied().map(Fault::BlobForeign));
    }

    /// What finance was told rests on facts and evidence that are here.
    fn entry(&mut self, told: &[Told]) {
        let Some(entry) = &self.manifest.judged.entry else { return };
        let ids: BTreeSet<_> = told.iter().map(|told| told.fact_id).collect();
        let held = self.manifest.blobs.iter().map(|blob| blob.hash);
        let known: BTreeSet<_> = held.chain(self.manifest.blobs_away.iter().copied()).collect();
        let facts = entry.facts.iter().filter(|id| !ids.contains(id)).copied();
        self.faults.extend(facts.map(Fault::FactMissing));
        let proof = entry.proof.iter().filter(|hash| !known.contains(hash)).copied();
        self.faults.extend(proof.map(Fault::BlobMissing));
    }

    /// For every device there is a receipt for its sealed heads and its evidence, and for no more.
    fn receipts(&mut self, heads: &BTreeMap<DeviceId, Vec<Head>>, told: &[Told]) {
        let manifest = self.manifest;
        let held: BTreeSet<_> = manifest.blobs.iter().map(|blob| blob.hash).collect();
        let mut is_right = manifest.receipts.len() == heads.len();
        for ((device, heads), bytes) in heads.iter().zip(&manifest.receipts) {
            let own = told.iter().filter(|told| told.fact_id.device == *device);
            let blobs: BTreeSet<_> = own.filter_map(|told| told.fact.body().blob()).collect();
            let blobs: Vec<_> = blobs.intersection(&held).copied().collect();
            is_right &= Receipt::open(bytes, self.hub_key, *device).is_ok_and(|receipt| {
                receipt.heads == *heads
                    && receipt.blobs == blobs
                    && receipt.store == manifest.store.store
                    && receipt.store_epoch == manifest.store.epoch
            });
        }
        if !is_right {
            self.faults.push(Fault::ReceiptWrong);
        }
    }
}
