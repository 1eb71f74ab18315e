//! The guard in front of the plan document: what a phone sends is checked in a twin before it counts.
//!
//! Automerge checks that replicas converge, not that an edit was allowed, and a hostile change can
//! panic it or leave a document that never loads again. So a change of a crew is taken only if it is
//! small, written under the phone's own name, in turn, touches what a crew may touch, and the
//! document still saves, loads and reads afterwards.

mod paths;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::Change;
use sha2::{Digest, Sha256};

use self::paths::Paths;
use super::chunk;
use super::crew::CREW_JOBS_MAX;
use super::document::{Actor, PlanDoc};
use crate::id::DeviceId;
use crate::job::JOBS_MAX;
use crate::role::Role;

/// The largest change a crew may send: a reorder takes about a hundred bytes, a job at most five
/// thousand.
pub const CHANGE_BYTES_MAX: usize = 16 * 1024;
/// The most changes in one request.
pub const CHANGES_MAX: usize = 1_000;
/// The most single writes in one change: numbering a whole run afresh.
pub const OPS_MAX: usize = JOBS_MAX;

/// Why a crew's changes were not taken. None of them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    #[error("the changes are larger than a plan change may be")]
    TooLarge,
    #[error("a change cannot be read")]
    Malformed,
    #[error("a change is written under a name that is not this phone's")]
    WrongActor,
    #[error("a change is out of turn or builds on something unknown")]
    OutOfTurn,
    #[error("a change touches what a crew may not change")]
    NotAllowed,
    #[error("the document would not survive the change")]
    Harmful,
}

/// Who changed the plan: a phone, which may write under the name of any of its epochs, and what its
/// person is to the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    pub device: DeviceId,
    pub role: Role,
}

/// Takes a phone's changes into the document, all or none. What it holds already is passed over.
///
/// `writer` is the name under which the document stays open here.
pub fn take_crew_changes(
    plan: &mut PlanDoc,
    author: Author,
    writer: &Actor,
    changes: &[impl AsRef<[u8]>],
) -> Result<bool, PlanRefusal> {
    if changes.len() > CHANGES_MAX
        || changes.iter().any(|change| change.as_ref().len() > CHANGE_BYTES_MAX)
    {
        return Err(PlanRefusal::TooLarge);
    }
    // The library may panic on hostile bytes. Everything happens in a twin, which is then dropped.
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let mut twin = plan.clone();
        let (fresh, adds_jobs) = read_fresh(&mut twin, author, changes)?;
        if fresh.is_empty() {
            return Ok(None);
        }
        prove(&mut twin, writer, fresh, adds_jobs).map(Some)
    }));
    match checked {
        Ok(Ok(Some(proven))) => {
            *plan = proven;
            Ok(true)
        }
        Ok(Ok(None)) => Ok(false),
        Ok(Err(refusal)) => Err(refusal),
        Err(_) => Err(PlanRefusal::Harmful),
    }
}

/// Reads the changes that the document lacks and checks each without applying it. Says too whether they
/// add jobs.
fn read_fresh(
    twin: &mut PlanDoc,
    author: Author,
    changes: &[impl AsRef<[u8]>],
) -> Result<(Vec<Change>, bool), PlanRefusal> {
    let mut paths = Paths::of(twin).map_err(|_| PlanRefusal::Harmful)?;
    let jobs_before = paths.count_jobs();
    let (mut last_seqs, mut max_op) = (BTreeMap::new(), 0);
    for meta in twin.doc.get_changes_meta(&[]) {
        max_op = meta.max_op.max(max_op);
        let last = last_seqs.entry(meta.actor.to_bytes().to_vec()).or_insert(0);
        *last = meta.seq.max(*last);
    }
    let mut fresh: Vec<Change> = Vec::new();
    for bytes in changes {
        let bytes = bytes.as_ref();
        if !is_plain_change(bytes) {
            return Err(PlanRefusal::Malformed);
        }
        chunk::check(bytes)?;
        let change = Change::from_bytes(bytes.to_vec()).map_err(|_| PlanRefusal::Malformed)?;
        if twin.doc.get_change_meta_by_hash(&change.hash()).is_some() {
            continue;
        }
        if !Actor::is_of_device(change.actor_id(), author.device) {
            return Err(PlanRefusal::WrongActor);
        }
        if change.len() > OPS_MAX {
            return Err(PlanRefusal::TooLarge);
        }
        let deps_known = change.deps().iter().all(|dep| {
            fresh.iter().any(|change| change.hash() == *dep)
                || twin.doc.get_change_meta_by_hash(dep).is_some()
        });
        let last_seq = last_seqs.entry(change.actor_id().to_bytes().to_vec()).or_insert(0);
        if change.seq() != *last_seq + 1 || !deps_known || change.start_op().get() > max_op + 1 {
            return Err(PlanRefusal::OutOfTurn);
        }
        paths.check(author, &change)?;
        *last_seq = change.seq();
        max_op = change.max_op().max(max_op);
        fresh.push(change);
    }
    Ok((fresh, paths.count_jobs() > jobs_before))
}

/// Says whether the bytes are one uncompressed change with its checksum right.
///
/// The library inflates before it looks and does not check the checksum of a single change. A chunk
/// is: 4 bytes of magic, 4 of checksum, then kind, length and body, which the checksum is over.
fn is_plain_change(bytes: &[u8]) -> bool {
    const PLAIN: u8 = 1;
    let (Some(sum), Some(rest)) = (bytes.get(4..8), bytes.get(8..)) else {
        return false;
    };
    rest.first() == Some(&PLAIN) && Sha256::digest(rest).get(..4) == Some(sum)
}

/// Applies the changes, and shows that the result saves, loads and reads the same.
fn prove(
    twin: &mut PlanDoc,
    writer: &Actor,
    fresh: Vec<Change>,
    adds_jobs: bool,
) -> Result<PlanDoc, PlanRefusal> {
    twin.take(fresh).map_err(|_| PlanRefusal::Malformed)?;
    let plan = twin.read().map_err(|_| PlanRefusal::Harmful)?;
    let added = plan.jobs.iter().filter(|job| job.added.is_some()).count();
    if adds_jobs && (plan.jobs.len() > JOBS_MAX || added > CREW_JOBS_MAX) {
        return Err(PlanRefusal::TooLarge);
    }
    let mut again = PlanDoc::load(writer, &twin.save()).map_err(|_| PlanRefusal::Harmful)?;
    let same = again.heads() == twin.heads() && again.read().is_ok_and(|read| read == plan);
    if same { Ok(again) } else { Err(PlanRefusal::Harmful) }
}
