//! Stable codes for everything that can go wrong between a screen, a phone and a hub.
//!
//! A code is decided where the error is born and never changes its meaning. Screens map codes to
//! text; nobody matches strings.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What it takes for a second try to go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// The same request will be refused again.
    Never,
    /// The other side is not to be reached or too busy.
    Later,
    /// This app is too old.
    AfterUpdate,
    /// The device must be enrolled or the person must sign in.
    AfterSignIn,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $word:literal $status:literal $retry:ident,)*) => {
        /// What went wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as it is written down.
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// The HTTP status that goes with it.
            pub fn http_status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// What it takes for a second try to go better.
            pub fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

codes! {
    // The body of a request
    BodyTooLarge "body_too_large" 413 Never,
    BodyMalformed "body_malformed" 400 Never,
    /// The other side speaks a version that this one does not.
    VersionUnknown "version_unknown" 400 AfterUpdate,
    FieldsInvalid "fields_invalid" 422 Never,

    // Who asks
    NotSignedIn "not_signed_in" 401 AfterSignIn,
    SignInWrong "sign_in_wrong" 401 Never,
    NotAllowed "not_allowed" 403 Never,
    NotFound "not_found" 404 Never,
    MethodNotAllowed "method_not_allowed" 405 Never,
    OriginWrong "origin_wrong" 403 Never,
    TooManyTries "too_many_tries" 429 Later,
    DeviceRevoked "device_revoked" 403 AfterSignIn,

    // Enrolment
    LinkInvalid "link_invalid" 400 Never,
    CodeInvalid "code_invalid" 403 Never,
    CodeExpired "code_expired" 403 Never,
    /// The hub's key is not the one in the QR code.
    KeyMismatch "key_mismatch" 403 Never,
    KeyInvalid "key_invalid" 400 Never,
    AlreadyEnrolled "already_enrolled" 409 Never,
    NotEnrolled "not_enrolled" 409 AfterSignIn,

    // The journal
    SealInvalid "seal_invalid" 422 Never,
    /// The chain does not continue what the hub holds: one of the two was restored or cloned.
    ChainForked "chain_forked" 409 Never,
    /// Facts are missing between what the hub holds and what was sent.
    ChainGap "chain_gap" 409 Later,
    FactMalformed "fact_malformed" 422 Never,
    FactNotAllowed "fact_not_allowed" 403 Never,
    /// The hub does not know the run yet; the fact waits.
    RunUnknown "run_unknown" 404 Later,
    ReceiptInvalid "receipt_invalid" 502 Later,
    /// The hub keeps no more of what this device says against the rules, until somebody has looked at it.
    QuotaReached "quota_reached" 429 Later,

    // The plan
    PlanTooLarge "plan_too_large" 413 Never,
    PlanMalformed "plan_malformed" 422 Never,
    PlanWrongActor "plan_wrong_actor" 403 Never,
    PlanOutOfTurn "plan_out_of_turn" 409 Never,
    PlanNotAllowed "plan_not_allowed" 403 Never,
    PlanHarmful "plan_harmful" 422 Never,

    // Evidence
    BlobTooLarge "blob_too_large" 413 Never,
    BlobHashWrong "blob_hash_wrong" 422 Later,
    BlobOffsetWrong "blob_offset_wrong" 409 Later,
    BlobMissing "blob_missing" 404 Never,
    TusVersion "tus_version" 412 AfterUpdate,
    PhotoUnreadable "photo_unreadable" 422 Never,
    PhotoTooLarge "photo_too_large" 413 Never,
    ShotUnknown "shot_unknown" 404 Never,
    SignatureEmpty "signature_empty" 422 Never,
    SignatureTooLarge "signature_too_large" 413 Never,
    TextTooLong "text_too_long" 413 Never,

    // Steps
    AlreadyDone "already_done" 409 Never,
    NotArrived "not_arrived" 409 Never,
    OutOfTurn "out_of_turn" 409 Never,
    JobCancelled "job_cancelled" 409 Never,
    SumBroken "sum_broken" 422 Never,
    ReasonUnknown "reason_unknown" 422 Never,
    NothingToUndo "nothing_to_undo" 404 Never,
    RoleNotAllowed "role_not_allowed" 403 Never,
    ReasonNotHere "reason_not_here" 409 Never,
    /// What the reason asks for was not done, and nothing was said about why.
    EvidenceMissing "evidence_missing" 409 Never,
    ReasonStrict "reason_strict" 409 Never,
    JobUnknown "job_unknown" 404 Never,
    /// The run has as many jobs as it may have, or the crew has added as many as it may.
    RunFull "run_full" 409 Never,
    /// Nobody knows well enough where the phone is.
    PlaceUnknown "place_unknown" 409 Later,
    /// The gate finds something wanting, and nobody gave a reason to leave all the same.
    DepartureHeld "departure_held" 409 Never,
    /// A customer has the phone in hand, and the driver has not taken it back.
    HandedOver "handed_over" 409 Never,
    /// Nobody is signed in to the phone.
    SignedOut "signed_out" 409 Never,
    DriverCodeWrong "driver_code_wrong" 403 Never,
    /// The job is not, or no longer, one visit with the other.
    NotTogether "not_together" 409 Never,
    /// A job of a visit still needs something of its own and is not delivered by the way.
    OrderNotReady "order_not_ready" 409 Never,

    // What is taken and checked at the door
    CashNotDue "cash_not_due" 409 Never,
    /// Something is still open, and nothing was said about why.
    CashReasonMissing "cash_reason_missing" 422 Never,
    PinNotAsked "pin_not_asked" 409 Never,
    PinTriesSpent "pin_tries_spent" 409 Never,
    /// A PIN is waived only when it cannot be tried any more.
    PinTriesLeft "pin_tries_left" 409 Never,
    AgeNotAsked "age_not_asked" 409 Never,

    // The office
    /// Somebody has closed it before, in other words.
    MatterClosed "matter_closed" 409 Never,

    // The store
    StoreNewer "store_newer" 409 AfterUpdate,
    StoreFull "store_full" 507 Later,
    StoreFailed "store_failed" 500 Later,
    StoreBusy "store_busy" 503 Later,
    /// What is stored is not what was written; what can be read of it is being saved.
    StoreDamaged "store_damaged" 500 Later,
    /// Nothing can be written where the store is.
    StoreReadOnly "store_read_only" 507 Later,
    /// The hub was given no folder for backups.
    BackupUnset "backup_unset" 409 Never,
    /// The hub was restored, and the reader has read what it lost; the answer says where to go on.
    FeedRestored "feed_restored" 409 Never,

    // The way to the office
    HubUnreachable "hub_unreachable" 503 Later,
    /// Something answered that is not the hub: a network that wants a sign-in, a proxy.
    HubNotItself "hub_not_itself" 502 Later,
    HubFailed "hub_failed" 502 Later,
    CommandUnknown "command_unknown" 404 AfterUpdate,
}

impl Code {
    /// Reads a code; an unknown one comes from a newer hub.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

/// A decoder of a message says with it why it stopped.
impl std::error::Error for Code {}

impl From<waybill_core::status::Refusal> for Code {
    fn from(refusal: waybill_core::status::Refusal) -> Self {
        use waybill_core::status::Refusal;
        match refusal {
            Refusal::AlreadyDone => Self::AlreadyDone,
            Refusal::NotArrived => Self::NotArrived,
            Refusal::OutOfTurn => Self::OutOfTurn,
            Refusal::Cancelled => Self::JobCancelled,
            Refusal::SumBroken => Self::SumBroken,
            Refusal::UnknownReason => Self::ReasonUnknown,
            Refusal::NothingToUndo => Self::NothingToUndo,
            Refusal::NotAllowed => Self::RoleNotAllowed,
            Refusal::ReasonNotHere => Self::ReasonNotHere,
            Refusal::EvidenceMissing => Self::EvidenceMissing,
            Refusal::ReasonStrict => Self::ReasonStrict,
        }
    }
}

impl From<waybill_core::plan::PlanRefusal> for Code {
    fn from(refusal: waybill_core::plan::PlanRefusal) -> Self {
        use waybill_core::plan::PlanRefusal;
        match refusal {
            PlanRefusal::TooLarge => Self::PlanTooLarge,
            PlanRefusal::Malformed => Self::PlanMalformed,
            PlanRefusal::WrongActor => Self::PlanWrongActor,
            PlanRefusal::OutOfTurn => Self::PlanOutOfTurn,
            PlanRefusal::NotAllowed => Self::PlanNotAllowed,
            PlanRefusal::Harmful => Self::PlanHarmful,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waybill_core::status::Refusal;

    #[test]
    fn no_two_codes_share_a_word() {
        let mut words: Vec<_> = Code::ALL.iter().map(|code| code.word()).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        for code in Code::ALL {
            assert_eq!(Code::from_word(code.word()), Some(*code));
        }
    }

    #[test]
    fn a_refusal_keeps_its_word_on_the_way_to_a_screen() {
        let refusals = [
            Refusal::AlreadyDone,
            Refusal::NotArrived,
            Refusal::OutOfTurn,
            Refusal::Cancelled,
            Refusal::SumBroken,
            Refusal::UnknownReason,
            Refusal::NothingToUndo,
            Refusal::NotAllowed,
            Refusal::ReasonNotHere,
            Refusal::EvidenceMissing,
            Refusal::ReasonStrict,
        ];
        for refusal in refusals {
            assert_eq!(Code::from(refusal).word(), refusal.code());
        }
    }
}
