//! The hub as a value: a store, a clock, dice, and whom to nudge when something changes.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use sha2::{Digest, Sha256};
use tokio::sync::broadcast;
use waybill_core::id::{DepotId, DeviceId, PersonId, StoreId};
use waybill_core::plan::Actor;
use waybill_core::policy::Policy;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::key::HubPublic;
use waybill_sync::wire::StoreMark;

use crate::api::view::PersonView;
use crate::clock::{Clock, Dice, Monotonic, SystemClock, SystemDice, roll};
use crate::error::HubError;
use crate::intake;
use crate::people::Door;
use crate::store::{Device, Meta, Store};

/// How many nudges a slow listener may fall behind before it is told to read everything again.
const NUDGES_MAX: usize = 64;

/// What a hub is opened with.
#[derive(Clone)]
pub struct HubOptions {
    /// The name of the company, for a store that is begun.
    pub company: String,
    /// Where phones and browsers reach the hub, as `https://hub.example`.
    pub public_url: String,
    pub password_cost: PasswordCost,
    /// The store's files come from a backup: phones are asked for what is missing in it.
    pub is_restored: bool,
    /// Where backups are put that somebody asks for while the hub is open.
    pub backup_dir: Option<PathBuf>,
    pub clock: Arc<dyn Clock>,
    pub dice: Arc<dyn Dice>,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            company: "Waybill".to_owned(),
            public_url: "http://127.0.0.1:4000".to_owned(),
            password_cost: PasswordCost::Full,
            is_restored: false,
            backup_dir: None,
            clock: Arc::new(SystemClock),
            dice: Arc::new(SystemDice),
        }
    }
}

/// How much work a password takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCost {
    Full,
    /// For tests and demonstrations, where the password protects nothing.
    Light,
}

/// Who asks for something at the office.
#[derive(Debug, Clone)]
pub enum Asker {
    /// Whoever runs the machine.
    Console,
    Person(PersonView),
}

impl Asker {
    /// Says whether the asker may see a depot's work.
    pub fn sees(&self, depot_id: &DepotId) -> bool {
        match self {
            Self::Console => true,
            Self::Person(person) => person.depots.contains(depot_id),
        }
    }

    /// Says whether the asker has a role.
    pub(crate) fn is(&self, role: Role) -> bool {
        matches!(self, Self::Person(person) if person.role == role)
    }

    /// Says whether the asker may close what a role owns. Admins stand in for everybody.
    pub(crate) fn answers_for(&self, owner: Role) -> bool {
        matches!(self, Self::Console) || self.is(owner) || self.is(Role::Admin)
    }

    /// Whose depots bound what is listed; nobody's for the console.
    pub(crate) fn bound(&self) -> Option<&PersonId> {
        match self {
            Self::Console => None,
            Self::Person(person) => Some(&person.person_id),
        }
    }

    pub(crate) fn word(&self) -> &str {
        self.bound().map_or("console", PersonId::as_str)
    }
}

/// What somebody may want to read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    Runs,
    Feed,
    Devices,
}

impl Topic {
    /// The word on the wire.
    pub fn word(self) -> &'static str {
        match self {
            Self::Runs => "runs",
            Self::Feed => "feed",
            Self::Devices => "devices",
        }
    }
}

/// Whose token it is.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Person(PersonView),
    Device(Device),
}

/// The office's server, apart from its sockets. Cloning it is cheap.
#[derive(Clone)]
pub struct Hub {
    pub(crate) store: Arc<Store>,
    pub(crate) meta: Arc<Meta>,
    pub(crate) public_url: Arc<str>,
    pub(crate) door: Arc<Door>,
    pub(crate) backup_dir: Option<Arc<Path>>,
    /// Held by whoever takes a backup: one at a time.
    pub(crate) backup_turn: Arc<Mutex<()>>,
    clock: Arc<Monotonic>,
    dice: Arc<dyn Dice>,
    nudges: broadcast::Sender<Topic>,
}

impl Hub {
    /// Opens the hub of a folder, and begins its store where there is none.
    pub fn open(dir: &Path, options: HubOptions) -> Result<Self, HubError> {
        let clock = Monotonic::new(options.clock);
        let store = Store::open(dir)?;
        let is_begun = store.read(|tx| Ok::<_, HubError>(tx.get_meta()?.is_some()))?;
        if !is_begun {
            let (id, secret) = (roll(&*options.dice)?, roll(&*options.dice)?);
            store.write(|tx| {
                tx.put_policy(&Policy::shipped())?;
                tx.put_meta(StoreId(id), &secret, &options.company, clock.now())
            })?;
        } else if options.is_restored {
            let rolled = roll(&*options.dice)?;
            store.write(|tx| {
                let epoch = tx.begin_life(clock.now(), rolled)?;
                tx.add_audit(clock.now(), "console", "restore", &epoch.to_string())
            })?;
        }
        let (meta, backed_up_to) = store.read(|tx| {
            let meta = tx.get_meta()?.ok_or(HubError::from(Code::StoreFailed))?;
            Ok::<_, HubError>((meta, tx.backed_up_to()?))
        })?;
        // Receipts are younger than the backup that does not hold what they name, whatever the
        // machine's clock says since.
        if let Some(backed_up_to) = backed_up_to {
            clock.raise(backed_up_to);
        }
        Ok(Self {
            store: Arc::new(store),
            meta: Arc::new(meta),
            public_url: options.public_url.trim_end_matches('/').into(),
            door: Arc::new(Door::new(options.password_cost, &*options.dice)?),
            backup_dir: options.backup_dir.map(Into::into),
            backup_turn: Arc::default(),
            clock: Arc::new(clock),
            dice: options.dice,
            nudges: broadcast::Sender::new(NUDGES_MAX),
        })
    }

    /// The time by the hub's clock, which never steps back.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The company's name.
    pub fn company(&self) -> &str {
        &self.meta.company
    }

    /// The key that receipts are checked with.
    pub fn key(&self) -> HubPublic {
        self.meta.key.public()
    }

    /// Which life of which store this is.
    pub fn store_mark(&self) -> StoreMark {
        self.meta.mark
    }

    /// Takes what a phone says and answers it. What the answer's receipt names is on the disk.
    pub fn sync(&self, device_id: DeviceId, body: &[u8]) -> Result<Vec<u8>, HubError> {
        let device = self.store.read(|tx| tx.get_device(device_id))?.ok_or(Code::NotEnrolled)?;
        if device.is_revoked {
            return Err(Code::DeviceRevoked.into());
        }
        let taken = intake::sync(&self.store, &self.meta, &device, &self.clock, body)?;
        for topic in taken.topics {
            self.nudge(topic);
        }
        Ok(taken.answer)
    }

    /// Hears of everything that somebody may want to read again.
    pub fn changes(&self) -> broadcast::Receiver<Topic> {
        self.nudges.subscribe()
    }

    /// The router of the whole HTTP surface.
    pub fn router(&self) -> axum::Router {
        crate::routes::router(self.clone())
    }

    /// Whose token it is, if it is anybody's.
    pub(crate) fn caller(&self, token: &str) -> Result<Option<Caller>, HubError> {
        let (hash, now) = (token_hash(token), self.now());
        self.store.read(|tx| {
            if let Some(person) = tx.get_session(&hash, now)? {
                return Ok(Some(Caller::Person(person)));
            }
            Ok(tx.get_device_by_token(&hash)?.map(Caller::Device))
        })
    }

    pub(crate) fn nudge(&self, topic: Topic) {
        // Nobody listening is an ordinary state of affairs.
        let _heard_by = self.nudges.send(topic);
    }

    pub(crate) fn dice(&self) -> &dyn Dice {
        &*self.dice
    }

    pub(crate) fn roll<const N: usize>(&self) -> Result<[u8; N], HubError> {
        roll(&*self.dice)
    }

    /// A secret of 256 bits as text.
    pub(crate) fn new_token(&self) -> Result<String, HubError> {
        Ok(data_encoding::BASE64URL_NOPAD.encode(&self.roll::<32>()?))
    }

    /// Does something that blocks away from the threads that serve sockets.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, HubError> + Send + 'static,
    ) -> Result<T, HubError> {
        let hub = self.clone();
        tokio::task::spawn_blocking(move || work(&hub)).await?
    }
}

impl Meta {
    /// The name under which this store writes plan documents.
    pub(crate) fn actor(&self) -> Actor {
        Actor::hub(self.mark.store, self.mark.epoch)
    }
}

/// What is kept of a token: enough to know it again, not enough to use it.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
