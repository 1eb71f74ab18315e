//! Samples that real code has made: a hub, a phone with half a day in it, and what they said.
//!
//! It is made once and then copied: a target that keeps things begins anew with a copy.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use tempfile::TempDir;
use waybill_core::fact::{PhotoCategory, SignerRole};
use waybill_core::id::DeviceId;
use waybill_core::proof::Method;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, Fail, MoveJob, OfJob, Scan, Sign};
use waybill_device::engine::{Engine, NewPhoto};
use waybill_device::media::develop;
use waybill_device::vault::Crew;
use waybill_hub::api::view::{Invite, PatchJob};
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};
use waybill_sync::key::{DeviceKey, HubKey};
use waybill_testkit::clock::{SeededDice, TestClock};
use waybill_testkit::picture;
use waybill_testkit::world::{demo_run, people};

/// What was made.
pub(crate) struct Stage {
    dir: TempDir,
    pub(crate) hub_key: HubKey,
    pub(crate) device: DeviceId,
    pub(crate) key: DeviceKey,
    pub(crate) enrolled: Enrolled,
    /// An invitation that nobody has used.
    pub(crate) link: Link,
    /// What the phone said, oldest first. The hub of the stage has heard only the first.
    pub(crate) ups: Vec<Vec<u8>>,
    /// What the hub answered. The phone of the stage has heard only the first.
    pub(crate) downs: Vec<Vec<u8>>,
    /// Everything about a delivered job.
    pub(crate) bundle: Vec<u8>,
    /// The plan before and after, as documents.
    pub(crate) plans: [Vec<u8>; 2],
}

static STAGE: LazyLock<Stage> = LazyLock::new(Stage::make);

/// Memory where there is some: inputs are many, and none is kept.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.unwrap()
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

pub(crate) fn open_hub(dir: &Path) -> Hub {
    let options = HubOptions {
        company: "Acme Deliveries".to_owned(),
        public_url: "http://127.0.0.1:1".to_owned(),
        password_cost: PasswordCost::Light,
        clock: Arc::new(TestClock::default()),
        dice: Arc::new(SeededDice::new(1)),
        ..HubOptions::default()
    };
    Hub::open(dir, options).unwrap()
}

pub(crate) fn open_phone(dir: &Path) -> Engine {
    Engine::open(dir, Arc::new(TestClock::default()), Arc::new(SeededDice::new(2))).unwrap()
}

/// The secret that a hub with these dice has rolled: after the store's id.
fn hub_key() -> HubKey {
    let (dice, mut id, mut secret) = (SeededDice::new(1), [0; 16], [0; 32]);
    waybill_device::clock::Dice::fill(&dice, &mut id);
    waybill_device::clock::Dice::fill(&dice, &mut secret);
    HubKey::from_secret(&secret)
}

fn enrol(hub: &Hub, engine: &mut Engine) -> Enrolled {
    let link = invite(hub);
    let enrolled = hub.enrol(&EnrolDevice::new(engine.key(), &link.code, "Van 7")).unwrap();
    let device = enrolled.device_id.parse().unwrap();
    let crew = Crew::new(device, link.hub_key, link.hub_url, "Van 7".to_owned(), enrolled.clone());
    engine.enrolled(crew).unwrap();
    enrolled
}

fn invite(hub: &Hub) -> Link {
    let invite = Invite { person_id: "priya".parse().unwrap(), depot_id: "leeds".parse().unwrap() };
    Link::from_text(&hub.invite(&Asker::Console, &invite).unwrap().link).unwrap()
}

pub(crate) fn of(job: usize) -> OfJob {
    OfJob { run_id: "R1".parse().unwrap(), job_id: format!("R1-J{job:03}").parse().unwrap() }
}

/// Half a day: one delivery with everything, one failure, a scan, another order.
fn live(engine: &mut Engine) {
    let OfJob { run_id, job_id } = of(1);
    engine.step(&of(1), Step::Arrive).unwrap();
    let photo = develop(&picture::png(1, 16, 12)).unwrap();
    engine
        .keep_photo(&NewPhoto { of: of(1), category: PhotoCategory::Goods, item_id: None, photo })
        .unwrap();
    let name = "Amina Wright".to_owned();
    let sign = Sign::plain(of(1), name, SignerRole::Recipient, picture::autograph());
    engine.sign(&sign).unwrap();
    engine
        .deliver(&Deliver {
            run_id,
            job_id,
            lines: vec![],
            method: Method::default(),
            together: vec![],
        })
        .unwrap();
    let OfJob { run_id, job_id } = of(2);
    engine.step(&of(2), Step::Arrive).unwrap();
    let code = "0109501101530003".to_owned();
    let (run, job) = (run_id.clone(), job_id.clone());
    engine.scan(&Scan { run_id: run, job_id: job, code, quantity: 1, is_typed: false }).unwrap();
    let (reason, note) = ("nobody_there".to_owned(), "rang twice".to_owned());
    let anyway = Some("no_number".to_owned());
    engine.fail(&Fail { run_id, job_id, reason, note, anyway }).unwrap();
    let OfJob { run_id, job_id } = of(3);
    engine.move_job(&MoveJob { run_id, job_id, behind: None }).unwrap();
}

impl Stage {
    pub(crate) fn get() -> &'static Self {
        &STAGE
    }

    /// A hub that knows the phone and its run and has heard no fact.
    pub(crate) fn hub(&self, dir: &Path) -> Hub {
        copy(&self.dir.path().join("hub"), dir);
        open_hub(dir)
    }

    /// The phone with half a day that it has told nobody.
    pub(crate) fn phone(&self, dir: &Path) -> Engine {
        copy(&self.dir.path().join("phone"), dir);
        open_phone(dir)
    }

    fn make() -> Self {
        let dir = folder();
        let path = |name: &str| dir.path().join(name);
        let hub = open_hub(&path("hub"));
        people(&hub).unwrap();
        hub.put_run(&Asker::Console, &of(1).run_id, &demo_run("R1", 3).unwrap()).unwrap();
        let mut phone = open_phone(&path("phone"));
        let enrolled = enrol(&hub, &mut phone);
        let device = enrolled.device_id.parse().unwrap();
        let mut mate = Engine::open(
            &path("mate"),
            Arc::new(TestClock::default()),
            Arc::new(SeededDice::new(3)),
        )
        .unwrap();
        let mate_id = enrol(&hub, &mut mate).device_id.parse().unwrap();
        let link = invite(&hub);
        let (mut ups, mut downs) = (Vec::new(), Vec::new());
        let mut say = |hub: &Hub, engine: &mut Engine, device: DeviceId, is_heard: bool| {
            let asked = engine.ask().unwrap();
            let answer = hub.sync(device, &asked.body).unwrap();
            if is_heard {
                engine.hear(&asked, &answer).unwrap();
            }
            ups.push(asked.body);
            downs.push(answer);
        };
        say(&hub, &mut phone, device, true);
        let before = document(&hub);
        drop(hub);
        copy(&path("hub"), &path("later"));
        live(&mut phone);
        drop(phone);
        copy(&path("phone"), &path("phone-later"));
        // From here on both are copies: what is told now the stage's own hub and phone do not know.
        let hub = open_hub(&path("later"));
        let mut phone = open_phone(&path("phone-later"));
        let asked = mate.ask().unwrap();
        mate.hear(&asked, &hub.sync(mate_id, &asked.body).unwrap()).unwrap();
        mate.step(&of(3), Step::Arrive).unwrap();
        hub.sync(mate_id, &mate.ask().unwrap().body).unwrap();
        let note = PatchJob { note: Some("gate 4".to_owned()), ..PatchJob::default() };
        hub.patch_job(&Asker::Console, &of(2).run_id, &of(2).job_id, &note).unwrap();
        say(&hub, &mut phone, device, true);
        say(&hub, &mut phone, device, true);
        let after = document(&hub);
        let bundle = hub.bundle(&Asker::Console, &of(1).run_id, &of(1).job_id).unwrap();
        let key = phone.key().clone();
        let plans = [before, after];
        Self { dir, hub_key: hub_key(), device, key, enrolled, link, ups, downs, bundle, plans }
    }
}

/// The plan as the hub would hand it to a phone that has nothing.
fn document(hub: &Hub) -> Vec<u8> {
    let dir = folder();
    let mut engine =
        Engine::open(dir.path(), Arc::new(TestClock::default()), Arc::new(SeededDice::new(4)))
            .unwrap();
    let device = enrol(hub, &mut engine).device_id.parse().unwrap();
    let answer = hub.sync(device, &engine.ask().unwrap().body).unwrap();
    let down: waybill_sync::wire::SyncDown =
        waybill_sync::envelope::open("answer", &answer).unwrap();
    down.plans[0].document.clone().unwrap().to_vec()
}
