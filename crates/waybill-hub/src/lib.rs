//! The office's server.

pub mod api;
