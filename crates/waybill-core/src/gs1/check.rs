//! The rules that a value must keep. What needs a list of countries, currencies or bank formats is
//! left to whoever holds the list; the character set and the length are always checked.

use super::table::{Characters, Component, Entry};
use super::{Fault, ShortDate};

/// The characters of GS1 character set 82, in the order that gives them their values.
const SET_82: &str =
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The characters of a pair of check characters.
const SET_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const PRIMES: [usize; 23] =
    [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83];

/// The check digit that belongs behind some digits, or `None` if they are not digits.
pub fn check_digit(digits: &str) -> Option<u8> {
    let mut sum = 0_u32;
    for (place, digit) in digits.bytes().rev().enumerate() {
        if !digit.is_ascii_digit() {
            return None;
        }
        let weight = if place % 2 == 0 { 3 } else { 1 };
        sum = sum.checked_add(u32::from(digit - b'0') * weight)?;
    }
    u8::try_from((10 - sum % 10) % 10).ok()
}

/// Says whether the last digit is the check digit of those before it.
pub fn is_check_digit_right(digits: &str) -> bool {
    let Some((body, last)) = digits.len().checked_sub(1).and_then(|at| digits.split_at_checked(at))
    else {
        return false;
    };
    last.parse::<u8>().is_ok_and(|last| check_digit(body) == Some(last))
}

/// Writes a GTIN-8, -12, -13 or -14 as fourteen digits if its check digit is right.
pub fn gtin14(digits: &str) -> Option<String> {
    let has_length = matches!(digits.len(), 8 | 12 | 13 | 14);
    let is_right = has_length && digits.bytes().all(|digit| digit.is_ascii_digit());
    (is_right && is_check_digit_right(digits)).then(|| format!("{digits:0>14}"))
}

/// Checks a value against what its AI may hold.
pub(super) fn check(ai: &str, value: &str, entry: &Entry) -> Result<(), Fault> {
    let mut rest = value;
    for component in &entry.components {
        if rest.is_empty() && component.is_optional {
            continue;
        }
        // One byte is one character in every set; anything else is refused as a character.
        if !value.is_ascii() {
            return Err(Fault::Character { ai: ai.to_owned() });
        }
        if rest.len() < component.length_min {
            return Err(Fault::ValueShort { ai: ai.to_owned() });
        }
        let (piece, next) = rest.split_at(rest.len().min(component.length_max));
        if !piece.bytes().all(|byte| takes(component.characters, byte)) {
            return Err(Fault::Character { ai: ai.to_owned() });
        }
        keep_rules(ai, piece, component)?;
        rest = next;
    }
    if rest.is_empty() { Ok(()) } else { Err(Fault::ValueLong { ai: ai.to_owned() }) }
}

fn takes(characters: Characters, byte: u8) -> bool {
    match characters {
        Characters::Digits => byte.is_ascii_digit(),
        Characters::Set82 => SET_82.as_bytes().contains(&byte),
        Characters::Set39 => {
            byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"#-/".contains(&byte)
        }
        Characters::Base64Url => byte.is_ascii_alphanumeric() || b"-_=".contains(&byte),
    }
}

fn keep_rules(ai: &str, piece: &str, component: &Component) -> Result<(), Fault> {
    for rule in &component.rules {
        let number = piece.parse::<u32>().unwrap_or(u32::MAX);
        let is_kept = match *rule {
            "csum" if !is_check_digit_right(piece) => {
                return Err(Fault::CheckDigit { ai: ai.to_owned() });
            }
            "csumalpha" if !are_check_characters_right(piece) => {
                return Err(Fault::CheckDigit { ai: ai.to_owned() });
            }
            "yymmd0" | "yymmdd" | "yyyymmdd" | "hhmi" | "hh" | "mi" | "ss"
                if !is_time(rule, piece) =>
            {
                return Err(Fault::Date { ai: ai.to_owned() });
            }
            "nonzero" => piece.bytes().any(|digit| digit != b'0'),
            "zero" => piece.bytes().all(|digit| digit == b'0'),
            "nozeroprefix" => piece == "0" || !piece.starts_with('0'),
            "hasnondigit" => piece.bytes().any(|byte| !byte.is_ascii_digit()),
            "yesno" => number <= 1,
            "winding" => matches!(number, 0 | 1 | 9),
            "hyphen" => piece == "-",
            "latitude" => piece.parse::<u64>().is_ok_and(|value| value <= 1_800_000_000),
            "longitude" => piece.parse::<u64>().is_ok_and(|value| value <= 3_600_000_000),
            "pieceoftotal" => is_piece_of_total(piece),
            "pcenc" => super::link::unescape(piece).is_ok(),
            _ => true,
        };
        if !is_kept {
            return Err(Fault::Rule { ai: ai.to_owned(), rule });
        }
    }
    Ok(())
}

fn is_piece_of_total(piece: &str) -> bool {
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u8>().ok()).unwrap_or(0);
    let (part, total) = (number(piece.get(..2)), number(piece.get(2..)));
    part > 0 && part <= total
}

fn is_time(rule: &str, piece: &str) -> bool {
    let pair = |at: usize| piece.get(at..at + 2).and_then(|pair| pair.parse::<u8>().ok());
    let below = |at: usize, limit: u8| pair(at).is_some_and(|value| value < limit);
    // Any year of a leap cycle does: which century is meant is asked when the date is used.
    let is_date = |text: Option<&str>, may_be_month: bool| {
        let date = text.and_then(ShortDate::read);
        let day = |date: ShortDate| date.resolve(2_000 + i32::from(date.year));
        date.is_some_and(|date| (may_be_month || date.day > 0) && day(date).is_some())
    };
    match rule {
        "yymmd0" => is_date(Some(piece), true),
        "yymmdd" => is_date(Some(piece), false),
        "yyyymmdd" => chrono::NaiveDate::parse_from_str(piece, "%Y%m%d").is_ok(),
        "hhmi" => below(0, 24) && below(2, 60),
        "hh" => below(0, 24),
        _ => below(0, 60),
    }
}

/// The pair of check characters of a global model number.
fn are_check_characters_right(piece: &str) -> bool {
    let Some((body, pair)) = piece.len().checked_sub(2).and_then(|at| piece.split_at_checked(at))
    else {
        return false;
    };
    if body.len() > PRIMES.len() {
        return false;
    }
    let mut sum = 0;
    for (byte, prime) in body.bytes().rev().zip(PRIMES) {
        let Some(value) = SET_82.bytes().position(|each| each == byte) else {
            return false;
        };
        sum += value * prime;
    }
    let sum = sum % 1021;
    let expected = [sum >> 5, sum & 31].map(|at| SET_32.get(at).copied());
    pair.bytes().map(Some).eq(expected)
}
