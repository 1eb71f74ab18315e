//! What is drawn for a seed before anything happens: how rough its day is, and who has bad luck.

use crate::clock::SeededDice;

/// How many phones there are.
pub(super) const PHONES: usize = 8;
/// How many things happen before the sky clears.
pub(super) const EVENTS: u64 = 320;

/// How rough the weather is. Chances are in percent, moments in events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sky {
    pub lost: u64,
    pub duplicated: u64,
    pub delayed: u64,
    /// The longest that a message hangs in the air.
    pub delay_ms_max: u64,
    pub portal: u64,
    pub torn_upload: u64,
    pub partition: u64,
    /// Crashes of each phone over the day.
    pub phone_crashes: u64,
    pub hub_crash: u64,
    pub disks_full: u64,
    /// Of what the office does, how much is giving a run to another driver.
    pub reassign: u64,
    pub skew_ms_max: u64,
    /// Which phone is restored, from a backup of which moment, and when.
    pub phone_restore: Option<(usize, u64, u64)>,
    /// From a backup of which moment the hub is restored, and when.
    pub hub_restore: Option<(u64, u64)>,
    /// Which phone is revoked, and when.
    pub revoke: Option<(usize, u64)>,
    /// Which phone says what it should not.
    pub bad_phone: Option<usize>,
}

impl Sky {
    /// Draws the sky of a seed.
    pub fn of(seed: u64) -> Self {
        let dice = SeededDice::new(seed ^ 0x5ca1_ab1e);
        let chance = |most: u64| dice.below(most + 1);
        let phone = || usize::try_from(dice.below(PHONES as u64)).unwrap_or(0);
        let span = || {
            let from = dice.below(EVENTS / 2);
            (from, from + 1 + dice.below(EVENTS / 2 - 1))
        };
        Self {
            lost: chance(30),
            duplicated: chance(50),
            delayed: chance(20),
            delay_ms_max: chance(6 * 3_600_000),
            portal: chance(10),
            torn_upload: chance(40),
            partition: chance(3),
            phone_crashes: chance(20),
            hub_crash: chance(3),
            disks_full: chance(3),
            reassign: chance(20),
            skew_ms_max: chance(26 * 3_600_000),
            phone_restore: dice.percent(50).then(|| {
                let (from, to) = span();
                (phone(), from, to)
            }),
            hub_restore: dice.percent(50).then(span),
            revoke: dice.percent(50).then(|| (phone(), dice.below(EVENTS))),
            bad_phone: dice.percent(10).then(phone),
        }
    }
}
