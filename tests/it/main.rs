//! Stories: what people do with Waybill, told with whole phones against a whole hub over HTTP.
//!
//! Nothing runs by itself and nothing waits: a phone talks when the story says so.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod bad_input;
mod both_edit;
mod copied_store;
mod crew_edits;
mod dock;
mod door;
mod evidence;
mod hurt_phones;
mod matters;
mod new_rules;
mod old_speakers;
mod one_delivery;
mod refused_changes;
mod restore;
mod run_returns;
mod together;
mod two_phones;
