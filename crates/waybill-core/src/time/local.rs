//! A window as people say it: a day and two times on the clock of the site.
//!
//! Invariant: every time of every day means one moment, also when clocks change. A time that the
//! clock leaps over is taken as much later as the clock leaps. Of a time that the clock shows twice,
//! a window begins at the first and ends at the second, so that nobody loses an hour.

use chrono::{Duration, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

use super::{Timestamp, Window};

/// A window on the clock of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalWindow {
    /// As `2026-11-20`.
    pub day: String,
    /// As `08:00`.
    pub from: String,
    /// As `12:00`, or `24:00` for the end of the day. Before `from` it is of the next day.
    pub to: String,
    /// As `Europe/London`.
    pub zone: String,
}

/// What is wrong with a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WindowFault {
    #[error("the day is no day of the calendar")]
    Day,
    #[error("the time is no time of the clock")]
    Time,
    #[error("the zone is unknown")]
    Zone,
}

impl LocalWindow {
    /// The moments that are meant.
    pub fn resolve(&self) -> Result<Window, WindowFault> {
        let zone: Tz = self.zone.parse().map_err(|_| WindowFault::Zone)?;
        let day = NaiveDate::parse_from_str(&self.day, "%Y-%m-%d").map_err(|_| WindowFault::Day)?;
        let from = clock(day, &self.from)?;
        let to = clock(day, &self.to)?;
        let is_next_day = to < from;
        let to = if is_next_day { to.checked_add_signed(Duration::days(1)) } else { Some(to) };
        let to = to.ok_or(WindowFault::Day)?;
        Ok(Window { from_ms: moment(zone, from, false)?, to_ms: moment(zone, to, true)? })
    }
}

/// Says whether a text is a time of the clock, as `08:00`.
pub fn is_clock(text: &str) -> bool {
    clock(NaiveDate::default(), text).is_ok()
}

/// Reads `08:00` on a day.
fn clock(day: NaiveDate, text: &str) -> Result<NaiveDateTime, WindowFault> {
    if text == "24:00" {
        return day.succ_opt().map(|next| next.and_time(NaiveTime::MIN)).ok_or(WindowFault::Day);
    }
    let has_shape = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
    let time = NaiveTime::parse_from_str(text, "%H:%M").ok().filter(|_| has_shape);
    time.map(|time| day.and_time(time)).ok_or(WindowFault::Time)
}

fn moment(zone: Tz, local: NaiveDateTime, takes_later: bool) -> Result<Timestamp, WindowFault> {
    let at = match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Some(at),
        LocalResult::Ambiguous(first, second) => Some(if takes_later { second } else { first }),
        LocalResult::None => after_gap(zone, local),
    };
    at.map(|at| Timestamp(at.timestamp_millis())).ok_or(WindowFault::Time)
}

/// Reads a time that the clock leaps over with the offset from before the leap.
fn after_gap(zone: Tz, local: NaiveDateTime) -> Option<chrono::DateTime<Tz>> {
    // A whole day was leapt over once; no gap is longer.
    (1..=26).find_map(|hours| {
        let back = Duration::hours(hours);
        let before = zone.from_local_datetime(&local.checked_sub_signed(back)?).latest()?;
        before.checked_add_signed(back)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(zone: &str, day: &str, from: &str, to: &str) -> Result<[String; 2], WindowFault> {
        let [day, from, to, zone] = [day, from, to, zone].map(str::to_owned);
        let window = LocalWindow { day, from, to, zone }.resolve()?;
        Ok([window.from_ms, window.to_ms].map(|at| at.rfc3339().unwrap()[5..16].to_owned()))
    }

    #[test]
    fn the_days_on_which_clocks_change_in_2026() {
        for (zone, day, from, to, expected) in [
            // An ordinary day, in winter and in summer.
            ("Europe/London", "2026-11-20", "08:00", "12:00", ["11-20T08:00", "11-20T12:00"]),
            ("Europe/London", "2026-07-01", "08:00", "12:00", ["07-01T07:00", "07-01T11:00"]),
            // 01:00 becomes 02:00.
            ("Europe/London", "2026-03-29", "00:30", "03:00", ["03-29T00:30", "03-29T02:00"]),
            ("Europe/London", "2026-03-29", "01:30", "02:30", ["03-29T01:30", "03-29T01:30"]),
            // 02:00 becomes 01:00 again.
            ("Europe/London", "2026-10-25", "01:30", "01:30", ["10-25T00:30", "10-25T01:30"]),
            ("Europe/London", "2026-10-25", "00:00", "24:00", ["10-24T23:00", "10-26T00:00"]),
            // 02:00 becomes 03:00, and 03:00 becomes 02:00.
            ("Europe/Warsaw", "2026-03-29", "02:15", "04:00", ["03-29T01:15", "03-29T02:00"]),
            ("Europe/Warsaw", "2026-10-25", "02:00", "02:59", ["10-25T00:00", "10-25T01:59"]),
            ("Europe/Warsaw", "2026-10-24", "22:00", "03:00", ["10-24T20:00", "10-25T02:00"]),
            ("America/New_York", "2026-03-08", "02:30", "09:00", ["03-08T07:30", "03-08T13:00"]),
            ("America/New_York", "2026-11-01", "01:00", "01:30", ["11-01T05:00", "11-01T06:30"]),
        ] {
            let expected = expected.map(str::to_owned);
            assert_eq!(resolve(zone, day, from, to), Ok(expected), "{zone} {day} {from}-{to}");
        }
    }

    #[test]
    fn what_is_no_window_is_refused() {
        let ask = |zone, day, from| resolve(zone, day, from, "12:00");
        assert_eq!(ask("Europe/Nowhere", "2026-11-20", "08:00"), Err(WindowFault::Zone));
        assert_eq!(ask("Europe/London", "2026-02-29", "08:00"), Err(WindowFault::Day));
        for time in ["8:00", "25:00", "08:60", "", "08.00", "24:01"] {
            assert_eq!(ask("Europe/London", "2026-11-20", time), Err(WindowFault::Time), "{time}");
        }
    }

    #[test]
    fn every_minute_of_the_year_means_a_moment_and_a_window_is_the_right_way_round() {
        for zone in ["Europe/London", "Europe/Warsaw", "America/New_York", "Pacific/Apia"] {
            let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
            for day in first.iter_days().take(365) {
                for from in (0..24).map(|hour| format!("{hour:02}:30")) {
                    let (day, zone) = (day.to_string(), zone.to_owned());
                    let window = LocalWindow { day, to: from.clone(), from, zone };
                    assert!(window.resolve().unwrap().is_ordered(), "{window:?}");
                }
            }
        }
    }
}
