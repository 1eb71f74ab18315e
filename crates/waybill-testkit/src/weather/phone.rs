//! One phone under the weather: an engine that crashes, a clock that is wrong, and a list of what its
//! screen called saved, kept outside of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use waybill_core::fact::{Fact, LineOutcome, PhotoCategory, SignerRole};
use waybill_core::id::{BlobHash, DeviceId, JobId, RunId};
use waybill_core::journal::blob_hash;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, Fail, MoveJob, OfJob, Sign, Undo};
use waybill_device::api::view::Strokes;
use waybill_device::engine::{Engine, Means, NewPhoto};
use waybill_device::media::Photo;
use waybill_device::problem::Problem;
use waybill_device::room::{Disk, LOW_BYTES};
use waybill_device::vault::Crew;
use waybill_hub::Hub;
use waybill_hub::api::view::Invite;
use waybill_sync::code::Code;
use waybill_sync::enrol::{EnrolDevice, Link};

use crate::clock::{SeededDice, TestClock};

/// The kind of fact that a phone writes without a tap: what a crew wanted of a plan and did not get.
pub(super) const BY_ITSELF: &str = "plan_refused";

/// What the screen called saved.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) run_id: RunId,
    pub(super) job_id: JobId,
    pub(super) fact_id: String,
    pub(super) blob: Option<BlobHash>,
}

pub(super) struct Phone {
    pub(super) name: &'static str,
    pub(super) device: DeviceId,
    /// The hub said that it has been revoked, when it was last asked.
    pub(super) is_turned_away: bool,
    pub(super) is_full: bool,
    pub(super) is_restored: bool,
    /// `None` only between a crash and the next open.
    engine: Option<Engine>,
    dir: PathBuf,
    pub(super) clock: Arc<TestClock>,
    dice: Arc<SeededDice>,
    pub(super) saved: Vec<Saved>,
    /// How much was saved when the backup was taken.
    backed_up: Option<usize>,
    /// What was saved since the backup that it was restored from: at the hub, or gone with the phone.
    pub(super) gone: Vec<Saved>,
}

impl Phone {
    /// Opens a phone that is enrolled already.
    pub(super) fn wake(
        name: &'static str,
        device: DeviceId,
        dir: PathBuf,
        dice: SeededDice,
    ) -> anyhow::Result<Self> {
        let (clock, dice) = (Arc::new(TestClock::default()), Arc::new(dice));
        let engine = Some(open(&dir, &clock, &dice)?);
        Ok(Self {
            name,
            device,
            is_turned_away: false,
            is_full: false,
            is_restored: false,
            engine,
            dir,
            clock,
            dice,
            saved: Vec::new(),
            backed_up: None,
            gone: Vec::new(),
        })
    }

    pub(super) fn enrol(
        name: &'static str,
        person: &str,
        dir: PathBuf,
        hub: &Hub,
        seed: u64,
    ) -> anyhow::Result<Self> {
        let (clock, dice) = (Arc::new(TestClock::default()), Arc::new(SeededDice::new(seed)));
        let mut engine = open(&dir, &clock, &dice)?;
        let invite = Invite { person_id: person.parse()?, depot_id: "leeds".parse()? };
        let link = Link::from_text(&hub.invite(&waybill_hub::Asker::Console, &invite)?.link)
            .map_err(Problem::of)?;
        let enrolled = hub.enrol(&EnrolDevice::new(engine.key(), &link.code, name))?;
        let device = enrolled.device_id.parse()?;
        let crew = Crew::new(device, link.hub_key, link.hub_url, name.to_owned(), enrolled);
        engine.enrolled(crew)?;
        drop(engine);
        Self::wake(name, device, dir, SeededDice::new(!seed))
    }

    pub(super) fn engine(&mut self) -> anyhow::Result<&mut Engine> {
        self.engine.as_mut().context("the phone is open")
    }

    /// Kills the app at whatever point it is and opens it again.
    pub(super) fn crash(&mut self) -> anyhow::Result<()> {
        self.engine = None;
        self.engine = Some(open(&self.dir, &self.clock, &self.dice)?);
        Ok(())
    }

    /// Closes the app politely and opens it again.
    pub(super) fn restart(&mut self) -> anyhow::Result<()> {
        if let Some(engine) = self.engine.take() {
            engine.close()?;
        }
        self.engine = Some(open(&self.dir, &self.clock, &self.dice)?);
        Ok(())
    }

    /// Fills the disk or empties it.
    pub(super) fn fill_disk(&mut self, is_full: bool) -> anyhow::Result<()> {
        self.is_full = is_full;
        fill(&self.dir.join("waybill.db"), is_full)
    }

    /// Somebody copies the phone's store and evidence while it is in use. The vault is in no backup.
    pub(super) fn back_up(&mut self) -> anyhow::Result<()> {
        if self.is_full {
            return Ok(());
        }
        self.backed_up = Some(self.saved.len());
        super::day::Day::copy_phone(&self.dir, &self.dir.with_extension("backup"))
    }

    /// The phone is set up again from the backup; the system gives the key back, the mark of the install
    /// is a new one.
    pub(super) fn restore(&mut self, dice: u64) -> anyhow::Result<()> {
        let Some(kept) = self.backed_up else {
            return Ok(());
        };
        self.engine = None;
        super::day::Day::copy_phone(&self.dir.with_extension("backup"), &self.dir)?;
        let mark = self.dir.join("vault/install.id");
        std::fs::remove_file(mark)?;
        self.gone.extend(self.saved.drain(kept..));
        self.is_restored = true;
        self.is_full = false;
        self.dice = Arc::new(SeededDice::new(dice));
        self.engine = Some(open(&self.dir, &self.clock, &self.dice)?);
        Ok(())
    }

    /// How many facts of taps the phone still holds. What it wrote down by itself is nobody's tap.
    pub(super) fn facts_held(&self) -> anyhow::Result<usize> {
        let db = rusqlite::Connection::open(self.dir.join("waybill.db"))?;
        let mut query = db.prepare("SELECT bytes FROM facts")?;
        let mut rows = query.query([])?;
        let mut held = 0;
        while let Some(row) = rows.next()? {
            let fact = Fact::from_bytes(&row.get::<_, Vec<u8>>(0)?)?;
            held += usize::from(fact.body().word() != BY_ITSELF);
        }
        Ok(held)
    }

    /// One tap, whichever the dice say. A refusal is an answer like another.
    pub(super) fn tap(
        &mut self,
        run_id: &RunId,
        job_id: &JobId,
        dice: &SeededDice,
    ) -> anyhow::Result<&'static str> {
        let of = OfJob { run_id: run_id.clone(), job_id: job_id.clone() };
        let mut blob = None;
        let engine = self.engine.as_mut().context("the phone is open")?;
        let (what, answer) = match dice.below(10) {
            0 => ("set_out", engine.step(&of, Step::SetOut)),
            1 | 2 => ("arrive", engine.step(&of, Step::Arrive)),
            3 => {
                let jpeg = photo_bytes(dice);
                blob = Some(blob_hash(&jpeg));
                let photo = Photo { jpeg, width: 16, height: 12, looks: None };
                (
                    "photo",
                    engine.keep_photo(&NewPhoto {
                        of,
                        category: PhotoCategory::Goods,
                        item_id: None,
                        photo,
                    }),
                )
            }
            4 => {
                let sign = signature(&of, dice);
                blob = serde_json::to_vec(&sign.strokes).ok().map(|bytes| blob_hash(&bytes));
                ("sign", engine.sign(&sign))
            }
            5 | 6 => {
                let lines = lines(engine, &of, dice)?;
                let deliver = Deliver {
                    run_id: of.run_id,
                    job_id: of.job_id,
                    lines,
                    method: waybill_core::proof::Method::default(),
                    together: vec![],
                };
                ("deliver", engine.deliver(&deliver))
            }
            7 => {
                let reason = "nobody_there".to_owned();
                let note = "rang twice".to_owned();
                let anyway = Some("unsafe_to_wait".to_owned());
                let fail = Fail { run_id: of.run_id, job_id: of.job_id, reason, note, anyway };
                ("fail", engine.fail(&fail))
            }
            8 => {
                let fact_id = some_fact(engine, &of, dice)?;
                let reason = "by mistake".to_owned();
                let undo = Undo { run_id: of.run_id, job_id: of.job_id, fact_id, reason };
                ("undo", engine.undo(&undo))
            }
            _ => {
                let behind = other_job(engine, &of, dice)?;
                let moved = MoveJob { run_id: of.run_id, job_id: of.job_id, behind };
                return match engine.move_job(&moved) {
                    Ok(()) => Ok("reorder"),
                    Err(_) if self.is_full => Ok("capture refused by a full disk"),
                    // A loader does not say in which order a driver drives.
                    Err(problem) if problem.code == Code::RoleNotAllowed.word() => Ok("refused"),
                    Err(problem) => Err(problem.into()),
                };
            }
        };
        match answer {
            Ok(saved) => {
                let (run_id, job_id) = (run_id.clone(), job_id.clone());
                self.saved.push(Saved { run_id, job_id, fact_id: saved.fact_id, blob });
                Ok(what)
            }
            Err(_) if self.is_full => Ok("capture refused by a full disk"),
            Err(_) => Ok("refused"),
        }
    }
}

/// Lets every write into a store fail, as on a full disk, or lets them through again. It fails inside of
/// the transaction, at the first row: a disk that is full for a while looks like that.
pub(super) fn fill(file: &Path, is_full: bool) -> anyhow::Result<()> {
    let db = rusqlite::Connection::open(file)?;
    let mut tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'")?;
    let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut batch = vec!["BEGIN IMMEDIATE".to_owned()];
    for name in names.iter().filter(|name| !name.starts_with("sqlite_")) {
        for act in ["INSERT", "UPDATE", "DELETE"] {
            batch.push(format!("DROP TRIGGER IF EXISTS full_{name}_{act}"));
            if is_full {
                batch.push(format!(
                    "CREATE TRIGGER full_{name}_{act} BEFORE {act} ON {name}
                     BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
                ));
            }
        }
    }
    batch.push("COMMIT;".to_owned());
    Ok(db.execute_batch(&batch.join(";"))?)
}

fn open(dir: &Path, clock: &Arc<TestClock>, dice: &Arc<SeededDice>) -> anyhow::Result<Engine> {
    let (clock, dice) = (Arc::<TestClock>::clone(clock), Arc::<SeededDice>::clone(dice));
    Ok(Engine::open_on(dir, &Means { clock, dice, disk: Arc::new(SmallDisk) })?)
}

/// A disk that always has room for a day, and never for the reserve beside it: that would be eight
/// megabytes of memory for each phone, and what it is for has tests of its own.
struct SmallDisk;

impl Disk for SmallDisk {
    fn free_bytes(&self, _: &Path) -> std::io::Result<u64> {
        Ok(LOW_BYTES)
    }

    fn probe(&self, _: &Path) -> std::io::Result<()> {
        Ok(())
    }
}

/// Bytes that look like a JPEG: the pipeline that makes real ones has tests of its own.
fn photo_bytes(dice: &SeededDice) -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0".to_vec();
    bytes.extend(std::iter::repeat_with(|| dice.roll().to_le_bytes()).take(40).flatten());
    bytes
}

fn signature(of: &OfJob, dice: &SeededDice) -> Sign {
    let point = |at: i32| [at, i32::try_from(dice.below(150)).unwrap_or(0), at * 16];
    let strokes = Strokes { width: 300, height: 150, strokes: vec![(0..8).map(point).collect()] };
    Sign::plain(of.clone(), "Amina Wright".to_owned(), SignerRole::Recipient, strokes)
}

fn lines(engine: &Engine, of: &OfJob, dice: &SeededDice) -> anyhow::Result<Vec<LineOutcome>> {
    let view = engine.job_view(&of.run_id, &of.job_id)?;
    let line = |item: &waybill_device::api::view::ItemView| {
        let refused = u32::try_from(dice.below(u64::from(item.quantity) + 1)).unwrap_or(0);
        LineOutcome {
            item_id: item.item_id.clone(),
            delivered: item.quantity - refused,
            refused,
            damaged: 0,
            missing: 0,
            substituted: None,
            why: None,
        }
    };
    Ok(if dice.percent(30) { view.items.iter().map(line).collect() } else { Vec::new() })
}

fn some_fact(engine: &Engine, of: &OfJob, dice: &SeededDice) -> anyhow::Result<String> {
    let facts = engine.job_view(&of.run_id, &of.job_id)?.facts;
    let at = usize::try_from(dice.below(u64::try_from(facts.len())?))?;
    Ok(facts.get(at).map(|fact| fact.fact_id.clone()).unwrap_or_default())
}

fn other_job(engine: &Engine, of: &OfJob, dice: &SeededDice) -> anyhow::Result<Option<JobId>> {
    let jobs = engine.run_view(&of.run_id)?.jobs;
    let at = usize::try_from(dice.below(u64::try_from(jobs.len())?))?;
    Ok(jobs.get(at).map(|row| row.job_id.clone()).filter(|job_id| *job_id != of.job_id))
}
