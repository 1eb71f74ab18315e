//! Where something happened, as measured or honestly not at all.

use geo::{Distance, Haversine, Point};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A point on the map in millionths of a degree (about 11 cm).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct LatLon {
    #[n(0)]
    pub lat_e6: i32,
    #[n(1)]
    pub lon_e6: i32,
}

impl LatLon {
    /// Takes degrees, or `None` where they are not on the globe.
    pub fn from_degrees(lat: f64, lon: f64) -> Option<Self> {
        let on_globe = (-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon);
        #[expect(clippy::cast_possible_truncation, reason = "±180 million fits an i32")]
        on_globe.then(|| Self {
            lat_e6: (lat * 1e6).round() as i32,
            lon_e6: (lon * 1e6).round() as i32,
        })
    }

    /// Says whether the numbers name a place on the globe.
    pub fn is_on_globe(self) -> bool {
        self.lat_e6.unsigned_abs() <= 90_000_000 && self.lon_e6.unsigned_abs() <= 180_000_000
    }

    fn point(self) -> Point {
        Point::new(f64::from(self.lon_e6) / 1e6, f64::from(self.lat_e6) / 1e6)
    }

    /// Distance along the ground in metres.
    pub fn metres_to(self, other: Self) -> f64 {
        Haversine.distance(self.point(), other.point())
    }
}

/// Who measured a position.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Provider {
    #[n(0)]
    Gps,
    #[n(1)]
    Network,
    /// Set by hand on a device that has no receiver: a desktop, a browser.
    #[n(2)]
    Set,
}

/// A position with accuracy, age and provenance.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
pub struct Fix {
    #[n(0)]
    pub at: LatLon,
    /// The true place is within this radius two times out of three.
    #[n(1)]
    pub accuracy_m: u32,
    /// How old the measurement was when the fact was recorded.
    #[n(2)]
    pub age_ms: u32,
    #[n(3)]
    pub provider: Provider,
    /// The system said that the position was not measured but made up.
    #[n(4)]
    pub is_mock: bool,
}

/// Whether a fact happened at the site. It informs; it never forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    Inside,
    Likely,
    Outside,
    Unknown,
}

/// A position older than this says nothing about where the device is now.
const FIX_AGE_MS_MAX: u32 = 120_000;
/// A position vaguer than this says nothing about a door.
const FIX_ACCURACY_M_MAX: u32 = 1_000;

/// Weighs the distance between fix and site against the fix's accuracy.
///
/// `Inside` when the whole circle of error lies within the radius, `Outside` when none of it does,
/// `Likely` in between.
pub fn presence(site: Option<LatLon>, fix: Option<Fix>, radius_m: u32) -> Presence {
    let (Some(site), Some(fix)) = (site, fix) else {
        return Presence::Unknown;
    };
    if fix.age_ms > FIX_AGE_MS_MAX || fix.accuracy_m > FIX_ACCURACY_M_MAX || fix.is_mock {
        return Presence::Unknown;
    }
    let distance = site.metres_to(fix.at);
    let (radius, error) = (f64::from(radius_m), f64::from(fix.accuracy_m));
    if distance + error <= radius {
        Presence::Inside
    } else if distance - error <= radius {
        Presence::Likely
    } else {
        Presence::Outside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: LatLon = LatLon { lat_e6: 53_706_590, lon_e6: -1_484_500 };

    fn fix(north_m: i32, accuracy_m: u32) -> Fix {
        let at = LatLon { lat_e6: DOOR.lat_e6 + north_m * 9, lon_e6: DOOR.lon_e6 };
        Fix { at, accuracy_m, age_ms: 1_000, provider: Provider::Gps, is_mock: false }
    }

    #[test]
    fn presence_weighs_distance_against_accuracy() {
        let rows = [
            (fix(10, 5), Presence::Inside),
            (fix(90, 40), Presence::Likely),
            (fix(120, 40), Presence::Likely),
            (fix(200, 40), Presence::Outside),
            (fix(10, 1_001), Presence::Unknown),
            (Fix { age_ms: 120_001, ..fix(10, 5) }, Presence::Unknown),
            (Fix { is_mock: true, ..fix(10, 5) }, Presence::Unknown),
        ];
        for (fix, expected) in rows {
            assert_eq!(presence(Some(DOOR), Some(fix), 100), expected, "{fix:?}");
        }
        assert_eq!(presence(None, Some(fix(1, 1)), 100), Presence::Unknown);
        assert_eq!(presence(Some(DOOR), None, 100), Presence::Unknown);
    }

    #[test]
    fn degrees_off_the_globe_are_no_place() {
        assert_eq!(LatLon::from_degrees(90.1, 0.0), None);
        assert_eq!(LatLon::from_degrees(f64::NAN, 0.0), None);
        assert_eq!(LatLon::from_degrees(53.70659, -1.4845), Some(DOOR));
    }
}
