//! Nothing grows until nobody reads it.

use crate::house::{Source, none, read, sources};

/// At this length a file must be split; above the first limit it needs a reason in the table.
const HARD: usize = 600;
const LOOK_TWICE: usize = 400;
const COMPONENT_HARD: usize = 300;

/// Files that are long for a reason.
const LONG_FOR_A_REASON: &[(&str, &str)] = &[];

fn all() -> Vec<Source> {
    let mut all = sources("crates", &[".rs"]);
    all.extend(sources("src-tauri", &[".rs"]));
    all.extend(sources("tests", &[".rs", ".ts"]));
    all.extend(sources("ui/src", &[".ts", ".svelte", ".css"]));
    all
}

/// A row of cases is read one at a time and may be longer.
fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.ends_with("/tests.rs") || path.contains("/tests/")
}

#[test]
fn no_file_is_too_long_to_read() {
    let mut broken = Vec::new();
    for source in all() {
        let lines = source.text.lines().count();
        let is_component = source.path.ends_with(".svelte");
        let is_excused = LONG_FOR_A_REASON.iter().any(|(path, _)| *path == source.path);
        let limit = match (is_component, is_excused || is_test(&source.path)) {
            (true, _) => COMPONENT_HARD,
            (false, true) => HARD,
            (false, false) => LOOK_TWICE,
        };
        if lines > limit {
            broken.push(format!("{} has {lines} lines, {limit} are allowed", source.path));
        }
    }
    none(&broken, "Split it along what it talks about (a module for each noun):");
}

#[test]
fn every_excuse_is_still_needed() {
    let all = all();
    for (path, reason) in LONG_FOR_A_REASON {
        let source = all.iter().find(|source| source.path == *path);
        let lines = source.map_or(0, |source| source.text.lines().count());
        assert!(lines > LOOK_TWICE, "{path} no longer needs its excuse ({reason}): take it out");
    }
}

#[test]
fn clippy_stops_a_function_at_seventy_lines() {
    let mut tables = sources("crates", &["clippy.toml"]);
    tables.push(Source { path: "clippy.toml".to_owned(), text: read("clippy.toml") });
    for table in tables {
        assert!(
            table.text.contains("too-many-lines-threshold = 70"),
            "{} must say `too-many-lines-threshold = 70`",
            table.path
        );
    }
    let mut broken = Vec::new();
    for manifest in sources("crates", &["Cargo.toml"]) {
        let own = manifest.path == "crates/tauri-plugin-waybill/Cargo.toml";
        let has_lints = manifest.text.contains("[lints]\nworkspace = true")
            || (own && manifest.text.contains("pedantic = { level = \"warn\""));
        if !has_lints {
            broken.push(manifest.path);
        }
    }
    none(&broken, "Say `[lints]` and `workspace = true` in:");
}
