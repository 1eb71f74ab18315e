//! Worlds for tests, and the phone in a browser.
//!
//! [`devhost`] is a whole phone behind HTTP, so that a browser can be its screen. [`world`] is a hub
//! and phones in one process for stories. [`weather`] is the same under loss, duplication, reordering,
//! cuts and crashes, drawn from a seed. [`flow`] is what a phone or a hub does while it is killed or
//! refused, and [`power`] cuts the power under it. [`demo_day`] is a day's work to show and to test with.
//!
//! Nothing of this ships.

pub mod bench_phone;
pub mod clock;
pub mod day_file;
pub mod demo_day;
pub mod devhost;
pub mod figures;
pub mod flow;
pub mod picture;
pub mod power;
pub mod seeds;
pub mod weather;
pub mod world;
