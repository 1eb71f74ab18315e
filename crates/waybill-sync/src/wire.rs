//! The messages of `POST /v1/sync`, version 1. One of each is a whole conversation.
//!
//! Positions are never reused. A newer side appends; an older one skips what it does not know.

mod tails;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use waybill_core::id::{BlobHash, DeviceId, Epoch, RunId, StoreId};
use waybill_core::journal::{Genesis, Head};
use waybill_core::plan::CHANGES_MAX;
use waybill_core::time::Timestamp;

use crate::limits::{BLOBS_MAX, HEADS_MAX, RUNS_MAX};

/// The version of the messages.
pub const VERSION: u32 = 1;

/// What a phone says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SyncUp {
    #[n(0)]
    pub version: u32,
    /// The phone's clock, so that the hub can tell how far off it is.
    #[n(1)]
    pub at: Timestamp,
    /// The journal's tail that no receipt has named yet, oldest epoch first.
    #[n(2)]
    #[cbor(decode_with = "tails::decode")]
    pub tails: Vec<Tail>,
    /// Every run this phone holds, with the changes made here.
    #[n(3)]
    #[cbor(decode_with = "at_most::<RUNS_MAX, PlanUp, _>")]
    pub plans: Vec<PlanUp>,
    /// Evidence that no receipt has named yet.
    #[n(4)]
    #[cbor(decode_with = "at_most::<BLOBS_MAX, BlobHash, _>")]
    pub blobs: Vec<BlobHash>,
    /// Up to where other phones' facts have been read.
    #[n(5)]
    pub cursor: u64,
    #[n(6)]
    pub policy: u32,
    /// The hub's store as this phone knows it.
    #[n(7)]
    pub store: Option<StoreMark>,
    /// The phone's store was damaged: it asks for facts of its own among the news. Not said otherwise.
    #[n(8)]
    pub wants_own: Option<bool>,
}

/// Which life of which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct StoreMark {
    #[n(0)]
    pub store: StoreId,
    #[n(1)]
    pub epoch: u64,
}

/// A piece of a journal: facts in a row, and a seal on the last. It is read only as part of a message,
/// because all tails of one share what room there is.
#[derive(Debug, Clone, PartialEq, Eq, Encode)]
pub struct Tail {
    #[n(0)]
    pub genesis: Genesis,
    /// The number of the first fact here.
    #[n(1)]
    pub first_seq: u64,
    /// The facts' canonical bytes, laid out as columns. Their hashes are not sent: the reader
    /// computes them.
    #[n(2)]
    #[cbor(encode_with = "tails::pack_facts")]
    pub facts: Vec<ByteVec>,
    /// The device's seal on the journal up to the last fact here.
    #[n(3)]
    pub seal: ByteVec,
}

/// One run's plan as a phone holds it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PlanUp {
    #[n(0)]
    pub run_id: RunId,
    /// The newest changes that the phone holds of what the hub sent.
    #[n(1)]
    #[cbor(decode_with = "at_most::<HEADS_MAX, ByteVec, _>")]
    pub heads: Vec<ByteVec>,
    /// Changes made on this phone that the hub has not confirmed.
    #[n(2)]
    #[cbor(decode_with = "at_most::<CHANGES_MAX, ByteVec, _>")]
    pub changes: Vec<ByteVec>,
}

/// Reads a list of no more than so many. A list of nothings costs a byte each on the wire and many
/// times that in memory, so it is not read to its end first and counted then.
fn at_most<'b, const MOST: usize, T: Decode<'b, C>, C>(
    decoder: &mut minicbor::Decoder<'b>,
    context: &mut C,
) -> Result<Vec<T>, minicbor::decode::Error> {
    let mut list = Vec::new();
    for item in decoder.array_iter_with(context)? {
        if list.len() == MOST {
            return Err(minicbor::decode::Error::message("a list is longer than it may be"));
        }
        list.push(item?);
    }
    Ok(list)
}

/// What the hub answers.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SyncDown {
    #[n(0)]
    pub version: u32,
    #[n(1)]
    pub store: StoreMark,
    #[n(2)]
    pub at: Timestamp,
    /// The signed receipt.
    #[n(3)]
    pub receipt: ByteVec,
    /// Tails that were not taken, and why. What is not named here is in the receipt.
    #[n(4)]
    pub refused: Vec<TailRefused>,
    /// Facts that were taken and are not simply accepted.
    #[n(5)]
    pub verdicts: Vec<FactVerdict>,
    #[n(6)]
    pub plans: Vec<PlanDown>,
    /// Runs that this phone has no business with any more.
    #[n(7)]
    pub runs_left: Vec<RunId>,
    /// Facts of other phones for the runs in scope.
    #[n(8)]
    pub news: Vec<News>,
    #[n(9)]
    pub cursor: u64,
    /// Of the blobs offered, those the hub lacks, in the order in which it wants them.
    #[n(10)]
    pub wanted: Vec<BlobHash>,
    /// The policy, if the phone's is another.
    #[n(11)]
    pub policy: Option<ByteVec>,
    /// Something was left out at a limit: ask again at once.
    #[n(12)]
    pub has_more: bool,
    /// Where there is a policy: those between the phone's and it, for facts are judged by the one they name.
    #[n(13)]
    pub policies_between: Option<Vec<ByteVec>>,
}

/// A tail that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct TailRefused {
    #[n(0)]
    pub epoch: Epoch,
    #[n(1)]
    pub code: String,
    /// Up to where the hub holds the epoch, so that the phone can close a gap.
    #[n(2)]
    pub held_seq: u64,
}

/// What the hub decided about one fact.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FactVerdict {
    #[n(0)]
    pub epoch: Epoch,
    #[n(1)]
    pub seq: u64,
    #[n(2)]
    pub verdict: Verdict,
    #[n(3)]
    pub code: String,
}

/// The hub keeps every fact. It does not count every fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Verdict {
    /// It counts.
    #[n(0)]
    Accepted,
    /// It waits for something it builds on.
    #[n(1)]
    Parked,
    /// It breaks a rule; it is kept for somebody to look at, here and there.
    #[n(2)]
    Quarantined,
}

impl Verdict {
    /// The verdict's word, the same in SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Parked => "parked",
            Self::Quarantined => "quarantined",
        }
    }
}

/// One run's plan as the hub has it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct PlanDown {
    #[n(0)]
    pub run_id: RunId,
    /// The whole document, for a phone that has none or that must begin again.
    #[n(1)]
    pub document: Option<ByteVec>,
    /// The changes that the phone lacks.
    #[n(2)]
    pub changes: Vec<ByteVec>,
    /// The newest changes after this.
    #[n(3)]
    pub heads: Vec<ByteVec>,
    /// Why the phone's own changes were not taken. The phone begins again from `document`.
    #[n(4)]
    pub refused: Option<String>,
}

/// A fact of another phone. It was checked by the hub.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct News {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub head: Head,
    #[n(2)]
    pub fact: ByteVec,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_longer_than_it_may_be_is_not_read_to_its_end() {
        let plan = |heads: usize| PlanUp {
            run_id: "R1".parse().unwrap(),
            heads: vec![ByteVec::from(vec![]); heads],
            changes: vec![],
        };
        let read = |plan: &PlanUp| {
            waybill_core::cbor::decode::<PlanUp>("plan", &waybill_core::cbor::encode(plan))
        };
        assert_eq!(read(&plan(HEADS_MAX)).unwrap(), plan(HEADS_MAX));
        assert!(read(&plan(HEADS_MAX + 1)).is_err());
    }
}
