//! The way to the hub: HTTPS, one request a round, and evidence in resumable pieces.
//!
//! Nothing is believed because a status says so. A network that wants a sign-in answers `200` with a
//! page; only `201` with a sealed answer is the hub.

mod client;
mod uplink;

pub use client::make as make_client;
pub use uplink::Uplink;
