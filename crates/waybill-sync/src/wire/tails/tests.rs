use waybill_core::cbor;
use waybill_core::id::{DeviceId, Epoch};
use waybill_core::time::Timestamp;

use super::*;
use crate::envelope;
use crate::limits::{FACTS_MAX, TAIL_BYTES_MAX};
use crate::wire::{SyncUp, VERSION};

fn tails(count: usize, facts: usize, bytes: usize) -> Vec<Tail> {
    let genesis = Genesis { device: DeviceId([1; 16]), epoch: Epoch::after(None, 1), after: None };
    let facts = vec![vec![0xff; bytes].into(); facts];
    vec![Tail { genesis, first_seq: 1, facts, seal: vec![7; 64].into() }; count]
}

fn up(tails: Vec<Tail>) -> SyncUp {
    let (plans, blobs) = (vec![], vec![]);
    let at = Timestamp(1);
    SyncUp {
        version: VERSION,
        at,
        tails,
        plans,
        blobs,
        cursor: 0,
        policy: 1,
        store: None,
        wants_own: None,
    }
}

fn open(tails: Vec<Tail>) -> Result<SyncUp, Code> {
    envelope::open("sync", &envelope::pack(&up(tails)))
}

/// Reads tails and says how many bytes of facts were made on the way.
fn made(tails: &Vec<Tail>) -> (bool, usize) {
    let (bytes, mut room) = (cbor::encode(tails), Room::of_message());
    let is_read = read(&mut Decoder::new(&bytes), &mut room).is_ok();
    (is_read, TAIL_BYTES_MAX - room.bytes_left())
}

#[test]
fn tails_come_back_as_they_were() {
    let tails = [tails(1, 3, 40), tails(2, 0, 0)].concat();
    assert_eq!(open(tails.clone()), Ok(up(tails)));
}

#[test]
fn a_few_bytes_do_not_unpack_to_very_much() {
    let bomb = tails(65, 1_000, 4_000);
    assert!(envelope::pack(&up(bomb.clone())).len() < 4_096, "it is small on the wire");
    assert_eq!(made(&bomb), (false, 0), "so many tails are not looked into");
    assert_eq!(open(bomb), Err(Code::BodyTooLarge));

    let one = tails(1, 1_000, 4_000);
    assert_eq!(made(&one), (false, 0), "its columns are beyond the room before a fact is made");
    assert_eq!(open(one), Err(Code::BodyTooLarge));

    let shared = tails(TAILS_MAX, 15, 4_000);
    assert_eq!(made(&shared), (false, 8 * 15 * 4_000), "eight tails fit, and the ninth ends it");
    assert_eq!(open(shared), Err(Code::BodyTooLarge));
}

#[test]
fn all_tails_together_hold_no_more_facts_than_a_request_may() {
    assert!(open(tails(2, FACTS_MAX / 2, 8)).is_ok());
    assert_eq!(open(tails(2, FACTS_MAX / 2 + 1, 8)), Err(Code::BodyTooLarge));
    assert!(open(tails(TAILS_MAX, 1, 8)).is_ok());
    assert_eq!(open(tails(TAILS_MAX + 1, 1, 8)), Err(Code::BodyTooLarge));
}
