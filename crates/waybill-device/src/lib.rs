//! The phone's engine.

pub mod api;
