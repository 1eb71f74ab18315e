//! One seed's day: chaos, then a clear sky, then the count.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use waybill_core::id::{BlobHash, JobId, RunId};
use waybill_core::job::JobStanding;
use waybill_core::time::Window;
use waybill_device::engine::Asked;
use waybill_hub::api::view::PatchJob;
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};

use super::phone::Phone;
use super::{Report, Sky, oracle};
use crate::clock::{SeededDice, TestClock};
use crate::world::{demo_run, people};

/// How many things happen before the sky clears.
const EVENTS: u64 = 110;
/// How many jobs each run has.
const JOBS: usize = 6;
/// How many rounds every phone may need to say and hear all once nothing goes wrong any more.
const CLEAR_ROUNDS: usize = 40;
/// The most messages that hang in the air at once.
const DELAYED_MAX: usize = 8;

/// A message that hangs in the air and arrives when nobody expects it any more.
struct Delayed {
    phone: usize,
    body: Vec<u8>,
}

pub(super) struct Day {
    pub(super) hub: Option<Hub>,
    pub(super) phones: Vec<Phone>,
    pub(super) runs: Vec<RunId>,
    dir: TempDir,
    clock: Arc<TestClock>,
    hub_dice: Arc<SeededDice>,
    dice: SeededDice,
    sky: Sky,
    delayed: Vec<Delayed>,
    counts: BTreeMap<&'static str, u64>,
    trace: Sha256,
}

/// Runs the day of a seed.
pub fn run(seed: u64) -> anyhow::Result<Report> {
    let mut day = Day::dawn(seed)?;
    for _ in 0..EVENTS {
        day.event()?;
    }
    day.clear()?;
    oracle::count(&mut day)?;
    let Day { counts, trace, .. } = day;
    Ok(Report { seed, counts, trace: trace.finalize().into() })
}

impl Day {
    fn dawn(seed: u64) -> anyhow::Result<Self> {
        let dice = SeededDice::new(seed);
        // Memory where there is some: the weather is about what is lost, not about the disk's speed.
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }?;
        let chance = |most: u64| dice.below(most + 1);
        let sky = Sky {
            lost_request: chance(30),
            lost_answer: chance(30),
            duplicated: chance(40),
            delayed: chance(20),
            portal: chance(10),
            torn_upload: chance(40),
            phone_crash: chance(15),
            hub_crash: chance(6),
        };
        let (clock, hub_dice) = (Arc::new(TestClock::default()), Arc::new(SeededDice::new(!seed)));
        let mut day = Self {
            hub: None,
            phones: Vec::new(),
            runs: vec!["R1".parse()?, "R2".parse()?],
            dir,
            clock,
            hub_dice,
            dice,
            sky,
            delayed: Vec::new(),
            counts: BTreeMap::new(),
            trace: Sha256::new(),
        };
        day.open_hub()?;
        people(day.hub()?)?;
        for (run_id, driver) in [("R1", "priya"), ("R2", "tom")] {
            let mut run = demo_run(run_id, JOBS)?;
            run.driver_id = driver.parse()?;
            day.hub()?.put_run(&Asker::Console, &run_id.parse()?, &run)?;
        }
        // Two phones of one driver share a run; the third has one of its own.
        for (number, (name, person)) in
            [("phone-a", "priya"), ("phone-b", "priya"), ("phone-c", "tom")].into_iter().enumerate()
        {
            let seed = seed.wrapping_mul(31).wrapping_add(u64::try_from(number)?);
            let phone = Phone::enrol(name, person, day.dir.path().join(name), day.hub()?, seed)?;
            day.phones.push(phone);
        }
        for phone in 0..day.phones.len() {
            day.talk_plainly(phone)?;
        }
        Ok(day)
    }

    fn open_hub(&mut self) -> anyhow::Result<()> {
        self.hub = None;
        let options = HubOptions {
            company: "Acme Deliveries".to_owned(),
            public_url: "http://127.0.0.1:1".to_owned(),
            password_cost: PasswordCost::Light,
            clock: Arc::<TestClock>::clone(&self.clock),
            dice: Arc::<SeededDice>::clone(&self.hub_dice),
            ..HubOptions::default()
        };
        self.hub = Some(Hub::open(&self.dir.path().join("hub"), options)?);
        Ok(())
    }

    pub(super) fn hub(&self) -> anyhow::Result<&Hub> {
        self.hub.as_ref().context("the hub is open")
    }

    pub(super) fn note(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
        self.trace.update(what);
    }

    fn below(&self, bound: usize) -> usize {
        usize::try_from(self.dice.below(u64::try_from(bound).unwrap_or(1))).unwrap_or(0)
    }

    fn event(&mut self) -> anyhow::Result<()> {
        let passed = i64::try_from(self.dice.below(600_000))?;
        self.clock.advance_ms(passed);
        for phone in &self.phones {
            phone.clock.advance_ms(passed);
        }
        let phone = self.below(self.phones.len());
        match self.dice.below(100) {
            0..55 => self.tap(phone)?,
            55..82 => self.talk(phone)?,
            82..92 => self.office()?,
            92..95 => {
                let skew = i64::try_from(self.dice.below(52 * 3_600_000))? - 26 * 3_600_000;
                self.phones.get(phone).context("a phone")?.clock.set_skew_ms(skew);
                self.note("clock set wrong");
            }
            _ => self.arrive_late()?,
        }
        if self.dice.percent(self.sky.phone_crash) {
            self.phones.get_mut(phone).context("a phone")?.crash()?;
            self.note("phone crashed");
        } else if self.dice.percent(5) {
            self.phones.get_mut(phone).context("a phone")?.restart()?;
            self.note("phone restarted");
        }
        if self.dice.percent(self.sky.hub_crash) {
            self.open_hub()?;
            self.note("hub crashed");
        }
        Ok(())
    }

    fn tap(&mut self, phone: usize) -> anyhow::Result<()> {
        let holder = self.phones.get_mut(phone).context("a phone")?;
        let start = holder.engine()?.start_view();
        let Some(run) = start.runs.first() else {
            return Ok(());
        };
        let jobs = holder.engine()?.run_view(&run.run_id)?.jobs;
        let at = usize::try_from(self.dice.below(u64::try_from(jobs.len())?))?;
        let job_id = jobs.get(at).context("a job")?.job_id.clone();
        let what = holder.tap(&run.run_id, &job_id, &self.dice)?;
        self.note(what);
        Ok(())
    }

    /// One try at a conversation, with whatever the sky does to it.
    fn talk(&mut self, phone: usize) -> anyhow::Result<()> {
        let asked = self.phones.get_mut(phone).context("a phone")?.engine()?.ask()?;
        self.trace.update(&asked.body);
        if self.dice.percent(self.sky.lost_request) {
            self.note("request lost");
            return Ok(());
        }
        if self.dice.percent(self.sky.delayed) && self.delayed.len() < DELAYED_MAX {
            self.delayed.push(Delayed { phone, body: asked.body });
            self.note("request delayed");
            return Ok(());
        }
        if self.dice.percent(self.sky.portal) {
            let page = b"<html>Please sign in to FreeWifi</html>";
            let heard = self.phones.get_mut(phone).context("a phone")?.engine()?.hear(&asked, page);
            anyhow::ensure!(heard.is_err(), "a portal's page was taken for the hub");
            self.note("portal answered");
            return Ok(());
        }
        let device = self.phones.get(phone).context("a phone")?.device;
        let answer = self.hub()?.sync(device, &asked.body)?;
        if self.dice.percent(self.sky.duplicated) {
            self.hub()?.sync(device, &asked.body)?;
            self.note("request duplicated");
        }
        if self.dice.percent(self.sky.lost_answer) {
            self.note("answer lost");
            return Ok(());
        }
        if self.dice.percent(self.sky.phone_crash) {
            self.phones.get_mut(phone).context("a phone")?.crash()?;
            self.note("phone crashed before the answer");
            return Ok(());
        }
        let wanted = self.hear(phone, &asked, &answer)?;
        self.note("talked");
        self.upload(phone, &wanted)
    }

    fn hear(
        &mut self,
        phone: usize,
        asked: &Asked,
        answer: &[u8],
    ) -> anyhow::Result<Vec<BlobHash>> {
        let heard = self.phones.get_mut(phone).context("a phone")?.engine()?.hear(asked, answer)?;
        Ok(heard.wanted)
    }

    /// Sends evidence until something tears.
    fn upload(&mut self, phone: usize, wanted: &[BlobHash]) -> anyhow::Result<()> {
        for hash in wanted {
            if self.dice.percent(self.sky.torn_upload) {
                self.note("upload torn");
                return Ok(());
            }
            self.send_blob(phone, *hash)?;
        }
        Ok(())
    }

    fn send_blob(&mut self, phone: usize, hash: BlobHash) -> anyhow::Result<()> {
        let holder = self.phones.get_mut(phone).context("a phone")?;
        let device = holder.device;
        let bytes =
            holder.engine()?.folder().read(hash)?.context("a blob that a fact names is kept")?;
        self.hub()?.put_blob(device, hash, &bytes)?;
        self.note("blob sent");
        Ok(())
    }

    /// A message that hung in the air arrives; nobody waits for its answer.
    fn arrive_late(&mut self) -> anyhow::Result<()> {
        if self.delayed.is_empty() {
            return Ok(());
        }
        let late = self.delayed.swap_remove(self.below(self.delayed.len()));
        let device = self.phones.get(late.phone).context("a phone")?.device;
        self.hub()?.sync(device, &late.body)?;
        self.note("request arrived late");
        Ok(())
    }

    fn office(&mut self) -> anyhow::Result<()> {
        let run_id = self.runs.get(self.below(self.runs.len())).context("a run")?.clone();
        let job = 1 + self.below(JOBS);
        let job_id: JobId = format!("{run_id}-J{job:03}").parse()?;
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

    /// A round with nothing going wrong; true when there was nothing left to say or hear.
    fn talk_plainly(&mut self, phone: usize) -> anyhow::Result<bool> {
        let holder = self.phones.get_mut(phone).context("a phone")?;
        let (device, asked) = (holder.device, holder.engine()?.ask()?);
        let answer = self.hub()?.sync(device, &asked.body)?;
        let holder = self.phones.get_mut(phone).context("a phone")?;
        let heard = holder.engine()?.hear(&asked, &answer)?;
        for hash in &heard.wanted {
            self.send_blob(phone, *hash)?;
        }
        Ok(heard.wanted.is_empty() && !heard.has_more && !heard.is_news)
    }

    /// The sky clears: late messages arrive, and everybody talks until all is said.
    fn clear(&mut self) -> anyhow::Result<()> {
        while !self.delayed.is_empty() {
            self.arrive_late()?;
        }
        for _ in 0..CLEAR_ROUNDS {
            let mut is_quiet = true;
            for phone in 0..self.phones.len() {
                is_quiet &= self.talk_plainly(phone)?;
            }
            if is_quiet {
                return Ok(());
            }
        }
        anyhow::bail!("the queues did not drain in {CLEAR_ROUNDS} rounds after the sky cleared")
    }

    pub(super) fn trace_bytes(&mut self, bytes: &[u8]) {
        self.trace.update(bytes);
    }
}
