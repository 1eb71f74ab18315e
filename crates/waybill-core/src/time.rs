//! Times as integers. A device's time is a claim; the hub's time is a measurement.

mod local;

pub use local::{LocalWindow, WindowFault, is_clock};

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// UTC, in milliseconds since 1970.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    TS,
    Encode,
    Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
#[ts(type = "number")]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// How long after `earlier` this is, in milliseconds; negative if it is before.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// This time moved by some milliseconds.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Writes the time as RFC 3339, or `None` for a year that the calendar does not hold.
    pub fn rfc3339(self) -> Option<String> {
        chrono::DateTime::from_timestamp_millis(self.0)
            .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))
    }
}

/// When a customer expects the job: from and to, both included.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct Window {
    #[n(0)]
    pub from_ms: Timestamp,
    #[n(1)]
    pub to_ms: Timestamp,
}

/// How a time stands to a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Punctuality {
    Early,
    Within,
    Late,
}

impl Window {
    /// Says whether the window is the right way round.
    pub fn is_ordered(self) -> bool {
        self.from_ms <= self.to_ms
    }

    /// Compares a time with the window.
    pub fn judge(self, at: Timestamp) -> Punctuality {
        if at < self.from_ms {
            Punctuality::Early
        } else if at > self.to_ms {
            Punctuality::Late
        } else {
            Punctuality::Within
        }
    }
}

/// The three clocks of a capture, as the device read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Reading {
    /// The wall clock: what the device believes the time is.
    #[n(0)]
    pub wall_ms: Timestamp,
    /// The zone that the device was set to, in minutes east of UTC.
    #[n(1)]
    pub zone_min: i16,
    /// Time since the device started, which nobody can set.
    #[n(2)]
    pub monotonic_ms: u64,
}

impl Reading {
    /// How long after `earlier` of the same device this is, in milliseconds and never negative.
    ///
    /// Measured by the clock that nobody can set; by the wall clock only where that one began anew.
    pub fn since(self, earlier: Self) -> u64 {
        match self.monotonic_ms.checked_sub(earlier.monotonic_ms) {
            Some(ms) => ms,
            None => u64::try_from(self.wall_ms.since(earlier.wall_ms)).unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_a_window_belong_to_it() {
        let window = Window { from_ms: Timestamp(10), to_ms: Timestamp(20) };
        let judged = [9, 10, 20, 21].map(|at| window.judge(Timestamp(at)));
        let expected =
            [Punctuality::Early, Punctuality::Within, Punctuality::Within, Punctuality::Late];
        assert_eq!(judged, expected);
    }

    #[test]
    fn a_time_far_outside_the_calendar_is_kept_and_not_written() {
        let never = Timestamp(i64::MAX);
        assert_eq!(never.rfc3339(), None);
        assert_eq!(never.plus_ms(1), never, "arithmetic saturates instead of wrapping");
        assert!(never.since(Timestamp(i64::MIN)) > 0);
    }
}
