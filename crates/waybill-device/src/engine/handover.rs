//! The phone in the customer's hand: until the driver takes it back, it does nothing but let them sign.
//!
//! The lock is kept in the store, so that killing the app opens nothing. The driver's code guards against
//! a customer's hands, not against somebody who takes the phone apart; whoever holds it has nothing to
//! gain but a way out of this screen.

use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use waybill_core::cbor;
use waybill_core::fact::{Body, NotSigned};
use waybill_core::id::{JobId, RunId};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use super::capture::text;
use super::{Engine, mark};
use crate::api::command::{ChooseCode, NotSign, OfJob, TakeBack};
use crate::api::view::{Done, Saved};
use crate::problem::Problem;

/// Wrong codes before one has to wait.
const TRIES: u32 = 5;
/// How long one waits then, and no longer than after doubling it five times.
const WAIT_MS: i64 = 30_000;
const DOUBLINGS_MAX: u32 = 5;

/// What a customer's screen may ask for. Everything else waits for the driver.
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
    /// Says whether a command has to wait until the driver has taken the phone back.
    pub(crate) fn waits_for_driver(&self, command: &str) -> bool {
        self.handed.is_some() && !FOR_CUSTOMER.contains(&command)
    }

    /// The driver hands the phone to the customer.
    pub fn hand_over(&mut self, of: &OfJob) -> Result<Done, Problem> {
        self.job(&of.run_id, &of.job_id)?;
        let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
        let handed = Handed { run_id, job_id, is_signed: false };
        if self.handed.as_ref().is_some_and(|held| held.job_id != handed.job_id) {
            return Err(Code::HandedOver.into());
        }
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
        self.check_code(&back.code)?;
        self.store.drop_mark(mark::HANDED)?;
        self.handed = None;
        Ok(Done {})
    }

    /// Says whether the driver has chosen a code.
    pub(super) fn has_code(&self) -> Result<bool, Problem> {
        Ok(self.driver_code()?.is_some())
    }

    /// The driver chooses a code, another one or none.
    pub fn choose_code(&mut self, choose: &ChooseCode) -> Result<Done, Problem> {
        self.check_code(&choose.old)?;
        if choose.new.is_empty() {
            self.store.drop_mark(mark::DRIVER_CODE)?;
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

    /// Whoever took the goods did not sign.
    pub fn not_sign(&mut self, not: &NotSign) -> Result<Saved, Problem> {
        let (name, note) = (text(&not.name)?, text(&not.note)?);
        let body = Body::NotSigned(NotSigned { why: not.why, name, note });
        self.record(&not.run_id, &not.job_id, &body, None)
    }

    fn check_code(&mut self, given: &str) -> Result<(), Problem> {
        let Some(mut code) = self.driver_code()? else { return Ok(()) };
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
        self.keep_mark(mark::DRIVER_CODE, &cbor::encode(&code))?;
        if is_right { Ok(()) } else { Err(Code::DriverCodeWrong.into()) }
    }

    fn driver_code(&self) -> Result<Option<DriverCode>, Problem> {
        super::read_mark(&self.store, mark::DRIVER_CODE)
    }

    fn keep_mark(&mut self, name: &str, value: &[u8]) -> Result<(), Problem> {
        match self.store.set_mark(name, value) {
            Err(error) if self.room.makes_way(&error) => Ok(self.store.set_mark(name, value)?),
            kept => Ok(kept?),
        }
    }
}

#[cfg(test)]
mod tests;
