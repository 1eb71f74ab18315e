//! A run's day: the vehicle is looked at, people rest and write, and in the evening two people sign for what
//! comes home.

use std::collections::BTreeSet;

use waybill_core::day::{Break, DayAccount, PRESETS, account_day, fold_day};
use waybill_core::fact::{Body, CheckedIn, Debriefed, Fact, Messaged, Plain, VehicleChecked};
use waybill_core::id::{FactId, RunId};
use waybill_core::items::account;
use waybill_core::job::{Money, QUANTITY_MAX};
use waybill_core::role::{Act, Role};
use waybill_core::status::Refusal;
use waybill_core::time::Reading;
use waybill_sync::code::Code;

use super::capture::text;
use super::view::count;
use super::{Book, Engine};
use crate::api::command::OfRun;
use crate::api::day::{
    BackJob, BackLine, BreakView, CheckIn, CheckVehicle, CheckView, DayView, Debrief, DebriefView,
    Message, MessageView,
};
use crate::api::view::Saved;
use crate::problem::Problem;

/// A vehicle has not driven further than this.
const ODOMETER_KM_MAX: u32 = 9_999_999;
/// As much of an account's digest as people compare.
const DIGEST_SHOWN: usize = 4;

impl Engine {
    /// The day of a run.
    pub fn day_view(&self, run_id: &RunId) -> Result<DayView, Problem> {
        let book = self.book(run_id)?;
        let (day, account) = (fold_day(&book.run_facts), book.account());
        let now = self.clock.read();
        let breaks: Vec<_> = day.breaks.iter().map(|rest| break_view(rest, now)).collect();
        let check = day.checks.last().map(|(id, at, check)| CheckView {
            fact_id: id.to_string(),
            at: *at,
            defects: check.answers.iter().filter(|each| !each.is_good).cloned().collect(),
            odometer_km: check.odometer_km,
            safety: self.fact_safety(*id, None),
        });
        let debriefs = day.debriefs.iter().map(|(id, at, debrief)| DebriefView {
            fact_id: id.to_string(),
            at: *at,
            name: debrief.name.clone(),
            role: debrief.role,
            counted: debrief.counted.clone(),
            is_current: debrief.digest == account.digest,
            safety: self.fact_safety(*id, Some(debrief.blob)),
        });
        let trust = self.trust_view();
        let is_open = |status: waybill_core::status::Status| {
            !status.is_outcome() && status != waybill_core::status::Status::Returned
        };
        Ok(DayView {
            run_id: run_id.clone(),
            vehicle: book.plan.head.vehicle.clone(),
            day: book.plan.head.day.clone(),
            zone: book.plan.head.zone.clone(),
            points: self.policy().vehicle_points.clone(),
            check,
            resting: breaks.iter().find(|rest| rest.to.is_none()).copied(),
            breaks,
            back: back_jobs(book),
            jobs_open: count(book.states.values().filter(|state| is_open(state.status)).count()),
            digest: digest_text(&account),
            cash: account.cash,
            debriefs: debriefs.collect(),
            unsent: trust.facts_waiting.saturating_add(trust.blobs_waiting),
            messages: self.messages(book),
            presets: PRESETS.iter().map(|preset| (*preset).to_owned()).collect(),
        })
    }

    /// Keeps what was found at the vehicle. Every point is answered, and what is wrong is said.
    pub fn check_vehicle(&mut self, check: &CheckVehicle) -> Result<Saved, Problem> {
        let points: BTreeSet<_> = self.policy().vehicle_points.iter().collect();
        let answered: BTreeSet<_> = check.answers.iter().map(|answer| &answer.point).collect();
        let is_said = |answer: &waybill_core::fact::CheckAnswer| {
            answer.is_good || !answer.note.trim().is_empty()
        };
        if points != answered
            || answered.len() != check.answers.len()
            || !check.answers.iter().all(is_said)
            || check.odometer_km.is_some_and(|km| km > ODOMETER_KM_MAX)
        {
            return Err(Code::FieldsInvalid.into());
        }
        let mut answers = check.answers.clone();
        for answer in &mut answers {
            answer.note = text(&answer.note)?;
        }
        let (policy, odometer_km) = (self.policy().version, check.odometer_km);
        let body = Body::VehicleChecked(VehicleChecked { answers, policy, odometer_km });
        self.record_run(&check.run_id, &body, None)
    }

    /// Writes to the office.
    pub fn message(&mut self, message: &Message) -> Result<Saved, Problem> {
        let is_known = message.preset.is_empty() || PRESETS.contains(&message.preset.as_str());
        let words = text(&message.text)?;
        if !is_known || (message.preset.is_empty() && words.is_empty()) {
            return Err(Code::FieldsInvalid.into());
        }
        let body = Body::Messaged(Messaged { preset: message.preset.clone(), text: words });
        match &message.job_id {
            Some(job_id) => self.record(&message.run_id, job_id, &body, None),
            None => self.record_run(&message.run_id, &body, None),
        }
    }

    /// A break begins.
    pub fn begin_break(&mut self, of: &OfRun) -> Result<Saved, Problem> {
        if self.own_break(&of.run_id)?.is_some() {
            return Err(Refusal::AlreadyDone.into());
        }
        self.record_run(&of.run_id, &Body::BreakBegan(Plain {}), None)
    }

    /// The break ends.
    pub fn end_break(&mut self, of: &OfRun) -> Result<Saved, Problem> {
        if self.own_break(&of.run_id)?.is_none() {
            return Err(Refusal::OutOfTurn.into());
        }
        self.record_run(&of.run_id, &Body::BreakEnded(Plain {}), None)
    }

    /// The break that lasts on this phone. A break is what its own phone says.
    fn own_break(&self, run_id: &RunId) -> Result<Option<Break>, Problem> {
        let breaks = fold_day(&self.book(run_id)?.run_facts).breaks;
        Ok(breaks.into_iter().find(|rest| rest.to.is_none() && self.is_mine(rest.fact_id)))
    }

    /// Keeps what came back of a job, counted at the depot.
    pub fn check_in(&mut self, back: &CheckIn) -> Result<Saved, Problem> {
        let job = self.job(&back.run_id, &back.job_id)?;
        let mut seen = BTreeSet::new();
        let is_good = |line: &waybill_core::fact::LineCount| {
            line.quantity <= QUANTITY_MAX
                && job.spec.items.iter().any(|item| item.item_id == line.item_id)
        };
        let is_once = back.lines.iter().all(|line| seen.insert(&line.item_id));
        if back.lines.is_empty() || !is_once || !back.lines.iter().all(is_good) {
            return Err(Code::FieldsInvalid.into());
        }
        let state = self.state(&back.run_id, &back.job_id)?;
        let is_counted = |id: &FactId, fact: &Fact| {
            !state.undone.contains(id) && matches!(fact.body(), Body::CheckedIn(_))
        };
        let facts = self.book(&back.run_id)?.facts.get(&back.job_id).into_iter().flatten();
        let replaced: Vec<FactId> =
            facts.filter(|(id, fact)| is_counted(id, fact)).map(|(id, _)| *id).collect();
        for fact_id in &replaced {
            let reason = String::new();
            self.allow(
                self.act(&Body::Undone(waybill_core::fact::Undone { fact_id: *fact_id, reason })),
            )?;
        }
        let body = Body::CheckedIn(CheckedIn { lines: back.lines.clone() });
        let saved = self.record(&back.run_id, &back.job_id, &body, None)?;
        // The new count comes first: a kill in between leaves two, of which the larger holds.
        for fact_id in replaced {
            self.take_back(&back.run_id, &back.job_id, fact_id, "recounted")?;
        }
        Ok(saved)
    }

    /// Somebody signs for the day's account.
    pub fn debrief(&mut self, debrief: &Debrief) -> Result<Saved, Problem> {
        self.allow(Act::RecordLoad)?;
        if !matches!(debrief.role, Role::Driver | Role::Loader | Role::Dispatcher) {
            return Err(Refusal::NotAllowed.into());
        }
        let account = self.book(&debrief.run_id)?.account();
        if digest_text(&account) != debrief.digest {
            // Something came in meanwhile: nobody signs for what they have not seen.
            return Err(Refusal::OutOfTurn.into());
        }
        let (name, note) = (text(&debrief.name)?, text(&debrief.note)?);
        let counted = sorted(&debrief.counted);
        if name.is_empty() || (counted != account.cash && note.is_empty()) {
            return Err(Code::FieldsInvalid.into());
        }
        let blob = self.keep_strokes(&debrief.strokes)?;
        let units = account.aboard.iter().map(|(_, _, units)| *units);
        let body = Body::Debriefed(Debriefed {
            digest: account.digest,
            expected: account.cash,
            counted,
            units_aboard: units.fold(0, u64::saturating_add),
            note,
            name,
            role: debrief.role,
            blob: blob.hash,
        });
        self.record_run(&debrief.run_id, &body, Some(&blob))
    }

    /// What was written to the office, the newest first.
    fn messages(&self, book: &Book) -> Vec<MessageView> {
        let mut messages: Vec<MessageView> = Vec::new();
        for (id, fact) in book.all_facts() {
            if let Body::Messaged(said) = fact.body() {
                messages.push(MessageView {
                    fact_id: id.to_string(),
                    at: fact.act.wall_ms,
                    job_id: fact.job_id.clone(),
                    preset: said.preset,
                    text: said.text,
                    safety: self.fact_safety(*id, None),
                });
            }
        }
        messages.sort_by(|a, b| (b.at, &b.fact_id).cmp(&(a.at, &a.fact_id)));
        messages
    }
}

impl Book {
    /// What has to come home of the run.
    fn account(&self) -> DayAccount {
        account_day(&self.plan, &self.states)
    }
}

fn sorted(money: &[Money]) -> Vec<Money> {
    let mut money: Vec<Money> = money.iter().filter(|each| each.minor != 0).cloned().collect();
    money.sort_by(|a, b| a.currency.cmp(&b.currency));
    money
}

fn digest_text(account: &DayAccount) -> String {
    let shown = account.digest.first_chunk::<DIGEST_SHOWN>().copied().unwrap_or_default();
    format!("{:08x}", u32::from_be_bytes(shown))
}

fn break_view(rest: &Break, now: Reading) -> BreakView {
    let to = rest.to.map(|to| to.wall_ms);
    BreakView { from: rest.from.wall_ms, to, ms: rest.ms(now) }
}

/// The jobs of which something has to come home, or has.
fn back_jobs(book: &Book) -> Vec<BackJob> {
    let back_job = |job: &waybill_core::job::Job| {
        let state = book.states.get(&job.job_id)?;
        let lines = job.spec.items.iter().zip(account(job, state));
        let lines: Vec<BackLine> = lines
            .filter(|(_, line)| line.to_bring_back() > 0 || line.checked_in.is_some())
            .map(|(item, line)| BackLine {
                item_id: item.item_id.clone(),
                text: item.text.clone(),
                unit: item.unit.clone(),
                expected: count(line.to_bring_back()),
                checked_in: line.checked_in.map(count),
            })
            .collect();
        let (order, customer) = (job.spec.order.clone(), job.spec.customer.name.clone());
        let job_id = job.job_id.clone();
        (!lines.is_empty()).then_some(BackJob { job_id, order, customer, lines })
    };
    book.plan.jobs.iter().filter_map(back_job).collect()
}

#[cfg(test)]
mod tests;
