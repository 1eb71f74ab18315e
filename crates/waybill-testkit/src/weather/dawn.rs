//! The morning of every seed: a hub with its runs and eight phones that have fetched theirs.
//!
//! It is the same for all seeds, so it is made once and copied. A phone that opens a copy cannot know
//! that, and goes on in a new epoch, as after a crash.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use tempfile::TempDir;
use waybill_core::id::{DeviceId, RunId};
use waybill_core::role::Role;
use waybill_hub::api::view::{PutPerson, PutRun};
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};

use super::phone::Phone;
use crate::clock::{SeededDice, TestClock};
use crate::world::{demo_run, people};

/// How many jobs each run has.
pub(super) const JOBS: usize = 20;

/// Whose phone it is, and which run is theirs. Two share a run, one is a loader's.
pub(super) const CREW: [(&str, &str); super::sky::PHONES] = [
    ("phone-a", "priya"),
    ("phone-b", "priya"),
    ("phone-c", "tom"),
    ("phone-d", "ines"),
    ("phone-e", "kofi"),
    ("phone-f", "mei"),
    ("phone-g", "sven"),
    ("phone-h", "lou"),
];
pub(super) const DRIVERS: [&str; 6] = ["priya", "tom", "ines", "kofi", "mei", "sven"];

/// The morning, to be copied: every file of it by its path.
pub(super) struct Dawn {
    files: Vec<(PathBuf, Vec<u8>)>,
    pub(super) runs: Vec<(RunId, PutRun)>,
    pub(super) devices: Vec<DeviceId>,
}

/// Memory where there is some: the weather is about what is lost, not about the disk's speed.
pub(super) fn folder() -> anyhow::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }?)
}

pub(super) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().context("a file has a name")?);
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

pub(super) fn open_hub(
    dir: &Path,
    clock: &Arc<TestClock>,
    dice: &Arc<SeededDice>,
) -> anyhow::Result<Hub> {
    let options = HubOptions {
        company: "Acme Deliveries".to_owned(),
        public_url: "http://127.0.0.1:1".to_owned(),
        password_cost: PasswordCost::Light,
        clock: Arc::<TestClock>::clone(clock),
        dice: Arc::<SeededDice>::clone(dice),
        ..HubOptions::default()
    };
    Ok(Hub::open(dir, options)?)
}

impl Dawn {
    /// The one morning of this process.
    pub(super) fn get() -> anyhow::Result<&'static Self> {
        static DAWN: OnceLock<Result<Dawn, String>> = OnceLock::new();
        let made = DAWN.get_or_init(|| Self::make().map_err(|error| format!("{error:#}")));
        made.as_ref().map_err(|error| anyhow::anyhow!("no morning could be made: {error}"))
    }

    /// Puts a copy of it into a folder.
    pub(super) fn copy_to(&self, dir: &Path) -> anyhow::Result<()> {
        for (path, bytes) in &self.files {
            let path = dir.join(path);
            std::fs::create_dir_all(path.parent().context("a file has a folder")?)?;
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }

    fn make() -> anyhow::Result<Self> {
        let dir = folder()?;
        let clock = Arc::new(TestClock::default());
        let hub = open_hub(&dir.path().join("hub"), &clock, &Arc::new(SeededDice::new(1)))?;
        people(&hub)?;
        let mut runs = Vec::new();
        for (number, driver) in (1..).zip(DRIVERS) {
            let person = PutPerson {
                name: driver.to_owned(),
                role: Role::Driver,
                depots: vec!["leeds".parse()?],
                login: None,
                password: None,
            };
            hub.put_person(&Asker::Console, &driver.parse()?, &person)?;
            let name = format!("R{number}");
            let mut run = demo_run(&name, JOBS)?;
            run.driver_id = driver.parse()?;
            hub.put_run(&Asker::Console, &name.parse()?, &run)?;
            runs.push((name.parse()?, run));
        }
        let mut devices = Vec::new();
        for (seed, (name, person)) in (100..).zip(CREW) {
            let mut phone = Phone::enrol(name, person, dir.path().join(name), &hub, seed)?;
            let device = phone.device;
            let engine = phone.engine()?;
            let asked = engine.ask()?;
            engine.hear(&asked, &hub.sync(device, &asked.body)?)?;
            devices.push(device);
        }
        drop(hub);
        // In memory, because nobody would remove a folder when the process ends.
        let mut files = Vec::new();
        read(dir.path(), Path::new(""), &mut files)?;
        Ok(Self { files, runs, devices })
    }
}

/// Reads every file of a folder, each with its path from the top.
fn read(top: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(top.join(folder))? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read(top, &path, files)?;
        } else {
            files.push((path, std::fs::read(entry.path())?));
        }
    }
    Ok(())
}
