//! The phone's engine: everything a driver's phone does, without a screen and without a shell.
//!
//! A screen asks for something through [`api`]; the [`engine`] adds time, place and number, lets core
//! judge, and writes one transaction to the [`store`]. Only then does the screen say saved. When there
//! is air, [`air`] carries what is new to the hub and brings back a receipt. [`host`] puts the pieces
//! together for whoever hosts the screens: the Tauri shell on a phone, a bench in a browser.
//!
//! There is no Tauri in here, and no network is needed for anything but sending.
//!
//! The modules are listed in reading order.

pub mod clock;
pub mod problem;

pub mod blob_folder;
pub mod media;
pub mod room;
pub mod store;
pub mod vault;

pub mod engine;

pub mod api;

pub mod air;
pub mod host;
