use proptest::prelude::*;
use waybill_core::fact::{Body, Fact, Noted, PhotoCategory, PhotoTaken, Plain, Signed, SignerRole};
use waybill_core::id::{DeviceId, Epoch, FactId, StoreId};
use waybill_core::job::{Address, Contact, Customer, JobKind, JobSpec, RunHead};
use waybill_core::journal::{Genesis, Head, blob_hash};
use waybill_core::time::{Reading, Timestamp};

use super::*;
use crate::key::{DeviceKey, HubKey, HubPublic};
use crate::receipt::Receipt;
use crate::seal::seal;

/// What one link of a generated journal is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Other,
    Note,
    Photo(u8),
    Away(u8),
}

/// A bundle before it is sealed.
#[derive(Clone)]
struct Draft {
    manifest: Manifest,
    blobs: Vec<Vec<u8>>,
}

fn hub() -> HubKey {
    HubKey::from_secret(&[7; 32])
}

fn device_key(number: u8) -> DeviceKey {
    DeviceKey::from_secret(&[number + 1; 32]).unwrap()
}

fn fact(job: &str, body: &Body) -> Vec<u8> {
    let act = Reading { wall_ms: Timestamp(5), zone_min: 0, monotonic_ms: 9 };
    let (run, job) = ("R1".parse().unwrap(), job.parse().unwrap());
    Fact::new(run, Some(job), "P1".parse().unwrap(), act, None, body).to_bytes()
}

fn spec() -> JobSpec {
    JobSpec {
        kind: JobKind::Deliver,
        order: "S1".to_owned(),
        customer: Customer { name: "Mill".to_owned(), reference: String::new() },
        contact: Contact::default(),
        address: Address {
            line1: "1 Mill Lane".to_owned(),
            line2: String::new(),
            city: "Leeds".to_owned(),
            postcode: String::new(),
            country: String::new(),
            at: None,
        },
        items: vec![],
        proof: None,
        cash_due: None,
        terms: None,
        delivery_pin: None,
    }
}

fn run_head() -> RunHead {
    RunHead {
        run_id: "R1".parse().unwrap(),
        depot_id: "D".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "UTC".to_owned(),
        vehicle: "V".to_owned(),
        driver_id: "P1".parse().unwrap(),
    }
}

fn empty() -> Draft {
    let judged = Judged {
        status: "planned".to_owned(),
        verdict: "blocked".to_owned(),
        reasons: vec![],
        entry: None,
    };
    let planned = Planned { spec: spec(), window: None, standing: "planned".to_owned() };
    let manifest = Manifest {
        company: "Acme".to_owned(),
        hub_key: hub().public().to_bytes().to_vec().into(),
        store: StoreMark { store: StoreId([9; 16]), epoch: 1 },
        made_at: Timestamp(50),
        run: run_head(),
        job_id: "J1".parse().unwrap(),
        planned,
        people: vec![],
        devices: vec![],
        journals: vec![],
        heard: vec![],
        blobs: vec![],
        blobs_away: vec![],
        judged,
        receipts: vec![],
    };
    Draft { manifest, blobs: vec![] }
}

/// Writes a bundle: for each device, its epochs, each with its links.
fn draft(devices: &[Vec<Vec<Kind>>]) -> Draft {
    let mut draft = empty();
    for (number, epochs) in (0_u8..).zip(devices) {
        let (device, key) = (DeviceId([number; 16]), device_key(number));
        let (mut last, mut heads, mut own): (Option<Head>, Vec<Head>, _) = (None, vec![], vec![]);
        for kinds in epochs {
            let epoch = Epoch::after(last.map(|head| head.epoch), 3);
            let genesis = Genesis { device, epoch, after: last };
            let (mut head, mut links) = (genesis.head(), Vec::new());
            for kind in kinds {
                let link = draft.link(*kind, &mut own);
                head = match &link {
                    Link::Shown(bytes) => head.after(bytes),
                    Link::Hidden(digest) => head.after_digest(*digest),
                };
                if matches!(link, Link::Shown(_)) {
                    let fact_id = FactId { device, epoch, seq: head.seq };
                    let (received_at, code) = (Timestamp(40), String::new());
                    let verdict = Verdict::Accepted;
                    draft.manifest.heard.push(Heard { fact_id, received_at, verdict, code });
                }
                links.push(link);
            }
            let seal = seal(&key, device, head).to_vec().into();
            draft.manifest.journals.push(Stretch { genesis, links, seal });
            heads.push(head);
            last = Some(head);
        }
        let named =
            NamedDevice { device, name: "Van".to_owned(), key: key.public().to_bytes().into() };
        draft.manifest.devices.push(named);
        own.sort_unstable();
        own.dedup();
        draft.manifest.receipts.push(receipt(device, heads, own).sign(&hub()).into());
    }
    draft
}

fn receipt(device: DeviceId, heads: Vec<Head>, blobs: Vec<BlobHash>) -> Receipt {
    let (store, at) = (StoreId([9; 16]), Timestamp(50));
    Receipt { store, store_epoch: 1, device, at, heads, blobs, backed_up_to: None }
}

impl Draft {
    fn link(&mut self, kind: Kind, own: &mut Vec<BlobHash>) -> Link {
        let photo = |blob| {
            let category = PhotoCategory::Goods;
            Body::PhotoTaken(PhotoTaken { blob, category, width: 1, height: 1, item_id: None })
        };
        let body = match kind {
            Kind::Other => {
                let bytes = fact("J2", &Body::Arrived(Plain {}));
                return Link::Hidden(FactDigest::of(&bytes));
            }
            Kind::Note => Body::Noted(Noted { text: "gate".to_owned() }),
            Kind::Photo(seed) => {
                let bytes = vec![seed; 6];
                let hash = blob_hash(&bytes);
                if !self.manifest.blobs.iter().any(|blob| blob.hash == hash) {
                    self.manifest.blobs.push(NamedBlob { hash, mime: "image/jpeg".to_owned() });
                    self.blobs.push(bytes);
                }
                own.push(hash);
                photo(hash)
            }
            Kind::Away(seed) => {
                let hash = BlobHash([seed; 32]);
                if !self.manifest.blobs_away.contains(&hash) {
                    self.manifest.blobs_away.push(hash);
                }
                photo(hash)
            }
        };
        Link::Shown(fact("J1", &body).into())
    }

    fn bytes(&self) -> Vec<u8> {
        self.manifest.seal(&hub(), self.blobs.clone())
    }

    fn check(&self) -> Result<Findings, Vec<Fault>> {
        verify(&self.bytes(), Some(hub().public()))
    }

    /// What is found when the hub itself signs a draft that was changed.
    fn changed(&self, change: impl FnOnce(&mut Self)) -> Vec<Fault> {
        let mut changed = self.clone();
        change(&mut changed);
        changed.check().map(|_| ()).unwrap_err()
    }
}

fn ordinary() -> Draft {
    draft(&[vec![vec![Kind::Other, Kind::Photo(1), Kind::Note, Kind::Other]]])
}

fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    changed[at / 8] ^= 1 << (at % 8);
    changed
}

/// One bit of a byte, another one in each.
fn one_bit_of(byte: usize) -> usize {
    byte * 8 + byte % 8
}

#[test]
fn a_bundle_says_who_what_and_when_and_hides_what_is_not_its_business() {
    let findings = ordinary().check().unwrap();
    assert_eq!((findings.told.len(), findings.hidden, findings.is_hub_trusted), (2, 2, true));
    assert_eq!(findings.evidence[0].bytes, [1; 6]);
    let bytes = ordinary().bytes();
    assert!(!bytes.windows(2).any(|pair| pair == b"J2"), "another job is named");
    let text = findings.lines().join("\n");
    for part in ["photo_taken by P1 on Van", "1970-01-01T00:00:00.005Z", "and 2 of others"] {
        assert!(text.contains(part), "{part} is missing in {text}");
    }
}

#[test]
fn every_changed_bit_of_a_bundle_is_found() {
    let bytes = draft(&[vec![vec![Kind::Photo(1), Kind::Other]]]).bytes();
    let key = Some(hub().public());
    assert!(verify(&bytes, key).is_ok());
    for at in 0..bytes.len() * 8 {
        assert!(verify(&flipped(&bytes, at), key).is_err(), "bit {at} of {}", bytes.len() * 8);
    }
}

#[test]
fn the_signature_covers_everything_that_the_hub_says() {
    let bytes = ordinary().bytes();
    let sealed: Sealed = cbor::decode("bundle", &bytes).unwrap();
    // One bit of every fifth byte: each costs a whole check of the signature.
    for byte in (0..sealed.signed.len()).step_by(5) {
        let signed = flipped(&sealed.signed, one_bit_of(byte));
        let digest = Sha256::digest(&signed).to_vec().into();
        let forged = Sealed { digest, signed: signed.into(), ..sealed.clone() };
        let faults = verify(&cbor::encode(&forged), Some(hub().public())).unwrap_err();
        assert!(!faults.contains(&Fault::Damaged), "the digest was made to fit");
    }
}

#[test]
fn a_hub_that_changes_a_phones_words_and_signs_again_is_found() {
    let draft = draft(&[vec![vec![Kind::Other, Kind::Note]]]);
    let stretch = draft.manifest.journals[0].clone();
    let Link::Shown(told) = &stretch.links[1] else { unreachable!() };
    for at in 0..told.len() {
        let told = flipped(told, one_bit_of(at));
        let faults = draft.changed(|draft| {
            draft.manifest.journals[0].links[1] = Link::Shown(told.into());
        });
        assert!(faults.iter().any(|fault| matches!(fault, Fault::SealWrong(..))), "byte {at}");
    }
    let Link::Hidden(digest) = stretch.links[0] else { unreachable!() };
    for at in 0..32 {
        let other = FactDigest(flipped(&digest.0, one_bit_of(at)).try_into().unwrap());
        let faults =
            draft.changed(|draft| draft.manifest.journals[0].links[0] = Link::Hidden(other));
        assert!(faults.iter().any(|fault| matches!(fault, Fault::SealWrong(..))), "byte {at}");
    }
    for at in 0..stretch.seal.len() {
        let other = flipped(&stretch.seal, one_bit_of(at));
        let faults = draft.changed(|draft| draft.manifest.journals[0].seal = other.into());
        assert!(faults.iter().any(|fault| matches!(fault, Fault::SealWrong(..))), "byte {at}");
    }
}

#[test]
fn a_fact_left_out_or_put_elsewhere_breaks_the_chain() {
    let draft = ordinary();
    let is_broken = |faults: Vec<Fault>| faults.iter().any(|f| matches!(f, Fault::SealWrong(..)));
    assert!(is_broken(draft.changed(|draft| drop(draft.manifest.journals[0].links.remove(0)))));
    assert!(is_broken(draft.changed(|draft| drop(draft.manifest.journals[0].links.pop()))));
    assert!(is_broken(draft.changed(|draft| draft.manifest.journals[0].links.swap(1, 2))));
    assert!(is_broken(draft.changed(|draft| {
        draft.manifest.journals[0].genesis.epoch = Epoch::after(None, 4);
    })));
    assert!(is_broken(draft.changed(|draft| {
        draft.manifest.devices[0].key = device_key(9).public().to_bytes().into();
    })));
}

#[test]
fn what_the_hub_says_must_fit_what_is_shown() {
    let draft = ordinary();
    let id = draft.manifest.heard[0].fact_id;
    let hash = draft.manifest.blobs[0].hash;
    let stray = BlobHash([8; 32]);
    let faults = draft.changed(|draft| drop(draft.manifest.heard.remove(0)));
    assert!(faults.contains(&Fault::FactUnheard(id)), "{faults:?}");
    let faults = draft.changed(|draft| draft.manifest.heard[0].fact_id.seq = 1);
    assert!(faults.contains(&Fault::FactMissing(FactId { seq: 1, ..id })), "{faults:?}");
    let faults = draft.changed(|draft| draft.manifest.job_id = "J2".parse().unwrap());
    assert!(faults.contains(&Fault::FactForeign(id)), "{faults:?}");
    let faults = draft.changed(|draft| {
        draft.manifest.blobs.clear();
        draft.blobs.clear();
    });
    assert!(faults.contains(&Fault::BlobMissing(hash)), "{faults:?}");
    assert!(faults.contains(&Fault::ReceiptWrong), "{faults:?}");
    let faults = draft.changed(|draft| draft.manifest.blobs_away.push(stray));
    assert_eq!(faults, [Fault::BlobForeign(stray)]);
    let faults = draft.changed(|draft| draft.blobs[0][0] ^= 1);
    assert_eq!(faults, [Fault::BlobChanged(hash)]);
    let faults = draft.changed(|draft| drop(draft.blobs.pop()));
    assert_eq!(faults, [Fault::BlobsMiscounted]);
    let faults = draft.changed(|draft| draft.manifest.devices.clear());
    assert_eq!(faults, [Fault::DeviceUnknown(id.device)]);
    let faults = draft.changed(|draft| draft.manifest.receipts.clear());
    assert_eq!(faults, [Fault::ReceiptWrong]);
    let entry = PublishedEntry {
        seq: 1,
        revision: 1,
        verdict: "ready".to_owned(),
        published_at: Timestamp(45),
        json: "{}".to_owned(),
        facts: vec![FactId { seq: 77, ..id }],
        proof: vec![stray],
    };
    let faults = draft.changed(|draft| draft.manifest.judged.entry = Some(entry));
    assert_eq!(faults, [Fault::FactMissing(FactId { seq: 77, ..id }), Fault::BlobMissing(stray)]);
}

#[test]
fn another_hubs_signature_is_refused_when_the_hubs_key_is_known() {
    let other = HubKey::from_secret(&[8; 32]);
    let mut draft = ordinary();
    let forged = draft.manifest.seal(&other, draft.blobs.clone());
    assert_eq!(verify(&forged, None), Err(vec![Fault::SignatureWrong]));
    draft.manifest.hub_key = other.public().to_bytes().to_vec().into();
    let device = draft.manifest.devices[0].device;
    let head = draft.manifest.journals[0].links.iter().fold(
        draft.manifest.journals[0].genesis.head(),
        |head, link| match link {
            Link::Shown(bytes) => head.after(bytes),
            Link::Hidden(digest) => head.after_digest(*digest),
        },
    );
    let blobs = draft.manifest.blobs.iter().map(|blob| blob.hash).collect();
    draft.manifest.receipts = vec![receipt(device, vec![head], blobs).sign(&other).into()];
    let signed_again = draft.manifest.seal(&other, draft.blobs.clone());
    let trusted: Option<HubPublic> = Some(hub().public());
    assert_eq!(verify(&signed_again, trusted), Err(vec![Fault::OtherHub]));
    let alone = verify(&signed_again, None).unwrap();
    assert!(!alone.is_hub_trusted, "without a key it is whole, and nobody knows by whom");
    let text = alone.lines().join("\n");
    assert!(text.contains("compare it with the one that the company gives out"), "{text}");
}

#[test]
fn a_text_in_a_bundle_cannot_steer_a_terminal() {
    let mut draft = ordinary();
    draft.manifest.company = "Acme\u{1b}[2J\nOK".to_owned();
    let body = Body::Signed(Signed::plain(
        blob_hash(&[1; 6]),
        "Zoë\r\u{7}".to_owned(),
        SignerRole::Recipient,
    ));
    assert_eq!(body.word(), "signed");
    let lines = draft.check().unwrap().lines();
    assert!(lines.iter().all(|line| !line.chars().any(char::is_control)), "{lines:?}");
}

#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    assert_eq!(verify(b"", None), Err(vec![Fault::Malformed]));
    assert_eq!(verify(b"%PDF-1.7", None), Err(vec![Fault::Malformed]));
    let bytes = ordinary().bytes();
    assert_eq!(verify(&bytes[..bytes.len() - 1], None), Err(vec![Fault::Malformed]));
    let newer = Sealed {
        magic: MAGIC.to_owned(),
        version: 2,
        digest: vec![].into(),
        signed: vec![].into(),
        blobs: vec![],
    };
    assert_eq!(verify(&cbor::encode(&newer), None), Err(vec![Fault::VersionUnknown(2)]));
}

fn kinds() -> impl Strategy<Value = Vec<Kind>> {
    let kind = prop_oneof![
        Just(Kind::Other),
        Just(Kind::Note),
        (0_u8..4).prop_map(Kind::Photo),
        (0_u8..4).prop_map(Kind::Away),
    ];
    prop::collection::vec(kind, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn an_honest_bundle_raises_no_alarm(
        devices in prop::collection::vec(prop::collection::vec(kinds(), 1..3), 0..3),
    ) {
        let draft = draft(&devices);
        prop_assert!(draft.check().is_ok(), "{:?}", draft.check());
    }
}
