//! Who may do what. One table, asked by phone and hub alike.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What somebody is to the company.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS, Encode, Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Role {
    #[n(0)]
    Driver,
    #[n(1)]
    Loader,
    #[n(2)]
    Dispatcher,
    #[n(3)]
    Finance,
    #[n(4)]
    Admin,
}

/// Something that needs a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Record what happens to a job at the door.
    RecordDelivery,
    /// Record what goes on and off the vehicle.
    RecordLoad,
    /// Change the order in which jobs are done.
    ReorderRun,
    /// Write what is to be known about a site.
    NoteSite,
    /// Say where a site's entrance is.
    ProposePin,
    /// Add a job that the office has not planned.
    AddJob,
    /// Make and change runs and jobs.
    EditPlan,
    /// Look at runs, jobs and their proof.
    ReadRuns,
    /// Read the feed.
    ReadFeed,
    /// Invite people, phones and take them away again.
    ManageAccess,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] =
        [Self::Driver, Self::Loader, Self::Dispatcher, Self::Finance, Self::Admin];

    /// The role's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::Driver => "driver",
            Self::Loader => "loader",
            Self::Dispatcher => "dispatcher",
            Self::Finance => "finance",
            Self::Admin => "admin",
        }
    }

    /// Reads a role's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }

    /// Says whether the role carries the right. What is not listed is denied.
    pub fn may(self, act: Act) -> bool {
        match act {
            Act::RecordDelivery | Act::ProposePin | Act::AddJob => matches!(self, Self::Driver),
            Act::RecordLoad => matches!(self, Self::Driver | Self::Loader),
            Act::ReorderRun => matches!(self, Self::Driver | Self::Dispatcher | Self::Admin),
            Act::NoteSite => {
                matches!(self, Self::Driver | Self::Loader | Self::Dispatcher | Self::Admin)
            }
            Act::EditPlan => matches!(self, Self::Dispatcher | Self::Admin),
            Act::ReadRuns => matches!(self, Self::Dispatcher | Self::Finance | Self::Admin),
            Act::ReadFeed => matches!(self, Self::Finance | Self::Admin),
            Act::ManageAccess => matches!(self, Self::Admin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_reads_back_from_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        assert_eq!(Role::from_word("root"), None);
    }

    #[test]
    fn nobody_in_the_office_records_deliveries() {
        let who: Vec<_> =
            Role::ALL.into_iter().filter(|role| role.may(Act::RecordDelivery)).collect();
        assert_eq!(who, [Role::Driver], "a completion by the office is never proof");
    }
}
