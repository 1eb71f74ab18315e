//! A hub in a folder of its own, with a clock that the test moves, and phones that speak to it.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tempfile::TempDir;
use waybill_core::fact::{
    Body, Delivered, Fact, PhotoCategory, PhotoTaken, Plain, Signed, SignerRole,
};
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId, JobId, PersonId, RunId};
use waybill_core::job::{Address, Contact, Customer, Item, JobKind, JobSpec};
use waybill_core::journal::{Genesis, Head, blob_hash};
use waybill_core::proof::{Method, Need, ProofRule};
use waybill_core::role::Role;
use waybill_core::time::{Reading, Timestamp, Window};
use waybill_sync::code::Code;
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};
use waybill_sync::envelope;
use waybill_sync::key::DeviceKey;
use waybill_sync::receipt::Receipt;
use waybill_sync::seal::seal;
use waybill_sync::wire::{PlanUp, StoreMark, SyncDown, SyncUp, Tail, VERSION};

use crate::api::view::{Invite, PutJob, PutPerson, PutRun};
use crate::clock::{Clock, Dice};
use crate::error::HubError;
use crate::hub::{Asker, Hub, HubOptions, PasswordCost};

/// 2026-11-20 08:00 UTC.
pub(crate) const MORNING: i64 = 1_795_161_600_000;
pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const STROKES: &[u8] = b"{\"strokes\":[[1,2]]}";
pub(crate) const PHOTO: &[u8] = b"\xFF\xD8\xFF a photo";

struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// Dice that fall the same way in every run.
struct TestDice(AtomicU64);

impl Dice for TestDice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), HubError> {
        for byte in bytes {
            let next = self.0.load(Ordering::Relaxed).wrapping_mul(6_364_136_223_846_793_005);
            let next = next.wrapping_add(1_442_695_040_888_963_407);
            self.0.store(next, Ordering::Relaxed);
            *byte = next.to_be_bytes()[0];
        }
        Ok(())
    }
}

pub(crate) struct World {
    pub(crate) hub: Hub,
    pub(crate) dir: TempDir,
    clock: Arc<TestClock>,
}

pub(crate) fn options() -> HubOptions {
    HubOptions {
        company: "Northgate".to_owned(),
        password_cost: PasswordCost::Light,
        clock: Arc::new(TestClock(AtomicI64::new(MORNING))),
        dice: Arc::new(TestDice(AtomicU64::new(1))),
        ..HubOptions::default()
    }
}

impl World {
    /// A hub with a driver, a second driver, a loader and one person for each office role.
    pub(crate) fn new() -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(MORNING)));
        let dir = tempfile::tempdir().unwrap();
        let behind: Arc<dyn Clock> = Arc::<TestClock>::clone(&clock);
        let hub = Hub::open(dir.path(), HubOptions { clock: behind, ..options() }).unwrap();
        let world = Self { hub, dir, clock };
        for (id, role) in [
            ("dora", Role::Driver),
            ("dan", Role::Driver),
            ("lou", Role::Loader),
            ("disa", Role::Dispatcher),
            ("fin", Role::Finance),
            ("ada", Role::Admin),
        ] {
            world.put_person(id, role, &["leeds"]);
        }
        world
    }

    pub(crate) fn put_person(&self, id: &str, role: Role, depots: &[&str]) {
        let person = PutPerson {
            name: id.to_owned(),
            role,
            depots: depots.iter().map(|depot| depot.parse().unwrap()).collect(),
            login: Some(id.to_owned()),
            password: Some(PASSWORD.to_owned()),
        };
        self.hub.put_person(&Asker::Console, &id.parse().unwrap(), &person).unwrap();
    }

    pub(crate) fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub(crate) fn enrol(&self, person: &str, secret: u8) -> Result<Enrolled, HubError> {
        let invite =
            Invite { person_id: person.parse().unwrap(), depot_id: "leeds".parse().unwrap() };
        let invite = self.hub.invite(&Asker::Console, &invite).unwrap();
        let link = Link::from_text(&invite.link).unwrap();
        self.hub.enrol(&EnrolDevice::new(&key(secret), &link.code, "Van 7"))
    }

    pub(crate) fn phone(&self, person: &str, secret: u8) -> Phone {
        Phone::new(self.enrol(person, secret).unwrap(), person, secret)
    }

    pub(crate) fn put_run(&self, run: &PutRun) -> bool {
        self.hub.put_run(&Asker::Console, &run_id(), run).unwrap().is_changed
    }

    pub(crate) fn verdict(&self) -> (String, Vec<String>) {
        let page = self.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
        let cases = page.cases.iter().map(|case| case.trigger.word().to_owned()).collect();
        (page.readiness.verdict.word().to_owned(), cases)
    }

    pub(crate) fn feed(&self) -> Vec<(i64, u32, Option<i64>, &'static str)> {
        let feed = self.hub.feed(&Asker::Console, 0, 100).unwrap();
        let row = |entry: &crate::api::view::FeedEntry| {
            (entry.seq, entry.revision, entry.supersedes, entry.verdict.word())
        };
        feed.entries.iter().map(row).collect()
    }
}

pub(crate) fn key(secret: u8) -> DeviceKey {
    DeviceKey::from_secret(&[secret; 32]).unwrap()
}

pub(crate) fn run_id() -> RunId {
    "R1".parse().unwrap()
}

pub(crate) fn job_id() -> JobId {
    "J1".parse().unwrap()
}

pub(crate) fn job(id: &str) -> PutJob {
    let window = Window { from_ms: Timestamp(MORNING), to_ms: Timestamp(MORNING + 3_600_000) };
    PutJob {
        job_id: id.parse().unwrap(),
        window: Some(window),
        note: String::new(),
        pin: None,
        spec: spec(),
    }
}

pub(crate) fn run(jobs: &[&str]) -> PutRun {
    PutRun {
        depot_id: "leeds".parse().unwrap(),
        day: "2026-11-20".to_owned(),
        zone: "Europe/London".to_owned(),
        vehicle: "Van 7".to_owned(),
        driver_id: "dora".parse().unwrap(),
        jobs: jobs.iter().map(|id| job(id)).collect(),
    }
}

fn spec() -> JobSpec {
    let item = Item {
        item_id: "L1".parse().unwrap(),
        sku: String::new(),
        text: "Boxes".to_owned(),
        quantity: 4,
        unit: "box".to_owned(),
        code: String::new(),
        weight_g: 0,
    };
    JobSpec {
        kind: JobKind::Deliver,
        order: "SO-1".to_owned(),
        customer: Customer { name: "Mill Lane".to_owned(), reference: String::new() },
        contact: Contact::default(),
        address: Address {
            line1: "1 Mill Lane".to_owned(),
            line2: String::new(),
            city: "Leeds".to_owned(),
            postcode: String::new(),
            country: "GB".to_owned(),
            at: None,
        },
        items: vec![item],
        proof: Some(ProofRule { signature: Need::Required, ..ProofRule::default() }),
        cash_due: None,
        terms: None,
        delivery_pin: None,
    }
}

pub(crate) fn arrived() -> Body {
    Body::Arrived(Plain {})
}

pub(crate) fn signed() -> Body {
    let (blob, name) = (blob_hash(STROKES), "Zoë".to_owned());
    Body::Signed(Signed::plain(blob, name, SignerRole::Recipient))
}

pub(crate) fn photo() -> Body {
    let (blob, category) = (blob_hash(PHOTO), PhotoCategory::Goods);
    Body::PhotoTaken(PhotoTaken { blob, category, width: 1, height: 1, item_id: None })
}

pub(crate) fn delivered() -> Body {
    Body::Delivered(Delivered { lines: vec![], policy: 1, method: Method::default() })
}

/// A phone as far as the conversation goes.
pub(crate) struct Phone {
    pub(crate) device: DeviceId,
    pub(crate) token: String,
    pub(crate) person: PersonId,
    key: DeviceKey,
    hub_key: waybill_sync::key::HubPublic,
    pub(crate) genesis: Genesis,
    pub(crate) facts: Vec<Vec<u8>>,
    pub(crate) plans: Vec<PlanUp>,
    pub(crate) blobs: Vec<BlobHash>,
    pub(crate) cursor: u64,
    pub(crate) store: Mutex<Option<StoreMark>>,
}

impl Phone {
    fn new(enrolled: Enrolled, person: &str, secret: u8) -> Self {
        let device = enrolled.device_id.parse().unwrap();
        Self {
            device,
            token: enrolled.token,
            person: person.parse().unwrap(),
            key: key(secret),
            hub_key: waybill_sync::key::HubPublic::from_text(&enrolled.hub_key).unwrap(),
            genesis: Genesis { device, epoch: Epoch::after(None, 1), after: None },
            facts: Vec::new(),
            plans: Vec::new(),
            blobs: Vec::new(),
            cursor: 0,
            store: Mutex::new(None),
        }
    }

    /// Writes a fact about the one job.
    pub(crate) fn record(&mut self, body: &Body) -> FactId {
        let person = self.person.clone();
        self.record_as(person, run_id(), body)
    }

    pub(crate) fn record_as(&mut self, person: PersonId, run: RunId, body: &Body) -> FactId {
        let act = Reading { wall_ms: Timestamp(MORNING), zone_min: 0, monotonic_ms: 1 };
        let fact = Fact::new(run, Some(job_id()), person, act, None, body);
        self.record_bytes(fact.to_bytes())
    }

    /// Writes a fact about the run and none of its jobs, so long after the morning.
    pub(crate) fn record_of_run(&mut self, after_ms: i64, body: &Body) -> FactId {
        let wall_ms = Timestamp(MORNING + after_ms);
        let act = Reading { wall_ms, zone_min: 0, monotonic_ms: after_ms.unsigned_abs() };
        let fact = Fact::new(run_id(), None, self.person.clone(), act, None, body);
        self.record_bytes(fact.to_bytes())
    }

    pub(crate) fn record_bytes(&mut self, bytes: Vec<u8>) -> FactId {
        self.facts.push(bytes);
        FactId { device: self.device, epoch: self.genesis.epoch, seq: self.facts.len() as u64 }
    }

    pub(crate) fn head(&self) -> Head {
        self.facts.iter().fold(self.genesis.head(), |head, fact| head.after(fact))
    }

    /// The journal from one fact on.
    pub(crate) fn tail(&self, first_seq: u64) -> Tail {
        let from = usize::try_from(first_seq).unwrap() - 1;
        Tail {
            genesis: self.genesis,
            first_seq,
            facts: self.facts[from..].iter().map(|fact| fact.clone().into()).collect(),
            seal: seal(&self.key, self.device, self.head()).to_vec().into(),
        }
    }

    pub(crate) fn up(&self, tails: Vec<Tail>) -> SyncUp {
        SyncUp {
            version: VERSION,
            at: Timestamp(MORNING),
            tails,
            plans: self.plans.clone(),
            blobs: self.blobs.clone(),
            cursor: self.cursor,
            policy: 1,
            store: *self.store.lock().unwrap(),
            wants_own: None,
        }
    }

    /// The same phone once more, as a backup of it put onto another one would be.
    pub(crate) fn copy(&self) -> Self {
        Self {
            device: self.device,
            token: self.token.clone(),
            person: self.person.clone(),
            key: self.key.clone(),
            hub_key: self.hub_key,
            genesis: self.genesis,
            facts: self.facts.clone(),
            plans: self.plans.clone(),
            blobs: self.blobs.clone(),
            cursor: self.cursor,
            store: Mutex::new(*self.store.lock().unwrap()),
        }
    }

    /// Goes on in another epoch, as after a crash.
    pub(crate) fn restart(&mut self, roll: u32) {
        let (epoch, head) = (Epoch::after(Some(self.genesis.epoch), roll), self.head());
        self.genesis = Genesis { device: self.device, epoch, after: Some(head) };
        self.facts.clear();
    }

    /// Says everything and reads the answer.
    pub(crate) fn sync(&self, world: &World) -> SyncDown {
        let tails = if self.facts.is_empty() { vec![] } else { vec![self.tail(1)] };
        self.say(world, &self.up(tails)).unwrap()
    }

    pub(crate) fn say(&self, world: &World, up: &SyncUp) -> Result<SyncDown, Code> {
        let answer =
            world.hub.sync(self.device, &envelope::pack(up)).map_err(|error| error.code())?;
        let down: SyncDown = envelope::open("answer", &answer)?;
        *self.store.lock().unwrap() = Some(down.store);
        Ok(down)
    }

    pub(crate) fn receipt(&self, down: &SyncDown) -> Receipt {
        Receipt::open(&down.receipt, self.hub_key, self.device).unwrap()
    }

    pub(crate) fn upload(&self, world: &World, bytes: &[u8]) -> Result<(), Code> {
        world.hub.put_blob(self.device, blob_hash(bytes), bytes).map_err(|error| error.code())
    }
}
