//! What a phone says, through the hub's real intake: changed before it was sealed, and after.

use minicbor::bytes::ByteVec;
use tempfile::TempDir;
use waybill_core::cbor;
use waybill_core::id::Epoch;
use waybill_core::journal::{Genesis, Head};
use waybill_hub::{Asker, Hub};
use waybill_sync::envelope;
use waybill_sync::receipt::Receipt;
use waybill_sync::seal::seal;
use waybill_sync::wire::{SyncDown, SyncUp, Tail};
use waybill_testkit::clock::SeededDice;

use crate::cbor::Node;
use crate::harness::{Fate, Target};
use crate::mutate::{self, below, odd, one};
use crate::seal::{pack, unpack};
use crate::stage::{Stage, folder};

/// The hub's intake, with an enrolled phone that says anything.
pub(crate) struct Up {
    hub: Hub,
    _dir: TempDir,
    message: SyncUp,
    record: Node,
}

fn sample() -> SyncUp {
    envelope::open("sync", &Stage::get().ups[1]).unwrap()
}

/// A fact that is changed a little, at times beyond recognition.
fn fact(dice: &SeededDice, facts: &[ByteVec]) -> Vec<u8> {
    let mut fact = one(dice, facts).to_vec();
    if dice.percent(70)
        && let Some(mut node) = Node::read(&fact)
    {
        node.mutate(dice);
        fact = node.write();
    } else if dice.percent(50) {
        mutate::bytes(dice, &mut fact, &[]);
    }
    fact
}

/// A tail that the phone sealed itself: the chain and the seal hold, whatever the facts say.
fn tail(dice: &SeededDice, facts: &[ByteVec]) -> Tail {
    let stage = Stage::get();
    let epoch = if dice.percent(95) {
        Epoch((1 + dice.below(1 << 20)) << 32 | dice.below(1 << 32))
    } else {
        Epoch(odd(dice))
    };
    let after =
        dice.percent(10).then(|| Genesis { device: stage.device, epoch, after: None }.head());
    let genesis = Genesis { device: stage.device, epoch, after };
    let facts: Vec<_> = (0..=dice.below(2)).map(|_| fact(dice, facts)).collect();
    let first_seq = if dice.percent(95) { 1 } else { odd(dice) };
    let start = Head { seq: first_seq.saturating_sub(1), ..genesis.head() };
    let end = facts.iter().fold(start, |head, fact| head.after(fact));
    let seal = seal(&stage.key, stage.device, end).to_vec().into();
    Tail { genesis, first_seq, facts: facts.into_iter().map(Into::into).collect(), seal }
}

/// A message of which every seal holds.
fn sealed(dice: &SeededDice, sample: &SyncUp) -> Vec<u8> {
    let facts = &sample.tails[0].facts;
    let mut up = sample.clone();
    up.tails = (0..=dice.below(8) / 7).map(|_| tail(dice, facts)).collect();
    if dice.percent(70) {
        up.plans.iter_mut().for_each(|plan| plan.changes.clear());
    }
    for plan in &mut up.plans {
        for change in plan.changes.iter_mut().filter(|_| dice.percent(50)) {
            let mut bytes = change.to_vec();
            mutate::bytes(dice, &mut bytes, &[]);
            *change = bytes.into();
        }
        if dice.percent(10) {
            plan.heads = (0..dice.below(4)).map(|_| vec![7; below(dice, 40)].into()).collect();
        }
    }
    if dice.percent(10) {
        (up.cursor, up.policy) = (odd(dice), u32::try_from(odd(dice)).unwrap_or(u32::MAX));
    }
    pack(&cbor::encode(&up))
}

fn draw(dice: &SeededDice, up: &SyncUp, record: &Node) -> Vec<u8> {
    match dice.below(100) {
        0..30 => sealed(dice, up),
        30..75 => {
            let mut record = record.clone();
            for _ in 0..=dice.below(2) {
                record.mutate(dice);
            }
            pack(&record.write())
        }
        75..90 => {
            let mut message = record.write();
            mutate::bytes(dice, &mut message, &[]);
            pack(&message)
        }
        _ => {
            let mut body = Stage::get().ups[1].clone();
            mutate::bytes(dice, &mut body, &Stage::get().ups);
            body
        }
    }
}

impl Target for Up {
    const NAME: &'static str = "conversation_up";
    const LIFE: u64 = 150;

    fn new() -> Self {
        let dir = folder();
        let hub = Stage::get().hub(&dir.path().join("hub"));
        let record = Node::read(&unpack(&Stage::get().ups[1])).unwrap();
        Self { hub, _dir: dir, message: sample(), record }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        draw(dice, &self.message, &self.record)
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let stage = Stage::get();
        match self.hub.sync(stage.device, input) {
            Ok(answer) => {
                let down: SyncDown = envelope::open("answer", &answer)
                    .map_err(|code| format!("the answer cannot be read: {code}"))?;
                Receipt::open(&down.receipt, stage.hub_key.public(), stage.device)
                    .map_err(|code| format!("the answer's receipt does not hold: {code}"))?;
                Ok(if down.refused.is_empty() { "taken" } else { "tail refused" })
            }
            Err(error) if error.code().http_status() >= 500 => {
                Err(format!("the hub failed: {error}"))
            }
            Err(error) => Ok(error.code().word()),
        }
    }

    fn check(&mut self) -> Result<(), String> {
        let differences = self.hub.check_views().map_err(|error| error.to_string())?;
        if !differences.is_empty() {
            return Err(format!("a rebuild would change {differences:?}"));
        }
        let pages = self.hub.run_page(&Asker::Console, &self.message.plans[0].run_id);
        pages.map(|_| ()).map_err(|error| format!("the office cannot read the run: {error}"))
    }
}

/// The envelope by itself, around both messages.
pub(crate) struct Envelope {
    messages: Vec<Vec<u8>>,
    records: Vec<Node>,
}

impl Target for Envelope {
    const NAME: &'static str = "envelope";

    fn new() -> Self {
        let stage = Stage::get();
        let messages: Vec<_> = stage.ups.iter().chain(&stage.downs).cloned().collect();
        let records = messages.iter().map(|body| Node::read(&unpack(body)).unwrap()).collect();
        Self { messages, records }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        if dice.percent(50) {
            let mut record = one(dice, &self.records).clone();
            record.mutate(dice);
            // Several frames in a row are one stream.
            let message = record.write();
            let (head, tail) = message.split_at(below(dice, message.len() + 1));
            return if dice.percent(90) {
                pack(&message)
            } else {
                [pack(head), pack(tail)].concat()
            };
        }
        let mut body = one(dice, &self.messages).clone();
        if dice.percent(95) {
            mutate::bytes(dice, &mut body, &self.messages);
        } else {
            // A little that becomes very much.
            body = pack(&vec![mutate::byte(dice); below(dice, 6 * 1024 * 1024)]);
        }
        body
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let up = envelope::open::<SyncUp>("sync", input);
        let down = envelope::open::<SyncDown>("answer", input);
        if let Ok(up) = &up {
            let again = envelope::open::<SyncUp>("sync", &envelope::pack(up));
            if again.as_ref() != Ok(up) {
                return Err(format!("a message that was read is written otherwise: {again:?}"));
            }
        }
        match (up, down) {
            (Ok(_), _) | (_, Ok(_)) => Ok("read"),
            (Err(code), _) => Ok(code.word()),
        }
    }
}
