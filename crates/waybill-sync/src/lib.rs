//! The conversation between phone and hub.
//!
//! One round trip carries everything that is small: the journal's tail and plan changes up, a signed
//! receipt and news down. This crate holds the messages, their envelope and limits, the keys and
//! signatures, and what each side checks about the other. It never opens a socket: bytes come in as
//! arguments and go out as values.
//!
//! The modules are listed in reading order.

pub mod code;
pub mod limits;

pub mod envelope;
pub mod key;
pub mod receipt;
pub mod rescue;
pub mod seal;

pub mod changes;
pub mod columns;
pub mod enrol;
pub mod tail;
pub mod wire;

pub mod bundle;
