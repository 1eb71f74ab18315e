//! A run's page beside its jobs: the facts of its day, and what somebody was asked to look at.

use std::collections::BTreeSet;

use waybill_core::day::fold_day;
use waybill_core::fact::{Body, Fact};
use waybill_core::fold::Facts;
use waybill_core::id::{FactId, JobId, RunId};
use waybill_core::items::account;

use super::office_fact;
use crate::api::day::{
    OfficeBack, OfficeBreak, OfficeCheck, OfficeDay, OfficeDebrief, OfficeDeparture,
};
use crate::api::matter::OfficeMatter;
use crate::api::view::{OfficeFact, PersonView};
use crate::error::HubError;
use crate::matters::Shown;
use crate::settle::Folded;
use crate::store::Tx;

/// The facts of a run that are about none of its jobs, in the order of their devices' claims, and the day
/// that they make.
pub(super) fn run_day(
    tx: &Tx<'_>,
    shown: &mut Shown<'_>,
    run_id: &RunId,
) -> Result<(Vec<OfficeFact>, OfficeDay), HubError> {
    let (mut rows, mut facts) = (Vec::new(), Facts::new());
    for row in tx.list_run_facts(run_id)? {
        facts.insert(row.fact_id, Fact::from_bytes(&row.bytes)?);
        rows.push(row);
    }
    let undone: BTreeSet<FactId> = facts.values().filter_map(undoes).collect();
    let mut told = Vec::new();
    for row in rows {
        let Some(fact) = facts.get(&row.fact_id) else { continue };
        let is_undone = undone.contains(&row.fact_id);
        told.push(OfficeFact { is_undone, ..office_fact(tx, shown, &row, fact)? });
    }
    told.sort_by(|a, b| (a.at_ms, &a.fact_id).cmp(&(b.at_ms, &b.fact_id)));
    Ok((told, day(shown, &facts)?))
}

fn undoes(fact: &Fact) -> Option<FactId> {
    if let Body::Undone(undone) = fact.body() { Some(undone.fact_id) } else { None }
}

fn day(shown: &mut Shown<'_>, facts: &Facts) -> Result<OfficeDay, HubError> {
    let folded = fold_day(facts);
    let mut by = |id: &FactId| -> Result<Option<PersonView>, HubError> {
        facts.get(id).map(|fact| shown.person(&fact.person_id)).transpose()
    };
    let mut day = OfficeDay::default();
    for (id, at_ms, check) in folded.checks {
        let Some(by) = by(&id)? else { continue };
        let (fact_id, odometer_km) = (id.to_string(), check.odometer_km);
        day.checks.push(OfficeCheck { fact_id, at_ms, by, answers: check.answers, odometer_km });
    }
    for (id, at_ms, departed) in folded.departures {
        let Some(by) = by(&id)? else { continue };
        let (fact_id, lacks, reason) = (id.to_string(), departed.lacks, departed.reason);
        day.departures.push(OfficeDeparture { fact_id, at_ms, by, lacks, reason });
    }
    for rest in folded.breaks {
        let Some(by) = by(&rest.fact_id)? else { continue };
        let lasted_ms = rest.to.map(|to| rest.ms(to));
        let (fact_id, at_ms) = (rest.fact_id.to_string(), rest.from.wall_ms);
        day.breaks.push(OfficeBreak { fact_id, at_ms, by, lasted_ms });
    }
    for (id, at_ms, debrief) in folded.debriefs {
        let Some(by) = by(&id)? else { continue };
        day.debriefs.push(OfficeDebrief {
            fact_id: id.to_string(),
            at_ms,
            by,
            name: debrief.name,
            role: debrief.role,
            expected: debrief.expected,
            counted: debrief.counted,
            units_aboard: debrief.units_aboard,
            note: debrief.note,
        });
    }
    Ok(day)
}

/// What the office was asked to look at of a run, or of one of its jobs, the one that is due first at the head.
pub(super) fn matters(
    tx: &Tx<'_>,
    shown: &mut Shown<'_>,
    run_id: &RunId,
    of: Option<&JobId>,
) -> Result<Vec<OfficeMatter>, HubError> {
    let kept = tx.list_matters(run_id)?.into_iter();
    let kept = kept.filter(|kept| of.is_none() || kept.row.job_id.as_ref() == of);
    kept.map(|kept| shown.matter(kept)).collect()
}

/// What was counted back into the depot of a job, line by line.
pub(super) fn back(folded: &Folded) -> Vec<OfficeBack> {
    let lines = account(&folded.row.job, &folded.state).into_iter();
    let back = lines.filter_map(|line| {
        let (counted, expected) = (line.checked_in?, line.to_bring_back());
        Some(OfficeBack { item_id: line.item_id, counted, expected })
    });
    back.collect()
}
