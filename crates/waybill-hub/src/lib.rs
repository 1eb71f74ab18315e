//! The office's server.
//!
//! A phone sends what happened; the intake checks it, keeps it, and answers with a receipt once
//! it is on the disk. What follows from it (where each job stands, whether finance may bill it, what
//! somebody has to look at) is settled in the same transaction, so that no reader ever sees a fact
//! without its consequence. The office edits plans, reads pages and a feed, and invites phones.
//!
//! [`Hub`] is the whole of it as plain functions that need no network and read no clock but the one
//! they are given; the routes are thin over it.
//!
//! The modules are listed in reading order.

pub mod api;
pub mod clock;
pub mod error;

pub mod hub;
mod store;

mod intake;
mod look;
mod matters;
mod plans;
mod policies;
mod settle;

mod backup;
mod blobs;
mod bundle;
mod enrol;
mod explain;
mod gaps;
mod pages;
mod people;
mod queue;
mod rebuild;
mod rescue;
mod restore;

mod office;
mod routes;

#[cfg(test)]
mod testing;

pub use error::HubError;
pub use hub::{Asker, Hub, HubOptions, PasswordCost, Topic};
pub use rescue::{RESCUE_BYTES_MAX, Rescued};
pub use restore::{Restored, restore};
