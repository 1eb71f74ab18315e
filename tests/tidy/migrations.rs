//! A migration that has gone out never changes: phones have run it already.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::house::{none, read, sources};

const PINNED: &str = "tests/golden/migrations.sha256";

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes everything");
        hex
    })
}

#[test]
fn a_migration_that_is_out_has_the_bytes_it_went_out_with() {
    let held: BTreeMap<_, _> = sources("migrations", &[".sql"])
        .into_iter()
        .map(|source| (source.path, digest(&source.text)))
        .collect();
    let pinned = read(PINNED);
    let pinned: BTreeMap<_, _> =
        pinned.lines().filter_map(|line| line.split_once("  ")).map(|(a, b)| (b, a)).collect();
    let mut broken = Vec::new();
    for (path, digest) in &held {
        match pinned.get(path.as_str()) {
            Some(pinned) if pinned == digest => {}
            Some(_) => broken.push(format!("{path} has changed: write a new migration instead")),
            None => broken.push(format!("{path} is new: add `{digest}  {path}` to {PINNED}")),
        }
    }
    for path in pinned.keys().filter(|path| !held.contains_key(**path)) {
        broken.push(format!("{path} is gone: a phone that has not run it yet would stay behind"));
    }
    none(&broken, "Migrations only ever go forward:");
}

#[test]
fn migrations_are_numbered_without_a_gap() {
    for folder in ["migrations/device", "migrations/hub"] {
        for (index, source) in by_number(folder).into_iter().enumerate() {
            assert_eq!(source.0, index + 1, "{} is out of order in {folder}", source.1);
        }
    }
}

fn by_number(folder: &str) -> Vec<(usize, String)> {
    let mut numbered: Vec<_> = sources(folder, &[".sql"])
        .into_iter()
        .map(|source| {
            let name = source.path.rsplit('/').next().unwrap_or_default().to_owned();
            let number = name.trim_start_matches('V').split("__").next().unwrap_or_default();
            let number =
                number.parse().unwrap_or_else(|_| panic!("{name} is not V<n>__<what>.sql"));
            (number, name)
        })
        .collect();
    numbered.sort();
    numbered
}
