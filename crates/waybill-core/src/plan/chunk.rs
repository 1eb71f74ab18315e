//! How much a change says it holds, read off its bytes before the library believes it.
//!
//! A change is columns of values, and a column may say "the same two billion times" or "a text of two
//! hundred megabytes follows" in five bytes. The library makes room for what is said. So a change is
//! walked through here first: what it counts must be possible, and what it names must be there.

use super::guard::{CHANGE_BYTES_MAX, PlanRefusal};

/// The most values in one column: as many as a change that says them one by one has room for.
const VALUES_MAX: u64 = CHANGE_BYTES_MAX as u64;
/// Magic, checksum and kind stand before the length.
const LENGTH_AT: usize = 9;
const HASH_BYTES: u64 = 32;

/// Checks that a change holds no more than it may, and all that it says.
pub(super) fn check(change: &[u8]) -> Result<(), PlanRefusal> {
    let columns = columns(change).ok_or(PlanRefusal::Malformed)?;
    for (spec, bytes) in columns {
        let values = count(spec, bytes).ok_or(PlanRefusal::Malformed)?;
        if values > VALUES_MAX {
            return Err(PlanRefusal::TooLarge);
        }
    }
    Ok(())
}

/// The columns of a change, each with what kind it is.
fn columns(change: &[u8]) -> Option<Vec<(u64, &[u8])>> {
    let mut reader = Reader(change.get(LENGTH_AT..)?);
    reader.number()?;
    for _ in 0..reader.number()? {
        reader.take(HASH_BYTES)?;
    }
    reader.words()?;
    let (_seq, _start_op, _time) = (reader.number()?, reader.number()?, reader.signed()?);
    reader.words()?;
    for _ in 0..reader.number()? {
        reader.words()?;
    }
    let mut lengths = Vec::new();
    for _ in 0..reader.number()? {
        lengths.push((reader.number()?, reader.number()?));
    }
    lengths.into_iter().map(|(spec, length)| Some((spec, reader.take(length)?))).collect()
}

/// How many values a column has; none if it is no column. The lowest three bits say how it is written.
fn count(spec: u64, bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader(bytes);
    match spec & 7 {
        0 | 1 | 2 | 6 => reader.runs(|reader| reader.number().map(drop)),
        3 => reader.runs(|reader| reader.signed().map(drop)),
        4 => reader.switches(),
        5 => reader.runs(|reader| reader.words().map(drop)),
        // The values' own bytes: other columns say how long each is.
        _ => Some(0),
    }
}

struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    /// Seven bits a byte, the lowest first.
    fn number(&mut self) -> Option<u64> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?.first().copied()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// The same with a sign, which is the last byte's second bit.
    fn signed(&mut self) -> Option<i64> {
        let before = self.0;
        let value = self.number()?;
        let bytes = before.len() - self.0.len();
        let last = before.get(bytes.checked_sub(1)?).copied()?;
        let shift = u32::try_from(bytes * 7).ok()?;
        let sign = if last & 0x40 == 0 { 0 } else { u64::MAX.checked_shl(shift).unwrap_or(0) };
        Some((value | sign).cast_signed())
    }

    fn take(&mut self, count: u64) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    /// Bytes behind their length.
    fn words(&mut self) -> Option<&'b [u8]> {
        let length = self.number()?;
        self.take(length)
    }

    /// Runs: so many of one value, so many values one by one, or so many of none.
    fn runs(&mut self, mut value: impl FnMut(&mut Self) -> Option<()>) -> Option<u64> {
        let mut values = 0_u64;
        while !self.0.is_empty() {
            let run = self.signed()?;
            let count = if run == 0 { self.number()? } else { run.unsigned_abs() };
            // Each value that is written takes a byte at least, so this ends with the bytes.
            let written = if run < 0 { count } else { u64::from(run > 0) };
            for _ in 0..written {
                value(self)?;
            }
            values = values.saturating_add(count);
        }
        Some(values)
    }

    /// Yes and no by turns, each so many times.
    fn switches(&mut self) -> Option<u64> {
        let mut values = 0_u64;
        while !self.0.is_empty() {
            values = values.saturating_add(self.number()?);
        }
        Some(values)
    }
}

#[cfg(test)]
mod tests;
