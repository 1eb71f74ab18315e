//! A phone and its hub without a network between them, for measuring one against the other.

use std::path::Path;
use std::sync::Arc;

use waybill_core::id::DeviceId;
use waybill_device::api::command::OfJob;
use waybill_device::clock::SystemDice;
use waybill_device::engine::{Engine, Heard};
use waybill_device::problem::Problem;
use waybill_device::vault::Crew;
use waybill_hub::api::view::{Invite, PutRun};
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};
use waybill_sync::enrol::{EnrolDevice, Link};

use crate::clock::TestClock;
use crate::world::{demo_run, people};

/// The run that the phone holds.
pub const RUN: &str = "R1";

/// A phone with a run, and the hub it came from.
pub struct BenchPhone {
    pub engine: Engine,
    pub hub: Hub,
    pub clock: Arc<TestClock>,
    device: DeviceId,
    jobs: usize,
}

/// What one round weighed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    pub up_bytes: usize,
    pub down_bytes: usize,
}

impl BenchPhone {
    /// Opens a phone.
    pub fn open(dir: &Path, clock: &Arc<TestClock>) -> anyhow::Result<Engine> {
        Ok(Engine::open(dir, Arc::<TestClock>::clone(clock), Arc::new(SystemDice))?)
    }

    /// A phone that is enrolled and has fetched a run of so many jobs.
    pub fn with_run(dir: &Path, jobs: usize) -> anyhow::Result<Self> {
        let mut bench = Self::enrolled(dir, jobs)?;
        bench.round()?;
        Ok(bench)
    }

    /// A phone that is enrolled and has heard nothing yet.
    pub fn enrolled(dir: &Path, jobs: usize) -> anyhow::Result<Self> {
        Self::enrolled_for(dir, RUN, &demo_run(RUN, jobs)?)
    }

    /// A phone that is enrolled for a run of the caller's.
    pub fn enrolled_for(dir: &Path, run_id: &str, run: &PutRun) -> anyhow::Result<Self> {
        let clock = Arc::new(TestClock::default());
        let hub = bench_hub(&dir.join("hub"), &clock)?;
        hub.put_run(&Asker::Console, &run_id.parse()?, run)?;
        let (engine, device) = enrol_at(&hub, "priya", &clock, dir)?;
        Ok(Self { engine, hub, clock, device, jobs: run.jobs.len() })
    }

    /// One round of the conversation, weighed.
    pub fn round(&mut self) -> anyhow::Result<(Weight, Heard)> {
        let asked = self.engine.ask()?;
        let answer = self.hub.sync(self.device, &asked.body)?;
        let weight = Weight { up_bytes: asked.body.len(), down_bytes: answer.len() };
        Ok((weight, self.engine.hear(&asked, &answer)?))
    }

    /// The phone's id at the hub.
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The jobs of the run.
    pub fn jobs(&self) -> Vec<OfJob> {
        let of = |number| {
            let (run_id, job_id) = (RUN.parse().ok()?, format!("{RUN}-J{number:03}").parse().ok()?);
            Some(OfJob { run_id, job_id })
        };
        (1..=self.jobs).filter_map(of).collect()
    }
}

/// A hub with the demo company's people.
pub fn bench_hub(dir: &Path, clock: &Arc<TestClock>) -> anyhow::Result<Hub> {
    let options = HubOptions {
        password_cost: PasswordCost::Light,
        clock: Arc::<TestClock>::clone(clock),
        ..HubOptions::default()
    };
    let hub = Hub::open(dir, options)?;
    people(&hub)?;
    Ok(hub)
}

/// A phone of somebody that is enrolled and has heard nothing yet.
pub fn enrol_at(
    hub: &Hub,
    person: &str,
    clock: &Arc<TestClock>,
    dir: &Path,
) -> anyhow::Result<(Engine, DeviceId)> {
    let mut engine = BenchPhone::open(dir, clock)?;
    let invite = Invite { person_id: person.parse()?, depot_id: "leeds".parse()? };
    let link = Link::from_text(&hub.invite(&Asker::Console, &invite)?.link).map_err(Problem::of)?;
    let enrolled = hub.enrol(&EnrolDevice::new(engine.key(), &link.code, "Bench"))?;
    let device = enrolled.device_id.parse()?;
    engine.enrolled(Crew::new(device, link.hub_key, link.hub_url, "Bench".to_owned(), enrolled))?;
    Ok((engine, device))
}
