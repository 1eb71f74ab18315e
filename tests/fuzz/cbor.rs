//! Mutations that know CBOR: an input stays a record and goes wrong further in.
//!
//! A record is read into a tree, a place of the tree is changed, and it is written again. Bytes that
//! hold a record themselves are part of the tree.

use waybill_testkit::clock::SeededDice;

use crate::mutate::{self, below, odd, one};

/// How deep an input is read. What lies deeper stays bytes.
const DEPTH_MAX: usize = 24;

/// A piece of CBOR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    /// Major type 0 or 1.
    Int(u8, u64),
    Bytes(Vec<u8>),
    /// Bytes that hold one record.
    Nested(Box<Node>),
    Text(Vec<u8>),
    Array(Vec<Node>),
    Map(Vec<Node>),
    Tag(u64, Box<Node>),
    /// Written as it is.
    Raw(Vec<u8>),
}

impl Node {
    /// Reads one record and nothing after it.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut rest = bytes;
        let node = take(&mut rest, 0)?;
        rest.is_empty().then_some(node)
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.put(&mut bytes);
        bytes
    }

    fn put(&self, to: &mut Vec<u8>) {
        match self {
            Self::Int(major, value) => head(to, *major, *value),
            Self::Bytes(bytes) => {
                head(to, 2, bytes.len() as u64);
                to.extend_from_slice(bytes);
            }
            Self::Nested(inner) => Self::Bytes(inner.write()).put(to),
            Self::Text(text) => {
                head(to, 3, text.len() as u64);
                to.extend_from_slice(text);
            }
            Self::Array(items) => {
                head(to, 4, items.len() as u64);
                for item in items {
                    item.put(to);
                }
            }
            Self::Map(items) => {
                head(to, 5, (items.len() / 2) as u64);
                for item in items {
                    item.put(to);
                }
            }
            Self::Tag(tag, inner) => {
                head(to, 6, *tag);
                inner.put(to);
            }
            Self::Raw(bytes) => to.extend_from_slice(bytes),
        }
    }

    /// The item of an array.
    pub(crate) fn at(&mut self, index: usize) -> Option<&mut Self> {
        match self {
            Self::Array(items) => items.get_mut(index),
            _ => None,
        }
    }

    fn children(&mut self) -> Vec<&mut Self> {
        match self {
            Self::Array(items) | Self::Map(items) => items.iter_mut().collect(),
            Self::Nested(inner) | Self::Tag(_, inner) => vec![inner],
            Self::Int(..) | Self::Bytes(_) | Self::Text(_) | Self::Raw(_) => vec![],
        }
    }

    /// Changes some place of the tree.
    pub(crate) fn mutate(&mut self, dice: &SeededDice) {
        let mut at = self;
        // A step deeper at every level but seldom none: most of a record lies deep.
        while dice.percent(88) {
            let count = at.children().len();
            if count == 0 {
                break;
            }
            let child = below(dice, count);
            at = match at {
                Self::Array(items) | Self::Map(items) => &mut items[child],
                Self::Nested(inner) | Self::Tag(_, inner) => inner,
                other => other,
            };
        }
        at.change(dice);
    }

    fn change(&mut self, dice: &SeededDice) {
        if dice.percent(15) {
            *self = strange(dice, self);
            return;
        }
        match self {
            Self::Int(major, value) => match dice.below(4) {
                0 => *major ^= 1,
                1 => *value = value.wrapping_add(1),
                2 => *value = value.wrapping_sub(1),
                _ => *value = odd(dice),
            },
            Self::Bytes(bytes) | Self::Text(bytes) | Self::Raw(bytes) => {
                mutate::bytes(dice, bytes, &[]);
            }
            Self::Array(items) | Self::Map(items) => list(dice, items),
            Self::Nested(inner) => inner.change(dice),
            Self::Tag(tag, _) => *tag = odd(dice),
        }
    }
}

fn list(dice: &SeededDice, items: &mut Vec<Node>) {
    let at = below(dice, items.len().max(1));
    match dice.below(6) {
        0 if !items.is_empty() => drop(items.remove(at)),
        1 | 2 if !items.is_empty() => {
            let again = items[at].clone();
            let times = if dice.percent(97) { 1 } else { 1 + below(dice, 1_500) };
            items.splice(at..at, std::iter::repeat_n(again, times));
        }
        3 if !items.is_empty() => {
            let other = below(dice, items.len());
            items.swap(at, other);
        }
        4 => items.truncate(at),
        _ => items.push(Node::Raw(vec![*one(dice, &[0x00, 0x40, 0x60, 0x80, 0xa0, 0xf4, 0xf6])])),
    }
}

/// Something else in the place of a node.
fn strange(dice: &SeededDice, node: &Node) -> Node {
    match dice.below(9) {
        0 => Node::Raw(vec![0xf6]),
        1 => Node::Int(u8::try_from(dice.below(2)).unwrap_or(0), odd(dice)),
        2 => Node::Text(b"x".repeat(below(dice, 300))),
        3 => Node::Bytes(vec![7; below(dice, 300)]),
        4 => Node::Array(vec![]),
        // Deep nesting, as an array in an array in an array.
        5 => Node::Raw([vec![0x81; 1 + below(dice, 20_000)], vec![0x80]].concat()),
        // A length that is not there.
        6 => {
            let mut bytes = Vec::new();
            head(&mut bytes, 2 + u8::try_from(dice.below(4)).unwrap_or(0), odd(dice));
            bytes.extend(node.write());
            Node::Raw(bytes)
        }
        // No length: until a break that may never come.
        7 => {
            let first = *one(dice, &[0x5f, 0x7f, 0x9f, 0xbf]);
            let end = if dice.percent(50) { vec![0xff] } else { vec![] };
            Node::Raw([vec![first], node.write(), end].concat())
        }
        // The same number or length in more bytes than it needs.
        _ => {
            let mut bytes = node.write();
            if let Some(first) = bytes.first().copied()
                && first & 0x1f < 0x18
            {
                bytes.splice(0..1, [(first & 0xe0) | 0x18, first & 0x1f]);
            }
            Node::Raw(bytes)
        }
    }
}

fn head(to: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    let bytes = value.to_be_bytes();
    match value {
        0..0x18 => to.push(major | bytes[7]),
        0x18..0x100 => to.extend([major | 0x18, bytes[7]]),
        0x100..0x1_0000 => to.extend([&[major | 0x19], &bytes[6..]].concat()),
        0x1_0000..0x1_0000_0000 => to.extend([&[major | 0x1a], &bytes[4..]].concat()),
        _ => to.extend([&[major | 0x1b], &bytes[..]].concat()),
    }
}

fn take(rest: &mut &[u8], depth: usize) -> Option<Node> {
    if depth > DEPTH_MAX {
        return None;
    }
    let (first, after) = rest.split_first()?;
    let (major, small) = (first >> 5, first & 0x1f);
    if major == 7 {
        let width = match small {
            0x18 => 1,
            0x19 => 2,
            0x1a => 4,
            0x1b => 8,
            _ => 0,
        };
        let (raw, after) = rest.split_at_checked(1 + width)?;
        *rest = after;
        return Some(Node::Raw(raw.to_vec()));
    }
    let (value, after) = match small {
        0..0x18 => (u64::from(small), after),
        0x18..0x1c => {
            let (number, after) = after.split_at_checked(1 << (small - 0x18))?;
            let value = number.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
            (value, after)
        }
        _ => return None,
    };
    *rest = after;
    let count = usize::try_from(value).ok()?;
    let mut words = |count: usize| {
        let (bytes, after) = rest.split_at_checked(count)?;
        *rest = after;
        Some(bytes.to_vec())
    };
    Some(match major {
        0 | 1 => Node::Int(major, value),
        2 => {
            let bytes = words(count)?;
            let is_record = matches!(bytes.first(), Some(0x80..0xa0)) && bytes.len() > 2;
            let inner = is_record.then(|| Node::read(&bytes)).flatten();
            inner.map_or(Node::Bytes(bytes), |inner| Node::Nested(Box::new(inner)))
        }
        3 => Node::Text(words(count)?),
        4 => Node::Array((0..count).map(|_| take(rest, depth + 1)).collect::<Option<_>>()?),
        5 => Node::Map(
            (0..count.checked_mul(2)?).map(|_| take(rest, depth + 1)).collect::<Option<_>>()?,
        ),
        _ => Node::Tag(value, Box::new(take(rest, depth + 1)?)),
    })
}

#[test]
fn a_record_is_written_as_it_was_read() {
    let bytes = include_bytes!("../golden/bundle-1.waybill");
    let node = Node::read(bytes).unwrap();
    assert_eq!(node.write(), bytes);
    assert!(matches!(node, Node::Array(ref items) if items.len() == 5));
}
