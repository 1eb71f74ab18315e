//! GS1 Digital Link: the same AIs written as a web address.
//!
//! The key is the last AI of the path that may be one; what follows it are its qualifiers in their
//! order; attributes stand in the query. Whose web site it is says nothing about the goods.

use std::borrow::Cow;

use super::{Fault, Label, gtin14, table};

/// What follows `https://`, if the text is a web address.
pub(super) fn after_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let (head, rest) = text.split_at_checked(scheme.len())?;
        head.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}

/// Reads an address without its scheme.
pub(super) fn read(rest: &str) -> Result<Label, Fault> {
    let rest = rest.split('#').next().unwrap_or_default();
    let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = address.split_once('/').map_or("", |(_, path)| path).trim_end_matches('/');
    let segments: Vec<&str> = path.split('/').collect();
    let pairs = pairs_of(&segments);
    let key_at = pairs.iter().rposition(|[ai, _]| sequences(ai).is_some());
    let pairs = key_at.and_then(|at| pairs.get(at..)).ok_or(Fault::NoKey)?;
    check_order(pairs)?;
    let mut label = Label::default();
    for [ai, value] in pairs {
        take(&mut label, ai, value)?;
    }
    for parameter in query.split(['&', ';']) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let is_ai = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        if !is_ai {
            continue;
        }
        let entry = table::entry(name).ok_or(Fault::UnknownAi { at: 0 })?;
        if !entry.is_attribute {
            return Err(Fault::Misplaced { ai: name.to_owned() });
        }
        take(&mut label, name, value)?;
    }
    Ok(label)
}

/// The segments in twos, counted from the end; one may be left over at the beginning.
fn pairs_of<'a>(segments: &[&'a str]) -> Vec<[&'a str; 2]> {
    let (_, even) = segments.split_at(segments.len() % 2);
    let pair = |pair: &[&'a str]| match pair {
        [ai, value] => Some([*ai, *value]),
        _ => None,
    };
    even.chunks(2).filter_map(pair).collect()
}

/// The qualifiers that a key may have, if the AI is a key.
fn sequences(ai: &str) -> Option<&'static [Vec<&'static str>]> {
    table::entry(ai)?.key.as_deref()
}

/// Checks that the qualifiers are the key's, and stand in their order.
fn check_order(pairs: &[[&str; 2]]) -> Result<(), Fault> {
    let Some(([key, _], qualifiers)) = pairs.split_first() else {
        return Err(Fault::NoKey);
    };
    let follows = |sequence: &[&str]| {
        let mut allowed = sequence.iter();
        qualifiers.iter().find(|[ai, _]| !allowed.any(|each| each == ai))
    };
    let sequences = sequences(key).unwrap_or_default();
    if qualifiers.is_empty() || sequences.iter().any(|each| follows(each).is_none()) {
        return Ok(());
    }
    let first = sequences.first().and_then(|sequence| follows(sequence));
    let [ai, _] = first.or(qualifiers.first()).copied().unwrap_or_default();
    Err(Fault::Misplaced { ai: ai.to_owned() })
}

fn take(label: &mut Label, ai: &str, value: &str) -> Result<(), Fault> {
    let value = unescape(value)?;
    // In an address a trade item may stand with fewer digits.
    let padded = if ai == "01" { gtin14(&value).map(Cow::Owned) } else { None };
    label.put(ai, padded.unwrap_or(value))
}

/// Reads `%2F` and the like.
pub(super) fn unescape(text: &str) -> Result<Cow<'_, str>, Fault> {
    if !text.contains('%') {
        return Ok(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || rest.next().and_then(|each| char::from(each).to_digit(16));
        let (Some(high), Some(low)) = (digit(), digit()) else {
            return Err(Fault::Escape);
        };
        bytes.push(u8::try_from(high * 16 + low).map_err(|_| Fault::Escape)?);
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| Fault::NotText)
}
