//! Core and sync give the same answer to the same question on every machine.

use crate::house::{none, sources};

/// Clocks, dice and the outside world. Clippy bans the calls; this also catches a re-export.
const OUTSIDE: &[&str] = &[
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant",
    "Utc::now",
    "Local::now",
    "getrandom",
    "rand::",
    "OsRng",
    "thread_rng",
    "tokio",
];

#[test]
fn core_and_sync_read_no_clock_roll_no_die_and_touch_nothing() {
    for folder in ["crates/waybill-core/src", "crates/waybill-sync/src"] {
        let sources = sources(folder, &[".rs"]);
        let broken: Vec<_> = sources.iter().flat_map(|source| source.finds(OUTSIDE)).collect();
        none(&broken, "Take the time, the die or the bytes as an argument:");
    }
}

#[test]
fn core_and_sync_forbid_the_same_to_clippy() {
    for folder in ["crates/waybill-core", "crates/waybill-sync"] {
        let table = crate::house::read(&format!("{folder}/clippy.toml"));
        for wall in ["std::time::SystemTime::now", "std::time::Instant::now", "std::fs::File::open"]
        {
            assert!(table.contains(wall), "{folder}/clippy.toml no longer bans {wall}");
        }
    }
}
