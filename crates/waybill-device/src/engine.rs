//! The engine: one phone's plans, journal and evidence in memory and in the store.
//!
//! It is built from the store whenever it opens and holds nothing that the store does not. Every
//! call that records something makes it durable first and changes memory after, so a failed write
//! leaves both as they were.

mod ask;
mod book;
mod capture;
mod changes;
mod crew;
mod day;
mod dock;
mod door;
mod handover;
mod heal;
mod hear;
mod journal;
mod leave;
mod ledger;
mod life;
mod mark;
mod photo;
mod purge;
mod rescue;
mod scope;
mod together;
mod trust;
mod view;
mod wishes;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, DeviceId, Epoch, FactId, RunId};
use waybill_core::journal::Head;
use waybill_core::plan::Actor;
use waybill_core::policy::{Policies, Policy, Rulebook};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::key::{DeviceKey, HubPublic, Signature};
use waybill_sync::wire::StoreMark;

pub use ask::Asked;
pub use book::Book;
pub use capture::NewPhoto;
pub use handover::Handed;
pub use hear::Heard;

use crate::api::view::Air;
use crate::blob_folder::BlobFolder;
use crate::clock::{Clock, Dice};
use crate::media::Looks;
use crate::problem::Problem;
use crate::room::{Disk, Room, SystemDisk};
use crate::store::{
    Opened, Place as StorePlace, SALVAGED, Salvaged, Store, StoreError, StoredBlob,
};
use crate::vault::{Crew, Vault, make_folder};
use changes::SeenJobs;
use journal::Journal;
use leave::SignedOut;
use life::{Life, Memory};

/// One phone.
pub struct Engine {
    /// The folder in which all of it is.
    home: PathBuf,
    store: Store,
    vault: Vault,
    folder: Arc<BlobFolder>,
    key: DeviceKey,
    /// The mark of the life that began when it was opened.
    life: Option<Vec<u8>>,
    memory: Memory,
    clock: Arc<dyn Clock>,
    dice: Arc<dyn Dice>,
    crew: Option<Crew>,
    /// What is written there, read once: it is asked of every fact whether it is this phone's.
    keys: Option<(DeviceId, HubPublic)>,
    policies: Policies,
    journal: Journal,
    /// The seal of each epoch that was made last: a journal that stands still is sealed once.
    seals: BTreeMap<Epoch, (Head, Signature)>,
    books: BTreeMap<RunId, Book>,
    blobs: BTreeMap<BlobHash, StoredBlob>,
    /// Evidence whose bytes are gone from this phone before the office had them.
    lost: BTreeSet<BlobHash>,
    place: Option<Place>,
    /// How the newest photo looks, until the app ends.
    looked: Option<Looks>,
    cursor: u64,
    missed: BTreeSet<RunId>,
    hub_store: Option<StoreMark>,
    contact: Contact,
    room: Room,
    /// What this store got of one that was damaged.
    salvaged: Option<Salvaged>,
    /// Facts of this device that were lost here and came back from the hub.
    healed: BTreeSet<FactId>,
    /// Up to where the hub's backups reached when this phone last let go of things.
    purged_to: Option<Timestamp>,
    /// A customer has the phone in hand.
    handed: Option<Handed>,
    /// Nobody is signed in.
    signed_out: Option<SignedOut>,
    /// How jobs were when they were last read.
    seen: SeenJobs,
    /// How far this phone's clock was off the office's when it last answered.
    clock_off_ms: Option<i64>,
}

/// What kind of file a photo is.
const PHOTO_MIME: &str = "image/jpeg";
/// What kind of file a signature is.
const STROKES_MIME: &str = "application/vnd.waybill.strokes+json";

/// What an engine is given and never takes: a clock, dice and a disk.
#[derive(Clone)]
pub struct Means {
    pub clock: Arc<dyn Clock>,
    pub dice: Arc<dyn Dice>,
    pub disk: Arc<dyn Disk>,
}

/// Where the phone was last, and by the clock that nobody can set.
#[derive(Debug, Clone, Copy)]
struct Place {
    fix: waybill_core::place::Fix,
    monotonic_ms: u64,
}

/// How the last try to reach the office went.
#[derive(Debug, Clone)]
struct Contact {
    air: Air,
    last_ms: Option<Timestamp>,
    trouble: Option<String>,
}

impl Engine {
    /// The policy in force, as far as this phone has heard.
    fn policy(&self) -> &Policy {
        self.policies.newest()
    }

    /// Opens the phone that lives in a folder, or begins one.
    pub fn open(dir: &Path, clock: Arc<dyn Clock>, dice: Arc<dyn Dice>) -> Result<Self, Problem> {
        Self::open_on(dir, &Means { clock, dice, disk: Arc::new(SystemDisk) })
    }

    /// The same with all means of the caller's.
    pub fn open_on(dir: &Path, means: &Means) -> Result<Self, Problem> {
        Self::open_by(dir, means, Store::open)
    }

    /// Opens a phone whose store was found damaged while it was open.
    pub fn salvage(dir: &Path, means: &Means) -> Result<Self, Problem> {
        Self::open_by(dir, means, Store::salvage)
    }

    fn open_by(
        dir: &Path,
        means: &Means,
        open: fn(&StorePlace) -> Result<Opened, StoreError>,
    ) -> Result<Self, Problem> {
        make_folder(dir)?;
        let vault = Vault::open(&dir.join("vault"))?;
        let place = StorePlace {
            path: dir.join("waybill.db"),
            device: vault.crew()?.as_ref().and_then(Crew::keys).map(|(device, _)| device),
            now: means.clock.read().wall_ms,
        };
        let opened = open(&place)?;
        match Self::read(opened.store, dir, means) {
            // Damage that only shows when a record is read.
            Err(problem) if opened.salvaged.is_none() && is_damage(&problem) => {
                Self::read(Store::salvage(&place)?.store, dir, means)
            }
            read => read,
        }
    }

    /// Reads a store into memory.
    fn read(mut store: Store, dir: &Path, means: &Means) -> Result<Self, Problem> {
        let Means { clock, dice, disk } = means.clone();
        let vault = Vault::open(&dir.join("vault"))?;
        let mut room = Room::open(dir, disk);
        let life = Life::begin(&mut store, &vault, dice.as_ref(), |error| room.makes_way(error))?;
        let crew = vault.crew()?;
        let mut engine = Self {
            journal: Journal::load(&store, life.is_continued)?,
            policies: mark::read_policies(&store)?,
            cursor: mark::read_mark(&store, mark::CURSOR)?.unwrap_or(0),
            missed: mark::read_mark(&store, mark::MISSED)?.unwrap_or_default(),
            hub_store: mark::read_mark(&store, mark::HUB_STORE)?,
            contact: Contact {
                air: Air::Unknown,
                last_ms: mark::read_mark(&store, mark::LAST_CONTACT)?,
                trouble: None,
            },
            blobs: store.blobs()?.into_iter().map(|blob| (blob.hash, blob)).collect(),
            salvaged: mark::read_mark(&store, SALVAGED)?,
            handed: mark::read_mark(&store, mark::HANDED)?,
            signed_out: mark::read_mark(&store, mark::SIGNED_OUT)?,
            // What cannot be read is taken as read: it is about cards, and never about what was captured.
            seen: mark::read_mark(&store, mark::SEEN).ok().flatten().unwrap_or_default(),
            clock_off_ms: None,
            seals: BTreeMap::new(),
            books: BTreeMap::new(),
            lost: BTreeSet::new(),
            healed: BTreeSet::new(),
            purged_to: None,
            place: None,
            looked: None,
            home: dir.to_owned(),
            room,
            folder: Arc::new(BlobFolder::open(dir)?),
            key: vault.device_key(dice.as_ref())?,
            keys: crew.as_ref().and_then(Crew::keys),
            crew,
            store,
            vault,
            life: life.mark,
            memory: life.memory,
            clock,
            dice,
        };
        engine.load_books()?;
        // A disk that takes nothing still opens; it is tried again with the next answer.
        drop(engine.note_seen());
        engine.tidy_evidence()?;
        Ok(engine)
    }

    /// Closes the phone so that it can go on where it was.
    pub fn close(mut self) -> Result<(), Problem> {
        match &self.life {
            Some(life) => Ok(self.store.set_mark(mark::CLOSED, life)?),
            None => Ok(()),
        }
    }

    /// The folder of evidence, for readers and for the camera.
    pub fn folder(&self) -> Arc<BlobFolder> {
        Arc::clone(&self.folder)
    }

    /// Who holds this phone.
    pub fn crew(&self) -> Option<&Crew> {
        self.crew.as_ref()
    }

    /// The key with which this phone signs.
    pub fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// What kind of file a piece of evidence is, if it is kept here.
    pub fn mime_of(&self, hash: BlobHash) -> Option<&str> {
        self.blobs.get(&hash).map(|blob| blob.mime.as_str())
    }

    /// Remembers who holds this phone from now on.
    pub fn enrolled(&mut self, crew: Crew) -> Result<(), Problem> {
        if self.crew.is_some() {
            return Err(Code::AlreadyEnrolled.into());
        }
        self.vault.set_crew(&crew)?;
        self.keys = crew.keys();
        self.crew = Some(crew);
        Ok(())
    }

    /// Notes where the phone is, or that nobody knows.
    pub fn set_place(&mut self, fix: Option<waybill_core::place::Fix>) {
        let monotonic_ms = self.clock.read().monotonic_ms;
        self.place = fix.map(|fix| Place { fix, monotonic_ms });
    }

    /// Notes that the office could not be reached, or did not understand.
    pub fn note_trouble(&mut self, problem: &Problem) {
        self.room.look();
        self.contact.air = Air::Offline;
        self.contact.trouble = Some(problem.code.clone());
    }

    /// Notes that a piece of evidence could not be sent, although the office was there.
    pub fn note_stuck(&mut self, hash: BlobHash, problem: &Problem) {
        self.contact.trouble = Some(problem.code.clone());
        if problem.code == Code::BlobMissing.word() {
            self.lost.insert(hash);
        }
    }

    /// After a write that failed: says whether room was made for it, so that it is tried again.
    pub fn makes_way(&mut self, error: &StoreError) -> bool {
        self.room.makes_way(error)
    }

    fn me(&self) -> Result<(DeviceId, HubPublic), Problem> {
        if self.crew.is_none() {
            return Err(Code::NotEnrolled.into());
        }
        self.keys.ok_or_else(|| Problem::with(Code::StoreFailed, "the enrolment cannot be read"))
    }

    /// The name under which plan documents are open while nothing is written in them here.
    fn reader(&self) -> Actor {
        let device = self.me().map_or(DeviceId([0; 16]), |(device, _)| device);
        let epoch = self.journal.current().unwrap_or(Epoch(0));
        Actor::device(device, epoch)
    }

    fn load_books(&mut self) -> Result<(), Problem> {
        let reader = self.reader();
        for plan in self.store.plans()? {
            let run_id = plan.run_id.clone();
            // A plan that cannot be read is left where it is; the hub, which is not told of the run, sends
            // it whole, and the facts about it are kept meanwhile.
            match Book::open(plan, &reader) {
                Ok(book) => drop(self.books.insert(run_id, book)),
                Err(_) => self.contact.trouble = Some(Code::PlanMalformed.word().to_owned()),
            }
        }
        self.load_facts()
    }

    /// Puts every fact that is stored into its book, and folds them all.
    fn load_facts(&mut self) -> Result<(), Problem> {
        let mut facts = Vec::new();
        if let Ok((device, _)) = self.me() {
            for own in self.store.own_facts()? {
                let id = FactId { device, epoch: own.epoch, seq: own.seq };
                if let Some((verdict, code)) = own.verdict {
                    self.journal.set_verdict(id, Some((verdict, code)));
                }
                facts.push((id, own.bytes));
            }
        }
        for back in self.store.foreign_facts()? {
            if self.is_mine(back.id) {
                self.healed.insert(back.id);
                self.journal.note_earlier(back.id.epoch);
            }
            facts.push((back.id, back.bytes));
        }
        for (id, bytes) in facts {
            // A fact that cannot be read is kept and sent; there is only nothing to show of it.
            if let Ok(fact) = Fact::from_bytes(&bytes)
                && let Some(book) = self.books.get_mut(&fact.run_id)
            {
                book.put_fact(id, fact);
            }
        }
        for book in self.books.values_mut() {
            book.fold_all(&self.policies);
        }
        Ok(())
    }
}

fn is_damage(problem: &Problem) -> bool {
    problem.code == Code::StoreDamaged.word()
}

#[cfg(test)]
pub(crate) mod tests;
