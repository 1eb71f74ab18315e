//! The table of application identifiers, read once from the official syntax dictionary.
//!
//! The dictionary is shipped as it was published on 2026-07-27 (Apache-2.0, its licence stands at its
//! top). A line that cannot be read would be a broken release; a test reads every one.

use std::sync::OnceLock;

const DICTIONARY: &str = include_str!("gs1-syntax-dictionary.txt");

/// Which characters a component takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Characters {
    Digits,
    Set82,
    Set39,
    Base64Url,
}

/// One piece of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) characters: Characters,
    pub(super) length_min: usize,
    pub(super) length_max: usize,
    pub(super) is_optional: bool,
    /// Names of the rules that the content keeps.
    pub(super) rules: Vec<&'static str>,
}

/// What an AI, or each of a range of AIs, may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) first: &'static str,
    pub(super) last: &'static str,
    /// Needs no separator after it.
    pub(super) has_fixed_length: bool,
    /// May be a query parameter of a Digital Link.
    pub(super) is_attribute: bool,
    pub(super) components: Vec<Component>,
    /// Sequences of qualifiers, if the AI is a key of a Digital Link.
    pub(super) key: Option<Vec<Vec<&'static str>>>,
    pub(super) title: &'static str,
}

impl Entry {
    /// The longest value.
    pub(super) fn length_max(&self) -> usize {
        self.components.iter().map(|component| component.length_max).sum()
    }

    fn holds(&self, ai: &str) -> bool {
        ai.len() == self.first.len() && self.first <= ai && ai <= self.last
    }
}

fn entries() -> &'static [Entry] {
    static ENTRIES: OnceLock<Vec<Entry>> = OnceLock::new();
    ENTRIES.get_or_init(|| lines().filter_map(read_entry).collect())
}

fn lines() -> impl Iterator<Item = &'static str> {
    DICTIONARY.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
}

/// Finds what an AI may hold.
pub(super) fn entry(ai: &str) -> Option<&'static Entry> {
    entries().iter().find(|entry| entry.holds(ai))
}

/// Finds the AI with which a text begins. No AI is the beginning of another.
pub(super) fn entry_at(text: &str) -> Option<(&str, &'static Entry)> {
    (2..=4).find_map(|length| {
        let ai = text.get(..length)?;
        Some((ai, entry(ai)?))
    })
}

fn read_entry(line: &'static str) -> Option<Entry> {
    let (line, title) = line.split_once('#').map_or((line, ""), |(line, title)| (line, title));
    let mut words = line.split_whitespace().peekable();
    let ais = words.next()?;
    let (first, last) = ais.split_once('-').unwrap_or((ais, ais));
    let is_flags = |word: &&str| word.chars().all(|letter| letter.is_ascii_punctuation());
    let flags = words.next_if(is_flags).unwrap_or_default();
    let mut components = Vec::new();
    while let Some(component) = words.peek().and_then(|word| read_component(word)) {
        components.push(component);
        words.next();
    }
    let key = words.find_map(|word| {
        let qualifiers = word.strip_prefix("dlpkey")?;
        let sequences = qualifiers.strip_prefix('=').into_iter().flat_map(|all| all.split('|'));
        Some(sequences.map(|sequence| sequence.split(',').collect()).collect())
    });
    let (has_fixed_length, is_attribute) = (flags.contains('*'), flags.contains('?'));
    let title = title.trim();
    let is_whole = !components.is_empty() && first.len() == last.len();
    is_whole.then_some(Entry {
        first,
        last,
        has_fixed_length,
        is_attribute,
        components,
        key,
        title,
    })
}

/// Reads a component such as `N6,yymmd0`, `X..20` or `[N..12]`.
fn read_component(word: &'static str) -> Option<Component> {
    let (shape, rules) = word.split_once(',').map_or((word, ""), |(shape, rules)| (shape, rules));
    let inner = shape.strip_prefix('[').and_then(|shape| shape.strip_suffix(']'));
    let (is_optional, shape) = inner.map_or((false, shape), |inner| (true, inner));
    let characters = match shape.chars().next()? {
        'N' => Characters::Digits,
        'X' => Characters::Set82,
        'Y' => Characters::Set39,
        'Z' => Characters::Base64Url,
        _ => return None,
    };
    let length = shape.get(1..)?;
    let (length_min, length_max) = match length.strip_prefix("..") {
        Some(most) => (1, most.parse().ok()?),
        None => (length.parse().ok()?, length.parse().ok()?),
    };
    let rules = rules.split(',').filter(|rule| !rule.is_empty()).collect();
    Some(Component { characters, length_min, length_max, is_optional, rules })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_dictionary_is_understood() {
        for line in lines() {
            assert!(read_entry(line).is_some(), "{line}");
        }
        assert!(entries().len() > 150);
    }

    #[test]
    fn no_identifier_is_the_beginning_of_another() {
        for entry in entries() {
            for length in 2..entry.first.len() {
                assert!(super::entry(&entry.first[..length]).is_none(), "{}", entry.first);
            }
        }
    }

    #[test]
    fn the_fixed_lengths_are_fixed() {
        for entry in entries().iter().filter(|entry| entry.has_fixed_length) {
            assert!(entry.components.iter().all(|each| each.length_min == each.length_max));
        }
        let gtin = entry("01").unwrap();
        assert_eq!(gtin.key, Some(vec![vec!["22", "10", "21"], vec!["235"]]));
        assert_eq!((gtin.title, gtin.length_max()), ("GTIN", 14));
    }
}
