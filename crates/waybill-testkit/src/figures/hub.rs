//! What a phone's reconnect costs the hub, with every check on.

use std::path::Path;

use waybill_core::id::{DeviceId, JobId, RunId};
use waybill_core::role::Role;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, Note, OfJob, Scan};
use waybill_hub::api::view::{PatchJob, PutPerson};
use waybill_hub::{Asker, Hub};

use super::{Figure, cpu};
use crate::bench_phone::{bench_hub, enrol_at};
use crate::clock::{MORNING, TestClock};
use crate::world::demo_run;

/// How many jobs each of the phones has, and so how many facts: four a job.
const JOBS: usize = 120;
/// How many edits the office makes of each run.
const EDITS: usize = 10;

/// 50 phones.
pub(super) fn cpu_ms_per_device_50() -> anyhow::Result<Figure> {
    cpu_ms("hub.cpu_ms_per_device_50", 50)
}

/// 200 phones.
pub(super) fn cpu_ms_per_device_200() -> anyhow::Result<Figure> {
    cpu_ms("hub.cpu_ms_per_device_200", 200)
}

/// One phone's question, packed and ready to be asked.
struct Question {
    device: DeviceId,
    body: Vec<u8>,
}

fn cpu_ms(name: &'static str, phones: usize) -> anyhow::Result<Figure> {
    let dir = tempfile::tempdir()?;
    let clock = std::sync::Arc::new(TestClock::default());
    let hub = bench_hub(&dir.path().join("hub"), &clock)?;
    let mut questions = Vec::new();
    for number in 0..phones {
        questions.push(prepare(&hub, &clock, &dir.path().join(format!("phone-{number}")), number)?);
    }
    let before = cpu::ms()?;
    for question in &questions {
        hub.sync(question.device, &question.body)?;
    }
    let used = cpu::ms()? - before;
    // A tick is a hundredth of a second on every Linux there is.
    let value = used / f64::from(u32::try_from(phones)?);
    let how = format!(
        "CPU of the hub for {phones} reconnects of {} facts and {EDITS} edits each, one after the other",
        JOBS * 4
    );
    Ok(Figure { name, value, unit: "ms", at_most: Some(5.0), at_least: None, how })
}

/// A phone with a run of its own and a day's facts to tell, after which the office edited its plan.
fn prepare(
    hub: &Hub,
    clock: &std::sync::Arc<TestClock>,
    dir: &Path,
    number: usize,
) -> anyhow::Result<Question> {
    // Everybody lives through the same day.
    clock.set(MORNING);
    let run_id: RunId = format!("R{number}").parse()?;
    let driver = format!("driver-{number}");
    let person = PutPerson {
        name: driver.clone(),
        role: Role::Driver,
        depots: vec!["leeds".parse()?],
        login: None,
        password: None,
    };
    hub.put_person(&Asker::Console, &driver.parse()?, &person)?;
    let mut run = demo_run(run_id.as_str(), JOBS)?;
    run.driver_id = driver.parse()?;
    hub.put_run(&Asker::Console, &run_id, &run)?;
    let (mut engine, device) = enrol_at(hub, &driver, clock, dir)?;
    let asked = engine.ask()?;
    engine.hear(&asked, &hub.sync(device, &asked.body)?)?;
    let job_id =
        |job: usize| -> anyhow::Result<JobId> { Ok(format!("{run_id}-J{job:03}").parse()?) };
    for job in 1..=JOBS {
        let (run_id, job_id) = (run_id.clone(), job_id(job)?);
        clock.advance_ms(61_337);
        engine.step(&OfJob { run_id: run_id.clone(), job_id: job_id.clone() }, Step::Arrive)?;
        let code = format!("{job:013}");
        let (run, job) = (run_id.clone(), job_id.clone());
        engine.scan(&Scan { run_id: run, job_id: job, code, quantity: 1, is_typed: false })?;
        let (run, job) = (run_id.clone(), job_id.clone());
        engine.deliver(&Deliver {
            run_id: run,
            job_id: job,
            lines: vec![],
            method: waybill_core::proof::Method::default(),
            together: vec![],
        })?;
        let text = "Left at reception desk".to_owned();
        engine.note(&Note { run_id, job_id, text })?;
    }
    for job in 1..=EDITS {
        let note = Some(format!("CHANGED: gate {job}"));
        let patch = PatchJob { note, ..PatchJob::default() };
        hub.patch_job(&Asker::Console, &run_id, &job_id(job)?, &patch)?;
    }
    Ok(Question { device, body: engine.ask()?.body })
}
