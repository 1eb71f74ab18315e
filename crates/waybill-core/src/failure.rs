//! Why a job may fail: reasons in layers, as data that a policy carries.
//!
//! A reason says what becomes of the goods, which evidence the office wants, and who may give it
//! when. A phone asks for the evidence before it takes the reason; a driver may go without it and say
//! why, unless the policy is strict about it. A fact that came without it counts and is a case.

mod visit;

pub use visit::Visit;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::proof::Need;
use crate::role::{Act, Role};
use crate::status::Status;

/// What kind of thing stood in the way.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ReasonLayer {
    #[n(0)]
    Site,
    #[n(1)]
    Customer,
    #[n(2)]
    Order,
    #[n(3)]
    Goods,
    #[n(4)]
    Vehicle,
    #[n(5)]
    Time,
}

/// What becomes of the goods.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    TS,
    Encode,
    Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Consequence {
    /// Somebody in the office says.
    #[default]
    #[n(0)]
    OfficeDecides,
    /// Kept at the depot for 48 hours, for the customer to speak up.
    #[n(1)]
    #[serde(rename = "hold_48h")]
    Hold48h,
    #[n(2)]
    RetryNextDay,
    #[n(3)]
    ReturnToDepot,
    /// There is nothing to be done.
    #[n(4)]
    None,
}

/// Where a job must stand for a reason to make sense.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    TS,
    Encode,
    Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Situation {
    #[default]
    #[n(0)]
    Anywhere,
    /// The driver has arrived.
    #[n(1)]
    AtTheDoor,
    /// The driver has not arrived.
    #[n(2)]
    BeforeArrival,
}

/// A reason for which a job may fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Reason {
    /// A stable word; screens hold its text in every language.
    #[n(0)]
    pub reason: String,
    #[n(1)]
    pub layer: ReasonLayer,
    /// UN/EDIFACT data element 9013.
    #[n(2)]
    pub edifact_9013: String,
    /// The office needs to see it.
    #[n(3)]
    pub photo: Need,
    /// ASC X12 data element 1651; empty where the company does not speak X12.
    #[n(4)]
    #[cbor(default)]
    #[serde(default)]
    pub x12_1651: String,
    #[n(5)]
    #[cbor(default)]
    #[serde(default)]
    pub consequence: Consequence,
    /// How often somebody must have tried to reach the customer before.
    #[n(6)]
    #[cbor(default)]
    #[serde(default)]
    pub contact_attempts: u32,
    /// How long the driver must have waited at the site.
    #[n(7)]
    #[cbor(default)]
    #[serde(default)]
    pub wait_min: u32,
    /// Nobody attempted it: it is not held against the customer and is no visit.
    #[n(8)]
    #[cbor(default)]
    #[serde(default)]
    pub is_missed: bool,
    #[n(9)]
    #[cbor(default)]
    #[serde(default)]
    pub situation: Situation,
    /// Who may give it; nobody named means everybody who may record deliveries.
    #[n(10)]
    #[cbor(default)]
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Nothing stands in for what it asks for: without that it may not be given.
    #[n(11)]
    #[cbor(default)]
    #[serde(default)]
    pub is_strict: bool,
    /// Of two tries to reach the customer that are closer than this, one counts.
    #[n(12)]
    #[cbor(default)]
    #[serde(default)]
    pub contact_gap_min: u32,
}

impl Reason {
    /// Says whether somebody in this role may give the reason for a job that stands like this.
    pub fn may_be_given(&self, role: Role, status: Status) -> bool {
        let has_role = self.roles.is_empty() || self.roles.contains(&role);
        let is_at_door = status == Status::Arrived;
        let fits = match self.situation {
            Situation::Anywhere => true,
            Situation::AtTheDoor => is_at_door,
            Situation::BeforeArrival => !is_at_door,
        };
        has_role && fits && role.may(Act::RecordDelivery)
    }
}

/// What was done before giving up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
pub struct Evidence {
    pub photos: u32,
    pub contact_attempts: u32,
    pub waited_min: u32,
}

/// What a reason asks for and was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum MissingEvidence {
    Photo,
    ContactAttempts { count: u32 },
    Wait { minutes: u32 },
}

/// Says what a reason still asks for, in the order in which a driver would do it.
pub fn may_fail(reason: &Reason, evidence: Evidence) -> Result<(), Vec<MissingEvidence>> {
    let calls = reason.contact_attempts.saturating_sub(evidence.contact_attempts);
    let minutes = reason.wait_min.saturating_sub(evidence.waited_min);
    let needs_photo = reason.photo == Need::Required && evidence.photos == 0;
    let missing: Vec<_> = [
        (calls > 0, MissingEvidence::ContactAttempts { count: calls }),
        (minutes > 0, MissingEvidence::Wait { minutes }),
        (needs_photo, MissingEvidence::Photo),
    ]
    .into_iter()
    .filter_map(|(is_missing, what)| is_missing.then_some(what))
    .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing) }
}

/// Minutes between two tries to reach a customer: enough to come to the phone, or to the door.
const CONTACT_GAP_MIN: u32 = 3;

/// One row of the shipped table: the word, its layer, the codes of the two trades, the consequence,
/// then what is asked: a photo, calls, minutes; then where, and whether it was missed.
type Row = (
    (&'static str, ReasonLayer),
    (&'static str, &'static str),
    Consequence,
    (Need, u32, u32),
    (Situation, bool),
);

const SHIPPED: [Row; 8] = {
    use Consequence::{Hold48h, None, OfficeDecides, RetryNextDay, ReturnToDepot};
    use Need::{Off, Optional, Required, Warn};
    use ReasonLayer::{Customer, Goods, Site, Time, Vehicle};
    use Situation::{Anywhere, AtTheDoor, BeforeArrival};
    [
        (("nobody_there", Customer), ("6", "AQ"), Hold48h, (Required, 3, 10), (AtTheDoor, false)),
        (("closed", Site), ("7", "B1"), RetryNextDay, (Required, 1, 0), (AtTheDoor, false)),
        (("address_not_found", Site), ("30", "A5"), OfficeDecides, (Warn, 1, 0), (Anywhere, false)),
        (("no_access", Site), ("6", "B8"), RetryNextDay, (Required, 1, 0), (Anywhere, false)),
        (
            ("refused_by_customer", Customer),
            ("49", "BS"),
            ReturnToDepot,
            (Optional, 0, 0),
            (AtTheDoor, false),
        ),
        (("damaged", Goods), ("14", "AK"), ReturnToDepot, (Required, 0, 0), (Anywhere, false)),
        (("not_on_vehicle", Vehicle), ("41", "D1"), None, (Off, 0, 0), (Anywhere, true)),
        (("out_of_time", Time), ("50", "BH"), RetryNextDay, (Off, 0, 0), (BeforeArrival, true)),
    ]
};

/// The reasons that Waybill ships with.
pub fn shipped() -> Vec<Reason> {
    let read = |row: Row| {
        let ((reason, layer), (edifact, x12), consequence, asked, (situation, is_missed)) = row;
        let (photo, contact_attempts, wait_min) = asked;
        Reason {
            reason: reason.to_owned(),
            layer,
            edifact_9013: edifact.to_owned(),
            photo,
            x12_1651: x12.to_owned(),
            consequence,
            contact_attempts,
            wait_min,
            is_missed,
            situation,
            roles: Vec::new(),
            is_strict: false,
            contact_gap_min: if contact_attempts > 1 { CONTACT_GAP_MIN } else { 0 },
        }
    };
    SHIPPED.map(read).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(word: &str) -> Reason {
        shipped().into_iter().find(|reason| reason.reason == word).unwrap()
    }

    #[test]
    fn a_word_stands_for_one_reason_and_is_complete() {
        let words: std::collections::BTreeSet<_> =
            shipped().into_iter().map(|r| r.reason).collect();
        assert_eq!(words.len(), SHIPPED.len());
        for each in shipped() {
            assert_eq!(each.x12_1651.len(), 2, "{}", each.reason);
            let number: u32 = each.edifact_9013.parse().unwrap();
            assert!((1..100).contains(&number), "{}", each.reason);
            let asks = each.contact_attempts + each.wait_min;
            assert!(!each.is_missed || asks == 0, "what was not attempted needs no attempts");
        }
    }

    #[test]
    fn nobody_there_wants_three_calls_ten_minutes_and_a_photo() {
        let reason = reason("nobody_there");
        let missing = may_fail(&reason, Evidence::default()).unwrap_err();
        assert_eq!(
            missing,
            [
                MissingEvidence::ContactAttempts { count: 3 },
                MissingEvidence::Wait { minutes: 10 },
                MissingEvidence::Photo
            ]
        );
        let evidence = Evidence { photos: 1, contact_attempts: 2, waited_min: 12 };
        let missing = may_fail(&reason, evidence).unwrap_err();
        assert_eq!(missing, [MissingEvidence::ContactAttempts { count: 1 }]);
        assert_eq!(may_fail(&reason, Evidence { contact_attempts: 3, ..evidence }), Ok(()));
    }

    #[test]
    fn a_reason_is_offered_where_it_makes_sense() {
        let may = |word: &str, role, status| reason(word).may_be_given(role, status);
        assert!(may("nobody_there", Role::Driver, Status::Arrived));
        assert!(!may("nobody_there", Role::Driver, Status::OnTheWay));
        assert!(may("out_of_time", Role::Driver, Status::OnTheWay));
        assert!(!may("out_of_time", Role::Driver, Status::Arrived));
        assert!(!may("damaged", Role::Dispatcher, Status::Arrived), "the office was not there");
        let only = Reason { roles: vec![Role::Loader], ..reason("damaged") };
        assert!(!only.may_be_given(Role::Driver, Status::Arrived));
    }
}
