//! The phone in the customer's hand: until the driver takes it back, it does nothing but let them sign.
//!
//! The lock is kept in the store, so that killing the app opens nothing. The driver's code guards against
//! a customer's hands, not against somebody who takes the phone apart; whoever holds it has nothing to
//! gain but a way out of this screen.

use minicbor::{Decode, Encode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::id::{JobId, RunId};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use super::{Engine, mark};
use crate::api::command::{ChooseCode, HandOver, TakeBack};
use crate::api::view::Done;
use crate::problem::Problem;

/// Wrong codes before one has to wait.
const TRIES: u32 = 5;
/// How long one waits then, and no longer than after doubling it five times.
const WAIT_MS: i64 = 30_000;
const DOUBLINGS_MAX: u32 = 5;

/// After this long nobody is asked for the code any more: a driver who forgot it gets the phone back, and no
/// customer reads on a screen for half an hour.
const CODE_LAPSES_MS: i64 = 30 * 60_000;

/// What a customer's screen may ask for, of their own jobs. Everything else waits for the driver.
const FOR_CUSTOMER: &[&str] =
    &["start", "job", "trust", "sign", "not_sign", "save_draft", "take_back", "hand_over"];

/// Which job a customer is looking at.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Handed {
    #[n(0)]
    pub run_id: RunId,
    #[n(1)]
    pub job_id: JobId,
    /// They have signed, and have nothing more to do than to give the phone back.
    #[n(2)]
    #[cbor(default)]
    pub is_signed: bool,
    /// When it was handed over.
    #[n(3)]
    pub at: Option<Timestamp>,
    /// The other jobs of the same visit: they read them too, and sign for all with one signature.
    #[n(4)]
    #[cbor(default)]
    pub together: Vec<JobId>,
}

/// The code without which a customer's screen is not left.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
struct DriverCode {
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    hash: [u8; 32],
    /// How often in a row it was given wrongly, and when last.
    #[n(2)]
    wrong: u32,
    #[n(3)]
    wrong_at: Timestamp,
}

impl DriverCode {
    fn hash(salt: [u8; 16], code: &str) -> [u8; 32] {
        Sha256::new().chain_update(salt).chain_update(code.as_bytes()).finalize().into()
    }

    /// Until when no further code is looked at.
    fn waits_until(&self) -> Option<Timestamp> {
        let over = self.wrong.checked_sub(TRIES)?;
        Some(self.wrong_at.plus_ms(WAIT_MS << over.min(DOUBLINGS_MAX)))
    }
}

impl Engine {
    /// Says whether a command has to wait until the driver has taken the phone back: nobody reads or signs
    /// for what is another customer's. The other jobs of their visit they read, and sign for together
    /// with the first.
    pub(crate) fn waits_for_driver(&self, command: &str, args: &Value) -> bool {
        let Some(handed) = &self.handed else { return false };
        let is_first = |of: &str| of == handed.job_id.as_str();
        let is_other = |of: &str| handed.together.iter().any(|each| each.as_str() == of);
        let is_theirs = |of: &str| is_first(of) || (command == "job" && is_other(of));
        let of = args.get("job_id").and_then(Value::as_str);
        let together = args.get("together").and_then(Value::as_array);
        let is_among = |each: &Value| {
            each.as_str().or_else(|| each.get("job_id")?.as_str()).is_some_and(is_other)
        };
        !FOR_CUSTOMER.contains(&command)
            || of.is_some_and(|of| !is_theirs(of))
            || together.is_some_and(|all| !all.iter().all(is_among))
    }

    /// The driver hands the phone to the customer.
    pub fn hand_over(&mut self, hand: &HandOver) -> Result<Done, Problem> {
        self.job(&hand.run_id, &hand.job_id)?;
        if self.handed.is_some() {
            return Ok(Done {});
        }
        let jobs: Vec<&JobId> = std::iter::once(&hand.job_id).chain(&hand.together).collect();
        self.judge_visit(&hand.run_id, &jobs)?;
        let HandOver { run_id, job_id, together } = hand.clone();
        let at = Some(self.clock.read().wall_ms);
        let handed = Handed { run_id, job_id, is_signed: false, at, together };
        self.keep_mark(mark::HANDED, &cbor::encode(&handed))?;
        self.handed = Some(handed);
        Ok(Done {})
    }

    /// Notes that whoever has the phone in hand has signed, so that a kill does not ask them again.
    pub(super) fn note_signed(&mut self, job_id: &JobId) -> Result<(), Problem> {
        if let Some(handed) = self.handed.as_ref().filter(|handed| handed.job_id == *job_id) {
            let handed = Handed { is_signed: true, ..handed.clone() };
            self.keep_mark(mark::HANDED, &cbor::encode(&handed))?;
            self.handed = Some(handed);
        }
        Ok(())
    }

    /// The driver takes the phone back, whatever has become of the job meanwhile.
    pub fn take_phone_back(&mut self, back: &TakeBack) -> Result<Done, Problem> {
        if self.asks_code() {
            self.check_code(&back.code)?;
        }
        // A disk that does not take it must not keep the driver out: a kill then asks once more.
        if let Err(problem) = self.drop_mark(mark::HANDED) {
            self.contact.trouble = Some(problem.code);
        }
        self.handed = None;
        Ok(Done {})
    }

    /// Says whether the driver has chosen a code, and is asked for it.
    pub(super) fn asks_code(&self) -> bool {
        let now = self.clock.read().wall_ms;
        let handed_at = self.handed.as_ref().and_then(|handed| handed.at);
        let has_lapsed = handed_at.is_some_and(|at| now >= at.plus_ms(CODE_LAPSES_MS));
        !has_lapsed && self.driver_code().is_some()
    }

    pub(super) fn has_driver_code(&self) -> bool {
        self.driver_code().is_some()
    }

    /// The driver chooses a code, another one or none. Whoever can ask for it has the phone in hand as its
    /// driver has, so that a forgotten code locks nobody out.
    pub fn choose_code(&mut self, choose: &ChooseCode) -> Result<Done, Problem> {
        if choose.new.is_empty() {
            self.drop_mark(mark::DRIVER_CODE)?;
            return Ok(Done {});
        }
        let is_code =
            (4..=8).contains(&choose.new.len()) && choose.new.bytes().all(|b| b.is_ascii_digit());
        if !is_code {
            return Err(Code::FieldsInvalid.into());
        }
        let mut salt = [0; 16];
        self.dice.fill(&mut salt);
        let hash = DriverCode::hash(salt, &choose.new);
        let code = DriverCode { salt, hash, wrong: 0, wrong_at: Timestamp(0) };
        self.keep_mark(mark::DRIVER_CODE, &cbor::encode(&code))?;
        Ok(Done {})
    }

    pub(super) fn check_code(&mut self, given: &str) -> Result<(), Problem> {
        let Some(mut code) = self.driver_code() else { return Ok(()) };
        let now = self.clock.read().wall_ms;
        // A clock that was set back must not lock anybody out for longer than the wait is.
        if code.waits_until().is_some_and(|until| now < until && now >= code.wrong_at) {
            return Err(Code::TooManyTries.into());
        }
        let is_right = DriverCode::hash(code.salt, given.trim()) == code.hash;
        if is_right && code.wrong == 0 {
            return Ok(());
        }
        (code.wrong, code.wrong_at) =
            if is_right { (0, now) } else { (code.wrong.saturating_add(1), now) };
        let kept = self.keep_mark(mark::DRIVER_CODE, &cbor::encode(&code));
        if is_right {
            return Ok(());
        }
        kept?;
        Err(Code::DriverCodeWrong.into())
    }

    /// The code, if there is one. One that cannot be read is none: it could not be told from a wrong one.
    fn driver_code(&self) -> Option<DriverCode> {
        mark::read_mark(&self.store, mark::DRIVER_CODE).ok().flatten()
    }

    pub(super) fn drop_mark(&mut self, name: &str) -> Result<(), Problem> {
        match self.store.drop_mark(name) {
            Err(error) if self.room.makes_way(&error) => Ok(self.store.drop_mark(name)?),
            dropped => Ok(dropped?),
        }
    }

    pub(super) fn keep_mark(&mut self, name: &str, value: &[u8]) -> Result<(), Problem> {
        match self.store.set_mark(name, value) {
            Err(error) if self.room.makes_way(&error) => Ok(self.store.set_mark(name, value)?),
            kept => Ok(kept?),
        }
    }
}

#[cfg(test)]
mod tests;
