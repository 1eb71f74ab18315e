//! A fact's shape: what is left when its values are taken out.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::Place;
use super::column::{Reader, varint};
use crate::code::Code;

/// How deep values may lie. A fact of ours needs four.
const DEPTH_MAX: usize = 8;
/// How long a shape may be: a fact with a line for every item of the largest job.
const SHAPE_MAX: usize = 3_000;

/// One step through a fact, in the order of its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Array(u32),
    Int,
    Text,
    Bytes,
    /// Bytes that hold one more record.
    Nested,
    Null,
    False,
    True,
    /// Not taken apart: the whole fact is one value.
    Whole,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Int,
    Text,
    Bytes,
}

/// A value that was taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leaf {
    Int(i64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
}

/// A fact's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shape(Vec<Step>);

/// A fact taken apart.
pub(super) struct Taken {
    pub(super) shape: Shape,
    pub(super) leaves: Vec<Leaf>,
}

impl Taken {
    /// Takes a fact apart, or leaves it whole if it would not come together byte for byte.
    pub(super) fn apart(fact: &[u8]) -> Self {
        let mut taken = Self { shape: Shape(Vec::new()), leaves: Vec::new() };
        let mut decoder = Decoder::new(fact);
        let is_read = taken.take(&mut decoder, 0).is_some() && decoder.position() == fact.len();
        if is_read && taken.shape.0.len() <= SHAPE_MAX {
            let leaves: Vec<_> = taken.leaves.iter().collect();
            if taken.shape.together(&leaves).is_ok_and(|again| again == fact) {
                return taken;
            }
        }
        Self::whole(fact)
    }

    /// A fact as one value.
    pub(super) fn whole(fact: &[u8]) -> Self {
        Self { shape: Shape(vec![Step::Whole]), leaves: vec![Leaf::Bytes(fact.to_vec())] }
    }

    fn take(&mut self, decoder: &mut Decoder<'_>, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX || self.shape.0.len() > SHAPE_MAX {
            return None;
        }
        let kind = decoder.datatype().ok()?;
        match kind {
            Type::Array => {
                let count = u32::try_from(decoder.array().ok()??).ok()?;
                self.shape.0.push(Step::Array(count));
                for _ in 0..count {
                    self.take(decoder, depth + 1)?;
                }
            }
            Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64 => {
                self.shape.0.push(Step::Int);
                self.leaves.push(Leaf::Int(decoder.i64().ok()?));
            }
            Type::String => {
                self.shape.0.push(Step::Text);
                self.leaves.push(Leaf::Text(decoder.str().ok()?.as_bytes().to_vec()));
            }
            Type::Bytes => self.take_bytes(decoder.bytes().ok()?, depth),
            Type::Null => {
                decoder.null().ok()?;
                self.shape.0.push(Step::Null);
            }
            Type::Bool => {
                let step = if decoder.bool().ok()? { Step::True } else { Step::False };
                self.shape.0.push(step);
            }
            _ => return None,
        }
        Some(())
    }

    /// A body is a record in bytes; hashes and the like are not.
    fn take_bytes(&mut self, bytes: &[u8], depth: usize) {
        let (steps, leaves) = (self.shape.0.len(), self.leaves.len());
        self.shape.0.push(Step::Nested);
        let mut inner = Decoder::new(bytes);
        let is_record = matches!(inner.datatype(), Ok(Type::Array))
            && self.take(&mut inner, depth + 1).is_some()
            && inner.position() == bytes.len();
        if !is_record {
            self.shape.0.truncate(steps);
            self.leaves.truncate(leaves);
            self.shape.0.push(Step::Bytes);
            self.leaves.push(Leaf::Bytes(bytes.to_vec()));
        }
    }
}

impl Shape {
    /// How many steps it has.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// What its values are, in order.
    pub(super) fn kinds(&self) -> Vec<Kind> {
        let kind = |step: &Step| match step {
            Step::Int => Some(Kind::Int),
            Step::Text => Some(Kind::Text),
            Step::Bytes | Step::Whole => Some(Kind::Bytes),
            Step::Array(_) | Step::Nested | Step::Null | Step::False | Step::True => None,
        };
        self.0.iter().filter_map(kind).collect()
    }

    /// Where its values stand, in order. Within a body the place belongs to the shape alone, because
    /// bodies of different kinds have nothing in common.
    pub(super) fn places(&self, number: usize) -> Vec<Place> {
        let mut places = Vec::new();
        let mut at = 0;
        let shape = u32::try_from(number).unwrap_or(u32::MAX);
        while at < self.0.len() {
            at = self.walk(at, &mut vec![], shape, false, &mut places);
        }
        places
    }

    fn walk(
        &self,
        at: usize,
        path: &mut Place,
        shape: u32,
        is_nested: bool,
        places: &mut Vec<Place>,
    ) -> usize {
        let Some(step) = self.0.get(at) else { return at + 1 };
        let tag = |kind: u32| {
            // The kind is part of the place, so that a column never mixes two.
            let mut place = vec![if is_nested { shape + 1 } else { 0 }, kind];
            place.extend_from_slice(path);
            place
        };
        match step {
            Step::Int => places.push(tag(0)),
            Step::Text => places.push(tag(1)),
            Step::Bytes => places.push(tag(2)),
            Step::Whole => places.push(tag(3)),
            Step::Null | Step::False | Step::True => {}
            Step::Nested => {
                path.push(0);
                let next = self.walk(at + 1, path, shape, true, places);
                path.pop();
                return next;
            }
            Step::Array(count) => {
                let mut next = at + 1;
                for index in 0..*count {
                    path.push(index);
                    next = self.walk(next, path, shape, is_nested, places);
                    path.pop();
                }
                return next;
            }
        }
        at + 1
    }

    /// Puts a fact together from its values.
    pub(super) fn together(&self, leaves: &[&Leaf]) -> Result<Vec<u8>, Code> {
        let mut leaves = leaves.iter();
        if self.0 == [Step::Whole] {
            return match leaves.next() {
                Some(Leaf::Bytes(fact)) => Ok(fact.clone()),
                _ => Err(Code::BodyMalformed),
            };
        }
        let mut at = 0;
        let mut encoder = Encoder::new(Vec::new());
        self.build(&mut at, &mut leaves, &mut encoder)?;
        Ok(encoder.into_writer())
    }

    fn build<'l>(
        &self,
        at: &mut usize,
        leaves: &mut impl Iterator<Item = &'l &'l Leaf>,
        encoder: &mut Encoder<Vec<u8>>,
    ) -> Result<(), Code> {
        let malformed = |_| Code::BodyMalformed;
        let step = self.0.get(*at).copied().ok_or(Code::BodyMalformed)?;
        *at += 1;
        match step {
            Step::Array(count) => {
                encoder.array(u64::from(count)).map_err(malformed)?;
                for _ in 0..count {
                    self.build(at, leaves, encoder)?;
                }
            }
            Step::Nested => {
                let mut inner = Encoder::new(Vec::new());
                self.build(at, leaves, &mut inner)?;
                encoder.bytes(inner.writer()).map_err(malformed)?;
            }
            Step::Null => drop(encoder.null().map_err(malformed)?),
            Step::False => drop(encoder.bool(false).map_err(malformed)?),
            Step::True => drop(encoder.bool(true).map_err(malformed)?),
            Step::Int | Step::Text | Step::Bytes => {
                match leaves.next().ok_or(Code::BodyMalformed)? {
                    Leaf::Int(value) => drop(encoder.i64(*value).map_err(malformed)?),
                    Leaf::Text(text) => {
                        let text = std::str::from_utf8(text).map_err(|_| Code::BodyMalformed)?;
                        encoder.str(text).map_err(malformed)?;
                    }
                    Leaf::Bytes(bytes) => drop(encoder.bytes(bytes).map_err(malformed)?),
                }
            }
            Step::Whole => return Err(Code::BodyMalformed),
        }
        Ok(())
    }

    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        varint::put(bytes, self.0.len() as u64);
        for step in &self.0 {
            match step {
                Step::Int => bytes.push(0),
                Step::Text => bytes.push(1),
                Step::Bytes => bytes.push(2),
                Step::Nested => bytes.push(3),
                Step::Null => bytes.push(4),
                Step::False => bytes.push(5),
                Step::True => bytes.push(6),
                Step::Whole => bytes.push(7),
                Step::Array(count) => {
                    bytes.push(8);
                    varint::put(bytes, u64::from(*count));
                }
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Code> {
        let count = reader.count(SHAPE_MAX + 1)?;
        let mut steps = Vec::new();
        for _ in 0..count {
            steps.push(match reader.byte()? {
                0 => Step::Int,
                1 => Step::Text,
                2 => Step::Bytes,
                3 => Step::Nested,
                4 => Step::Null,
                5 => Step::False,
                6 => Step::True,
                7 => Step::Whole,
                8 => Step::Array(u32::try_from(reader.count(SHAPE_MAX)?).unwrap_or(u32::MAX)),
                _ => return Err(Code::BodyMalformed),
            });
        }
        let shape = Self(steps);
        if shape.is_sound() { Ok(shape) } else { Err(Code::BodyMalformed) }
    }

    /// One fact and nothing after it, no deeper than a fact may be.
    fn is_sound(&self) -> bool {
        if self.0 == [Step::Whole] {
            return true;
        }
        let mut open: Vec<u32> = vec![1];
        for step in &self.0 {
            while open.last() == Some(&0) {
                open.pop();
            }
            let Some(left) = open.last_mut() else { return false };
            *left -= 1;
            match step {
                Step::Array(count) => open.push(*count),
                Step::Nested => open.push(1),
                Step::Whole => return false,
                Step::Int | Step::Text | Step::Bytes | Step::Null | Step::False | Step::True => {}
            }
            if open.len() > DEPTH_MAX + 4 {
                return false;
            }
        }
        open.iter().all(|left| *left == 0)
    }
}
