//! The rules by version. A new version never changes what is judged by an older one.

use std::collections::BTreeSet;

use waybill_core::job::{FieldFault, text_fault};
use waybill_core::policy::{Policy, Rulebook};

use crate::error::HubError;
use crate::hub::{Asker, Hub, Topic};
use crate::plans::{fault, refuse_faults};
use crate::settle::{by_run, settle_again};

/// The most clauses and the most reasons of a policy. Phones carry all of them.
const CLAUSES_MAX: usize = 200;
const REASONS_MAX: usize = 100;
/// Farther away than this nobody is at the door, and a position says no more than a town.
const RADIUS_M_MAX: u32 = 10_000;

impl Hub {
    /// The policy that is in force.
    pub fn policy(&self) -> Result<Policy, HubError> {
        self.store.read(|tx| Ok(tx.policies()?.newest().clone()))
    }

    /// Puts the next version of the policy in force. Saying it again changes nothing; a version that is
    /// known with other words, or one that does not follow the newest, is refused. It is in force from now on;
    /// a phone goes by it from when it hears of it, and what it did before stays judged by what it knew.
    pub fn put_policy(&self, asker: &Asker, policy: &Policy) -> Result<Policy, HubError> {
        refuse_faults(check(policy))?;
        let now = self.now();
        let in_force = self.store.write(|tx| {
            let newest = tx.policies()?.newest().clone();
            let since = newest.effective_from;
            if newest == (Policy { effective_from: since, ..policy.clone() }) {
                return Ok::<_, HubError>(newest);
            }
            if Some(policy.version) != newest.version.checked_add(1) {
                refuse_faults(vec![fault("version", "not_next")])?;
            }
            let policy = Policy { effective_from: Some(now), ..policy.clone() };
            tx.put_policy(&policy)?;
            tx.add_audit(now, asker.word(), "put_policy", &policy.version.to_string())?;
            // What has no outcome yet is asked for what the newest version asks for.
            let policies = tx.policies()?;
            for (run_id, job_ids) in by_run(tx.list_without_outcome()?) {
                settle_again(tx, &policies, &run_id, &job_ids, now)?;
            }
            Ok(policy)
        })?;
        self.nudge(Topic::Runs);
        Ok(in_force)
    }
}

fn check(policy: &Policy) -> Vec<FieldFault> {
    let mut faults = Vec::new();
    if policy.radius_m == 0 || policy.radius_m > RADIUS_M_MAX {
        faults.push(fault("radius_m", "out_of_range"));
    }
    if policy.clauses.len() > CLAUSES_MAX {
        faults.push(fault("clauses", "too_many"));
    }
    if policy.reasons.is_empty() || policy.reasons.len() > REASONS_MAX {
        faults.push(fault("reasons", "out_of_range"));
    }
    if !policy.departure.has_good_cut_off() {
        faults.push(fault("departure/cut_off", "time_invalid"));
    }
    let mut words = BTreeSet::new();
    for (at, reason) in policy.reasons.iter().enumerate() {
        let field = format!("reasons/{at}/reason");
        text_fault(&mut faults, &field, &reason.reason, true);
        if !words.insert(&reason.reason) {
            faults.push(fault(&field, "repeated"));
        }
    }
    faults
}

#[cfg(test)]
mod tests;
