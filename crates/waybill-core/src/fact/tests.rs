use super::*;
use crate::time::Timestamp;

fn fact(body: &Body) -> Fact {
    let act = Reading { wall_ms: Timestamp(1), zone_min: 0, monotonic_ms: 5 };
    let (run, job) = ("R1".parse().unwrap(), "J1".parse().unwrap());
    Fact::new(run, Some(job), "P1".parse().unwrap(), act, None, body)
}

#[test]
fn a_fact_reads_back_from_its_bytes() {
    let body = Body::Signed(Signed {
        blob: BlobHash([3; 32]),
        name: "Zoë".to_owned(),
        role: SignerRole::Neighbour,
    });
    let written = fact(&body);
    let read = Fact::from_bytes(&written.to_bytes()).unwrap();
    assert_eq!((read.body(), &read), (body, &written));
}

#[test]
fn a_kind_from_a_newer_phone_is_kept_byte_for_byte() {
    let mut newer = fact(&Body::Arrived(Plain {}));
    newer.kind = 900;
    newer.body = b"\x82\x01\x02".to_vec().into();
    let bytes = newer.to_bytes();
    let read = Fact::from_bytes(&bytes).unwrap();
    assert_eq!(read.body(), Body::Unknown { kind: 900 });
    assert_eq!(read.to_bytes(), bytes);
}

#[test]
fn positions_that_a_newer_phone_appends_are_skipped() {
    let mut bytes = fact(&Body::Arrived(Plain {})).to_bytes();
    assert_eq!(bytes[0], 0x87, "a fact is an array of seven");
    bytes[0] = 0x88;
    bytes.push(0x01);
    assert_eq!(Fact::from_bytes(&bytes).unwrap().body(), Body::Arrived(Plain {}));
}

#[test]
fn a_fact_larger_than_the_limit_is_not_read() {
    let text = "x".repeat(FACT_BYTES_MAX);
    assert!(Fact::from_bytes(&fact(&Body::Noted(Noted { text })).to_bytes()).is_err());
}
