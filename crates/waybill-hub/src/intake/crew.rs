//! What the crew changed in the plan: the order of jobs, notes about sites, entrances, and jobs of their
//! own; checked in a twin before it counts.

use waybill_core::id::RunId;
use waybill_core::plan::{Author, PlanDoc, take_crew_changes};
use waybill_core::policy::Policies;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::wire::PlanUp;

use super::{Decided, judge_parked};
use crate::error::HubError;
use crate::plans::{fits_an_answer, keep_plan};
use crate::store::{Device, Meta, Tx};

/// Takes the crew's changes, run by run.
pub(super) fn take(
    tx: &Tx<'_>,
    meta: &Meta,
    policies: &Policies,
    device: &Device,
    now: Timestamp,
    plans: &[PlanUp],
    decided: &mut Decided,
) -> Result<(), HubError> {
    for up in plans.iter().filter(|up| !up.changes.is_empty()) {
        match take_run(tx, meta, policies, device, now, up)? {
            Ok(news) => {
                decided.is_run_news |= news.is_run_news;
                decided.is_feed_news |= news.is_feed_news;
            }
            Err(code) => {
                tracing::warn!(device.id = %device.id, run.id = %up.run_id, %code,
                    "A crew's changes of the plan were refused.");
                decided.refused_plans.insert(up.run_id.clone(), code);
            }
        }
    }
    Ok(())
}

fn take_run(
    tx: &Tx<'_>,
    meta: &Meta,
    policies: &Policies,
    device: &Device,
    now: Timestamp,
    up: &PlanUp,
) -> Result<Result<Decided, Code>, HubError> {
    if !is_crew(tx, device, &up.run_id)? {
        return Ok(Err(Code::PlanNotAllowed));
    }
    let Some(document) = tx.get_document(&up.run_id)? else {
        return Ok(Err(Code::RunUnknown));
    };
    let writer = meta.actor();
    let mut plan = PlanDoc::load(&writer, &document)?;
    let changes: Vec<&[u8]> = up.changes.iter().map(|change| change.as_slice()).collect();
    let author = Author { device: device.id, role: device.role };
    match take_crew_changes(&mut plan, author, &writer, &changes) {
        Ok(false) => Ok(Ok(Decided::default())),
        Ok(true) if !fits_an_answer(&plan.save()) => Ok(Err(Code::PlanTooLarge)),
        Ok(true) => {
            let done = keep_plan(tx, policies, &mut plan, now)?;
            // What happened on a job of the crew's may have come before the job.
            let is_feed_news = judge_parked(tx, policies, &up.run_id, now)? || done.is_feed_news;
            Ok(Ok(Decided { is_run_news: true, is_feed_news, ..Decided::default() }))
        }
        Err(refusal) => Ok(Err(refusal.into())),
    }
}

/// Says whether the run is this phone's business at all. What its person may write in it, by role, is
/// the guard's to say.
fn is_crew(tx: &Tx<'_>, device: &Device, run_id: &RunId) -> Result<bool, HubError> {
    let run = tx.get_run(run_id)?;
    Ok(matches!(device.role, Role::Driver | Role::Loader)
        && run.is_some_and(|run| {
            run.depot_id == device.depot_id
                && (device.role != Role::Driver || run.driver_id == device.person_id)
        }))
}
