//! Flows: what a phone or a hub does while something is done to it.
//!
//! Each has three parts. `prepare` makes the folder it begins with. `go` does it, in a process of its
//! own that is killed, refused or recorded, and says a line for everything that it calls done. `check`
//! opens the folder afterwards, demands that what was said holds, and goes on working in it.

mod full;
mod hub;
mod phone;
mod plain;
mod purge;
mod rescue;
mod together;
mod upgrade;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

pub use plain::Mistake;

/// A flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// A new phone: its store is made, it is enrolled, closed and opened again.
    Begin,
    /// One delivery: arrive, photo, signature, delivered.
    Capture,
    /// Three orders of one customer: one arrival, one signature, one hand-over.
    Together,
    /// The planted mistake: a delivery whose photo is flushed after the fact that names it.
    RowFirst,
    /// Hours of work: deliveries, drafts, another order of jobs, the app closed, opened and left.
    Day,
    /// So much at once that the log is written back in the middle of it.
    Long,
    /// A phone with unsent work sends it and hears two answers: receipt, plan, evidence held.
    Hear,
    /// A phone hears that a run has left and what is in a backup, and lets go of it.
    Purge,
    /// A store of the first version is opened and worked in.
    Upgrade,
    /// The rescue file is written, something is captured, and it is written again.
    Rescue,
    /// The disk is full in the middle of a delivery, and has room again.
    Full,
    /// A new hub: its store is made and its people put in.
    Found,
    /// A hub takes facts and evidence and answers with receipts.
    Intake,
    /// A store of a few lines, which shows what the tests find.
    Plain(Mistake),
}

impl Flow {
    /// The flows that a phone or a hub of ours goes through.
    pub const OURS: [Self; 12] = [
        Self::Begin,
        Self::Capture,
        Self::Together,
        Self::Day,
        Self::Long,
        Self::Hear,
        Self::Purge,
        Self::Upgrade,
        Self::Rescue,
        Self::Full,
        Self::Found,
        Self::Intake,
    ];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Begin => "begin",
            Self::Capture => "capture",
            Self::Together => "together",
            Self::RowFirst => "row-first",
            Self::Day => "day",
            Self::Long => "long",
            Self::Hear => "hear",
            Self::Purge => "purge",
            Self::Upgrade => "upgrade",
            Self::Rescue => "rescue",
            Self::Full => "full",
            Self::Found => "found",
            Self::Intake => "intake",
            Self::Plain(mistake) => mistake.word(),
        }
    }

    /// The flow of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        let plain = Mistake::ALL.map(Self::Plain);
        let all = Self::OURS.into_iter().chain([Self::RowFirst]).chain(plain);
        all.into_iter().find(|flow| flow.word() == word)
    }

    /// Makes what the flow begins with.
    pub fn prepare(self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::Begin => phone::prepare_begin(dir),
            Self::Capture | Self::RowFirst => phone::prepare(dir, 2),
            Self::Together => together::prepare(dir),
            Self::Day => phone::prepare(dir, 24),
            Self::Long => phone::prepare(dir, 3),
            Self::Hear => phone::prepare_hear(dir),
            Self::Purge => purge::prepare(dir),
            Self::Upgrade => upgrade::prepare(dir),
            Self::Rescue => rescue::prepare(dir),
            Self::Full => full::prepare(dir),
            Self::Found | Self::Plain(_) => Ok(()),
            Self::Intake => hub::prepare_intake(dir),
        }
    }

    /// Does it, and says what is done.
    pub fn go(self, dir: &Path) -> anyhow::Result<()> {
        match self {
            Self::Begin => phone::begin(dir),
            Self::Capture => phone::capture(dir, false),
            Self::Together => together::go(dir),
            Self::RowFirst => phone::capture(dir, true),
            Self::Day => phone::day(dir),
            Self::Long => phone::long(dir),
            Self::Hear => phone::hear(dir),
            Self::Purge => purge::go(dir),
            Self::Upgrade => upgrade::go(dir),
            Self::Rescue => rescue::go(dir),
            Self::Full => full::go(dir),
            Self::Found => hub::found(dir),
            Self::Intake => hub::intake(dir),
            Self::Plain(mistake) => plain::go(dir, mistake),
        }
    }

    /// Opens what is left, demands what was said, and works on in it.
    pub fn check(self, dir: &Path, said: &[String]) -> anyhow::Result<()> {
        match self {
            Self::Begin => phone::check_begin(dir, said),
            Self::Capture | Self::RowFirst | Self::Day | Self::Long => phone::check(dir, said),
            Self::Together => together::check(dir, said),
            Self::Hear => phone::check_hear(dir, said),
            Self::Purge => purge::check(dir, said),
            Self::Upgrade => upgrade::check(dir, said),
            Self::Rescue => rescue::check(dir, said),
            Self::Full => full::check(dir, said),
            Self::Found => hub::check_found(dir, said),
            Self::Intake => hub::check_intake(dir, said),
            Self::Plain(_) => plain::check(dir, said),
        }
    }

    /// The process that goes through it. Cargo puts tests and programs side by side.
    pub fn program(self, dir: &Path) -> anyhow::Result<Command> {
        let own = std::env::current_exe()?;
        let found = own.ancestors().skip(1).take(2).map(|folder| folder.join("flow"));
        let built: PathBuf = found
            .into_iter()
            .find(|path| path.exists())
            .context("the program is not built: cargo build -p waybill-testkit")?;
        let mut program = Command::new(built);
        program.arg("go").arg(self.word()).arg(dir);
        Ok(program)
    }
}

/// Says a line, at once and in one write: from here on it is promised.
fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes())?;
    Ok(out.flush()?)
}

/// Tries once more what failed: a disk that was full may have room again.
fn twice<T, E>(mut work: impl FnMut() -> Result<T, E>) -> Result<T, E> {
    work().or_else(|_| work())
}

/// What was said after a word.
fn after<'s>(said: &'s [String], word: &'s str) -> impl Iterator<Item = &'s str> {
    said.iter().filter_map(move |line| line.strip_prefix(word)?.strip_prefix(' '))
}
