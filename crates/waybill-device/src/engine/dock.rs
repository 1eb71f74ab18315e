//! The dock: goods go aboard, people sign for them, and the vehicle leaves.
//!
//! What a code belongs to and what is wanting at the gate is core's to say. Here it is asked, and what
//! happened is written down.

use waybill_core::fact::{Body, Departed, Fact, LoadDiffered, LoadSealed, PutAboard, Undone};
use waybill_core::fold::JobState;
use waybill_core::id::{FactId, JobId, RunId};
use waybill_core::items::{is_same_code, scanned_units};
use waybill_core::job::{Item, Job, JobStanding, QUANTITY_MAX};
use waybill_core::load::{Found, Load, cut_off, find, fold_load, is_loaded, loaded, serial_of};
use waybill_core::role::{Act, Role};
use waybill_core::status::Refusal;
use waybill_sync::code::Code;

use super::capture::text;
use super::view::count;
use super::{Book, Engine};
use crate::api::command::Scan;
use crate::api::dock::{
    Depart, DepartedView, Differ, DifferenceView, LoadJob, LoadLine, LoadView, PutByHand,
    ScanAboard, ScanOutcome, ScanView, SealLoad, SealView, UndoOfRun,
};
use crate::api::view::Saved;
use crate::problem::Problem;

/// As much of a manifest's hash as people compare.
const MANIFEST_SHOWN: usize = 4;

impl Engine {
    /// The load of a run.
    pub fn load_view(&self, run_id: &RunId) -> Result<LoadView, Problem> {
        let book = self.book(run_id)?;
        let load = book.load();
        let rule = &self.policy().departure;
        let ordered = |job: &Job| job.spec.items.iter().map(|item| u64::from(item.quantity)).sum();
        let is_to_load = |job: &&Job| job.standing == JobStanding::Planned && is_loaded(job);
        let to_load = book.plan.jobs.iter().filter(is_to_load);
        let own_role = self.crew.as_ref().map(|crew| crew.role);
        let seal_view = |seal: &waybill_core::load::Seal| SealView {
            fact_id: seal.fact_id.to_string(),
            name: seal.sealed.name.clone(),
            role: seal.sealed.role,
            seal: seal.sealed.seal.clone(),
            at: seal.at,
            is_current: seal.sealed.manifest == load.manifest,
            safety: self.fact_safety(seal.fact_id, Some(seal.sealed.blob)),
        };
        Ok(LoadView {
            run_id: run_id.clone(),
            vehicle: book.plan.head.vehicle.clone(),
            day: book.plan.head.day.clone(),
            zone: book.plan.head.zone.clone(),
            jobs: load_jobs(book),
            units: load.units,
            units_ordered: to_load.map(ordered).fold(0, u64::saturating_add),
            jobs_whole: load.jobs_whole,
            jobs_to_load: load.jobs,
            manifest: manifest_text(&load),
            seals: load.seals.iter().map(seal_view).collect(),
            lacks: load.lacks(&book.plan, rule, self.clock.read().wall_ms),
            cut_off: cut_off(&book.plan, rule),
            may_override: own_role.is_some_and(|own| rule.may_override(own)),
            departed: load.departed.map(|(fact_id, at, departed)| DepartedView {
                fact_id: fact_id.to_string(),
                at,
                lacks: departed.lacks,
                reason: departed.reason,
            }),
        })
    }

    /// Takes a code that was read at the dock: what was expected goes aboard, and anything else is said
    /// and left to whoever holds the scanner.
    pub fn scan_aboard(&mut self, scan: &ScanAboard) -> Result<ScanView, Problem> {
        self.allow(Act::RecordLoad)?;
        let code = code_of(&scan.code)?;
        let by_hand = scan.by_hand.as_deref().map(text).transpose()?;
        let book = self.book(&scan.run_id)?;
        let (outcome, of) = match find(&book.plan, &book.states, &code) {
            Found::Expected(job, item) => (ScanOutcome::Taken, Some((job, item))),
            Found::Again(job, item) => (ScanOutcome::Again, Some((job, item))),
            Found::Enough(job, item) => (ScanOutcome::Enough, Some((job, item))),
            Found::Off(job, item) => (ScanOutcome::Off, Some((job, item))),
            Found::Unexpected => return Ok(self.elsewhere(&scan.run_id, &code)),
        };
        let Some((job, item)) = of else { return Ok(nothing_of(&code)) };
        let (job_id, item_id) = (job.job_id.clone(), item.item_id.clone());
        let mut fact_id = None;
        if outcome == ScanOutcome::Taken {
            let (item_id, code) = (item_id.clone(), code.clone());
            let put = PutAboard { item_id, code, quantity: 1, by_hand };
            let saved = self.record(&scan.run_id, &job_id, &Body::PutAboard(put), None)?;
            fact_id = Some(saved.fact_id);
        }
        let (job, item) = self.line(&scan.run_id, &job_id, &item_id)?;
        let have = self.state(&scan.run_id, &job_id)?.load.aboard(item);
        Ok(ScanView { outcome, fact_id, ..of_line(&code, job, item, have) })
    }

    /// Units went aboard that no scanner could read.
    pub fn put_by_hand(&mut self, put: &PutByHand) -> Result<Saved, Problem> {
        self.line(&put.run_id, &put.job_id, &put.item_id)?;
        if !(1..=QUANTITY_MAX).contains(&put.quantity) {
            return Err(Code::FieldsInvalid.into());
        }
        let (item_id, by_hand) = (put.item_id.clone(), Some(text(&put.why)?));
        let body = PutAboard { item_id, code: String::new(), quantity: put.quantity, by_hand };
        self.record(&put.run_id, &put.job_id, &Body::PutAboard(body), None)
    }

    /// Units are not loaded as planned.
    pub fn differ(&mut self, differ: &Differ) -> Result<Saved, Problem> {
        self.line(&differ.run_id, &differ.job_id, &differ.item_id)?;
        if differ.quantity > QUANTITY_MAX {
            return Err(Code::FieldsInvalid.into());
        }
        let body = LoadDiffered {
            item_id: differ.item_id.clone(),
            difference: differ.difference,
            quantity: differ.quantity,
            note: text(&differ.note)?,
        };
        self.record(&differ.run_id, &differ.job_id, &Body::LoadDiffered(body), None)
    }

    /// Somebody signs for what is aboard.
    pub fn seal_load(&mut self, seal: &SealLoad) -> Result<Saved, Problem> {
        self.allow(Act::RecordLoad)?;
        if !matches!(seal.role, Role::Loader | Role::Driver) {
            return Err(Refusal::NotAllowed.into());
        }
        let load = self.book(&seal.run_id)?.load();
        if manifest_text(&load) != seal.manifest {
            // Another scanner was heard of meanwhile: nobody signs for what they have not seen.
            return Err(Refusal::OutOfTurn.into());
        }
        let (name, number) = (text(&seal.name)?, text(&seal.seal)?);
        if name.is_empty() {
            return Err(Code::FieldsInvalid.into());
        }
        let blob = self.keep_strokes(&seal.strokes)?;
        let body = Body::LoadSealed(LoadSealed {
            manifest: load.manifest,
            seal: number,
            name,
            role: seal.role,
            blob: blob.hash,
            units: load.units,
        });
        self.record_run(&seal.run_id, &body, Some(&blob))
    }

    /// The vehicle leaves.
    pub fn depart(&mut self, depart: &Depart) -> Result<Saved, Problem> {
        let book = self.book(&depart.run_id)?;
        let load = book.load();
        if load.departed.is_some() {
            return Err(Refusal::AlreadyDone.into());
        }
        let rule = &self.policy().departure;
        let lacks = load.lacks(&book.plan, rule, self.clock.read().wall_ms);
        let reason = text(&depart.reason)?;
        if !lacks.is_empty() {
            let crew = self.crew.as_ref().ok_or(Code::NotEnrolled)?;
            if !rule.may_override(crew.role) {
                return Err(Refusal::NotAllowed.into());
            }
            if reason.is_empty() {
                return Err(Code::DepartureHeld.into());
            }
        }
        let body = Body::Departed(Departed {
            manifest: load.manifest,
            lacks: lacks.iter().map(|lack| lack.word().to_owned()).collect(),
            reason,
            policy: self.policy().version,
        });
        self.record_run(&depart.run_id, &body, None)
    }

    /// Takes a code that was read at the door, where it counts for one job. What belongs elsewhere is
    /// said and not recorded; what was typed is recorded whatever it is, for somebody vouches for it.
    pub fn scan_at_door(&mut self, scan: &Scan) -> Result<ScanView, Problem> {
        self.allow(Act::RecordLoad)?;
        let code = code_of(&scan.code)?;
        let job = self.job(&scan.run_id, &scan.job_id)?;
        let state = self.state(&scan.run_id, &scan.job_id)?;
        let lines = || job.spec.items.iter().filter(|item| is_same_code(&code, &item.code));
        let is_open = |item: &&Item| scanned_units(item, state) < u64::from(item.quantity);
        let serial = serial_of(&code);
        let is_again =
            serial.is_some() && state.scanned.keys().any(|known| serial_of(known) == serial);
        let (outcome, item) = match (lines().find(is_open), lines().next()) {
            (Some(item), _) if is_again => (ScanOutcome::Again, Some(item)),
            (Some(item), _) => (ScanOutcome::Taken, Some(item)),
            (None, Some(item)) if item.quantity == 1 => (ScanOutcome::Again, Some(item)),
            (None, Some(item)) => (ScanOutcome::Enough, Some(item)),
            (None, None) => (ScanOutcome::Unexpected, None),
        };
        let Some(item_id) = item.map(|item| item.item_id.clone()) else {
            let mut view = self.elsewhere(&scan.run_id, &code);
            if scan.is_typed {
                view.fact_id = Some(self.scan(&Scan { code, ..scan.clone() })?.fact_id);
            }
            return Ok(view);
        };
        let mut fact_id = None;
        if outcome == ScanOutcome::Taken {
            let code = code.clone();
            fact_id = Some(self.scan(&Scan { code, quantity: 1, ..scan.clone() })?.fact_id);
        }
        let (job, item) = self.line(&scan.run_id, &scan.job_id, &item_id)?;
        let have = scanned_units(item, self.state(&scan.run_id, &scan.job_id)?);
        Ok(ScanView { outcome, fact_id, ..of_line(&code, job, item, have) })
    }

    /// What a code is that the run, or the job in hand, does not wait for.
    fn elsewhere(&self, run_id: &RunId, code: &str) -> ScanView {
        let of_run = |book: &'_ Book| {
            let lines =
                book.plan.jobs.iter().flat_map(|job| {
                    job.spec.items.iter().map(move |item| (job.clone(), item.clone()))
                });
            lines.into_iter().find(|(_, item)| is_same_code(code, &item.code))
        };
        let here = self.books.get(run_id).and_then(of_run);
        if let Some((job, item)) = here {
            return ScanView { outcome: ScanOutcome::OtherJob, ..of_line(code, &job, &item, 0) };
        }
        let others = self.books.iter().filter(|(other, _)| *other != run_id);
        let mut found = others.filter_map(|(_, book)| Some((book, of_run(book)?)));
        let Some((book, (job, item))) = found.next() else { return nothing_of(code) };
        let vehicle = book.plan.head.vehicle.clone();
        ScanView { outcome: ScanOutcome::OtherRun, vehicle, ..of_line(code, &job, &item, 0) }
    }

    pub(super) fn book(&self, run_id: &RunId) -> Result<&Book, Problem> {
        Ok(self.books.get(run_id).ok_or(Code::RunUnknown)?)
    }

    pub(super) fn line(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        item_id: &waybill_core::id::ItemId,
    ) -> Result<(&Job, &Item), Problem> {
        let job = self.job(run_id, job_id)?;
        let item = job.spec.items.iter().find(|item| item.item_id == *item_id);
        Ok((job, item.ok_or(Code::FieldsInvalid)?))
    }

    /// Writes down what happened to a run as a whole.
    pub(super) fn record_run(
        &mut self,
        run_id: &RunId,
        body: &Body,
        blob: Option<&crate::store::StoredBlob>,
    ) -> Result<Saved, Problem> {
        self.allow(self.act(body))?;
        self.write_down(run_id, None, body, blob)
    }

    /// Takes back something that happened to a run as a whole, as a seal or a departure.
    pub fn undo_of_run(&mut self, undo: &UndoOfRun) -> Result<Saved, Problem> {
        let fact_id: FactId = undo.fact_id.parse().map_err(|_| Refusal::NothingToUndo)?;
        let book = self.book(&undo.run_id)?;
        let known = book.run_facts.get(&fact_id).map(Fact::body);
        let is_undone = || {
            let mut bodies = book.run_facts.values().map(Fact::body);
            bodies.any(|body| matches!(body, Body::Undone(undone) if undone.fact_id == fact_id))
        };
        if known.is_none() || matches!(known, Some(Body::Undone(_))) || is_undone() {
            return Err(Refusal::NothingToUndo.into());
        }
        let body = Body::Undone(Undone { fact_id, reason: text(&undo.reason)? });
        self.record_run(&undo.run_id, &body, None)
    }
}

impl Book {
    /// The load of the run.
    pub(super) fn load(&self) -> Load {
        fold_load(&self.plan, &self.states, &self.run_facts)
    }
}

fn code_of(code: &str) -> Result<String, Problem> {
    // What a scanner that types sends behind the code, and spaces around one that was typed.
    let code = text(code)?;
    if code.is_empty() { Err(Code::FieldsInvalid.into()) } else { Ok(code) }
}

fn manifest_text(load: &Load) -> String {
    let shown = load.manifest.first_chunk::<MANIFEST_SHOWN>().copied().unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(shown))
}

fn load_jobs(book: &Book) -> Vec<LoadJob> {
    let load_job = |(at, job): (usize, &Job)| {
        let state = book.states.get(&job.job_id)?;
        let lines: Vec<_> = job.spec.items.iter().map(|item| load_line(item, state)).collect();
        Some(LoadJob {
            job_id: job.job_id.clone(),
            order: job.spec.order.clone(),
            customer: job.spec.customer.name.clone(),
            city: job.spec.address.city.clone(),
            window: job.window,
            visit: count(at.saturating_add(1)),
            is_off: job.standing != JobStanding::Planned,
            is_whole: lines.iter().all(|line| line.open == 0),
            lines,
        })
    };
    let jobs = book.plan.jobs.iter().enumerate().filter(|(_, job)| is_loaded(job));
    jobs.filter_map(load_job).rev().collect()
}

fn load_line(item: &Item, state: &JobState) -> LoadLine {
    use waybill_core::fact::LoadDifference as Difference;
    let all = [Difference::Short, Difference::Damaged, Difference::Substituted, Difference::Over];
    let view = |difference| {
        let quantity = state.load.differing(&item.item_id, difference);
        (quantity > 0).then_some(DifferenceView { difference, quantity })
    };
    let is_counted = state.counted.contains_key(&item.item_id);
    LoadLine {
        item_id: item.item_id.clone(),
        text: item.text.clone(),
        unit: item.unit.clone(),
        code: item.code.clone(),
        quantity: item.quantity,
        aboard: loaded(item, state).unwrap_or(0),
        open: if is_counted { 0 } else { state.load.open(item) },
        differences: all.into_iter().filter_map(view).collect(),
    }
}

fn nothing_of(code: &str) -> ScanView {
    ScanView {
        outcome: ScanOutcome::Unexpected,
        code: code.to_owned(),
        fact_id: None,
        job_id: None,
        item_id: None,
        order: String::new(),
        customer: String::new(),
        text: String::new(),
        vehicle: String::new(),
        have: 0,
        quantity: 0,
    }
}

fn of_line(code: &str, job: &Job, item: &Item, have: u64) -> ScanView {
    ScanView {
        job_id: Some(job.job_id.clone()),
        item_id: Some(item.item_id.clone()),
        order: job.spec.order.clone(),
        customer: job.spec.customer.name.clone(),
        text: item.text.clone(),
        have,
        quantity: item.quantity,
        ..nothing_of(code)
    }
}
