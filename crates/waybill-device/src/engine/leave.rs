//! Signing out: the phone shows nothing more, and goes on sending what is only here. Nothing is lost by it.

use minicbor::{Decode, Encode};
use serde_json::Value;
use waybill_core::cbor;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use super::{Engine, mark};
use crate::api::day::SignIn;
use crate::api::view::{Done, TrustView};
use crate::problem::Problem;

/// What may be asked of a phone that nobody is signed in to.
const FOR_NOBODY: &[&str] = &["start", "trust", "rescue", "sync_now", "sign_in"];
/// After this long the driver's code is not asked for any more: it is another working day, and a code that
/// was forgotten must not keep what is on the phone from whoever has to look at it.
const CODE_LAPSES_MS: i64 = 12 * 3_600_000;

/// When the driver signed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(super) struct SignedOut {
    #[n(0)]
    pub at: Timestamp,
}

impl Engine {
    /// Why a command has to wait, if it has to: nobody is signed in, or a customer has the phone in hand.
    pub(crate) fn holds_back(&self, command: &str, args: &Value) -> Option<Code> {
        if self.signed_out.is_some() && !FOR_NOBODY.contains(&command) {
            return Some(Code::SignedOut);
        }
        self.waits_for_driver(command, args).then_some(Code::HandedOver)
    }

    /// The driver signs out. What is still only on this phone is said, and goes on being sent.
    pub fn sign_out(&mut self) -> Result<TrustView, Problem> {
        self.me()?;
        let signed_out = SignedOut { at: self.clock.read().wall_ms };
        self.keep_mark(mark::SIGNED_OUT, &cbor::encode(&signed_out))?;
        self.signed_out = Some(signed_out);
        Ok(self.trust_view())
    }

    /// The driver signs in again.
    pub fn sign_in(&mut self, sign_in: &SignIn) -> Result<Done, Problem> {
        if self.asks_code_to_sign_in() {
            self.check_code(&sign_in.code)?;
        }
        // A disk that does not take it must not keep the driver out: a kill then asks once more.
        if let Err(problem) = self.drop_mark(mark::SIGNED_OUT) {
            self.contact.trouble = Some(problem.code);
        }
        self.signed_out = None;
        Ok(Done {})
    }

    /// Says whether signing in asks for the driver's code.
    pub(super) fn asks_code_to_sign_in(&self) -> bool {
        let now = self.clock.read().wall_ms;
        let has_lapsed = self.signed_out.is_some_and(|out| now >= out.at.plus_ms(CODE_LAPSES_MS));
        self.signed_out.is_some() && !has_lapsed && self.has_driver_code()
    }
}
