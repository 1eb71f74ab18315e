//! What a phone hears: answers of a hub that went wrong on the way, or that a hub gone wrong signed.

use tempfile::TempDir;
use waybill_core::cbor;
use waybill_core::policy::Policy;
use waybill_device::engine::{Asked, Engine};
use waybill_sync::code::Code;
use waybill_testkit::clock::SeededDice;

use crate::cbor::Node;
use crate::harness::{Fate, Target};
use crate::mutate::{self, below, one};
use crate::seal::{pack, sign_again, unpack};
use crate::stage::{Stage, folder, open_phone};

/// Where the receipt and the policy are in an answer.
const RECEIPT: usize = 3;
const POLICY: usize = 11;
const PARTS: usize = 13;

/// A phone with half a day in it.
pub(crate) struct Down {
    engine: Option<Engine>,
    asked: Asked,
    dir: TempDir,
    answers: Vec<Node>,
}

impl Target for Down {
    const NAME: &'static str = "conversation_down";
    const LIFE: u64 = 250;
    /// A plan that panics the library is not taken.
    const CATCHES: bool = true;

    fn new() -> Self {
        let dir = folder();
        let mut engine = Stage::get().phone(&dir.path().join("phone"));
        let asked = engine.ask().unwrap();
        let answers = Stage::get().downs.iter().map(|body| Node::read(&unpack(body)).unwrap());
        Self { engine: Some(engine), asked, dir, answers: answers.collect() }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let stage = Stage::get();
        let mut answer = one(dice, &self.answers).clone();
        match dice.below(100) {
            // Everything but the receipt: it is not signed, only brought over a safe line.
            0..55 => {
                for _ in 0..=dice.below(2) {
                    let part = below(dice, PARTS);
                    if part != RECEIPT
                        && let Some(part) = answer.at(part)
                    {
                        part.mutate(dice);
                    }
                }
                if dice.percent(15)
                    && let Some(policy) = answer.at(POLICY)
                {
                    let mut record = Node::read(&cbor::encode(&Policy::shipped())).unwrap();
                    record.mutate(dice);
                    *policy = Node::Bytes(record.write());
                }
                pack(&answer.write())
            }
            // A receipt that a hub signed and that says something else.
            55..80 => {
                if let Some(Node::Nested(cose)) = answer.at(RECEIPT) {
                    if let Some(payload) = cose.at(2) {
                        payload.mutate(dice);
                    }
                    sign_again(cose, b"waybill receipt 1", &stage.hub_key);
                }
                pack(&answer.write())
            }
            80..92 => {
                let mut message = answer.write();
                mutate::bytes(dice, &mut message, &[]);
                pack(&message)
            }
            _ => {
                let mut body = one(dice, &stage.downs).clone();
                mutate::bytes(dice, &mut body, &stage.downs);
                body
            }
        }
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let engine = self.engine.as_mut().ok_or("the phone is closed")?;
        let heard = engine.hear(&self.asked, input);
        for run in engine.start_view().runs {
            engine.run_view(&run.run_id).map_err(|problem| format!("no view: {problem:?}"))?;
        }
        match heard {
            Ok(_) => Ok("heard"),
            Err(problem) => match Code::from_word(&problem.code) {
                Some(Code::StoreFailed | Code::StoreFull) => Err(format!("failed: {problem:?}")),
                Some(code) => Ok(code.word()),
                None => Err(format!("a code that nobody has words for: {problem:?}")),
            },
        }
    }

    /// Whatever it heard, the phone opens again and speaks.
    fn check(&mut self) -> Result<(), String> {
        drop(self.engine.take());
        let mut engine = open_phone(&self.dir.path().join("phone"));
        self.asked = engine.ask().map_err(|problem| format!("cannot ask: {problem:?}"))?;
        self.engine = Some(engine);
        Ok(())
    }
}
