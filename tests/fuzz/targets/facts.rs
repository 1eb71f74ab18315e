//! Facts as bytes and as columns.

use waybill_core::fact::Fact;
use waybill_sync::columns::{Room, pack, unpack};
use waybill_sync::envelope;
use waybill_sync::wire::SyncUp;
use waybill_testkit::clock::SeededDice;

use crate::cbor::Node;
use crate::harness::{Fate, Target};
use crate::mutate::{self, one};
use crate::stage::Stage;

/// A day's facts, by themselves and packed.
pub(crate) struct Columns {
    facts: Vec<Vec<u8>>,
    packs: Vec<Vec<u8>>,
}

impl Target for Columns {
    const NAME: &'static str = "facts";

    fn new() -> Self {
        let up: SyncUp = envelope::open("sync", &Stage::get().ups[1]).unwrap();
        let facts: Vec<_> = up.tails[0].facts.iter().map(|fact| fact.to_vec()).collect();
        let packs = (1..=facts.len()).map(|count| pack(&facts[..count])).collect();
        Self { facts, packs }
    }

    /// The first byte says whether columns or a fact follow.
    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        if dice.percent(60) {
            let mut columns = one(dice, &self.packs).clone();
            mutate::bytes(dice, &mut columns, &self.packs);
            return [vec![1], columns].concat();
        }
        let mut fact = one(dice, &self.facts).clone();
        if dice.percent(60)
            && let Some(mut node) = Node::read(&fact)
        {
            node.mutate(dice);
            fact = node.write();
        } else {
            mutate::bytes(dice, &mut fact, &self.facts);
        }
        [vec![0], fact].concat()
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        match input.split_first() {
            Some((1, columns)) => {
                let facts = match unpack(columns, &mut Room::of_message()) {
                    Ok(facts) => facts,
                    Err(code) => return Ok(code.word()),
                };
                // They need not fit a message once they are written by us: only then they must be equal.
                match unpack(&pack(&facts), &mut Room::of_message()) {
                    Ok(again) if again != facts => Err("packing lost something".to_owned()),
                    _ => Ok("unpacked"),
                }
            }
            Some((_, bytes)) => {
                let facts = [bytes, self.facts[0].as_slice(), bytes];
                match unpack(&pack(&facts), &mut Room::of_message()) {
                    Ok(again) if again == facts => {}
                    other => return Err(format!("a fact does not travel: {other:?}")),
                }
                let Ok(fact) = Fact::from_bytes(bytes) else {
                    return Ok("no fact");
                };
                let (body, read) = (fact.body(), Fact::from_bytes(&fact.to_bytes()));
                if read.is_ok_and(|read| read == fact && read.body() == body) {
                    Ok("fact")
                } else {
                    Err(format!("{fact:?} is written otherwise than it was read"))
                }
            }
            None => Ok("nothing"),
        }
    }
}
