//! Facts as columns: the same bytes, laid out so that they compress.
//!
//! A day's facts look alike: the same run, times a minute apart, positions a few metres apart. Row by
//! row that is hidden behind what differs. So every fact is taken apart into its shape and its values,
//! values of one place are put together, numbers become differences, and texts share their
//! beginnings. What compressed to 23 bytes a fact then takes less than half of that.
//!
//! It is lossless for any bytes: what is not plain CBOR, or would not be written back exactly as it
//! was, travels as it is. Nothing here knows what a fact means, so kinds of the future pack as well.

mod column;
mod shape;

use std::collections::BTreeMap;

use column::{Column, Reader, varint};
use shape::{Kind, Leaf, Shape, Taken};

use crate::code::Code;
use crate::limits::{FACTS_BYTES_MAX, FACTS_MAX, TAIL_BYTES_MAX};

/// Where a value stands: in which place of which shape. What lies outside a fact's body stands at the
/// same place for every shape.
type Place = Vec<u32>;

/// The most different shapes in one pack.
const SHAPES_MAX: usize = 64;
/// The most steps of all shapes together: as many columns there may be.
const STEPS_MAX: usize = 4_096;
/// The most values in one pack.
const VALUES_MAX: usize = 100_000;

/// The most values in all packs of one message.
const MESSAGE_VALUES_MAX: usize = 2 * VALUES_MAX;
/// A value is written in at least a byte of its fact, or it is the whole of one: what an honest phone
/// sends always fits.
const _: () = assert!(FACTS_BYTES_MAX + FACTS_MAX <= MESSAGE_VALUES_MAX);

/// What may still be made out of one message. All its packs share it: each by itself could be small, and
/// together they could fill the memory of whoever reads them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    facts: usize,
    bytes: usize,
    values: usize,
}

impl Room {
    /// The room of a message of which nothing has been unpacked yet.
    pub fn of_message() -> Self {
        Self { facts: FACTS_MAX, bytes: TAIL_BYTES_MAX, values: MESSAGE_VALUES_MAX }
    }

    /// The bytes that facts may still take.
    pub fn bytes_left(&self) -> usize {
        self.bytes
    }
}

fn take(room: &mut usize, count: usize) -> Result<(), Code> {
    *room = room.checked_sub(count).ok_or(Code::BodyTooLarge)?;
    Ok(())
}

/// Lays facts out as columns.
pub fn pack(facts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut numbers = Vec::new();
    let mut columns: BTreeMap<Place, Column> = BTreeMap::new();
    let (mut steps, mut values) = (0, 0);
    for (row, fact) in facts.iter().enumerate() {
        let mut taken = Taken::apart(fact.as_ref());
        let is_known = shapes.contains(&taken.shape);
        let more = if is_known { 0 } else { taken.shape.len() };
        // Past a limit there is no pattern any more: the rest travels as it is.
        let is_beyond = (!is_known && shapes.len() >= SHAPES_MAX - 1)
            || steps + more >= STEPS_MAX
            || values + taken.leaves.len() + facts.len() > VALUES_MAX;
        if is_beyond {
            taken = Taken::whole(fact.as_ref());
        }
        let number = shapes.iter().position(|shape| *shape == taken.shape).unwrap_or_else(|| {
            steps += taken.shape.len();
            shapes.push(taken.shape.clone());
            shapes.len() - 1
        });
        values += taken.leaves.len();
        numbers.push(number);
        for (place, leaf) in shapes[number].places(number).into_iter().zip(taken.leaves) {
            columns.entry(place).or_default().push(row, leaf);
        }
    }
    let mut bytes = Vec::new();
    varint::put(&mut bytes, facts.len() as u64);
    varint::put(&mut bytes, shapes.len() as u64);
    for shape in &shapes {
        shape.write(&mut bytes);
    }
    for number in numbers {
        varint::put(&mut bytes, number as u64);
    }
    let mut written: Vec<&Column> = Vec::new();
    for column in columns.values() {
        column.write(&written, &mut bytes);
        written.push(column);
    }
    bytes
}

/// Reads facts back from their columns, and takes off the room what is made from them. The caps hold
/// before it is made.
pub fn unpack(bytes: &[u8], room: &mut Room) -> Result<Vec<Vec<u8>>, Code> {
    let mut reader = Reader::new(bytes);
    let count = reader.count(usize::MAX)?;
    take(&mut room.facts, count)?;
    let shape_count = reader.count(SHAPES_MAX)?;
    let shapes: Vec<Shape> =
        (0..shape_count).map(|_| Shape::read(&mut reader)).collect::<Result<_, _>>()?;
    if shapes.iter().map(Shape::len).sum::<usize>() > STEPS_MAX {
        return Err(Code::BodyTooLarge);
    }
    let mut numbers = Vec::new();
    for _ in 0..count {
        numbers.push(reader.count(shape_count.saturating_sub(1))?);
    }
    let layout = Layout::of(&shapes, &numbers, &mut room.values)?;
    // A text is part of a fact, so columns need no more room than the facts that they become.
    let mut column_bytes = room.bytes;
    let mut columns: Vec<Column> = Vec::new();
    for (kind, rows) in layout.columns {
        let column = Column::read(kind, rows, &columns, &mut reader, &mut column_bytes)?;
        columns.push(column);
    }
    reader.end()?;
    let mut cursors = vec![0; columns.len()];
    let mut facts = Vec::new();
    for number in numbers {
        let shape = shapes.get(number).ok_or(Code::BodyMalformed)?;
        let places = layout.places.get(&number).ok_or(Code::BodyMalformed)?;
        let mut leaves: Vec<&Leaf> = Vec::new();
        for at in places {
            let column = columns.get(*at).ok_or(Code::BodyMalformed)?;
            let cursor = cursors.get_mut(*at).ok_or(Code::BodyMalformed)?;
            leaves.push(column.leaf(*cursor).ok_or(Code::BodyMalformed)?);
            *cursor += 1;
        }
        let fact = shape.together(&leaves)?;
        take(&mut room.bytes, fact.len())?;
        facts.push(fact);
    }
    Ok(facts)
}

/// Which values stand in which column. Shapes are few and values are many, so places are worked out once
/// for a shape and not for every fact.
struct Layout {
    /// What each column holds and the rows that have a value in it, in the order of places.
    columns: Vec<(Kind, Vec<usize>)>,
    /// For every shape in use, the columns of its values in their order.
    places: BTreeMap<usize, Vec<usize>>,
}

impl Layout {
    fn of(shapes: &[Shape], numbers: &[usize], room: &mut usize) -> Result<Self, Code> {
        let mut told: BTreeMap<usize, Vec<Place>> = BTreeMap::new();
        let mut kinds: BTreeMap<Place, Kind> = BTreeMap::new();
        let mut values = 0;
        for number in numbers {
            if !told.contains_key(number) {
                let shape = shapes.get(*number).ok_or(Code::BodyMalformed)?;
                let places = shape.places(*number);
                kinds.extend(places.iter().cloned().zip(shape.kinds()));
                told.insert(*number, places);
            }
            let count = told.get(number).map_or(0, Vec::len);
            values += count;
            take(room, count)?;
            if values > VALUES_MAX {
                return Err(Code::BodyTooLarge);
            }
        }
        let order: BTreeMap<&Place, usize> = kinds.keys().zip(0..).collect();
        let columns_of = |places: &Vec<Place>| {
            places.iter().filter_map(|place| order.get(place).copied()).collect::<Vec<_>>()
        };
        let places: BTreeMap<_, _> =
            told.iter().map(|(number, places)| (*number, columns_of(places))).collect();
        let mut columns: Vec<_> = kinds.values().map(|kind| (*kind, Vec::new())).collect();
        for (row, number) in numbers.iter().enumerate() {
            for at in places.get(number).into_iter().flatten() {
                if let Some((_, rows)) = columns.get_mut(*at) {
                    rows.push(row);
                }
            }
        }
        Ok(Self { columns, places })
    }
}

#[cfg(test)]
mod tests;
