//! GS1 codes: what a scanner reads off goods, taken apart and checked.
//!
//! Two ways of writing are read: element strings (`0109501101530003␝10LOT`, with or without the
//! scanner's symbology identifier) and Digital Link addresses. What an application identifier (AI)
//! may hold is said by one table, the official syntax dictionary, and by nothing in the code.
//!
//! Which AIs belong together on one item is not judged: several labels of one item may share them.
//! Invariant: total. No bytes a scanner could send make this panic.

mod check;
mod link;
mod table;

pub use check::{check_digit, gtin14, is_check_digit_right};

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The longest code that is looked at, in bytes.
pub const CODE_BYTES_MAX: usize = 4 * 1024;
/// What separates element strings of unknown length.
pub const FNC1: char = '\u{1d}';

/// Symbology identifiers of carriers that hold element strings.
const ELEMENT_CARRIERS: [&str; 5] = ["]C1", "]d2", "]Q3", "]e0", "]J1"];
/// Symbology identifiers of carriers that hold a bare GTIN.
const GTIN_CARRIERS: [&str; 4] = ["]E0", "]E4", "]I1", "]I0"];

/// Why a text is not a GS1 code, and where it goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the code is empty")]
    Empty,
    #[error("the code is longer than {CODE_BYTES_MAX} bytes")]
    TooLong,
    #[error("the code is not text")]
    NotText,
    #[error("no application identifier begins at character {at}")]
    UnknownAi { at: usize },
    #[error("the value of ({ai}) is too short")]
    ValueShort { ai: String },
    #[error("the value of ({ai}) is too long")]
    ValueLong { ai: String },
    #[error("the value of ({ai}) has a character that it may not have")]
    Character { ai: String },
    #[error("the check digit of ({ai}) is wrong")]
    CheckDigit { ai: String },
    #[error("the value of ({ai}) is no date or time")]
    Date { ai: String },
    #[error("the value of ({ai}) breaks the rule `{rule}`")]
    Rule { ai: String, rule: &'static str },
    #[error("({ai}) stands twice with two values")]
    Repeated { ai: String },
    #[error("the address names no key such as /01/")]
    NoKey,
    #[error("({ai}) may not stand here in the address")]
    Misplaced { ai: String },
    #[error("the address has a broken escape")]
    Escape,
    #[error("the digits are no GTIN")]
    NotGtin,
}

impl Fault {
    /// The stable code that a screen explains.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::NotText => "not_text",
            Self::UnknownAi { .. } => "ai_unknown",
            Self::ValueShort { .. } => "value_short",
            Self::ValueLong { .. } => "value_long",
            Self::Character { .. } => "character_invalid",
            Self::CheckDigit { .. } => "check_digit_wrong",
            Self::Date { .. } => "date_invalid",
            Self::Rule { .. } => "rule_broken",
            Self::Repeated { .. } => "ai_repeated",
            Self::NoKey => "key_missing",
            Self::Misplaced { .. } => "ai_misplaced",
            Self::Escape => "escape_broken",
            Self::NotGtin => "gtin_invalid",
        }
    }
}

/// A date as two digits each. Which century it means depends on when it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ShortDate {
    pub year: u8,
    pub month: u8,
    /// 0 stands for the last day of the month.
    pub day: u8,
}

impl ShortDate {
    /// The day that is meant, by the rule of the GS1 General Specifications: a year is at most 50
    /// ahead of this one and at most 49 behind it.
    pub fn resolve(self, this_year: i32) -> Option<chrono::NaiveDate> {
        let century = this_year.div_euclid(100).checked_mul(100)?;
        let year = century.checked_add(i32::from(self.year))?;
        let year = match year.checked_sub(this_year)? {
            51.. => year.checked_sub(100)?,
            ..=-50 => year.checked_add(100)?,
            _ => year,
        };
        let month = u32::from(self.month);
        if self.day > 0 {
            return chrono::NaiveDate::from_ymd_opt(year, month, self.day.into());
        }
        let first = chrono::NaiveDate::from_ymd_opt(year, month, 1)?;
        first.checked_add_months(chrono::Months::new(1))?.pred_opt()
    }

    fn read(text: &str) -> Option<Self> {
        let pair = |at: usize| text.get(at..at + 2)?.parse().ok();
        Some(Self { year: pair(0)?, month: pair(2)?, day: pair(4)? })
    }
}

/// What a code says: every AI with its value, in the order in which AIs sort.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    values: BTreeMap<String, String>,
}

impl Label {
    /// Reads what a scanner sent: an element string, a Digital Link or a bare GTIN that the
    /// scanner announced as one.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > CODE_BYTES_MAX {
            return Err(Fault::TooLong);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotText)?;
        let text = text.trim_matches(['\r', '\n', ' ']);
        let strip = |ids: &[&str]| ids.iter().find_map(|id| text.strip_prefix(id));
        if let Some(digits) = strip(&GTIN_CARRIERS) {
            return Self::of_gtin(digits);
        }
        let text = strip(&ELEMENT_CARRIERS).unwrap_or(text);
        // A matrix code or a QR code that holds an address announces itself as plain.
        let plain = ["]d1", "]Q1"].iter().find_map(|id| text.strip_prefix(id)).unwrap_or(text);
        match link::after_scheme(plain) {
            Some(rest) => link::read(rest),
            None => Self::of_elements(text),
        }
    }

    fn of_gtin(digits: &str) -> Result<Self, Fault> {
        let mut label = Self::default();
        let gtin = gtin14(digits).ok_or(Fault::NotGtin)?;
        label.put("01", Cow::Owned(gtin))?;
        Ok(label)
    }

    fn of_elements(text: &str) -> Result<Self, Fault> {
        let mut label = Self::default();
        let mut rest = text.strip_prefix(FNC1).unwrap_or(text);
        if rest.is_empty() {
            return Err(Fault::Empty);
        }
        while !rest.is_empty() {
            let at = text.len() - rest.len();
            let (ai, entry) = table::entry_at(rest).ok_or(Fault::UnknownAi { at })?;
            let after = rest.get(ai.len()..).unwrap_or_default();
            let end = after.find(FNC1).unwrap_or(after.len());
            let end = if entry.has_fixed_length { end.min(entry.length_max()) } else { end };
            // A border inside a character is a wrong character, found when the value is checked.
            let end = (end..=after.len()).find(|end| after.is_char_boundary(*end)).unwrap_or(end);
            let (value, next) = after.split_at_checked(end).unwrap_or((after, ""));
            label.put(ai, Cow::Borrowed(value))?;
            rest = next.strip_prefix(FNC1).unwrap_or(next);
        }
        Ok(label)
    }

    /// Takes a value after checking it against the table.
    fn put(&mut self, ai: &str, value: Cow<'_, str>) -> Result<(), Fault> {
        let entry = table::entry(ai).ok_or(Fault::UnknownAi { at: 0 })?;
        check::check(ai, &value, entry)?;
        match self.values.get(ai) {
            Some(known) if *known != *value => Err(Fault::Repeated { ai: ai.to_owned() }),
            Some(_) => Ok(()),
            None => {
                self.values.insert(ai.to_owned(), value.into_owned());
                Ok(())
            }
        }
    }

    /// The value of an AI as it stands in the code.
    pub fn value(&self, ai: &str) -> Option<&str> {
        self.values.get(ai).map(String::as_str)
    }

    /// Every AI with its value and its official short title.
    pub fn elements(&self) -> impl Iterator<Item = (&str, &str, &'static str)> {
        let title = |ai: &str| table::entry(ai).map_or("", |entry| entry.title);
        self.values.iter().map(move |(ai, value)| (ai.as_str(), value.as_str(), title(ai)))
    }

    /// The serial shipping container code: one handling unit.
    pub fn sscc(&self) -> Option<&str> {
        self.value("00")
    }

    /// The trade item, as fourteen digits: the item itself, or what a handling unit holds.
    pub fn gtin(&self) -> Option<&str> {
        self.value("01").or_else(|| self.value("02"))
    }

    /// The batch or lot.
    pub fn lot(&self) -> Option<&str> {
        self.value("10")
    }

    /// The serial number.
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// The day after which it may not be used.
    pub fn expiry(&self) -> Option<ShortDate> {
        self.value("17").or_else(|| self.value("7003")).and_then(ShortDate::read)
    }

    /// The day until which it is at its best.
    pub fn best_before(&self) -> Option<ShortDate> {
        self.value("15").and_then(ShortDate::read)
    }

    /// How many trade items the handling unit holds.
    pub fn count(&self) -> Option<u32> {
        self.value("37").or_else(|| self.value("30"))?.parse().ok()
    }

    /// The customer's order.
    pub fn order(&self) -> Option<&str> {
        self.value("400")
    }

    /// The net weight in grams, rounded down.
    pub fn net_weight_g(&self) -> Option<u64> {
        self.weight_g("310")
    }

    /// The gross weight in grams, rounded down.
    pub fn gross_weight_g(&self) -> Option<u64> {
        self.weight_g("330")
    }

    /// Kilograms: the last digit of the AI says how many digits stand behind the point.
    fn weight_g(&self, family: &str) -> Option<u64> {
        let find = |places: u32| self.value(&format!("{family}{places}")).map(|v| (places, v));
        let (places, value) = (0..=5).find_map(find)?;
        let number: u64 = value.parse().ok()?;
        number.checked_mul(1_000)?.checked_div(10_u64.checked_pow(places)?)
    }

    /// Says whether the code names what a plan calls by `code`: the handling unit or the trade item,
    /// with or without leading zeros and AI.
    pub fn names(&self, code: &str) -> bool {
        let bare = code.trim();
        let is_gtin = |own: &str| gtin14(bare).is_some_and(|gtin| gtin == own);
        let is_unit = |own: &str| own == bare || bare.strip_prefix("00") == Some(own);
        self.sscc().is_some_and(is_unit) || self.gtin().is_some_and(is_gtin)
    }
}

#[cfg(test)]
mod tests;
