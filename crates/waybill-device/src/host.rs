//! A phone put together for a host: the engine, the way to the hub, and word of what changed.
//!
//! The Tauri shell and the bench in a browser both hold one of these and nothing else.

mod courier;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::{Notify, broadcast};
use waybill_core::id::BlobHash;
use waybill_core::place::{Fix, Provider};
use waybill_sync::code::Code;
use waybill_sync::enrol::{EnrolDevice, Link};

use crate::air::{Uplink, make_client};
use crate::api::command::{AddPhoto, Enrol, Nothing, OfJob};
use crate::api::door::PhotoSaved;
use crate::api::view::{SetPlace, StartView, Topic, TrustView};
use crate::api::{dispatch, is_reading, read, write};
use crate::blob_folder::{BlobFolder, SHOT_BYTES_MAX};
use crate::clock::{Clock, Dice, SystemClock, SystemDice};
use crate::engine::{Engine, Means, NewPhoto};
use crate::media::develop;
use crate::problem::Problem;
use crate::room::SystemDisk;
use crate::vault::Crew;

/// How many topics may wait for a slow screen. One that falls behind reads everything again.
const TOPICS_MAX: usize = 64;
/// The longest name of a device.
const DEVICE_NAME_BYTES_MAX: usize = 100;

/// One phone, to be shared by everything that serves its screens.
#[derive(Clone)]
pub struct Phone {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` once the phone is closed, and while a damaged store cannot be salvaged.
    engine: Mutex<Option<Engine>>,
    /// What it takes to open the phone again.
    home: (PathBuf, Means),
    folder: Arc<BlobFolder>,
    dice: Arc<dyn Dice>,
    client: reqwest::Client,
    topics: broadcast::Sender<Topic>,
    nudge: Notify,
    is_in_airplane: AtomicBool,
    is_closed: AtomicBool,
    /// One conversation at a time.
    talking: tokio::sync::Mutex<()>,
}

impl Phone {
    /// Opens the phone that lives in a folder, or begins one.
    pub fn open(dir: &Path) -> Result<Self, Problem> {
        Self::open_with(dir, Arc::new(SystemClock::default()), Arc::new(SystemDice))
    }

    /// The same with a clock and dice of the caller's.
    pub fn open_with(
        dir: &Path,
        clock: Arc<dyn Clock>,
        dice: Arc<dyn Dice>,
    ) -> Result<Self, Problem> {
        Self::open_on(dir, Means { clock, dice, disk: Arc::new(SystemDisk) })
    }

    /// The same with a disk of the caller's too.
    pub fn open_on(dir: &Path, means: Means) -> Result<Self, Problem> {
        let engine = Engine::open_on(dir, &means)?;
        let dice = Arc::clone(&means.dice);
        let inner = Inner {
            home: (dir.to_owned(), means),
            folder: engine.folder(),
            engine: Mutex::new(Some(engine)),
            dice,
            client: make_client(&[])?,
            topics: broadcast::channel(TOPICS_MAX).0,
            nudge: Notify::new(),
            is_in_airplane: AtomicBool::new(false),
            is_closed: AtomicBool::new(false),
            talking: tokio::sync::Mutex::new(()),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Answers a command of a screen.
    pub async fn call(&self, command: &str, args: Value) -> Result<Value, Problem> {
        if let Some(code) = self.with(|engine| Ok(engine.holds_back(command, &args)))? {
            return Err(code.into());
        }
        match command {
            "enrol" => write(&self.enrol(read(&args)?).await?),
            "add_photo" => write(&self.add_photo(read(&args)?).await?),
            "sync_now" => {
                read::<Nothing>(&args)?;
                write(&self.sync_now().await?)
            }
            _ => self.call_engine(command, &args),
        }
    }

    fn call_engine(&self, command: &str, args: &Value) -> Result<Value, Problem> {
        let unknown = || Err(Problem::with(Code::CommandUnknown, command));
        let answer = self.with(|engine| dispatch(engine, command, args).unwrap_or_else(unknown));
        if answer.is_ok() && !is_reading(command) && command != "save_draft" {
            self.recorded();
        }
        answer
    }

    /// Puts aside what a camera took. The name it gets is named in `add_photo`.
    pub fn put_shot(&self, bytes: &[u8]) -> Result<String, Problem> {
        if bytes.len() > SHOT_BYTES_MAX {
            return Err(Code::PhotoTooLarge.into());
        }
        let put = || self.inner.folder.put_shot(bytes, self.inner.dice.as_ref());
        match put() {
            Err(error) if self.with(|engine| Ok(engine.makes_way(&error)))? => Ok(put()?),
            put => Ok(put?),
        }
    }

    /// Evidence by its hash, with its media type.
    pub fn blob(&self, hash: &str) -> Result<Option<(Vec<u8>, String)>, Problem> {
        let Ok(hash) = hash.parse::<BlobHash>() else {
            return Ok(None);
        };
        let mime = self.with(|engine| Ok(engine.mime_of(hash).map(ToOwned::to_owned)))?;
        let Some(mime) = mime else { return Ok(None) };
        Ok(self.inner.folder.read(hash)?.map(|bytes| (bytes, mime)))
    }

    /// Word of what the screens should read again.
    pub fn changes(&self) -> broadcast::Receiver<Topic> {
        self.inner.topics.subscribe()
    }

    /// Tells a phone without a receiver where it is, or that nobody knows.
    pub fn set_place(&self, place: Option<SetPlace>) -> Result<(), Problem> {
        let fix = place.map(|place| Fix {
            at: place.at,
            accuracy_m: place.accuracy_m,
            age_ms: 0,
            provider: Provider::Set,
            is_mock: false,
        });
        self.with(|engine| {
            engine.set_place(fix);
            Ok(())
        })?;
        self.tell(&[Topic::Run, Topic::Job]);
        Ok(())
    }

    /// Cuts or restores the way to the hub.
    pub fn set_airplane(&self, is_on: bool) {
        self.inner.is_in_airplane.store(is_on, Ordering::SeqCst);
        self.inner.nudge.notify_one();
    }

    /// Says whether the way to the hub is cut.
    pub fn is_in_airplane(&self) -> bool {
        self.inner.is_in_airplane.load(Ordering::SeqCst)
    }

    /// Closes the phone. What is called afterwards is refused.
    pub fn close(&self) -> Result<(), Problem> {
        self.inner.is_closed.store(true, Ordering::SeqCst);
        let held = self.lock().take();
        match held {
            Some(engine) => engine.close(),
            None => Ok(()),
        }
    }

    async fn enrol(&self, enrol: Enrol) -> Result<StartView, Problem> {
        let link = Link::from_text(&enrol.link)?;
        let device_name = enrol.device_name.trim().to_owned();
        if device_name.is_empty() || device_name.len() > DEVICE_NAME_BYTES_MAX {
            return Err(Code::FieldsInvalid.into());
        }
        let request = self.with(|engine| {
            if engine.crew().is_some() {
                return Err(Code::AlreadyEnrolled.into());
            }
            Ok(EnrolDevice::new(engine.key(), &link.code, &device_name))
        })?;
        if self.is_in_airplane() {
            return Err(Code::HubUnreachable.into());
        }
        let enrolled = Uplink::enrol(&self.inner.client, &link.hub_url, &request).await?;
        if enrolled.hub_key != link.hub_key.to_text() {
            return Err(Code::KeyMismatch.into());
        }
        let device = enrolled.device_id.parse().map_err(|_| Code::HubNotItself)?;
        let crew = Crew::new(device, link.hub_key, link.hub_url, device_name, enrolled);
        self.with(|engine| engine.enrolled(crew))?;
        // The day's runs come with the first conversation; without air they come later.
        drop(self.sync_now().await);
        self.tell(&[Topic::Start]);
        self.with(|engine| Ok(engine.start_view()))
    }

    async fn add_photo(&self, add: AddPhoto) -> Result<PhotoSaved, Problem> {
        let shot = self.inner.folder.shot(&add.shot)?.ok_or(Code::ShotUnknown)?;
        // Developing takes a while; the engine is free for other taps meanwhile.
        let developed = tokio::task::spawn_blocking(move || develop(&shot)).await;
        let photo = developed.map_err(|error| Problem::with(Code::PhotoUnreadable, error))??;
        let of = OfJob { run_id: add.run_id, job_id: add.job_id };
        let new = NewPhoto { of, category: add.category, item_id: add.item_id, photo };
        let instead_of = add.instead_of.as_deref();
        let saved = self.with(|engine| engine.add_photo(&new, instead_of))?;
        self.inner.folder.drop_shot(&add.shot);
        self.recorded();
        Ok(saved)
    }

    async fn sync_now(&self) -> Result<TrustView, Problem> {
        self.talk().await?;
        self.with(|engine| Ok(engine.trust_view()))
    }

    fn recorded(&self) {
        self.tell(&[Topic::Run, Topic::Job, Topic::Trust]);
        self.inner.nudge.notify_one();
    }

    fn tell(&self, topics: &[Topic]) {
        for topic in topics {
            // With no screen listening there is nobody to tell.
            drop(self.inner.topics.send(*topic));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Engine>> {
        // A panic in one command leaves the engine as the store has it: writes come before memory.
        self.inner.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T>(&self, run: impl FnOnce(&mut Engine) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut held = self.lock();
        if held.is_none() && !self.inner.is_closed.load(Ordering::SeqCst) {
            // A salvage did not work the first time, as on a full disk.
            let (dir, means) = &self.inner.home;
            *held = Some(Engine::open_on(dir, means)?);
        }
        let done = match held.as_mut() {
            Some(engine) => run(engine),
            None => Err(Problem::with(Code::StoreBusy, "the phone is closed")),
        };
        if done.as_ref().is_err_and(|problem| problem.code == Code::StoreDamaged.word()) {
            self.salvage(&mut held);
        }
        done
    }

    /// Damage was met while the phone was open: what can be read is saved, and the phone goes on with it.
    /// Whoever met it is told, and asks again.
    fn salvage(&self, held: &mut Option<Engine>) {
        // The damaged store is closed before it is set aside.
        drop(held.take());
        let (dir, means) = &self.inner.home;
        match Engine::salvage(dir, means) {
            Ok(engine) => *held = Some(engine),
            Err(problem) => tracing::error!(code = %problem.code, "The store was not salvaged."),
        }
        self.tell(&[Topic::Start, Topic::Run, Topic::Job, Topic::Trust]);
    }
}
