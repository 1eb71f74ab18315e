//! What the office's screens and other systems see: JSON in, JSON out. Exported to TypeScript.

pub mod view;
