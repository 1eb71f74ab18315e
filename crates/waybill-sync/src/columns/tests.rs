use proptest::prelude::*;
use waybill_core::fact::{Body, Delivered, Fact, LineOutcome, Noted, Plain};
use waybill_core::place::{Fix, LatLon, Provider};
use waybill_core::proof::Method;
use waybill_core::time::{Reading, Timestamp};

use super::*;

fn unpack(bytes: &[u8]) -> Result<Vec<Vec<u8>>, Code> {
    super::unpack(bytes, &mut Room::of_message())
}

fn day(count: usize) -> Vec<Vec<u8>> {
    let fact = |at: usize| {
        let step = i64::try_from(at).unwrap();
        let act = Reading {
            wall_ms: Timestamp(1_795_154_400_000 + step * 61_337),
            zone_min: 0,
            monotonic_ms: u64::try_from(5_000 + step * 61_337).unwrap(),
        };
        let wobble = i32::try_from(at % 13).unwrap() * 17;
        let place = LatLon { lat_e6: 53_706_590 + wobble, lon_e6: -1_484_500 - wobble };
        let fix =
            Fix { at: place, accuracy_m: 12, age_ms: 900, provider: Provider::Gps, is_mock: false };
        let line = LineOutcome {
            item_id: "1".parse().unwrap(),
            delivered: 3,
            refused: 1,
            damaged: 0,
            missing: 0,
            substituted: None,
            why: None,
        };
        let body = match at % 3 {
            0 => Body::Arrived(Plain {}),
            1 => Body::Noted(Noted { text: format!("left at gate {}", at % 7) }),
            _ => Body::Delivered(Delivered {
                lines: vec![line],
                policy: 1,
                method: Method::Recipient,
            }),
        };
        let job = format!("R1-J{:03}", at / 3).parse().unwrap();
        let fix = (at % 5 != 4).then_some(fix);
        Fact::new("R1".parse().unwrap(), Some(job), "priya".parse().unwrap(), act, fix, &body)
            .to_bytes()
    };
    (0..count).map(fact).collect()
}

#[test]
fn a_day_comes_back_byte_for_byte_and_smaller() {
    let facts = day(480);
    let packed = pack(&facts);
    assert_eq!(unpack(&packed).as_ref(), Ok(&facts));
    let rows: Vec<u8> = facts.concat();
    let squeeze = |bytes: &[u8]| zstd::bulk::compress(bytes, 12).unwrap().len();
    let (columns, rows) = (squeeze(&packed), squeeze(&rows));
    assert!(columns * 2 < rows, "{columns} bytes as columns, {rows} as rows");
}

#[test]
fn no_facts_are_a_pack_too() {
    assert_eq!(unpack(&pack(&Vec::<Vec<u8>>::new())), Ok(vec![]));
}

#[test]
fn what_is_not_ours_travels_as_it_is() {
    let odd: [&[u8]; 7] = [
        b"",
        b"not cbor at all",
        b"\xff\xff\xff",
        b"\x9f\x01\xff",     // an array without an end said in front
        b"\x82\x18\x01\x02", // a number not written in its shortest form
        b"\xa1\x01\x02",     // a map
        b"\x81\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    assert_eq!(unpack(&pack(&odd)), Ok(odd.iter().map(|fact| fact.to_vec()).collect()));
    let deep = [vec![0x81; 200], vec![0x01]].concat();
    assert_eq!(unpack(&pack(&[&deep])), Ok(vec![deep]));
}

#[test]
fn more_shapes_than_a_pack_may_have_still_come_back() {
    let facts: Vec<Vec<u8>> = (1..=120_u16)
        .map(|length| {
            let mut encoder = minicbor::Encoder::new(Vec::new());
            encoder.array(u64::from(length)).unwrap();
            for item in 0..length {
                encoder.u16(item).unwrap();
            }
            encoder.into_writer()
        })
        .collect();
    assert_eq!(unpack(&pack(&facts)), Ok(facts));
}

#[test]
fn a_pack_that_makes_much_out_of_little_is_refused() {
    // One whole value of 32 KiB, then 999 that share all of it.
    let facts = vec![vec![0xff_u8; 32 * 1024]; 1_000];
    assert_eq!(unpack(&pack(&facts)), Err(Code::BodyTooLarge));
}

#[test]
fn what_is_made_of_places_alone_is_counted_too() {
    // Facts of nothing but nulls: no column holds them, and each takes one byte here.
    let fact = [&[0x99, 0x0b, 0x00][..], &[0xf6; 0x0b00]].concat();
    let packed = pack(&vec![fact; 1_000]);
    assert!(packed.len() < 8 * 1024);
    assert_eq!(unpack(&packed), Err(Code::BodyTooLarge));
}

#[test]
fn packs_of_one_message_share_their_room() {
    let (mut room, packed) = (Room::of_message(), pack(&day(480)));
    let bytes: usize = day(480).iter().map(Vec::len).sum();
    for round in 1..=2 {
        assert!(super::unpack(&packed, &mut room).is_ok());
        assert_eq!(room.bytes_left(), TAIL_BYTES_MAX - round * bytes);
    }
    assert_eq!(super::unpack(&packed, &mut room), Err(Code::BodyTooLarge), "1,440 facts");
}

proptest! {
    #[test]
    fn any_bytes_come_back(facts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..40)) {
        prop_assert_eq!(unpack(&pack(&facts)), Ok(facts));
    }

    #[test]
    fn a_pack_that_somebody_made_up_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(facts) = unpack(&bytes) {
            prop_assert!(facts.len() <= FACTS_MAX);
        }
    }

    #[test]
    fn a_changed_pack_is_read_or_refused(at in any::<prop::sample::Index>(), flip in 1_u8..) {
        let mut packed = pack(&day(40));
        let at = at.index(packed.len());
        packed[at] ^= flip;
        if let Ok(facts) = unpack(&packed) {
            prop_assert!(facts.len() <= FACTS_MAX);
        }
    }
}
