//! Who may use whom.
//!
//! The table is the architecture: an arrow that is not in it does not exist. Phone and hub meet only
//! in the messages of `waybill-sync`.

use std::process::Command;

use serde_json::Value;

use crate::house::{none, root};

/// A crate, the crates of ours it may use, and those its tests may use.
type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

const CORE: &str = "waybill-core";
const SYNC: &str = "waybill-sync";
const DEVICE: &str = "waybill-device";
const HUB: &str = "waybill-hub";
const TESTKIT: &str = "waybill-testkit";
const VERIFY: &str = "waybill-verify";
const PLUGIN: &str = "tauri-plugin-waybill";

const ARROWS: &[Row] = &[
    (CORE, &[], &[]),
    (SYNC, &[CORE], &[]),
    (DEVICE, &[CORE, SYNC], &[]),
    (HUB, &[CORE, SYNC], &[]),
    (TESTKIT, &[CORE, SYNC, DEVICE, HUB], &[]),
    (VERIFY, &[CORE, SYNC], &[]),
    (PLUGIN, &[], &[]),
    ("waybill", &[DEVICE, SYNC, PLUGIN], &[TESTKIT]),
    ("waybill-tests", &[], &[CORE, SYNC, DEVICE, HUB, TESTKIT, VERIFY]),
    ("xtask", &[], &[]),
];

/// What a crate must never use of the outside, by the beginning of its name.
const STRANGERS: &[(&str, &[&str])] = &[
    (CORE, &["tokio", "reqwest", "axum", "rusqlite", "getrandom", "rand", "tauri", "tracing"]),
    (SYNC, &["tokio", "reqwest", "axum", "rusqlite", "getrandom", "rand", "tauri", "tracing"]),
    (DEVICE, &["tauri", "axum"]),
    (HUB, &["tauri", "reqwest"]),
    (VERIFY, &["tokio", "reqwest", "axum", "rusqlite", "getrandom", "rand", "tauri"]),
    (PLUGIN, &["rusqlite", "reqwest"]),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers in JSON");
    metadata["packages"].as_array().expect("the workspace has packages").clone()
}

/// The names a package depends on; `dev` or (normal and build).
fn uses(package: &Value, dev: bool) -> Vec<&str> {
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    dependencies
        .iter()
        .filter(|dependency| (dependency["kind"] == "dev") == dev)
        .filter_map(|dependency| dependency["name"].as_str())
        .collect()
}

#[test]
fn every_arrow_between_our_crates_is_in_the_table() {
    let packages = packages();
    let ours: Vec<_> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut broken = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, may, tests_may)) = ARROWS.iter().find(|(row, ..)| *row == name) else {
            broken.push(format!("{name} has no row"));
            continue;
        };
        for used in uses(package, false) {
            if ours.contains(&used) && !may.contains(&used) {
                broken.push(format!("{name} -> {used}"));
            }
        }
        for used in uses(package, true) {
            if ours.contains(&used) && !may.contains(&used) && !tests_may.contains(&used) {
                broken.push(format!("{name} -> {used} (in its tests)"));
            }
        }
    }
    none(&broken, "Not an arrow of the house. Move the code to where the arrow is allowed:");
    for (name, ..) in ARROWS {
        assert!(ours.contains(name), "{name} is in the table of arrows but not in the house");
    }
}

#[test]
fn nobody_lets_in_a_stranger_that_breaks_its_promise() {
    let packages = packages();
    let mut broken = Vec::new();
    for (name, strangers) in STRANGERS {
        let package = packages.iter().find(|package| package["name"] == *name);
        let package = package.unwrap_or_else(|| panic!("{name} is not in the house"));
        for used in uses(package, false) {
            if strangers.iter().any(|stranger| used.starts_with(stranger)) {
                broken.push(format!("{name} -> {used}"));
            }
        }
    }
    none(&broken, "This crate promises to work without it. Take what it gives as an argument:");
}
