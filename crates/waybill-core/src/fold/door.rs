//! What was taken and checked at the door, as the facts that count say.

use std::collections::BTreeSet;

use crate::fact::{AgeChecked, Body, CashTaken, PinResult};
use crate::id::FactId;
use crate::job::{Money, PIN_TRIES_MAX};

/// What is known of a job's door beside photos, signatures and scans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Door {
    /// What the customer owes at the door, as the plan has it.
    pub cash_due: Option<Money>,
    /// What was taken. Money that was taken in a visit that failed is still in the driver's pocket.
    pub cash: Vec<(FactId, CashTaken)>,
    pub pin_right: BTreeSet<FactId>,
    /// How the driver made sure where no try was left.
    pub pin_waived: Vec<(FactId, String)>,
    /// Every try that was wrong, whichever visit it belongs to and whether or not it was taken back:
    /// nobody gets new tries by undoing old ones.
    pub pin_wrong: u32,
    pub ages: Vec<(FactId, AgeChecked)>,
}

impl Door {
    /// Notes a wrong PIN, which counts come what may.
    pub(super) fn note_try(&mut self, body: &Body) {
        if matches!(body, Body::PinChecked(checked) if checked.result == PinResult::Wrong) {
            self.pin_wrong = self.pin_wrong.saturating_add(1);
        }
    }

    /// Lets one fact count.
    pub(super) fn take(&mut self, id: FactId, body: &Body, is_past: bool) {
        if let Body::CashTaken(taken) = body {
            self.cash.push((id, taken.clone()));
        } else if is_past {
            // A check of a visit that failed says nothing about the one after it.
        } else if let Body::PinChecked(checked) = body {
            match checked.result {
                PinResult::Right => drop(self.pin_right.insert(id)),
                PinResult::Waived => self.pin_waived.push((id, checked.reason.clone())),
                PinResult::Wrong => {}
            }
        } else if let Body::AgeChecked(checked) = body {
            self.ages.push((id, checked.clone()));
        }
    }

    /// How often a PIN may still be tried.
    pub fn pin_tries_left(&self) -> u32 {
        PIN_TRIES_MAX.saturating_sub(self.pin_wrong)
    }

    /// Says whether the PIN was right, or the driver made sure after it could not be tried any more.
    pub fn has_pin(&self) -> bool {
        !self.pin_right.is_empty() || (self.pin_tries_left() == 0 && !self.pin_waived.is_empty())
    }

    /// Says whether somebody of at least this age was there, and nobody below it.
    pub fn has_age(&self, minimum: u32) -> bool {
        let mut answers = self.ages.iter().map(|(_, checked)| checked);
        answers.clone().any(|each| each.is_old_enough && each.minimum >= minimum)
            && answers.all(|each| each.is_old_enough)
    }

    /// What is due and what was taken, where they differ. Money that nobody wrote down was not taken.
    pub fn cash_difference(&self) -> Option<(&Money, i64)> {
        let due = self.cash_due.as_ref()?;
        let taken_minor = self.cash_taken_minor();
        (taken_minor != due.minor).then_some((due, taken_minor))
    }

    /// What was taken in the currency in which it is due.
    pub fn cash_taken_minor(&self) -> i64 {
        let Some(due) = &self.cash_due else { return 0 };
        let taken = self.cash.iter().filter(|(_, each)| each.currency == due.currency);
        taken.fold(0, |sum, (_, each)| sum.saturating_add(each.minor))
    }
}
