//! What can go wrong in the hub, with the code under which the other side hears of it.

use waybill_core::cbor::Malformed;
use waybill_core::plan::PlanError;
use waybill_sync::code::Code;

use crate::api::upkeep::FeedMark;
use crate::api::view::ProblemFault;
use crate::store::{DatabaseError, Fault};

/// A request that was not done, or a store that failed.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// An answer, not an accident: the other side is told why.
    #[error("refused with {0}")]
    Refused(Code),
    #[error("{} fields are wrong", .0.len())]
    Fields(Vec<ProblemFault>),
    /// The reader has read what a restore has lost; it goes on from the mark.
    #[error("the feed was restored; it goes on after {}", .0.after)]
    FeedRestored(FeedMark),
    #[error("failed to use the store: {0}")]
    Store(#[from] DatabaseError),
    #[error("failed to bring the store up to date: {0}")]
    Migration(#[from] refinery::Error),
    #[error("failed to use a file of the store: {0}")]
    File(#[from] std::io::Error),
    #[error("another process has the store open")]
    Locked,
    #[error("the store was written by a newer version")]
    Newer,
    #[error("there is a store in the folder already")]
    NotEmpty,
    #[error("there is no backup in the folder")]
    NoBackup,
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("failed to write or read a view: {0}")]
    View(#[from] serde_json::Error),
    #[error("failed to hash a password: {0}")]
    Password(#[from] argon2::password_hash::Error),
    #[error("failed to draw a QR code: {0}")]
    Qr(#[from] qrcode::types::QrError),
    #[error("the machine has no randomness to give")]
    Dice,
    #[error("a task of the hub did not end: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl HubError {
    /// The code that the other side hears.
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(code) => *code,
            Self::Fields(_) => Code::FieldsInvalid,
            Self::FeedRestored(_) => Code::FeedRestored,
            Self::Newer => Code::StoreNewer,
            Self::Locked => Code::StoreBusy,
            Self::Store(error) => match error.fault {
                Fault::Full => Code::StoreFull,
                Fault::Busy => Code::StoreBusy,
                Fault::Unique
                | Fault::Foreign
                | Fault::Check
                | Fault::Unreadable
                | Fault::Other => Code::StoreFailed,
            },
            Self::File(error) if error.kind() == std::io::ErrorKind::StorageFull => Code::StoreFull,
            Self::Migration(_)
            | Self::File(_)
            | Self::NotEmpty
            | Self::NoBackup
            | Self::Damaged(_)
            | Self::Plan(_)
            | Self::Malformed(_)
            | Self::View(_)
            | Self::Password(_)
            | Self::Qr(_)
            | Self::Dice
            | Self::Task(_) => Code::StoreFailed,
        }
    }
}

impl From<Code> for HubError {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}
