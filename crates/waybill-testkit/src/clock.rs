//! A clock that a test sets and dice that a seed rolls.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use waybill_core::time::{Reading, Timestamp};

/// Where a test's day begins: 20 November 2026, 06:00 UTC.
pub const MORNING: Timestamp = Timestamp(1_795_154_400_000);

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct TestClock {
    now_ms: AtomicI64,
    /// How far the device's wall clock is off.
    skew_ms: AtomicI64,
}

impl Default for TestClock {
    fn default() -> Self {
        Self { now_ms: AtomicI64::new(MORNING.0), skew_ms: AtomicI64::new(0) }
    }
}

impl TestClock {
    /// Lets time pass.
    pub fn advance_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Puts the clock to a moment.
    pub fn set(&self, at: Timestamp) {
        self.now_ms.store(at.0, Ordering::SeqCst);
    }

    /// Sets the wall clock wrong.
    pub fn set_skew_ms(&self, ms: i64) {
        self.skew_ms.store(ms, Ordering::SeqCst);
    }

    /// The true time.
    pub fn now(&self) -> Timestamp {
        Timestamp(self.now_ms.load(Ordering::SeqCst))
    }
}

impl waybill_device::clock::Clock for TestClock {
    fn read(&self) -> Reading {
        let now = self.now();
        Reading {
            wall_ms: now.plus_ms(self.skew_ms.load(Ordering::SeqCst)),
            zone_min: 0,
            monotonic_ms: u64::try_from(now.since(MORNING)).unwrap_or(0),
        }
    }
}

impl waybill_hub::clock::Clock for TestClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}

/// Dice that always fall the same way for one seed (`SplitMix64`).
#[derive(Debug)]
pub struct SeededDice(Mutex<u64>);

impl SeededDice {
    /// Dice for a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }

    /// The next 64 bits.
    pub fn roll(&self) -> u64 {
        let mut state = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&self, bound: u64) -> u64 {
        self.roll() % bound.max(1)
    }

    /// True so many times in a hundred.
    pub fn percent(&self, chance: u64) -> bool {
        self.below(100) < chance
    }

    fn fill_bytes(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            let roll = self.roll().to_le_bytes();
            let (roll, _) = roll.split_at(piece.len());
            piece.copy_from_slice(roll);
        }
    }
}

impl waybill_device::clock::Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) {
        self.fill_bytes(bytes);
    }
}

impl waybill_hub::clock::Dice for SeededDice {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), waybill_hub::HubError> {
        self.fill_bytes(bytes);
        Ok(())
    }
}
