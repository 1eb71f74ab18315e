//! What phones and hubs of version 1 said, frozen as bytes: today's hub takes it, and today's phone
//! reads it. Whoever changes the wire and breaks one of these has broken every phone that is out.
//!
//! A sample is written once, with `WAYBILL_FREEZE=1`, and only where there is none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use waybill_core::fact::{PhotoCategory, SignerRole};
use waybill_core::id::DeviceId;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, OfJob, Sign};
use waybill_device::api::view::Strokes;
use waybill_device::engine::{Engine, NewPhoto};
use waybill_device::media::Photo;
use waybill_device::vault::Crew;
use waybill_hub::api::view::Invite;
use waybill_hub::{Asker, Hub, HubError, HubOptions, PasswordCost};
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};
use waybill_sync::envelope;
use waybill_sync::key::DeviceKey;
use waybill_sync::receipt::Receipt;
use waybill_sync::wire::SyncDown;
use waybill_testkit::clock::{SeededDice, TestClock};
use waybill_testkit::world::{demo_run, people};

/// Every id and secret that this hub rolls, in whichever order it rolls them.
const DEVICE: DeviceId = DeviceId([7; 16]);
/// The secret of the phone's key.
const SECRET: [u8; 32] = [9; 32];
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo of version 1";

/// Dice that always show seven, so that the order of rolls is no part of what is frozen.
struct Sevens;

impl waybill_hub::clock::Dice for Sevens {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), HubError> {
        bytes.fill(7);
        Ok(())
    }
}

/// The hub of the samples, with a run of two jobs and a phone that it knows.
fn hub(dir: &TempDir) -> (Hub, Link, Enrolled) {
    let options = HubOptions {
        company: "Acme Deliveries".to_owned(),
        public_url: "http://127.0.0.1:1".to_owned(),
        password_cost: PasswordCost::Light,
        clock: Arc::new(TestClock::default()),
        dice: Arc::new(Sevens),
        ..HubOptions::default()
    };
    let hub = Hub::open(&dir.path().join("hub"), options).unwrap();
    people(&hub).unwrap();
    let run = demo_run("R1", 2).unwrap();
    hub.put_run(&Asker::Console, &"R1".parse().unwrap(), &run).unwrap();
    let invite = Invite { person_id: "priya".parse().unwrap(), depot_id: "leeds".parse().unwrap() };
    let link = Link::from_text(&hub.invite(&Asker::Console, &invite).unwrap().link).unwrap();
    let key = DeviceKey::from_secret(&SECRET).unwrap();
    let enrolled = hub.enrol(&EnrolDevice::new(&key, &link.code, "Van 7")).unwrap();
    assert_eq!(enrolled.device_id, DEVICE.to_string());
    (hub, link, enrolled)
}

/// The phone of the samples, enrolled and as yet without a run.
fn phone(dir: &TempDir, link: &Link, enrolled: Enrolled) -> Engine {
    let folder = dir.path().join("phone");
    std::fs::create_dir_all(folder.join("vault")).unwrap();
    std::fs::write(folder.join("vault/device.key"), SECRET).unwrap();
    let (clock, dice) = (Arc::new(TestClock::default()), Arc::new(SeededDice::new(1)));
    let mut phone = Engine::open(&folder, clock, dice).unwrap();
    let url = link.hub_url.clone();
    phone.enrolled(Crew::new(DEVICE, link.hub_key, url, "Van 7".to_owned(), enrolled)).unwrap();
    phone
}

fn of_job() -> OfJob {
    OfJob { run_id: "R1".parse().unwrap(), job_id: "R1-J001".parse().unwrap() }
}

fn deliver(phone: &mut Engine) {
    phone.step(&of_job(), Step::Arrive).unwrap();
    let photo = Photo { jpeg: PHOTO.to_vec(), width: 16, height: 12, looks: None };
    let category = PhotoCategory::Goods;
    phone.keep_photo(&NewPhoto { of: of_job(), category, item_id: None, photo }).unwrap();
    let strokes = Strokes { width: 300, height: 150, strokes: vec![vec![[1, 2, 0], [30, 40, 16]]] };
    let (name, role) = ("Amina Wright".to_owned(), SignerRole::Recipient);
    phone.sign(&Sign::plain(of_job(), name, role, strokes)).unwrap();
    let OfJob { run_id, job_id } = of_job();
    phone
        .deliver(&Deliver {
            run_id,
            job_id,
            lines: vec![],
            method: waybill_core::proof::Method::default(),
            together: vec![],
        })
        .unwrap();
}

/// A frozen sample. Where there is none, and only if it is asked for, today's words are frozen.
fn frozen(name: &str, today: impl FnOnce() -> Vec<u8>) -> Vec<u8> {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/wire");
    let file = folder.join(format!("{name}.hex"));
    if !file.exists() && std::env::var_os("WAYBILL_FREEZE").is_some() {
        let hex: Vec<_> = today().iter().map(|byte| format!("{byte:02x}")).collect();
        let lines: Vec<_> = hex.chunks(60).map(<[_]>::concat).collect();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    }
    let text: String = std::fs::read_to_string(&file).unwrap().split_whitespace().collect();
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// One round: what the phone said and what it was answered.
fn round(hub: &Hub, phone: &mut Engine) -> (Vec<u8>, Vec<u8>) {
    let asked = phone.ask().unwrap();
    let answer = hub.sync(DEVICE, &asked.body).unwrap();
    phone.hear(&asked, &answer).unwrap();
    (asked.body, answer)
}

/// The conversation of the samples, as it goes today: the first answer, then a delivery and its receipt.
fn today() -> [Vec<u8>; 3] {
    let dir = tempfile::tempdir().unwrap();
    let (hub, link, enrolled) = hub(&dir);
    let mut phone = phone(&dir, &link, enrolled);
    let (_, first) = round(&hub, &mut phone);
    deliver(&mut phone);
    let (up, receipt) = round(&hub, &mut phone);
    [first, up, receipt]
}

#[test]
fn todays_hub_takes_what_a_phone_of_version_1_said() {
    let [_, up, _] = today();
    let up = frozen("up_1", || up);
    let dir = tempfile::tempdir().unwrap();
    let (hub, _, _) = hub(&dir);
    let down: SyncDown = envelope::open("answer", &hub.sync(DEVICE, &up).unwrap()).unwrap();
    assert_eq!((down.version, &down.refused, &down.verdicts), (1, &vec![], &vec![]));
    let receipt = Receipt::open(&down.receipt, hub.key(), DEVICE).unwrap();
    assert_eq!(receipt.heads.iter().map(|head| head.seq).collect::<Vec<_>>(), [4]);
    assert_eq!(down.wanted.len(), 2, "the signature and the photo");
    let OfJob { run_id, job_id } = of_job();
    let page = hub.job_page(&Asker::Console, &run_id, &job_id).unwrap();
    assert_eq!(page.status.word(), "delivered");
    let photo = waybill_core::journal::blob_hash(PHOTO);
    assert!(down.wanted.contains(&photo));
    hub.put_blob(DEVICE, photo, PHOTO).unwrap();
}

#[test]
fn todays_phone_reads_what_a_hub_of_version_1_answered() {
    let [first, _, receipt] = today();
    let (first, receipt) = (frozen("down_first_1", || first), frozen("down_receipt_1", || receipt));
    let dir = tempfile::tempdir().unwrap();
    let (hub, link, enrolled) = hub(&dir);
    let mut phone = phone(&dir, &link, enrolled);
    let asked = phone.ask().unwrap();
    phone.hear(&asked, &first).unwrap();
    assert_eq!(phone.run_view(&of_job().run_id).unwrap().jobs.len(), 2, "the run came");
    deliver(&mut phone);
    let asked = phone.ask().unwrap();
    let heard = phone.hear(&asked, &receipt).unwrap();
    assert_eq!(heard.wanted.len(), 2);
    let down: SyncDown = envelope::open("answer", &receipt).unwrap();
    let receipt = Receipt::open(&down.receipt, hub.key(), DEVICE).unwrap();
    assert_eq!((receipt.store_epoch, receipt.heads.len(), receipt.heads[0].seq), (1, 1, 4));
}
