//! Clock and dice, which the engine is given and never takes. A test gives others.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use waybill_core::time::{Reading, Timestamp};

/// What time the device believes it is.
pub trait Clock: Send + Sync {
    /// Reads the wall clock, its zone and the clock that nobody can set.
    fn read(&self) -> Reading;
}

/// Random bytes.
pub trait Dice: Send + Sync {
    /// Fills a buffer.
    fn fill(&self, bytes: &mut [u8]);
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    fn read(&self) -> Reading {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Reading {
            wall_ms: Timestamp(i64::try_from(wall.as_millis()).unwrap_or(i64::MAX)),
            // The zone is the run's; a device's own is asked for by the shell where there is one.
            zone_min: 0,
            monotonic_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// The system's randomness.
#[derive(Debug, Default)]
pub struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            // Without randomness no key and no epoch is safe; there is nothing sensible to go on with.
            panic!("the system gives no randomness: {error}");
        }
    }
}

/// An array of random bytes.
pub(crate) fn roll<const N: usize>(dice: &dyn Dice) -> [u8; N] {
    let mut bytes = [0; N];
    dice.fill(&mut bytes);
    bytes
}
