//! One column: the values of one place, written as what differs from the one before.

use super::shape::{Kind, Leaf};
use crate::code::Code;

/// How many earlier number columns are tried as a partner.
const PARTNERS: usize = 8;

/// The values of one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Column {
    rows: Vec<usize>,
    leaves: Vec<Leaf>,
}

impl Column {
    pub(super) fn push(&mut self, row: usize, leaf: Leaf) {
        self.rows.push(row);
        self.leaves.push(leaf);
    }

    pub(super) fn leaf(&self, at: usize) -> Option<&Leaf> {
        self.leaves.get(at)
    }

    /// A column never mixes two kinds, so the first value tells.
    fn is_of_numbers(&self) -> bool {
        matches!(self.leaves.first(), Some(Leaf::Int(_)))
    }

    fn numbers(&self) -> Option<Vec<i64>> {
        let number = |leaf: &Leaf| if let Leaf::Int(value) = leaf { Some(*value) } else { None };
        self.leaves.iter().map(number).collect()
    }

    /// The values of an earlier column in the rows of this one, if it has them all.
    fn partner(&self, rows: &[usize]) -> Option<Vec<i64>> {
        let numbers = self.numbers()?;
        let at = |row: &usize| {
            let index = self.rows.binary_search(row).ok()?;
            numbers.get(index).copied()
        };
        rows.iter().map(at).collect()
    }

    pub(super) fn write(&self, before: &[&Self], bytes: &mut Vec<u8>) {
        if let Some(numbers) = self.numbers() {
            write_numbers(&numbers, &self.rows, before, bytes);
            return;
        }
        let mut last: &[u8] = &[];
        for leaf in &self.leaves {
            let (Leaf::Text(value) | Leaf::Bytes(value)) = leaf else { continue };
            let shared = last.iter().zip(value).take_while(|(a, b)| a == b).count();
            let rest = value.get(shared..).unwrap_or_default();
            varint::put(bytes, shared as u64);
            varint::put(bytes, rest.len() as u64);
            bytes.extend_from_slice(rest);
            last = value;
        }
    }

    pub(super) fn read(
        kind: Kind,
        rows: Vec<usize>,
        before: &[Self],
        reader: &mut Reader<'_>,
        room: &mut usize,
    ) -> Result<Self, Code> {
        let leaves = match kind {
            Kind::Int => read_numbers(&rows, before, reader)?,
            Kind::Text | Kind::Bytes => read_words(kind, rows.len(), reader, room)?,
        };
        Ok(Self { rows, leaves })
    }
}

/// Numbers as differences: to the one before, or of the distance to another column of the same row.
/// Whichever is written in fewer bytes is taken; the first byte says which.
fn write_numbers(numbers: &[i64], rows: &[usize], before: &[&Column], bytes: &mut Vec<u8>) {
    let mut best = (0, differences(numbers, None));
    let earlier = before.iter().rev().filter(|column| column.is_of_numbers());
    for (index, column) in earlier.take(PARTNERS).enumerate() {
        if let Some(partner) = column.partner(rows) {
            let tried = differences(numbers, Some(&partner));
            if tried.len() < best.1.len() {
                best = (index + 1, tried);
            }
        }
    }
    bytes.push(u8::try_from(best.0).unwrap_or(0));
    bytes.extend(best.1);
}

fn differences(numbers: &[i64], partner: Option<&[i64]>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut last = 0_i64;
    for (at, number) in numbers.iter().enumerate() {
        let against = partner.and_then(|partner| partner.get(at)).copied().unwrap_or(0);
        let value = number.wrapping_sub(against);
        varint::put_signed(&mut bytes, value.wrapping_sub(last));
        last = value;
    }
    bytes
}

fn read_numbers(
    rows: &[usize],
    before: &[Column],
    reader: &mut Reader<'_>,
) -> Result<Vec<Leaf>, Code> {
    let choice = usize::from(reader.byte()?);
    let partner = match choice.checked_sub(1) {
        None => None,
        Some(index) if index < PARTNERS => {
            let mut earlier = before.iter().rev().filter(|column| column.is_of_numbers());
            let column = earlier.nth(index).ok_or(Code::BodyMalformed)?;
            Some(column.partner(rows).ok_or(Code::BodyMalformed)?)
        }
        Some(_) => return Err(Code::BodyMalformed),
    };
    let mut last = 0_i64;
    let mut leaves = Vec::new();
    for at in 0..rows.len() {
        last = last.wrapping_add(reader.signed()?);
        let against = partner.as_ref().and_then(|partner| partner.get(at)).copied().unwrap_or(0);
        leaves.push(Leaf::Int(last.wrapping_add(against)));
    }
    Ok(leaves)
}

/// Texts by what they share with the one before. Sharing can make much out of little, so every byte
/// that is made is counted against the room there is.
fn read_words(
    kind: Kind,
    count: usize,
    reader: &mut Reader<'_>,
    room: &mut usize,
) -> Result<Vec<Leaf>, Code> {
    let mut leaves: Vec<Leaf> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    for _ in 0..count {
        let shared = reader.count(last.len())?;
        let rest = reader.count(usize::MAX)?;
        let rest = reader.bytes(rest)?;
        *room = room.checked_sub(shared + rest.len()).ok_or(Code::BodyTooLarge)?;
        last.truncate(shared);
        last.extend_from_slice(rest);
        let value = last.clone();
        leaves.push(if kind == Kind::Text { Leaf::Text(value) } else { Leaf::Bytes(value) });
    }
    Ok(leaves)
}

/// Numbers in as few bytes as they need, seven bits each.
pub(super) mod varint {
    pub(in super::super) fn put(bytes: &mut Vec<u8>, mut value: u64) {
        while value >= 0x80 {
            bytes.push(u8::try_from(value & 0x7f).unwrap_or(0) | 0x80);
            value >>= 7;
        }
        bytes.push(u8::try_from(value).unwrap_or(0));
    }

    /// Small numbers of either sign are small: 0, -1, 1, -2 …
    pub(super) fn put_signed(bytes: &mut Vec<u8>, value: i64) {
        put(bytes, ((value << 1) ^ (value >> 63)).cast_unsigned());
    }
}

/// Reads columns from bytes that somebody sent.
pub(super) struct Reader<'b> {
    bytes: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(super) fn new(bytes: &'b [u8]) -> Self {
        Self { bytes }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Code> {
        let (first, rest) = self.bytes.split_first().ok_or(Code::BodyMalformed)?;
        self.bytes = rest;
        Ok(*first)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'b [u8], Code> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(Code::BodyMalformed)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u64, Code> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Code::BodyMalformed)
    }

    fn signed(&mut self) -> Result<i64, Code> {
        let value = self.number()?;
        Ok((value >> 1).cast_signed() ^ -(value & 1).cast_signed())
    }

    /// A number of things, at most so many.
    pub(super) fn count(&mut self, most: usize) -> Result<usize, Code> {
        let count = usize::try_from(self.number()?).map_err(|_| Code::BodyMalformed)?;
        if count > most { Err(Code::BodyMalformed) } else { Ok(count) }
    }

    pub(super) fn end(self) -> Result<(), Code> {
        if self.bytes.is_empty() { Ok(()) } else { Err(Code::BodyMalformed) }
    }
}
