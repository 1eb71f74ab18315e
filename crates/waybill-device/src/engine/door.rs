//! What is tried, taken and checked at a door, and what giving up asks for.

use waybill_core::fact::{
    AgeChecked, Body, CashMethod, CashTaken, Channel, ContactOutcome, Contacted, Failed,
    PinChecked, PinResult,
};
use waybill_core::failure::{Evidence, Reason};
use waybill_core::fold::JobState;
use waybill_core::id::{FactId, JobId, RunId};
use waybill_core::job::{DeliveryPin, Job, Money};
use waybill_core::proof::{Need, ProofRule};
use waybill_core::status::{Refusal, Status, Step, may, may_count};
use waybill_core::time::Reading;
use waybill_sync::code::Code;

use super::capture::text;
use super::view::act_time;
use super::{Book, Engine};
use crate::api::command::Fail;
use crate::api::door::{
    AgeView, Ask, AskView, CashView, CheckAge, CheckPin, ContactView, DayCashView, PinAnswer,
    PinView, ReasonView, TakeCash, TakenView, TryContact, WaivePin,
};
use crate::api::view::Saved;
use crate::problem::Problem;

/// The most that is taken at one door at once, in the smallest unit of its currency.
const CASH_MINOR_MAX: i64 = 10_000_000_000;
const MINUTE_MS: u64 = 60_000;

impl Engine {
    /// Ends the visit without goods handed over, once what the reason asks for was done. Whoever cannot do
    /// that says why, and the office hears of it.
    pub fn fail(&mut self, fail: &Fail) -> Result<Saved, Problem> {
        let policy = self.policy();
        let reason = policy.reason(&fail.reason).ok_or(Refusal::UnknownReason)?;
        let state = self.state(&fail.run_id, &fail.job_id)?;
        let role = self.crew.as_ref().ok_or(Code::NotEnrolled)?.role;
        // What may not be ended at all is said before anything is asked for.
        let standing = self.job(&fail.run_id, &fail.job_id)?.standing;
        may(standing, state.status, Step::Fail, role)?;
        if !reason.may_be_given(role, state.status) {
            return Err(Refusal::ReasonNotHere.into());
        }
        let (device, _) = self.me()?;
        let is_unmet = !state.visit.unmet(reason, device, self.clock.read()).is_empty();
        let said = fail.anyway.as_deref().map(str::trim).filter(|said| !said.is_empty());
        let anyway = match said {
            _ if !is_unmet => None,
            Some(_) if reason.is_strict => return Err(Refusal::ReasonStrict.into()),
            Some(said) => Some(text(said)?),
            None => return Err(Refusal::EvidenceMissing.into()),
        };
        let (reason, note, policy) = (reason.reason.clone(), text(&fail.note)?, policy.version);
        let body = Body::Failed(Failed { reason, note, policy, anyway });
        self.record(&fail.run_id, &fail.job_id, &body, None)
    }

    /// Keeps that somebody tried to reach the customer.
    pub fn contact(&mut self, contact: &TryContact) -> Result<Saved, Problem> {
        may_count(self.state(&contact.run_id, &contact.job_id)?.status)?;
        let fits = match contact.channel {
            Channel::Call => contact.outcome != ContactOutcome::Sent,
            Channel::Text => {
                matches!(contact.outcome, ContactOutcome::Sent | ContactOutcome::Unreachable)
            }
        };
        if !fits {
            return Err(Code::FieldsInvalid.into());
        }
        let (channel, outcome) = (contact.channel, contact.outcome);
        let body = Body::Contacted(Contacted { channel, outcome });
        self.record(&contact.run_id, &contact.job_id, &body, None)
    }

    /// Keeps that money was taken. It may come in parts; each is taken back by itself.
    pub fn take_cash(&mut self, take: &TakeCash) -> Result<Saved, Problem> {
        let door = &self.at_door(&take.run_id, &take.job_id)?.door;
        let due = door.cash_due.as_ref().ok_or(Code::CashNotDue)?;
        let reason = text(&take.reason)?;
        // Nothing may be taken only by saying so: that is the shortfall itself.
        if !(0..=CASH_MINOR_MAX).contains(&take.minor) {
            return Err(Code::FieldsInvalid.into());
        }
        let is_open = door.cash_taken_minor().saturating_add(take.minor) < due.minor;
        if is_open && reason.is_empty() {
            return Err(Code::CashReasonMissing.into());
        }
        let reason = if is_open { reason } else { String::new() };
        let (currency, method) = (due.currency.clone(), take.method);
        let body = Body::CashTaken(CashTaken { minor: take.minor, currency, method, reason });
        self.record(&take.run_id, &take.job_id, &body, None)
    }

    /// Checks a PIN with no network. The try is durable before its answer is known to anybody.
    pub fn check_pin(&mut self, check: &CheckPin) -> Result<PinAnswer, Problem> {
        let kept = self.delivery_pin(&check.run_id, &check.job_id)?;
        let door = &self.at_door(&check.run_id, &check.job_id)?.door;
        if door.pin_tries_left() == 0 {
            return Err(Code::PinTriesSpent.into());
        }
        let pin = check.pin.trim();
        if !DeliveryPin::is_one(pin) {
            return Err(Code::FieldsInvalid.into());
        }
        let is_right = kept.check(pin).ok_or(Code::VersionUnknown)?;
        let result = if is_right { PinResult::Right } else { PinResult::Wrong };
        let checked = PinChecked { result, wrong_before: door.pin_wrong, reason: String::new() };
        self.record(&check.run_id, &check.job_id, &Body::PinChecked(checked), None)?;
        let door = &self.state(&check.run_id, &check.job_id)?.door;
        Ok(PinAnswer { is_right, tries_left: door.pin_tries_left() })
    }

    /// Goes on without a PIN once it cannot be tried any more.
    pub fn waive_pin(&mut self, waive: &WaivePin) -> Result<Saved, Problem> {
        self.delivery_pin(&waive.run_id, &waive.job_id)?;
        let door = &self.at_door(&waive.run_id, &waive.job_id)?.door;
        if door.pin_tries_left() > 0 {
            return Err(Code::PinTriesLeft.into());
        }
        let (reason, wrong_before) = (text(&waive.reason)?, door.pin_wrong);
        if reason.is_empty() {
            return Err(Code::FieldsInvalid.into());
        }
        let body = Body::PinChecked(PinChecked { result: PinResult::Waived, wrong_before, reason });
        self.record(&waive.run_id, &waive.job_id, &body, None)
    }

    /// Keeps whether somebody is old enough; an earlier answer of the same door is taken back.
    pub fn check_age(&mut self, check: &CheckAge) -> Result<Saved, Problem> {
        let state = self.at_door(&check.run_id, &check.job_id)?;
        let minimum = asked_age(state.rule).ok_or(Code::AgeNotAsked)?;
        let earlier: Vec<FactId> = state.door.ages.iter().map(|(id, _)| *id).collect();
        let body = Body::AgeChecked(AgeChecked { minimum, is_old_enough: check.is_old_enough });
        let saved = self.record(&check.run_id, &check.job_id, &body, None)?;
        for fact_id in earlier {
            self.take_back(&check.run_id, &check.job_id, fact_id, "checked_again")?;
        }
        Ok(saved)
    }

    /// A job at whose door somebody is, or has been.
    fn at_door(&self, run_id: &RunId, job_id: &JobId) -> Result<&JobState, Problem> {
        let state = self.state(run_id, job_id)?;
        if state.status < Status::Arrived {
            return Err(Refusal::NotArrived.into());
        }
        Ok(state)
    }

    fn delivery_pin(&self, run_id: &RunId, job_id: &JobId) -> Result<DeliveryPin, Problem> {
        let pin = self.job(run_id, job_id)?.spec.delivery_pin.clone();
        Ok(pin.ok_or(Code::PinNotAsked)?)
    }

    /// The reasons for which a job may be given up now, each with what it asks for.
    pub(super) fn reason_views(&self, job: &Job, state: &JobState) -> Vec<ReasonView> {
        let Some(crew) = self.crew.as_ref() else { return Vec::new() };
        if !self.steps(job, state).contains(&Step::Fail) {
            return Vec::new();
        }
        let reasons = &self.policy().reasons;
        let given = reasons.iter().filter(|reason| reason.may_be_given(crew.role, state.status));
        let view = |reason: &Reason| ReasonView {
            reason: reason.reason.clone(),
            layer: reason.layer,
            consequence: reason.consequence,
            is_missed: reason.is_missed,
            is_strict: reason.is_strict,
            asks: self.ask_views(reason, state),
        };
        given.map(view).collect()
    }

    pub(super) fn cash_view(&self, book: &Book, state: &JobState) -> Option<CashView> {
        let due = state.door.cash_due.clone()?;
        let taken = |(id, taken): &(FactId, CashTaken)| TakenView {
            fact_id: id.to_string(),
            at: act_time(book, state, *id),
            sum: Money { minor: taken.minor, currency: taken.currency.clone() },
            method: taken.method,
            reason: taken.reason.clone(),
            is_own: self.is_mine(*id),
        };
        let taken = state.door.cash.iter().map(taken).collect();
        Some(CashView { due, taken_minor: state.door.cash_taken_minor(), taken })
    }

    fn ask_views(&self, reason: &Reason, state: &JobState) -> Vec<AskView> {
        let Ok((device, _)) = self.me() else { return Vec::new() };
        let (visit, now) = (&state.visit, self.clock.read());
        let Evidence { photos, contact_attempts, waited_min } = visit.evidence(reason, device, now);
        let wait_ms = u64::from(reason.wait_min) * MINUTE_MS;
        let left_ms = wait_ms.saturating_sub(visit.waited_ms(device, now));
        let next_ms = if contact_attempts < reason.contact_attempts {
            visit.next_attempt_ms(device, reason.contact_gap_min, now)
        } else {
            0
        };
        let required = Need::Required;
        let wants_photo = u32::from(reason.photo >= Need::Warn);
        let (calls, minutes) = (reason.contact_attempts, reason.wait_min);
        let ask = |ask, need, wanted, has, wait_ms| AskView { ask, need, wanted, has, wait_ms };
        let all = [
            ask(Ask::ContactAttempts, required, calls, contact_attempts, next_ms),
            ask(Ask::Wait, required, minutes, waited_min, left_ms),
            ask(Ask::Photo, reason.photo, wants_photo, photos, 0),
        ];
        all.into_iter().filter(|each| each.wanted > 0).collect()
    }
}

fn asked_age(rule: ProofRule) -> Option<u32> {
    rule.minimum_age.filter(|age| *age > 0)
}

pub(super) fn contact_views(state: &JobState) -> Vec<ContactView> {
    let all = state.visit.contacts.iter();
    let view = |(id, act, contacted): &(FactId, Reading, Contacted)| {
        let (fact_id, at) = (id.to_string(), act.wall_ms);
        ContactView { fact_id, at, channel: contacted.channel, outcome: contacted.outcome }
    };
    all.map(view).collect()
}

pub(super) fn pin_view(job: &Job, state: &JobState) -> Option<PinView> {
    job.spec.delivery_pin.as_ref()?;
    let door = &state.door;
    Some(PinView {
        is_right: !door.pin_right.is_empty(),
        is_waived: door.pin_right.is_empty() && door.has_pin(),
        tries_left: door.pin_tries_left(),
    })
}

pub(super) fn age_view(rule: ProofRule, state: &JobState) -> Option<AgeView> {
    let minimum = asked_age(rule)?;
    let is_answered = !state.door.ages.is_empty();
    Some(AgeView { minimum, is_old_enough: is_answered.then(|| state.door.has_age(minimum)) })
}

/// The money of a run, currency by currency.
pub(super) fn day_cash(book: &Book) -> Vec<DayCashView> {
    let mut days: Vec<DayCashView> = Vec::new();
    for state in book.states.values() {
        let Some(due) = &state.door.cash_due else { continue };
        let at = days.iter().position(|day| day.currency == due.currency);
        let at = at.unwrap_or(days.len());
        if at == days.len() {
            let currency = due.currency.clone();
            days.push(DayCashView { currency, due_minor: 0, taken_minor: 0, in_cash_minor: 0 });
        }
        if let Some(day) = days.get_mut(at) {
            let pocket = state.door.cash.iter().filter(|(_, each)| {
                each.method == CashMethod::Cash && each.currency == day.currency
            });
            day.due_minor = day.due_minor.saturating_add(due.minor);
            day.taken_minor = day.taken_minor.saturating_add(state.door.cash_taken_minor());
            day.in_cash_minor =
                pocket.fold(day.in_cash_minor, |sum, (_, each)| sum.saturating_add(each.minor));
        }
    }
    days.sort_by(|a, b| a.currency.cmp(&b.currency));
    days
}
