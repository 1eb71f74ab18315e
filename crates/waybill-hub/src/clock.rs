//! The edges where time and chance come in, so that everything behind them can be replayed.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use waybill_core::time::Timestamp;

use crate::error::HubError;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Rolls dice.
pub trait Dice: Send + Sync {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), HubError>;
}

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let ms = since.map_or(0, |since| since.as_millis());
        Timestamp(i64::try_from(ms).unwrap_or(i64::MAX))
    }
}

/// The machine's randomness.
pub struct SystemDice;

impl Dice for SystemDice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), HubError> {
        getrandom::fill(bytes).map_err(|_| HubError::Dice)
    }
}

/// A clock that never steps back, whatever the one behind it does.
pub(crate) struct Monotonic {
    clock: Arc<dyn Clock>,
    newest: AtomicI64,
}

impl Monotonic {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let newest = AtomicI64::new(i64::MIN);
        Self { clock, newest }
    }

    /// Lets it be no earlier than a moment from now on.
    pub(crate) fn raise(&self, at: Timestamp) {
        self.newest.fetch_max(at.0, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now().0;
        let before = self.newest.fetch_max(now, Ordering::Relaxed);
        Timestamp(now.max(before))
    }
}

/// Rolls a fixed number of random bytes.
pub(crate) fn roll<const N: usize>(dice: &dyn Dice) -> Result<[u8; N], HubError> {
    let mut bytes = [0; N];
    dice.fill(&mut bytes)?;
    Ok(bytes)
}
