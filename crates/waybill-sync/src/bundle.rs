//! The bundle: everything there is to say about one job in one file that anybody can check offline.
//!
//! A hub signs the whole; inside, each phone's own seal still stands on its own journal, so that not
//! even the hub can change what a phone wrote. Facts of other jobs are in it as digests only: enough
//! to compute the chain, nothing to read. A bundle holds public keys and no secret.
//!
//! ```text
//! file     = ["waybill bundle", 1, SHA-256 of the next, COSE_Sign1(manifest), [blob bytes, ...]]
//! manifest = who, what was planned, keys, journals, what the hub says of it, names of the blobs
//! ```

mod check;
mod words;

use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, iana};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId, JobId, PersonId};
use waybill_core::job::{JobSpec, RunHead};
use waybill_core::journal::{FactDigest, Genesis};
use waybill_core::time::{Timestamp, Window};

pub use check::{Evidence, Fault, Findings, Told, verify};

use crate::key::HubKey;
use crate::wire::{StoreMark, Verdict};

/// The version of the file.
pub const VERSION: u32 = 1;
/// How such a file's name ends.
pub const EXTENSION: &str = "waybill";
/// Its media type.
pub const MEDIA_TYPE: &str = "application/vnd.waybill.bundle+cbor";

const MAGIC: &str = "waybill bundle";
/// What the signature is about, so that a receipt is never taken for a bundle.
const PURPOSE: &[u8] = b"waybill bundle 1";

/// The file. Its bytes have one form only: another spelling of the same is refused.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct Sealed {
    #[n(0)]
    magic: String,
    #[n(1)]
    version: u32,
    /// Tells a file that was damaged on its way from one that somebody changed. It proves nothing.
    #[n(2)]
    digest: ByteVec,
    #[n(3)]
    signed: ByteVec,
    /// The bytes of the blobs that the manifest names, in its order.
    #[n(4)]
    blobs: Vec<ByteVec>,
}

/// What the hub signs.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Manifest {
    #[n(0)]
    pub company: String,
    #[n(1)]
    pub hub_key: ByteVec,
    #[n(2)]
    pub store: StoreMark,
    #[n(3)]
    pub made_at: Timestamp,
    #[n(4)]
    pub run: RunHead,
    #[n(5)]
    pub job_id: JobId,
    #[n(6)]
    pub planned: Planned,
    #[n(7)]
    pub people: Vec<NamedPerson>,
    #[n(8)]
    pub devices: Vec<NamedDevice>,
    /// One for every epoch in which a fact about the job was written.
    #[n(9)]
    pub journals: Vec<Stretch>,
    /// What the hub says of every fact that is shown.
    #[n(10)]
    pub heard: Vec<Heard>,
    /// The evidence that is inside.
    #[n(11)]
    pub blobs: Vec<NamedBlob>,
    /// Evidence that a fact names and the hub does not hold.
    #[n(12)]
    pub blobs_away: Vec<BlobHash>,
    #[n(13)]
    pub judged: Judged,
    /// For each device, the hub's receipt for the heads and blobs that are here.
    #[n(14)]
    pub receipts: Vec<ByteVec>,
}

/// The job as the plan had it when the bundle was made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Planned {
    #[n(0)]
    pub spec: JobSpec,
    #[n(1)]
    pub window: Option<Window>,
    #[n(2)]
    pub standing: String,
}

/// Somebody who acted, and their name.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NamedPerson {
    #[n(0)]
    pub person_id: PersonId,
    #[n(1)]
    pub name: String,
}

/// A device that wrote, and the key that its seals are checked with.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NamedDevice {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub name: String,
    #[n(2)]
    pub key: ByteVec,
}

/// An epoch of a journal from its beginning to a seal at or behind the last fact about the job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Stretch {
    #[n(0)]
    pub genesis: Genesis,
    /// Every fact in its order; the first is number 1, and the seal is on the last.
    #[n(1)]
    pub links: Vec<Link>,
    #[n(2)]
    pub seal: ByteVec,
}

/// One fact in the chain.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Link {
    /// About this job.
    #[n(0)]
    Shown(#[n(0)] ByteVec),
    /// About something else, which is nobody's business here.
    #[n(1)]
    Hidden(#[n(0)] FactDigest),
}

/// What the hub says of a fact: when it came, and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Heard {
    #[n(0)]
    pub fact_id: FactId,
    #[n(1)]
    pub received_at: Timestamp,
    #[n(2)]
    pub verdict: Verdict,
    /// Why it does not count, if it does not.
    #[n(3)]
    pub code: String,
}

/// A piece of evidence that is inside.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct NamedBlob {
    #[n(0)]
    pub hash: BlobHash,
    #[n(1)]
    pub mime: String,
}

/// What the hub made of it all when the bundle was made.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Judged {
    #[n(0)]
    pub status: String,
    /// May finance bill the job?
    #[n(1)]
    pub verdict: String,
    /// Why not, or what is different; each as JSON.
    #[n(2)]
    pub reasons: Vec<String>,
    /// The newest entry of the feed about the job, if finance was told anything.
    #[n(3)]
    pub entry: Option<PublishedEntry>,
}

/// An entry of the feed.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PublishedEntry {
    #[n(0)]
    pub seq: i64,
    #[n(1)]
    pub revision: u32,
    #[n(2)]
    pub verdict: String,
    #[n(3)]
    pub published_at: Timestamp,
    /// The entry as finance read it, as JSON.
    #[n(4)]
    pub json: String,
    /// The facts that the verdict rests on.
    #[n(5)]
    pub facts: Vec<FactId>,
    /// The evidence that it names.
    #[n(6)]
    pub proof: Vec<BlobHash>,
}

impl Manifest {
    /// Signs the manifest and puts it into a file with the bytes of its blobs, in its order.
    pub fn seal(&self, key: &HubKey, blobs: Vec<Vec<u8>>) -> Vec<u8> {
        let payload = cbor::encode(self);
        let unsigned = unsigned(payload.clone()).build();
        let signature = key.sign(&unsigned.tbs_data(PURPOSE));
        let signed = envelope(payload, signature.to_vec());
        cbor::encode(&Sealed {
            magic: MAGIC.to_owned(),
            version: VERSION,
            digest: Sha256::digest(&signed).to_vec().into(),
            signed: signed.into(),
            blobs: blobs.into_iter().map(Into::into).collect(),
        })
    }
}

fn unsigned(payload: Vec<u8>) -> CoseSign1Builder {
    let protected = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).build();
    CoseSign1Builder::new().protected(protected).payload(payload)
}

/// The one way to write a signed manifest.
fn envelope(payload: Vec<u8>, signature: Vec<u8>) -> Vec<u8> {
    unsigned(payload).signature(signature).build().to_vec().unwrap_or_default()
}

/// Where in a device's journals a fact is.
fn place(genesis: &Genesis) -> (DeviceId, Epoch) {
    (genesis.device, genesis.epoch)
}

#[cfg(test)]
mod tests;
