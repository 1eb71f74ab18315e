//! Fuzz: whatever bytes come in, nothing panics, hangs or bloats, and what is taken keeps its promises.
//!
//! Inputs are drawn from a seed: valid samples that real code made are mutated, and repaired where
//! otherwise everything would die at the first check. `cargo xtask fuzz` tries more of them.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

mod cbor;
mod harness;
mod json;
mod mutate;
mod seal;
mod stage;
mod targets;
mod teeth;
