//! Every code has its words, in every language.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use waybill_sync::code::Code;

use crate::house::{none, read};

const LANGUAGES: &[&str] = &["en", "de", "es", "pl", "ar"];
/// The one table from codes to texts. Several codes may share a text.
const TABLE: &str = "ui/src/text/problems.ts";

/// The keys of a language's texts.
fn keys(language: &str) -> BTreeSet<String> {
    let messages: Value = serde_json::from_str(&read(&format!("ui/messages/{language}.json")))
        .unwrap_or_else(|error| panic!("ui/messages/{language}.json is no JSON: {error}"));
    let messages = messages.as_object().expect("messages are an object");
    messages.keys().filter(|key| !key.starts_with('$')).cloned().collect()
}

/// From a code's word to the key of its text, as lines like `store_full: m.problem_store_full,`.
fn table() -> BTreeMap<String, String> {
    let text = read(TABLE);
    let lines = text.lines().map(|line| line.trim().trim_end_matches(','));
    let pairs = lines.filter_map(|line| line.split_once(": m."));
    pairs.map(|(code, key)| (code.to_owned(), key.to_owned())).collect()
}

#[test]
fn every_code_has_its_words_in_every_language() {
    let table = table();
    let mut broken = Vec::new();
    for code in Code::ALL {
        let Some(key) = table.get(code.word()) else {
            broken.push(format!("{TABLE}: {}", code.word()));
            continue;
        };
        for language in LANGUAGES.iter().filter(|language| !keys(language).contains(key)) {
            broken.push(format!("ui/messages/{language}.json: {key}"));
        }
    }
    none(&broken, "A driver would read a bare code. Give it a text, its own or one it shares:");
}

#[test]
fn every_language_says_the_same_things() {
    let english = keys("en");
    assert!(english.len() > 50, "the English texts were not understood");
    let mut broken = Vec::new();
    for language in LANGUAGES {
        let keys = keys(language);
        broken.extend(english.difference(&keys).map(|key| format!("{language} lacks {key}")));
        broken.extend(keys.difference(&english).map(|key| format!("{language} alone has {key}")));
    }
    none(&broken, "All languages have the same texts:");
}
