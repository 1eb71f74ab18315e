//! What every database must do to keep a store, whichever it is.
//!
//! A database is claimed to be one by `every_claim!`, once, with a ground on which it can be opened. What a
//! claim needs to know about a kind of database, the ground says; no claim knows which one it is on.

pub(super) mod matters;
pub(super) mod sessions;
pub(super) mod values;
pub(super) mod verbs;

use waybill_core::time::Timestamp;

use super::database::Database;
use super::{Store, Tx, Value, values};
use crate::error::HubError;

/// A place where one database can be opened.
pub(super) trait Ground: Sync {
    /// A place with nothing in it.
    fn fresh() -> Self;

    /// Opens the database of the place, beside whoever has it open already.
    fn database(&self) -> Result<Box<dyn Database>, HubError>;

    /// Opens it for somebody who does not wait for others.
    fn impatient(&self) -> Box<dyn Database>;

    /// Opens it as a hub does: alone.
    fn store(&self) -> Result<Store, HubError>;

    /// Notes in the closed database that a newer hub has brought it up to date.
    fn outgrow(&self);

    /// A file that a copy may be made in, and opens what was copied and closed.
    fn copy_file(&self) -> std::path::PathBuf;
    fn open_copy(&self) -> Box<dyn Database>;
}

/// Makes a test of each claim for one kind of ground.
macro_rules! every_claim {
    ($ground:ty) => {
        $crate::store::conformance::every_claim!($ground,
            sessions: a_write_that_fails_leaves_nothing,
            a_write_that_panics_leaves_nothing,
            a_commit_is_there_when_the_database_is_opened_again,
            a_read_sees_one_moment_while_a_write_goes_on,
            writes_wait_for_each_other_and_none_is_lost,
            who_does_not_wait_is_told_that_it_is_busy,
            a_second_hub_is_turned_away,
            a_database_of_a_newer_hub_is_refused,
            a_copy_taken_while_others_write_is_one_moment;
            values: values_of_every_kind_come_back_at_their_limits,
            a_text_with_a_nul_comes_back_whole_or_is_refused,
            a_column_of_another_kind_cannot_be_read,
            text_sorts_and_compares_by_its_bytes,
            a_truth_comes_back_as_a_number,
            a_parameter_may_be_named_twice,
            rows_come_until_they_are_told_to_stop;
            verbs: what_breaks_a_rule_says_which_kind,
            what_is_there_already_is_settled_as_the_statement_says,
            the_feed_has_no_gap_where_writes_failed,
            what_is_said_twice_has_one_effect,
            a_journal_is_kept_by_its_numbers,
            bytes_in_a_fact_of_an_unknown_kind_are_found,
            a_case_opens_again_only_when_it_was_closed,
            a_depot_bounds_what_is_listed,
            what_was_added_to_a_plan_is_found_by_its_heads;
            matters: what_was_closed_stays_closed_when_its_fact_is_heard_again,
            only_an_open_matter_is_taken_away,
            what_is_open_is_listed_within_depots);
    };
    ($ground:ty, $($room:ident: $($claim:ident),* $(,)?);*) => {
        $($(#[test]
        fn $claim() {
            use $crate::store::conformance::Ground;
            $crate::store::conformance::$room::$claim(&<$ground>::fresh());
        })*)*
    };
}
pub(super) use every_claim;

/// A row that any database has room for, many times over.
fn note(tx: &Tx<'_>, about: &str) -> Result<(), HubError> {
    tx.add_audit(Timestamp(1), "ada", "note", about)
}

fn count(database: &dyn Database) -> i64 {
    super::read(database, |tx| counted(tx, "SELECT COUNT(*) FROM audit", values![])).unwrap()
}

fn counted(tx: &Tx<'_>, sql: &str, values: &[Value<'_>]) -> Result<i64, HubError> {
    tx.value(sql, values)
}
