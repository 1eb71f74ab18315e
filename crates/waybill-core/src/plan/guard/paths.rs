//! Which places of the document a crew may write, by role: where a job stands in the run, what is to be
//! known about its site, where its entrance is, and a job of its own, whole and once.
//!
//! It is read off the operations and not off the difference they make, because a write that loses
//! today may win tomorrow.

use std::collections::{BTreeMap, BTreeSet};

use automerge::legacy::{Key, ObjectId, Op, OpType};
use automerge::{Change, ObjType, ReadDoc, ScalarValue};

use super::{Author, PlanRefusal};
use crate::cbor;
use crate::id::JobId;
use crate::job::{Added, JobSpec, JobStanding, Pin, SITE_NOTE_BYTES_MAX, check_crew_spec};
use crate::plan::crew::id_prefix;
use crate::plan::document::{PlanDoc, PlanError};
use crate::role::{Act, Role};

/// What a job that a crew adds says of itself; less is no job, and more is not the crew's to say.
const FIRST_WORDS: [&str; 4] = ["added", "rank", "spec", "standing"];

/// The places of a document that jobs have, with those that changes before this one have made.
pub(super) struct Paths {
    /// The map of jobs, written as Automerge writes it.
    table: String,
    job_ids: BTreeSet<String>,
    /// The map of each job.
    jobs: BTreeSet<String>,
}

impl Paths {
    pub(super) fn of(plan: &PlanDoc) -> Result<Self, PlanError> {
        let table = plan.jobs_table()?;
        let entries = || plan.doc.map_range(&table, ..);
        Ok(Self {
            job_ids: entries().map(|entry| entry.key.to_string()).collect(),
            jobs: entries().map(|entry| entry.id().to_string()).collect(),
            table: table.to_string(),
        })
    }

    /// How many jobs there are, with those that were checked.
    pub(super) fn count_jobs(&self) -> usize {
        self.job_ids.len()
    }

    /// Checks every operation of a change.
    pub(super) fn check(&mut self, author: Author, change: &Change) -> Result<(), PlanRefusal> {
        let mut made: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (op, counter) in change.decode().operations.iter().zip(change.start_op().get()..) {
            let (ObjectId::Id(object), Key::Map(key), false) = (&op.obj, &op.key, op.insert) else {
                return Err(PlanRefusal::NotAllowed);
            };
            let object = format!("{}@{}", object.counter(), object.actor());
            match &op.action {
                OpType::Make(ObjType::Map) if object == self.table => {
                    self.check_new_job(author, key, op)?;
                    let map = format!("{counter}@{}", change.actor_id());
                    made.insert(map, BTreeSet::new());
                }
                OpType::Put(value) => {
                    if let Some(words) = made.get_mut(&object) {
                        check_first_word(key, value)?;
                        words.insert(key.to_string());
                    } else if self.jobs.contains(&object) {
                        check_word(author.role, key, value)?;
                    } else {
                        return Err(PlanRefusal::NotAllowed);
                    }
                }
                OpType::Make(_)
                | OpType::Delete
                | OpType::Increment(_)
                | OpType::MarkBegin(_)
                | OpType::MarkEnd(_) => return Err(PlanRefusal::NotAllowed),
            }
        }
        let is_whole = |words: &BTreeSet<String>| words.iter().eq(FIRST_WORDS.iter());
        if !made.values().all(is_whole) {
            return Err(PlanRefusal::NotAllowed);
        }
        self.jobs.extend(made.into_keys());
        Ok(())
    }

    /// A job is made once, under a name that only its device may give.
    fn check_new_job(&mut self, author: Author, key: &str, op: &Op) -> Result<(), PlanRefusal> {
        let is_own = key.starts_with(&id_prefix(author.device)) && key.parse::<JobId>().is_ok();
        let may = is_own && author.role.may(Act::AddJob) && op.pred.is_empty();
        if may && self.job_ids.insert(key.to_owned()) {
            Ok(())
        } else {
            Err(PlanRefusal::NotAllowed)
        }
    }
}

/// What a crew may write of a job that is there.
fn check_word(role: Role, key: &str, value: &ScalarValue) -> Result<(), PlanRefusal> {
    let is_allowed = match (key, value) {
        ("rank", ScalarValue::Int(_)) => role.may(Act::ReorderRun),
        ("site_note", ScalarValue::Str(text)) if text.len() > SITE_NOTE_BYTES_MAX => {
            return Err(PlanRefusal::TooLarge);
        }
        ("site_note", ScalarValue::Str(_)) => role.may(Act::NoteSite),
        ("pin", ScalarValue::Bytes(bytes)) => role.may(Act::ProposePin) && is_good_pin(bytes),
        _ => false,
    };
    if is_allowed { Ok(()) } else { Err(PlanRefusal::NotAllowed) }
}

/// What a crew says of a job that it adds.
fn check_first_word(key: &str, value: &ScalarValue) -> Result<(), PlanRefusal> {
    let is_allowed = match (key, value) {
        ("rank", ScalarValue::Int(_)) => true,
        ("standing", ScalarValue::Str(word)) => *word == JobStanding::Planned.word(),
        ("added", ScalarValue::Str(word)) => *word == Added::Proposed.word(),
        ("spec", ScalarValue::Bytes(bytes)) => is_good_spec(bytes),
        _ => false,
    };
    if is_allowed { Ok(()) } else { Err(PlanRefusal::NotAllowed) }
}

/// What is written must be written in the one way in which it is read and written again.
fn is_good_pin(bytes: &[u8]) -> bool {
    cbor::decode::<Pin>("pin", bytes).is_ok_and(|pin| pin.is_good() && cbor::encode(&pin) == bytes)
}

fn is_good_spec(bytes: &[u8]) -> bool {
    cbor::decode::<JobSpec>("job", bytes)
        .is_ok_and(|spec| check_crew_spec(&spec).is_empty() && cbor::encode(&spec) == bytes)
}
