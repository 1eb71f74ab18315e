//! Whether a fact counts. It is kept either way.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::fact::{Body, Fact};
use waybill_core::id::{DepotId, JobId, RunId};
use waybill_core::incident::Incident;
use waybill_core::policy::Policies;
use waybill_core::role::{Act, Role};
use waybill_core::status::act_of;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::wire::Verdict;

use crate::error::HubError;
use crate::matters::{concerns_matters, settle_matters};
use crate::settle::settle;
use crate::store::{Device, Tx};

/// Says whether a device's person may record this at all.
fn is_allowed(device: &Device, fact: &Fact, body: &Body) -> bool {
    let may = act_of(body).is_none_or(|act| device.role.may(act));
    // Whoever may not deliver may not take a delivery back either: only what they wrote themselves.
    let undoes_own = match body {
        Body::Undone(undone) => {
            device.role.may(Act::RecordDelivery) || undone.fact_id.device == device.id
        }
        _ => true,
    };
    may && undoes_own && fact.person_id == device.person_id
}

/// Judges facts that came in authentic tails. What it has to know of their runs it reads once.
pub(super) struct Judge<'t> {
    tx: &'t Tx<'t>,
    runs: BTreeMap<RunId, Option<Known>>,
}

/// What is known of a run.
struct Known {
    depot_id: DepotId,
    job_ids: BTreeSet<JobId>,
}

impl<'t> Judge<'t> {
    pub(super) fn new(tx: &'t Tx<'t>) -> Self {
        Self { tx, runs: BTreeMap::new() }
    }

    /// Says whether a fact of a device counts, and why not.
    pub(super) fn judge(
        &mut self,
        device: &Device,
        fact: &Fact,
        body: &Body,
    ) -> Result<(Verdict, Option<Code>), HubError> {
        if !is_allowed(device, fact, body) {
            return Ok((Verdict::Quarantined, Some(Code::FactNotAllowed)));
        }
        let Some(run) = self.known(&fact.run_id)? else {
            return Ok((Verdict::Parked, Some(Code::RunUnknown)));
        };
        if run.depot_id != device.depot_id {
            return Ok((Verdict::Quarantined, Some(Code::FactNotAllowed)));
        }
        if fact.job_id.as_ref().is_some_and(|job_id| !run.job_ids.contains(job_id)) {
            return Ok((Verdict::Parked, Some(Code::JobUnknown)));
        }
        Ok((Verdict::Accepted, None))
    }

    fn known(&mut self, run_id: &RunId) -> Result<Option<&Known>, HubError> {
        if !self.runs.contains_key(run_id) {
            let known = match self.tx.get_run(run_id)? {
                Some(run) => {
                    let job_ids = self.tx.list_job_ids(run_id)?.into_iter().collect();
                    Some(Known { depot_id: run.depot_id, job_ids })
                }
                None => None,
            };
            self.runs.insert(run_id.clone(), known);
        }
        Ok(self.runs.get(run_id).and_then(Option::as_ref))
    }
}

/// Notes that a driver's facts count on a run which is another driver's. Two may share a shift, so that is
/// no fault; the office should be able to see it. One line for each device and run.
pub(super) fn note_foreign(
    tx: &Tx<'_>,
    device: &Device,
    run_id: &RunId,
    now: Timestamp,
) -> Result<(), HubError> {
    let is_foreign = device.role == Role::Driver
        && tx.get_run(run_id)?.is_some_and(|run| run.driver_id != device.person_id);
    if is_foreign {
        let about = format!("{} {run_id}", device.id);
        tx.add_audit_once(now, device.person_id.as_str(), "foreign_run", &about)?;
    }
    Ok(())
}

/// Judges the parked facts of a run again, now that the plan says more; says whether the feed has
/// something new.
pub(crate) fn judge_parked(
    tx: &Tx<'_>,
    policies: &Policies,
    run_id: &RunId,
    now: Timestamp,
) -> Result<bool, HubError> {
    let (mut touched, mut noted) = (BTreeSet::new(), BTreeSet::new());
    let mut has_matters = false;
    let mut judge = Judge::new(tx);
    for (id, bytes) in tx.list_parked(run_id)? {
        let Some(device) = tx.get_device(id.device)? else {
            continue;
        };
        let fact = Fact::from_bytes(&bytes)?;
        let body = fact.body();
        let (verdict, code) = judge.judge(&device, &fact, &body)?;
        tx.settle_parked(id, verdict, code.map_or("", Code::word), now)?;
        if verdict == Verdict::Accepted {
            has_matters |= concerns_matters(&body);
            touched.extend(fact.job_id);
            if noted.insert(device.id) {
                note_foreign(tx, &device, run_id, now)?;
            }
        }
    }
    if tx.list_parked(run_id)?.is_empty() {
        tx.close_incidents_about(Incident::FactsParked, run_id.as_str(), now)?;
    }
    if has_matters {
        settle_matters(tx, run_id)?;
    }
    settle(tx, policies, run_id, &touched, now)
}
