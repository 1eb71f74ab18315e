//! What the lock files say about who is in the house.

use serde_json::Value;

use crate::house::{none, read};

/// The packages of Cargo.lock, each a name and a version.
fn locked() -> Vec<(String, String)> {
    let lock = read("Cargo.lock");
    let field = |block: &str, key: &str| {
        let start = block.find(&format!("{key} = \""))? + key.len() + 4;
        block[start..].split('"').next().map(str::to_owned)
    };
    let packages: Vec<_> = lock
        .split("[[package]]")
        .filter_map(|block| Some((field(block, "name")?, field(block, "version")?)))
        .collect();
    assert!(packages.len() > 100, "Cargo.lock was not understood");
    packages
}

#[test]
fn there_is_one_sqlite_and_one_tls() {
    let locked = locked();
    let sqlites: Vec<_> = locked.iter().filter(|(name, _)| name == "libsqlite3-sys").collect();
    assert_eq!(
        sqlites.len(),
        1,
        "Two copies of SQLite in one process break each other's locks: {sqlites:?}"
    );
    let strangers = ["openssl-sys", "openssl", "native-tls", "aws-lc-sys", "aws-lc-rs", "sqlx"];
    let broken: Vec<_> = locked
        .iter()
        .filter(|(name, _)| strangers.contains(&name.as_str()))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    none(
        &broken,
        "TLS is rustls with ring, SQLite is rusqlite; switch off the feature that brings:",
    );
}

#[test]
fn the_shell_is_tauri_two() {
    let tauri: Vec<_> =
        locked().into_iter().filter(|(name, _)| name.split('-').next() == Some("tauri")).collect();
    assert!(tauri.iter().any(|(name, _)| name == "tauri"), "there is no shell");
    let broken: Vec<_> = tauri
        .into_iter()
        .filter(|(name, version)| name != "tauri-plugin-waybill" && version.starts_with("3."))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    none(&broken, "Write `version = \"2\"`: the alphas of the next one resolve by accident:");
}

#[test]
fn a_release_unwinds() {
    let manifest = read("Cargo.toml");
    let release = manifest.split("[profile.release]").nth(1).expect("there is a release profile");
    let release = release.split("\n[").next().unwrap_or(release);
    assert!(
        release.contains("panic = \"unwind\""),
        "The hub catches a panic of the plan's library; with `abort` one phone could end it for all."
    );
}

#[test]
fn a_lock_file_names_no_place_to_download_from() {
    let mut broken = Vec::new();
    for lock in ["ui/package-lock.json", "tests/e2e/package-lock.json"] {
        let hosts = read(lock).lines().filter(|line| line.contains("\"resolved\": \"http")).count();
        if hosts > 0 {
            broken.push(format!("{lock}: {hosts} lines"));
        }
    }
    none(
        &broken,
        "Run `npm install --omit-lockfile-registry-resolved`: the registry is yours to choose:",
    );
}

#[test]
fn a_lock_file_holds_the_packages_of_other_systems_too() {
    let mut broken = Vec::new();
    for path in ["ui/package-lock.json", "tests/e2e/package-lock.json"] {
        let lock: Value = serde_json::from_str(&read(path)).expect("a lock file is JSON");
        let packages = lock["packages"].as_object().expect("a lock file has packages");
        for (at, package) in packages {
            let optional = package["optionalDependencies"].as_object();
            for name in optional.iter().flat_map(|optional| optional.keys()) {
                let is_held = packages.contains_key(&format!("node_modules/{name}"))
                    || packages.contains_key(&format!("{at}/node_modules/{name}"));
                if !is_held {
                    broken.push(format!("{path}: {name}, wanted by {at}"));
                }
            }
        }
    }
    none(
        &broken,
        "`npm ci` refuses this lock. Add an entry with version, optional, os and cpu by hand for:",
    );
}
