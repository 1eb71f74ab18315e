//! Power cuts: what was promised is there after the machine lost whatever it had not flushed.
//!
//! A red seed prints the command that cuts it again. The tests are tested here too: each mistake that
//! they are there for is planted and has to be found.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]

use waybill_testkit::flow::{Flow, Mistake};
use waybill_testkit::power::{Report, Track, storm, tracks};

/// How many cuts every test run makes. `cargo xtask power` makes as many as one likes.
const CUTS: u64 = 5_000;
/// How many are enough to find a planted mistake.
const CUTS_PLANTED: u64 = 300;

fn cuts(track: Track) -> Report {
    storm(&[track], 0..CUTS_PLANTED).unwrap()
}

#[test]
fn what_was_promised_survives_a_power_cut_at_any_moment() {
    let report = storm(&tracks().unwrap(), 0..CUTS).unwrap();
    let (broken, of) = (report.broken.len(), report.cuts);
    assert!(broken == 0, "{broken} of {of} cuts broke a promise:\n{}", report.broken.join("\n"));
    assert_eq!(report.losses.len(), 4, "every kind of loss happens: {:?}", report.losses);
    let rarest = report.losses.values().min().unwrap();
    assert!(*rarest > CUTS / 5, "a kind of loss is rare: {:?}", report.losses);
}

#[test]
fn a_store_without_a_mistake_loses_nothing() {
    let report = cuts(Track::record(Flow::Plain(Mistake::Nothing)).unwrap());
    assert_eq!(report.broken, Vec::<String>::new());
}

#[test]
fn every_planted_mistake_is_found() {
    for mistake in Mistake::ALL.into_iter().filter(|mistake| *mistake != Mistake::Nothing) {
        let report = cuts(Track::record(Flow::Plain(mistake)).unwrap());
        assert!(!report.broken.is_empty(), "{mistake:?} was not found");
    }
}

#[test]
fn a_phone_that_writes_the_row_before_the_photo_is_found_out() {
    let report = cuts(Track::record(Flow::RowFirst).unwrap());
    assert!(!report.broken.is_empty(), "the planted mistake was not found");
}

#[test]
fn a_phone_that_does_not_wait_for_its_log_is_found_out() {
    let mut track = Track::record(Flow::Capture).unwrap();
    track.is_deaf_to_logs = true;
    let lost = cuts(track).broken;
    assert!(lost.iter().any(|broken| broken.contains("was called saved and is not there")));
}

#[test]
fn a_hub_whose_receipt_comes_before_the_disk_is_found_out() {
    let mut track = Track::record(Flow::Intake).unwrap();
    track.is_deaf_to_logs = true;
    let lost = cuts(track).broken;
    assert!(lost.iter().any(|broken| broken.contains("a receipt named")), "{lost:?}");
}

#[test]
fn a_seed_finds_the_same_calls_when_it_is_played_again() {
    let names = |track: &Track| -> Vec<String> {
        track.calls().iter().map(|call| call.name.clone()).collect()
    };
    for flow in Flow::OURS {
        let (once, again) = (Track::record(flow).unwrap(), Track::record(flow).unwrap());
        assert_eq!(names(&once), names(&again), "{}", flow.word());
    }
}
