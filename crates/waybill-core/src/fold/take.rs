//! What one fact does to a job's state.

use std::collections::BTreeMap;

use super::{JobState, Outcome};
use crate::fact::{Body, Delivered, Failed, LineOutcome};
use crate::id::FactId;
use crate::job::Job;
use crate::proof::Method;
use crate::status::{Status, step_of, was_in_turn};
use crate::time::{Reading, Timestamp};

/// Lets one fact count. A fact of a past visit leaves behind what is still aboard, and its failure.
pub(super) fn take(
    state: &mut JobState,
    job: &Job,
    track: &mut Status,
    (id, act, body): (FactId, Reading, &Body),
    is_past: bool,
) {
    let at = act.wall_ms;
    state.door.take(id, body, is_past);
    let is_again = matches!(body, Body::Reattempted(_));
    if let Some(step) = step_of(body)
        && !is_again
        && !was_in_turn(*track, step)
    {
        state.irregular.insert(id);
    }
    // What went aboard is still aboard, and a delivery never goes out of sight.
    let stays = matches!(
        body,
        Body::Loaded(_)
            | Body::Counted(_)
            | Body::PutAboard(_)
            | Body::LoadDiffered(_)
            | Body::Delivered(_)
            | Body::CashTaken(_)
    );
    let is_past = is_past && !stays;
    if is_past {
        state.past.insert(id);
    }
    if !is_past {
        take_evidence(state, (id, act, body));
    }
    let reached = match body {
        Body::Loaded(_) => Status::Loaded,
        Body::OnTheWay(_) => Status::OnTheWay,
        Body::Arrived(_) => Status::Arrived,
        Body::Returned(_) => Status::Returned,
        Body::Delivered(delivered) => {
            let outcome = delivery(job, id, at, delivered);
            let status = outcome.status;
            state.outcomes.push(outcome);
            status
        }
        Body::Failed(failed) => {
            let all = if is_past { &mut state.past_outcomes } else { &mut state.outcomes };
            all.push(failure(id, at, failed));
            Status::Failed
        }
        Body::PutAboard(put) => return state.load.put(put),
        Body::LoadDiffered(differed) => return state.load.differ(id.device, differed),
        Body::Counted(counted) => {
            for line in &counted.lines {
                let most = state.counted.entry(line.item_id.clone()).or_default();
                *most = line.quantity.max(*most);
            }
            return;
        }
        Body::PhotoTaken(_)
        | Body::Signed(_)
        | Body::NotSigned(_)
        | Body::Scanned(_)
        | Body::Undone(_)
        | Body::LoadSealed(_)
        | Body::Departed(_)
        | Body::Reattempted(_)
        | Body::Noted(_)
        | Body::PlanRefused(_)
        | Body::Contacted(_)
        | Body::CashTaken(_)
        | Body::PinChecked(_)
        | Body::AgeChecked(_)
        | Body::Unknown { .. } => return,
    };
    *track = (*track).max(reached);
    if !is_past {
        state.status = state.status.max(reached);
    }
}

/// What a fact adds to the visit that stands.
fn take_evidence(state: &mut JobState, (id, act, body): (FactId, Reading, &Body)) {
    if let Body::Arrived(_) = body {
        state.visit.arrived.entry(id.device).or_insert(act);
    } else if let Body::Contacted(contacted) = body {
        state.visit.contacts.push((id, act, contacted.clone()));
    } else if let Body::PhotoTaken(photo) = body {
        state.visit.photos = state.visit.photos.saturating_add(1);
        state.photos.push((id, photo.clone()));
    } else if let Body::Signed(signed) = body {
        state.signatures.push((id, signed.clone()));
    } else if let Body::NotSigned(not_signed) = body {
        state.not_signed.push((id, not_signed.clone()));
    } else if let Body::Scanned(scanned) = body {
        let units = state.scanned.entry(scanned.code.clone()).or_default();
        *units = units.saturating_add(scanned.quantity.into());
    }
}

/// How a visit ended with goods handed over.
fn delivery(job: &Job, fact_id: FactId, at: Timestamp, body: &Delivered) -> Outcome {
    let lines = complete(job, &body.lines);
    let whole = lines.iter().all(|line| line.sum() == u64::from(line.delivered));
    let status = if whole { Status::Delivered } else { Status::DeliveredInPart };
    let (policy, method) = (body.policy, body.method);
    let (reason, unmet, anyway) = (String::new(), Vec::new(), None);
    Outcome { fact_id, status, at, lines, reason, policy, method, unmet, anyway }
}

/// How a visit ended without.
fn failure(fact_id: FactId, at: Timestamp, body: &Failed) -> Outcome {
    let (reason, policy) = (body.reason.clone(), body.policy);
    let (status, method) = (Status::Failed, Method::default());
    let (lines, unmet, anyway) = (Vec::new(), Vec::new(), body.anyway.clone());
    Outcome { fact_id, status, at, lines, reason, policy, method, unmet, anyway }
}

/// Fills in the lines that a delivery did not name: they were handed over whole.
fn complete(job: &Job, named: &[LineOutcome]) -> Vec<LineOutcome> {
    let named: BTreeMap<_, _> = named.iter().map(|line| (&line.item_id, line)).collect();
    job.spec
        .items
        .iter()
        .map(|item| {
            named.get(&item.item_id).copied().cloned().unwrap_or_else(|| LineOutcome {
                item_id: item.item_id.clone(),
                delivered: item.quantity,
                refused: 0,
                damaged: 0,
                missing: 0,
            })
        })
        .collect()
}
