//! The rules of Waybill.
//!
//! There are two kinds of data. The **plan** is what people agreed to do; office and crew edit it at
//! the same time, so it is a CRDT document, one per run ([`plan`]). **Facts** are what happened;
//! they never change, so they are an append-only journal per device ([`fact`]). Everything a screen
//! or an invoice shows is [`fold`]ed from the two, by the same code on the phone and at the hub.
//!
//! Nothing here reads a clock, rolls a die or touches a file or socket. The modules are listed in
//! reading order.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod cbor;
pub mod gs1;
pub mod id;
pub mod place;
pub mod time;

pub mod job;
pub mod plan;
pub mod role;

pub mod fact;
pub mod journal;

pub mod failure;
pub mod policy;
pub mod proof;
pub mod status;

pub mod change;
pub mod day;
pub mod fold;
pub mod items;
pub mod load;
pub mod together;

pub mod case;
pub mod incident;
pub mod readiness;

pub mod explain;
