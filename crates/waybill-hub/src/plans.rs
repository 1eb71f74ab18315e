//! The plan from the office's side: runs and jobs put by its own system, and changes made by hand.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};
use waybill_core::cbor;
use waybill_core::id::{JobId, RunId};
use waybill_core::job::{
    DeliveryPin, FieldFault, JOBS_MAX, Job, JobSpec, RunHead, SITE_NOTE_BYTES_MAX, check_head,
    check_spec, text_fault,
};
use waybill_core::plan::{JobEdit, JobPut, PlanDoc};
use waybill_core::policy::Policies;
use waybill_core::role::Role;
use waybill_core::time::{Timestamp, Window};
use waybill_sync::code::Code;
use waybill_sync::envelope;
use waybill_sync::limits::BODY_BYTES_MAX;

use crate::api::view::{JobPage, PatchJob, ProblemFault, PutJob, PutRun, PutRunAnswer};
use crate::clock::roll;
use crate::error::HubError;
use crate::hub::{Asker, Hub, Topic};
use crate::intake;
use crate::settle::settle;
use crate::store::{JobRow, Tx};

/// A document smaller than this fits into an answer however badly it packs.
const DOCUMENT_BYTES_SMALL: usize = BODY_BYTES_MAX / 2;
/// The most that a packed document may take of an answer.
const DOCUMENT_PACKED_BYTES_MAX: usize = BODY_BYTES_MAX * 3 / 4;
/// A larger document is not even packed to see.
const DOCUMENT_BYTES_MAX: usize = 3 * 1024 * 1024;

/// What the office's own system said last about a job.
#[derive(Debug, PartialEq, Encode, Decode)]
struct LastPut {
    #[n(0)]
    spec: JobSpec,
    #[n(1)]
    window: Option<Window>,
    #[n(2)]
    note: String,
}

impl Hub {
    /// Takes a run as the office's own system has it. Saying it again changes nothing, and what the
    /// office has changed by hand since stays until the system says something else about it.
    pub fn put_run(
        &self,
        asker: &Asker,
        run_id: &RunId,
        run: &PutRun,
    ) -> Result<PutRunAnswer, HubError> {
        let head = RunHead {
            run_id: run_id.clone(),
            depot_id: run.depot_id.clone(),
            day: run.day.clone(),
            zone: run.zone.clone(),
            vehicle: run.vehicle.clone(),
            driver_id: run.driver_id.clone(),
        };
        let faults = check_run(&head, &run.jobs);
        let now = self.now();
        let done = self.store.write(|tx| {
            check_who(tx, asker, &head, faults)?;
            let done = put_run(self, tx, &head, &run.jobs, now)?;
            if done.is_changed {
                tx.add_audit(now, asker.word(), "put_run", run_id.as_str())?;
            }
            Ok::<_, HubError>(done)
        })?;
        self.nudge_plan(&done);
        Ok(PutRunAnswer { run_id: run_id.clone(), is_changed: done.is_changed, jobs: done.jobs })
    }

    /// Changes what the office may change while a job is out.
    pub fn patch_job(
        &self,
        asker: &Asker,
        run_id: &RunId,
        job_id: &JobId,
        patch: &PatchJob,
    ) -> Result<JobPage, HubError> {
        let mut faults = Vec::new();
        check_window(&mut faults, "window", patch.window);
        text_fault(&mut faults, "note", patch.note.as_deref().unwrap_or_default(), false);
        if patch.site_note.as_ref().is_some_and(|note| note.len() > SITE_NOTE_BYTES_MAX) {
            faults.push(fault("site_note", "too_long"));
        }
        refuse_faults(faults)?;
        let now = self.now();
        let done = self.store.write(|tx| {
            let run = tx.get_run(run_id)?.filter(|run| asker.sees(&run.depot_id));
            run.ok_or(Code::NotFound)?;
            let row = tx.get_job(run_id, job_id)?.ok_or(Code::NotFound)?;
            if patch.takes_pin && row.job.pin.is_none() {
                return Err(HubError::Fields(vec![problem_fault(fault("takes_pin", "missing"))]));
            }
            let mut plan = self.load_plan(tx, run_id)?.ok_or(Code::NotFound)?;
            let edit = JobEdit {
                window: patch.window,
                note: patch.note.as_deref(),
                standing: patch.standing,
                site_note: patch.site_note.as_deref(),
                takes_pin: patch.takes_pin,
                confirms: patch.confirms,
            };
            if !plan.edit(job_id, &edit, now)? {
                return Ok(Done::default());
            }
            tx.add_audit(now, asker.word(), "patch_job", &format!("{run_id}/{job_id}"))?;
            keep_plan(tx, &tx.policies()?, &mut plan, now)
        })?;
        self.nudge_plan(&done);
        self.job_page(asker, run_id, job_id)
    }

    fn load_plan(&self, tx: &Tx<'_>, run_id: &RunId) -> Result<Option<PlanDoc>, HubError> {
        let document = tx.get_document(run_id)?;
        let load = |bytes: Vec<u8>| PlanDoc::load(&self.meta.actor(), &bytes);
        Ok(document.map(load).transpose()?)
    }

    fn nudge_plan(&self, done: &Done) {
        if done.is_changed {
            self.nudge(Topic::Runs);
        }
        if done.is_feed_news {
            self.nudge(Topic::Feed);
        }
    }
}

/// Checks that the run is the asker's to write, and that its driver can drive it.
fn check_who(
    tx: &Tx<'_>,
    asker: &Asker,
    head: &RunHead,
    mut faults: Vec<FieldFault>,
) -> Result<(), HubError> {
    if let Some(held) = tx.get_run(&head.run_id)?
        && !asker.sees(&held.depot_id)
    {
        return Err(Code::NotFound.into());
    }
    if !asker.sees(&head.depot_id) {
        faults.push(fault("depot_id", "unknown"));
    }
    let driver = tx.get_person(&head.driver_id)?;
    let is_driver = driver.is_some_and(|driver| {
        driver.role == Role::Driver && driver.depots.contains(&head.depot_id)
    });
    if !is_driver {
        faults.push(fault("driver_id", "unknown"));
    }
    refuse_faults(faults)
}

/// What a change of the plan came to.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) is_changed: bool,
    pub(crate) is_feed_news: bool,
    jobs: u32,
}

fn put_run(
    hub: &Hub,
    tx: &Tx<'_>,
    head: &RunHead,
    puts: &[PutJob],
    now: Timestamp,
) -> Result<Done, HubError> {
    let known = hub.load_plan(tx, &head.run_id)?;
    let mut is_changed = known.is_none();
    let mut plan = match known {
        Some(plan) => plan,
        None => PlanDoc::create(&hub.meta.actor(), head, now)?,
    };
    is_changed |= plan.put_head(head, now)?;
    let before: BTreeMap<JobId, Job> =
        plan.read()?.jobs.into_iter().map(|job| (job.job_id.clone(), job)).collect();
    let mut said = Vec::new();
    for put in puts {
        let last = tx.get_last_put(&head.run_id, &put.job_id)?;
        let last: Option<LastPut> =
            last.as_deref().map(|bytes| cbor::decode("job", bytes)).transpose()?;
        let next = LastPut {
            spec: with_pin(hub, put, last.as_ref())?,
            window: put.window,
            note: put.note.clone(),
        };
        said.push((&put.job_id, next, last));
    }
    let puts = said.iter().filter_map(|(job_id, next, last)| {
        news_of(before.get(job_id), (job_id, next), last.as_ref())
    });
    is_changed |= plan.put_jobs(&puts.collect::<Vec<_>>(), now)?;
    let mut done = Done {
        jobs: u32::try_from(plan.read()?.jobs.len()).unwrap_or(u32::MAX),
        ..Done::default()
    };
    if is_changed {
        if !fits_an_answer(&plan.save()) {
            return Err(HubError::Fields(vec![problem_fault(fault("jobs", "too_large"))]));
        }
        let policies = tx.policies()?;
        let kept = keep_plan(tx, &policies, &mut plan, now)?;
        done = Done { jobs: done.jobs, ..kept };
        done.is_feed_news |= intake::judge_parked(tx, &policies, &head.run_id, now)?;
    }
    for (job_id, next, last) in said {
        if last.as_ref() != Some(&next) {
            tx.set_last_put(&head.run_id, job_id, &cbor::encode(&next))?;
        }
    }
    Ok(done)
}

/// What is to be written of a job: what its own system says differently from last time.
fn news_of<'p>(
    held: Option<&'p Job>,
    (job_id, put): (&'p JobId, &'p LastPut),
    last: Option<&LastPut>,
) -> Option<JobPut<'p>> {
    let whole = JobPut { job_id, spec: &put.spec, window: put.window, note: &put.note };
    let (Some(held), Some(last)) = (held, last) else {
        return Some(whole);
    };
    if last.spec == put.spec && last.window == put.window && last.note == put.note {
        return None;
    }
    let window = if last.window == put.window { held.window } else { put.window };
    let note = if last.note == put.note { &held.note } else { &put.note };
    Some(JobPut { window, note, ..whole })
}

/// What a job is, with its PIN as a hash. The same PIN said again keeps its salt, so that nothing has
/// changed.
fn with_pin(hub: &Hub, put: &PutJob, last: Option<&LastPut>) -> Result<JobSpec, HubError> {
    let held = last.and_then(|last| last.spec.delivery_pin.as_ref());
    let delivery_pin = match (&put.pin, held) {
        (None, _) => None,
        (Some(pin), Some(held)) if held.check(pin) == Some(true) => Some(held.clone()),
        (Some(pin), _) => DeliveryPin::new(pin, roll(hub.dice())?),
    };
    Ok(JobSpec { delivery_pin, ..put.spec.clone() })
}

/// Keeps a plan document and what it says, and settles the jobs that it says something new about.
pub(crate) fn keep_plan(
    tx: &Tx<'_>,
    policies: &Policies,
    plan: &mut PlanDoc,
    now: Timestamp,
) -> Result<Done, HubError> {
    let read = plan.read()?;
    let heads = plan.heads();
    let before = tx.get_heads(&read.head.run_id)?;
    tx.put_run(&read.head, &plan.save(), &heads)?;
    let added = if before.is_empty() { None } else { plan.changes_since(&before) };
    match added {
        Some(added) => tx.add_plan_write(&read.head.run_id, (&before, &heads), added)?,
        None => tx.begin_plan_writes(&read.head.run_id, &heads)?,
    }
    let conflicts: BTreeSet<_> = read.conflicts.iter().map(|conflict| &conflict.job_id).collect();
    let known = tx.list_jobs(&read.head.run_id)?;
    let known: BTreeMap<_, _> = known.iter().map(|row| (&row.job.job_id, row)).collect();
    let mut changed = BTreeSet::new();
    for job in &read.jobs {
        let row = JobRow { job: job.clone(), has_conflict: conflicts.contains(&job.job_id) };
        if known.get(&job.job_id) != Some(&&row) {
            tx.put_job(&read.head.run_id, &row)?;
            changed.insert(job.job_id.clone());
        }
    }
    let is_feed_news = settle(tx, policies, &read.head.run_id, &changed, now)?;
    Ok(Done { is_changed: true, is_feed_news, ..Done::default() })
}

/// Says whether a phone can be sent the whole document in one answer.
pub(crate) fn fits_an_answer(document: &[u8]) -> bool {
    document.len() <= DOCUMENT_BYTES_SMALL
        || (document.len() <= DOCUMENT_BYTES_MAX
            && envelope::pack(&document.to_vec()).len() <= DOCUMENT_PACKED_BYTES_MAX)
}

fn check_run(head: &RunHead, jobs: &[PutJob]) -> Vec<FieldFault> {
    let mut faults = check_head(head);
    if jobs.len() > JOBS_MAX {
        faults.push(fault("jobs", "too_many"));
        return faults;
    }
    let mut seen = BTreeSet::new();
    for (at, job) in jobs.iter().enumerate() {
        for spec_fault in check_spec(&job.spec) {
            let field = format!("jobs/{at}/spec/{}", spec_fault.field);
            faults.push(FieldFault { field, ..spec_fault });
        }
        check_window(&mut faults, &format!("jobs/{at}/window"), job.window);
        text_fault(&mut faults, &format!("jobs/{at}/note"), &job.note, false);
        if job.pin.as_ref().is_some_and(|pin| !DeliveryPin::is_one(pin)) {
            faults.push(fault(&format!("jobs/{at}/pin"), "pin_invalid"));
        }
        if !seen.insert(&job.job_id) {
            faults.push(fault(&format!("jobs/{at}/job_id"), "repeated"));
        }
    }
    faults
}

fn check_window(faults: &mut Vec<FieldFault>, field: &str, window: Option<Window>) {
    if window.is_some_and(|window| !window.is_ordered()) {
        faults.push(fault(field, "window_reversed"));
    }
}

pub(crate) fn fault(field: &str, code: &'static str) -> FieldFault {
    FieldFault { field: field.to_owned(), code }
}

fn problem_fault(fault: FieldFault) -> ProblemFault {
    ProblemFault { field: fault.field, code: fault.code.to_owned() }
}

pub(crate) fn refuse_faults(faults: Vec<FieldFault>) -> Result<(), HubError> {
    if faults.is_empty() {
        return Ok(());
    }
    Err(HubError::Fields(faults.into_iter().map(problem_fault).collect()))
}

#[cfg(test)]
mod tests;
