//! One seed's day: chaos, then a clear sky, then the count.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::JobStanding;
use waybill_core::time::Window;
use waybill_hub::api::view::{PatchJob, PutRun};
use waybill_hub::{Asker, Hub};

use super::dawn::{CREW, DRIVERS, Dawn, JOBS, folder, open_hub};
use super::phone::Phone;
use super::sky::{EVENTS, Sky};
use super::talk::{Delayed, Link};
use super::{Report, oracle};
use crate::clock::{SeededDice, TestClock};

/// How many rounds every phone may need to say and hear all once nothing goes wrong any more, and how
/// long each is apart: everything is said within ten hours.
const CLEAR_ROUNDS: usize = 40;
const CLEAR_ROUND_MS: i64 = 15 * 60_000;

pub(super) struct Day {
    pub(super) hub: Option<Hub>,
    pub(super) phones: Vec<Phone>,
    pub(super) runs: Vec<(RunId, PutRun)>,
    pub(super) links: Vec<Link>,
    pub(super) dir: TempDir,
    /// Where the hub's store is by now: a restored one has a folder of its own.
    pub(super) hub_dir: PathBuf,
    pub(super) clock: Arc<TestClock>,
    pub(super) hub_dice: Arc<SeededDice>,
    pub(super) dice: SeededDice,
    pub(super) sky: Sky,
    pub(super) delayed: Vec<Delayed>,
    pub(super) is_hub_full: bool,
    pub(super) is_hub_restored: bool,
    pub(super) at: u64,
    counts: BTreeMap<&'static str, u64>,
    pub(super) trace: Sha256,
}

/// Runs the day of a seed.
pub fn run(seed: u64) -> anyhow::Result<Report> {
    let mut day = Day::dawn(seed)?;
    for at in 0..EVENTS {
        day.at = at;
        day.event().with_context(|| format!("event {at}"))?;
    }
    day.clear()?;
    oracle::count(&mut day)?;
    let Day { counts, trace, .. } = day;
    Ok(Report { seed, counts, trace: trace.finalize().into() })
}

impl Day {
    fn dawn(seed: u64) -> anyhow::Result<Self> {
        let (dawn, dir) = (Dawn::get()?, folder()?);
        dawn.copy_to(dir.path())?;
        let (clock, hub_dice) = (Arc::new(TestClock::default()), Arc::new(SeededDice::new(!seed)));
        let hub_dir = dir.path().join("hub");
        let mut phones = Vec::new();
        for (number, ((name, _), device)) in (1..).zip(CREW.iter().zip(&dawn.devices)) {
            let dice = SeededDice::new(seed.wrapping_mul(31).wrapping_add(number));
            phones.push(Phone::wake(name, *device, dir.path().join(name), dice)?);
        }
        Ok(Self {
            hub: Some(open_hub(&hub_dir, &clock, &hub_dice)?),
            links: vec![Link::default(); phones.len()],
            phones,
            runs: dawn.runs.clone(),
            dir,
            hub_dir,
            clock,
            hub_dice,
            dice: SeededDice::new(seed),
            sky: Sky::of(seed),
            delayed: Vec::new(),
            is_hub_full: false,
            is_hub_restored: false,
            at: 0,
            counts: BTreeMap::new(),
            trace: Sha256::new(),
        })
    }

    pub(super) fn reopen_hub(&mut self) -> anyhow::Result<()> {
        self.hub = None;
        self.hub = Some(open_hub(&self.hub_dir, &self.clock, &self.hub_dice)?);
        Ok(())
    }

    pub(super) fn hub(&self) -> anyhow::Result<&Hub> {
        self.hub.as_ref().context("the hub is open")
    }

    pub(super) fn phone(&mut self, at: usize) -> anyhow::Result<&mut Phone> {
        self.phones.get_mut(at).context("a phone")
    }

    pub(super) fn note(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
        self.trace.update(what);
    }

    pub(super) fn below(&self, bound: usize) -> usize {
        usize::try_from(self.dice.below(u64::try_from(bound).unwrap_or(1))).unwrap_or(0)
    }

    pub(super) fn pass(&self, ms: i64) {
        self.clock.advance_ms(ms);
        for phone in &self.phones {
            phone.clock.advance_ms(ms);
        }
    }

    fn event(&mut self) -> anyhow::Result<()> {
        self.pass(i64::try_from(self.dice.below(300_000))?);
        self.arrive_late(false)?;
        self.strike()?;
        let phone = self.below(self.phones.len());
        match self.dice.below(100) {
            0..60 => self.tap(phone)?,
            60..90 => self.talk(phone)?,
            90..97 => self.office()?,
            _ => {
                let most = self.sky.skew_ms_max;
                let skew = i64::try_from(self.dice.below(2 * most + 1))? - i64::try_from(most)?;
                self.phone(phone)?.clock.set_skew_ms(skew);
                self.note("clock set wrong");
            }
        }
        Ok(())
    }

    fn tap(&mut self, phone: usize) -> anyhow::Result<()> {
        let holder = self.phones.get_mut(phone).context("a phone")?;
        let runs = holder.engine()?.start_view().runs;
        if runs.is_empty() {
            return Ok(());
        }
        let run = &runs[usize::try_from(self.dice.below(u64::try_from(runs.len())?))?];
        let jobs = holder.engine()?.run_view(&run.run_id)?.jobs;
        // A driver does a few jobs at a time: the more often the same, the further each gets.
        let near = u64::try_from(jobs.len().min(6))?;
        let at = (u64::from(self.at > EVENTS / 2) * near + self.dice.below(near))
            .min(u64::try_from(jobs.len())?.saturating_sub(1));
        let job_id = jobs.get(usize::try_from(at)?).context("a job")?.job_id.clone();
        let what = holder.tap(&run.run_id, &job_id, &self.dice)?;
        self.note(what);
        Ok(())
    }

    fn office(&mut self) -> anyhow::Result<()> {
        if self.is_hub_full {
            return Ok(());
        }
        let at = self.below(self.runs.len());
        if self.dice.percent(self.sky.reassign) {
            return self.reassign(at);
        }
        let run_id = self.runs.get(at).context("a run")?.0.clone();
        let job_id: JobId = format!("{run_id}-J{:03}", 1 + self.below(JOBS)).parse()?;
        let mut patch = PatchJob::default();
        let what = match self.dice.below(5) {
            0 => {
                patch.standing = Some(JobStanding::Cancelled);
                "job cancelled"
            }
            1 => {
                patch.standing = Some(JobStanding::Planned);
                "job taken back"
            }
            2 | 3 => {
                let from_ms = self.clock.now();
                patch.window = Some(Window { from_ms, to_ms: from_ms.plus_ms(3_600_000) });
                "window moved"
            }
            _ => {
                patch.note = Some(format!("gate {}", self.dice.below(9)));
                "note written"
            }
        };
        self.hub()?.patch_job(&Asker::Console, &run_id, &job_id, &patch)?;
        self.note(what);
        Ok(())
    }

    /// Another driver takes a run over.
    fn reassign(&mut self, at: usize) -> anyhow::Result<()> {
        let driver = DRIVERS[self.below(DRIVERS.len())].parse()?;
        let (run_id, run) = self.runs.get_mut(at).context("a run")?;
        run.driver_id = driver;
        let (run_id, run) = (run_id.clone(), run.clone());
        self.hub()?.put_run(&Asker::Console, &run_id, &run)?;
        self.note("run reassigned");
        Ok(())
    }

    /// The sky clears: disks are emptied, late messages arrive, and everybody talks until all is said.
    fn clear(&mut self) -> anyhow::Result<()> {
        self.mend_disks()?;
        self.links.fill(Link::default());
        self.arrive_late(true)?;
        for _ in 0..CLEAR_ROUNDS {
            self.pass(CLEAR_ROUND_MS);
            let mut is_quiet = true;
            for phone in 0..self.phones.len() {
                // A bad phone is told again and again what was wrong.
                is_quiet &= self.talk_plainly(phone)? || self.sky.bad_phone == Some(phone);
            }
            if is_quiet {
                return Ok(());
            }
        }
        anyhow::bail!("the queues did not drain in {CLEAR_ROUNDS} rounds after the sky cleared")
    }
}
