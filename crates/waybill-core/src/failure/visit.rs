//! What was done during a visit, as far as a reason for giving up may ask for it.
//!
//! Invariant: nothing here depends on the order between devices. Time between two readings is
//! measured within one device; between devices only their wall clocks can be compared.

use std::collections::BTreeMap;

use super::{Evidence, MissingEvidence, Reason, may_fail};
use crate::fact::Contacted;
use crate::id::{DeviceId, FactId};
use crate::time::Reading;

const MINUTE_MS: u64 = 60_000;

/// The visit that stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visit {
    /// When each device said first that it was there.
    pub arrived: BTreeMap<DeviceId, Reading>,
    pub contacts: Vec<(FactId, Reading, Contacted)>,
    pub photos: u32,
}

impl Visit {
    /// How long the driver has been there, in milliseconds.
    pub fn waited_ms(&self, device: DeviceId, now: Reading) -> u64 {
        if let Some(arrived) = self.arrived.get(&device) {
            return now.since(*arrived);
        }
        let first = self.arrived.values().map(|arrived| arrived.wall_ms).min();
        first.map_or(0, |first| u64::try_from(now.wall_ms.since(first)).unwrap_or(0))
    }

    /// How many tries to reach the customer count.
    pub fn attempts(&self, gap_min: u32) -> u32 {
        let mut last: BTreeMap<DeviceId, Reading> = BTreeMap::new();
        let mut count: u32 = 0;
        for (id, at, _) in &self.contacts {
            let before = last.get(&id.device);
            if before.is_none_or(|before| at.since(*before) >= u64::from(gap_min) * MINUTE_MS) {
                last.insert(id.device, *at);
                count = count.saturating_add(1);
            }
        }
        count
    }

    /// How long until another try would count, in milliseconds.
    pub fn next_attempt_ms(&self, device: DeviceId, gap_min: u32, now: Reading) -> u64 {
        let gap_ms = u64::from(gap_min) * MINUTE_MS;
        let mut last: Option<Reading> = None;
        for (_, at, _) in self.contacts.iter().filter(|(id, ..)| id.device == device) {
            if last.is_none_or(|before| at.since(before) >= gap_ms) {
                last = Some(*at);
            }
        }
        last.map_or(0, |last| gap_ms.saturating_sub(now.since(last)))
    }

    /// What of all that counts for a reason.
    pub fn evidence(&self, reason: &Reason, device: DeviceId, now: Reading) -> Evidence {
        let waited_min = self.waited_ms(device, now) / MINUTE_MS;
        Evidence {
            photos: self.photos,
            contact_attempts: self.attempts(reason.contact_gap_min),
            waited_min: u32::try_from(waited_min).unwrap_or(u32::MAX),
        }
    }

    /// What a reason asks for and was not done when a device gave it.
    pub fn unmet(&self, reason: &Reason, device: DeviceId, now: Reading) -> Vec<MissingEvidence> {
        may_fail(reason, self.evidence(reason, device, now)).err().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Channel, ContactOutcome};
    use crate::fold::samples::id;
    use crate::time::Timestamp;

    fn at(wall_min: i64, monotonic_min: u64) -> Reading {
        let wall_ms = Timestamp(wall_min * 60_000);
        Reading { wall_ms, zone_min: 0, monotonic_ms: monotonic_min * MINUTE_MS }
    }

    fn contact(device: u8, seq: u64, minute: u64) -> (FactId, Reading, Contacted) {
        let contacted = Contacted { channel: Channel::Call, outcome: ContactOutcome::NoAnswer };
        (id(device, seq), at(0, minute), contacted)
    }

    #[test]
    fn calls_in_a_burst_are_one_try() {
        let contacts = vec![contact(1, 1, 0), contact(1, 2, 1), contact(1, 3, 3), contact(2, 1, 3)];
        let visit = Visit { contacts, ..Visit::default() };
        assert_eq!(visit.attempts(0), 4);
        assert_eq!(visit.attempts(3), 3, "two of one phone and one of its mate's");
        let device = id(1, 1).device;
        assert_eq!(visit.next_attempt_ms(device, 3, at(0, 5)), MINUTE_MS);
        assert_eq!(visit.next_attempt_ms(device, 3, at(0, 6)), 0);
        assert_eq!(visit.next_attempt_ms(id(9, 1).device, 3, at(0, 3)), 0, "this one never called");
    }

    #[test]
    fn nobody_waits_faster_by_setting_the_clock() {
        let device = id(1, 1).device;
        let arrived = [(device, at(100, 10))].into();
        let visit = Visit { arrived, ..Visit::default() };
        assert_eq!(visit.waited_ms(device, at(900, 14)), 4 * MINUTE_MS);
        assert_eq!(visit.waited_ms(device, at(107, 2)), 7 * MINUTE_MS, "the phone was restarted");
        assert_eq!(visit.waited_ms(device, at(90, 2)), 0);
        assert_eq!(visit.waited_ms(id(2, 1).device, at(105, 900)), 5 * MINUTE_MS, "a mate's phone");
        assert_eq!(Visit::default().waited_ms(device, at(900, 900)), 0, "nobody ever arrived");
    }
}
