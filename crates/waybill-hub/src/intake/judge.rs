//! Whether a fact counts. It is kept either way.

use std::collections::BTreeSet;

use waybill_core::fact::{Body, Fact};
use waybill_core::id::RunId;
use waybill_core::policy::Policy;
use waybill_core::role::{Act, Role};
use waybill_core::status::act_of;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::wire::Verdict;

use crate::error::HubError;
use crate::settle::settle;
use crate::store::{Device, Tx};

/// Says whether a device's person may record this at all.
fn is_allowed(device: &Device, fact: &Fact) -> bool {
    let body = fact.body();
    let may = act_of(&body).is_none_or(|act| device.role.may(act));
    // Whoever may not deliver may not take a delivery back either: only what they wrote themselves.
    let undoes_own = match &body {
        Body::Undone(undone) => {
            device.role.may(Act::RecordDelivery) || undone.fact_id.device == device.id
        }
        _ => true,
    };
    may && undoes_own && fact.person_id == device.person_id
}

/// Judges a fact that came in an authentic tail.
pub(super) fn judge(
    tx: &Tx<'_>,
    device: &Device,
    fact: &Fact,
) -> Result<(Verdict, Option<Code>), HubError> {
    if !is_allowed(device, fact) {
        return Ok((Verdict::Quarantined, Some(Code::FactNotAllowed)));
    }
    let Some(run) = tx.get_run(&fact.run_id)? else {
        return Ok((Verdict::Parked, Some(Code::RunUnknown)));
    };
    if run.depot_id != device.depot_id {
        return Ok((Verdict::Quarantined, Some(Code::FactNotAllowed)));
    }
    if let Some(job_id) = &fact.job_id
        && tx.get_job(&fact.run_id, job_id)?.is_none()
    {
        return Ok((Verdict::Parked, Some(Code::JobUnknown)));
    }
    Ok((Verdict::Accepted, None))
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
    policy: &Policy,
    run_id: &RunId,
    now: Timestamp,
) -> Result<bool, HubError> {
    let (mut touched, mut noted) = (BTreeSet::new(), BTreeSet::new());
    for (id, bytes) in tx.list_parked(run_id)? {
        let Some(device) = tx.get_device(id.device)? else {
            continue;
        };
        let fact = Fact::from_bytes(&bytes)?;
        let (verdict, code) = judge(tx, &device, &fact)?;
        tx.settle_parked(id, verdict, code.map_or("", Code::word), now)?;
        if verdict == Verdict::Accepted {
            touched.extend(fact.job_id);
            if noted.insert(device.id) {
                note_foreign(tx, &device, run_id, now)?;
            }
        }
    }
    let mut is_feed_news = false;
    for job_id in &touched {
        is_feed_news |= settle(tx, policy, run_id, job_id, now)?;
    }
    Ok(is_feed_news)
}
