//! The walls of the house: rules about the source itself, each told with what to do about it.
//!
//! A rule whose subject is missing fails; it never passes for want of anything to look at. Rules about
//! what the product does are tested elsewhere.

#![expect(clippy::expect_used, reason = "a panic is how a test fails")]

mod arrows;
mod docs;
mod habits;
mod house;
mod lock;
mod migrations;
mod places;
mod pure;
mod sizes;
mod text;
