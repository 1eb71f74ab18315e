use super::*;

/// A change of one column.
fn change(spec: u8, column: &[u8]) -> Vec<u8> {
    let length = u8::try_from(column.len()).unwrap();
    // No dependency, no name, three small numbers, no message, nobody else, one column.
    let head = [0, 0, 1, 1, 0, 0, 0, 1, spec, length];
    [&[0; LENGTH_AT], &[0][..], &head, column].concat()
}

#[test]
fn what_is_counted_must_be_possible() {
    let two_billion = [0x80, 0x80, 0x80, 0x80, 0x08];
    let run = [&two_billion[..], &[0]].concat();
    for spec in [0x70, 0x01, 0x02, 0x56, 0x73] {
        assert_eq!(check(&change(spec, &run)), Err(PlanRefusal::TooLarge), "{spec:#x}");
        assert_eq!(check(&change(spec, &[3, 0])), Ok(()), "{spec:#x}");
    }
    assert_eq!(check(&change(0x34, &two_billion)), Err(PlanRefusal::TooLarge), "a switch");
    let nothings = [&[0], &two_billion[..]].concat();
    assert_eq!(check(&change(0x01, &nothings)), Err(PlanRefusal::TooLarge), "of none");
}

#[test]
fn what_is_named_must_be_there() {
    let text = |length: &[u8]| [&[0x7f], length, b"rank".as_slice()].concat();
    assert_eq!(check(&change(0x15, &text(&[4]))), Ok(()));
    let long = text(&[0x9d, 0xbd, 0xc8, 0x5e]);
    assert_eq!(check(&change(0x15, &long)), Err(PlanRefusal::Malformed), "a text of 198 MB");
    let cut = change(0x15, &text(&[4]));
    for end in 0..cut.len() - 1 {
        assert!(check(&cut[..end]).is_err(), "{end}");
    }
}

#[test]
fn numbers_with_a_sign_are_read_as_they_are_written() {
    let written: [(&[u8], i64); 6] = [
        (&[0x00], 0),
        (&[0x7f], -1),
        (&[0x3f], 63),
        (&[0x40], -64),
        (&[0xc0, 0x00], 64),
        (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f], i64::MIN),
    ];
    for (bytes, value) in written {
        assert_eq!(Reader(bytes).signed(), Some(value), "{bytes:x?}");
    }
}
