//! The walls of the house: rules about the source itself, each told with what to do about it.
//!
//! A rule whose subject is missing fails; it never passes for want of anything to look at. Rules about
//! what the product does are tested elsewhere.

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
