//! A crew's change of the plan, through the guard.
//!
//! What the guard accepts must leave a document that goes on: five more honest writes, saved, loaded,
//! and read the same.

use sha2::{Digest, Sha256};
use waybill_core::id::{Epoch, StoreId};
use waybill_core::plan::{Actor, Author, PlanDoc, PlanRefusal, take_crew_changes};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_testkit::clock::SeededDice;

use crate::harness::{Fate, Target};
use crate::mutate::{self, one};
use crate::stage::{Stage, of};

/// The guard in front of a document of three jobs.
pub(crate) struct Change {
    plan: PlanDoc,
    hub: Actor,
    crew: Vec<Vec<u8>>,
    /// Changes of the hub's, which a crew may not make: pieces of them are spliced in.
    others: Vec<Vec<u8>>,
}

fn crew() -> Actor {
    Actor::device(Stage::get().device, Epoch::after(None, 9))
}

/// Puts magic, checksum and length in front of the inside of a change.
fn close(inside: &[u8]) -> Vec<u8> {
    let mut chunk = vec![1];
    let mut length = inside.len();
    while length >= 0x80 {
        chunk.push(u8::try_from(length & 0x7f).unwrap_or(0) | 0x80);
        length >>= 7;
    }
    chunk.push(u8::try_from(length).unwrap_or(0));
    chunk.extend_from_slice(inside);
    let sum = Sha256::digest(&chunk);
    [&[0x85, 0x6f, 0x4a, 0x83], &sum[..4], chunk.as_slice()].concat()
}

/// The inside of a change: what follows its length.
fn inside(change: &[u8]) -> Vec<u8> {
    let length_bytes = 1 + change[9..].iter().position(|byte| byte & 0x80 == 0).unwrap();
    change[9 + length_bytes..].to_vec()
}

fn changes(document: &[u8], from: &[[u8; 32]]) -> Vec<Vec<u8>> {
    let mut plan = PlanDoc::load(&crew(), document).unwrap();
    plan.changes_since(from).unwrap()
}

impl Target for Change {
    const NAME: &'static str = "plan_change";
    const LIFE: u64 = 50_000;
    const CATCHES: bool = true;

    fn new() -> Self {
        let [before, after] = &Stage::get().plans;
        let hub = Actor::hub(StoreId([9; 16]), 1);
        let mut plan = PlanDoc::load(&hub, before).unwrap();
        let heads = plan.heads();
        let mut others = changes(after, &heads);
        others.extend(changes(before, &[]));
        // One move, two moves, and a move to a far place.
        let mut crew_changes = Vec::new();
        for (job, behind) in [(1, Some(3)), (3, None), (2, Some(3))] {
            let mut doc = PlanDoc::load(&crew(), before).unwrap();
            let behind = behind.map(|job| of(job).job_id);
            doc.move_job(&of(job).job_id, behind.as_ref(), Timestamp(1_000)).unwrap();
            crew_changes.extend(doc.changes_since(&heads).unwrap());
        }
        assert!(!crew_changes.is_empty(), "the crew has changed something");
        Self { plan, hub, crew: crew_changes, others }
    }

    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        let source = if dice.percent(90) { &self.crew } else { &self.others };
        let mut change = one(dice, source).clone();
        if dice.percent(12) {
            mutate::bytes(dice, &mut change, &self.others);
            return change;
        }
        let mut inside = inside(&change);
        let known = inside.len() - inside.len() / 3;
        if dice.percent(50) {
            // The values at the end of a change: what is written, not where and by whom.
            let mut end = inside.split_off(known);
            mutate::bytes(dice, &mut end, &self.others);
            inside.extend(end);
        } else {
            mutate::bytes(dice, &mut inside, &self.others);
        }
        close(&inside)
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let mut plan = self.plan.clone();
        let author = Author { device: Stage::get().device, role: Role::Driver };
        match take_crew_changes(&mut plan, author, &self.hub, &[input]) {
            Ok(false) => Ok("known"),
            Ok(true) => goes_on(plan, &self.hub).map(|()| "accepted"),
            Err(PlanRefusal::Harmful) => Ok("plan_harmful"),
            Err(refusal) => Ok(Code::from(refusal).word()),
        }
    }
}

fn goes_on(mut plan: PlanDoc, hub: &Actor) -> Result<(), String> {
    let wrong = |what: &str| format!("an accepted change left a document that {what}");
    plan.set_writer(hub);
    for turn in 0..5 {
        let at = Timestamp(2_000 + turn);
        let behind = of(1 + usize::try_from(turn).unwrap_or(0) % 2).job_id;
        let moved = plan.move_job(&of(3).job_id, Some(&behind), at);
        moved.map_err(|error| wrong(&format!("takes no more writes: {error}")))?;
    }
    let read = plan.read().map_err(|error| wrong(&format!("is not read: {error}")))?;
    let mut again = PlanDoc::load(hub, &plan.save())
        .map_err(|error| wrong(&format!("does not load: {error}")))?;
    let is_same = again.heads() == plan.heads() && again.read().is_ok_and(|again| again == read);
    if is_same { Ok(()) } else { Err(wrong("reads otherwise once it is loaded")) }
}
