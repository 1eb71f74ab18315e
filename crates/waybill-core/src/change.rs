//! What the office changed in a job since its driver last read it.
//!
//! Only what the office writes is compared: a driver need not be told what the driver did.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::cbor;
use crate::job::{Job, JobSpec, JobStanding};
use crate::time::Window;

/// A job as its driver last read it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Seen {
    #[n(0)]
    pub spec: JobSpec,
    /// From when to when, if at any time in particular.
    #[n(1)]
    pub window: Option<Window>,
    #[n(2)]
    pub standing: String,
    #[n(3)]
    pub note: String,
}

/// What kind of thing the office changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Changed {
    /// The job was not there before.
    Added,
    Cancelled,
    /// Given to another run.
    Moved,
    /// Cancelled or moved before, and planned again.
    Restored,
    Window,
    Address,
    Contact,
    Items,
    Cash,
    Proof,
    Note,
    /// Customer, order number or what is to be done at the door.
    Order,
}

impl Seen {
    /// The job as it stands.
    pub fn of(job: &Job) -> Self {
        Self {
            spec: job.spec.clone(),
            window: job.window,
            standing: job.standing.word().to_owned(),
            note: job.note.clone(),
        }
    }

    /// The digest by which the office knows what was read.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"waybill job 1")
            .chain_update(cbor::encode(self))
            .finalize()
            .into()
    }
}

/// What is different in a job from how its driver last read it. A job that was never read is new, unless
/// the crew itself added it.
pub fn changes(seen: Option<&Seen>, job: &Job) -> Vec<Changed> {
    let Some(seen) = seen else {
        return if job.added.is_none() { vec![Changed::Added] } else { Vec::new() };
    };
    let now = Seen::of(job);
    let (was, is) = (&seen.spec, &now.spec);
    let is_moved = seen.standing != now.standing;
    let head = |spec: &JobSpec| (spec.kind, spec.order.clone(), spec.customer.clone());
    let proof = |spec: &JobSpec| (spec.proof, spec.terms.clone(), spec.delivery_pin.clone());
    [
        (is_moved && job.standing == JobStanding::Cancelled, Changed::Cancelled),
        (is_moved && job.standing == JobStanding::Moved, Changed::Moved),
        (is_moved && job.standing == JobStanding::Planned, Changed::Restored),
        (seen.window != now.window, Changed::Window),
        (was.address != is.address, Changed::Address),
        (was.contact != is.contact, Changed::Contact),
        (was.items != is.items, Changed::Items),
        (was.cash_due != is.cash_due, Changed::Cash),
        (proof(was) != proof(is), Changed::Proof),
        (seen.note != now.note, Changed::Note),
        (head(was) != head(is), Changed::Order),
    ]
    .into_iter()
    .filter_map(|(holds, changed)| holds.then_some(changed))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::samples::job;
    use crate::job::Added;
    use crate::time::Timestamp;

    #[test]
    fn what_the_office_changed_is_named_and_what_the_crew_did_is_not() {
        let before = job("J1");
        let seen = Seen::of(&before);
        assert_eq!(changes(Some(&seen), &before), []);
        assert_eq!(changes(None, &before), [Changed::Added]);
        let mut after = before.clone();
        after.spec.address.line1 = "64 Northgate".to_owned();
        after.window = Some(Window { from_ms: Timestamp(5), to_ms: Timestamp(9) });
        after.standing = JobStanding::Cancelled;
        after.site_note = "Ring at the back".to_owned();
        assert_eq!(
            changes(Some(&seen), &after),
            [Changed::Cancelled, Changed::Window, Changed::Address]
        );
        assert_ne!(seen.digest(), Seen::of(&after).digest());
        after.added = Some(Added::Proposed);
        assert_eq!(changes(None, &after), [], "the crew's own");
    }

    #[test]
    fn what_was_read_reads_back() {
        let seen = Seen::of(&job("J1"));
        assert_eq!(cbor::decode::<Seen>("seen", &cbor::encode(&seen)).unwrap(), seen);
    }
}
