//! Mutations of bytes that know nothing of their meaning: bits, slices, lengths, splices.

use waybill_testkit::clock::SeededDice;

/// Numbers at which readers stumble.
const ODD: [u64; 14] = [
    0,
    1,
    0x17,
    0x18,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0xffff,
    0x7fff_ffff,
    0xffff_ffff,
    0x7fff_ffff_ffff_ffff,
    u64::MAX,
];
/// No mutation makes an input longer than this.
const BYTES_MAX: usize = 1024 * 1024;

/// A number below a bound.
pub(crate) fn below(dice: &SeededDice, bound: usize) -> usize {
    usize::try_from(dice.below(bound as u64)).unwrap_or(0)
}

/// One of a list that is not empty.
pub(crate) fn one<'a, T>(dice: &SeededDice, list: &'a [T]) -> &'a T {
    &list[below(dice, list.len())]
}

/// A number at which readers stumble, or any.
pub(crate) fn odd(dice: &SeededDice) -> u64 {
    if dice.percent(80) { *one(dice, &ODD) } else { dice.roll() >> dice.below(64) }
}

pub(crate) fn byte(dice: &SeededDice) -> u8 {
    u8::try_from(dice.roll() & 0xff).unwrap_or(0)
}

/// Mutates a few times; what it splices comes from the other samples.
pub(crate) fn bytes(dice: &SeededDice, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    for _ in 0..=dice.below(3) {
        once(dice, input, others);
    }
    input.truncate(BYTES_MAX);
}

fn range(dice: &SeededDice, length: usize) -> std::ops::Range<usize> {
    let from = below(dice, length + 1);
    let most = if dice.percent(80) { 16 } else { 4_096 };
    from..(from + below(dice, most)).min(length)
}

fn once(dice: &SeededDice, input: &mut Vec<u8>, others: &[Vec<u8>]) {
    let length = input.len();
    let at = below(dice, length.max(1));
    match dice.below(10) {
        0 | 1 if length > 0 => input[at] ^= 1 << dice.below(8),
        2 if length > 0 => input[at] = byte(dice),
        3 if length > 0 => {
            let number = odd(dice);
            let width = 1 << dice.below(4);
            let mut written = number.to_be_bytes();
            if dice.percent(50) {
                written.reverse();
            } else {
                written.rotate_left(8 - width);
            }
            for (to, from) in input[at..].iter_mut().zip(&written[..width]) {
                *to = *from;
            }
        }
        4 => {
            let fresh: Vec<u8> = (0..=dice.below(8)).map(|_| byte(dice)).collect();
            input.splice(at.min(length)..at.min(length), fresh);
        }
        5 => drop(input.drain(range(dice, length))),
        6 => {
            let again = input[range(dice, length)].to_vec();
            let times = if dice.percent(95) { 1 } else { 200 };
            for _ in 0..times {
                input.splice(at.min(length)..at.min(length), again.iter().copied());
            }
        }
        7 => input.truncate(at),
        8 if !others.is_empty() => {
            let other = one(dice, others);
            let piece = other[range(dice, other.len())].to_vec();
            let to = range(dice, length);
            input.splice(to, piece);
        }
        _ => {
            let fill = byte(dice);
            for byte in &mut input[range(dice, length)] {
                *byte = fill;
            }
        }
    }
}
