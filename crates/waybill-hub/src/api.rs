//! What the office's screens and other systems see: JSON in, JSON out. Exported to TypeScript.

mod bindings;
pub mod day;
pub mod device;
pub mod feed;
pub mod matter;
pub mod upkeep;
pub mod view;
pub mod wish;

pub use bindings::bindings;
