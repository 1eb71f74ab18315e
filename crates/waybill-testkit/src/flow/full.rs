//! A disk that is full while a customer signs: the reserve is given back, what was begun is finished, and
//! later the reserve is made again.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::ensure;
use waybill_core::fact::SignerRole;
use waybill_core::proof::Method;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, Sign};
use waybill_device::api::view::Saved;
use waybill_device::clock::SystemDice;
use waybill_device::engine::{Engine, Means};
use waybill_device::problem::Problem;
use waybill_device::room::{Disk, LOW_BYTES, RESERVE_BYTES};
use waybill_device::store::StoreError;

use super::phone::{self, job, photo};
use super::{say, twice};
use crate::clock::TestClock;
use crate::picture;

/// A disk that says what it is told; what is written to it is real.
struct Told(AtomicU64);

impl Disk for Told {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }

    fn probe(&self, _: &Path) -> io::Result<()> {
        Ok(())
    }
}

fn roomy() -> Arc<Told> {
    Arc::new(Told(AtomicU64::new(2 * LOW_BYTES)))
}

fn open(dir: &Path, disk: &Arc<Told>) -> anyhow::Result<Engine> {
    let disk = Arc::<Told>::clone(disk);
    let means = Means { clock: Arc::new(TestClock::default()), dice: Arc::new(SystemDice), disk };
    Ok(Engine::open_on(dir, &means)?)
}

/// A phone that holds nothing back yet.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    phone::prepare(dir, 2)?;
    // It is there only if the machine that tests has the room.
    drop(fs::remove_file(dir.join("reserve")));
    Ok(())
}

/// Each tap once: nobody taps again when the engine can help itself.
pub(super) fn go(dir: &Path) -> anyhow::Result<()> {
    let disk = roomy();
    let mut engine = twice(|| open(dir, &disk))?;
    say("opened")?;
    let of = job(1)?;
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    tap(engine.step(&of, Step::Arrive))?;
    tap(engine.keep_photo(&photo(&of, picture::small_jpeg(1))))?;
    disk.0.store(0, Ordering::SeqCst);
    engine.makes_way(&StoreError::Io(ErrorKind::StorageFull.into()));
    disk.0.store(RESERVE_BYTES, Ordering::SeqCst);
    let (name, role, strokes) = ("Amina".to_owned(), SignerRole::Recipient, picture::autograph());
    let sign = Sign::plain(of.clone(), name, role, strokes);
    tap(engine.sign(&sign))?;
    let deliver =
        Deliver { run_id, job_id, lines: vec![], method: Method::default(), together: vec![] };
    tap(engine.deliver(&deliver))?;
    // Room again: the next photo holds something back first.
    disk.0.store(2 * LOW_BYTES, Ordering::SeqCst);
    tap(engine.keep_photo(&photo(&job(2)?, picture::small_jpeg(2))))
}

fn tap(answer: Result<Saved, Problem>) -> anyhow::Result<()> {
    match answer {
        Ok(saved) => say(&format!("saved {}", saved.fact_id)),
        Err(problem) => say(&format!("failed {}", problem.code)),
    }
}

/// I1, I18: what was called saved is there, and whatever became of the reserve, the next one is whole.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    phone::check(dir, said)?;
    let mut engine = open(dir, &roomy())?;
    let reserve = dir.join("reserve");
    let held_back = fs::metadata(&reserve)?.len();
    ensure!(held_back == RESERVE_BYTES, "{held_back} bytes are held back");
    let is_given = engine.makes_way(&StoreError::Io(ErrorKind::StorageFull.into()));
    ensure!(is_given && !reserve.exists(), "the reserve is not given back");
    engine.step(&job(1)?, Step::SetOut).map_or_else(
        |problem| {
            ensure!(problem.code != "store_full", "there is no room for what was begun");
            Ok(())
        },
        |_| Ok(()),
    )
}
