//! What a screen may ask for.

pub mod command;
pub mod view;
