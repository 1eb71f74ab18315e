//! What one fact does to a job's state.

use std::collections::BTreeMap;

use super::{JobState, Outcome};
use crate::fact::{Body, Delivered, Failed, LineCount, LineOutcome};
use crate::id::{FactId, ItemId};
use crate::job::Job;
use crate::proof::Method;
use crate::status::{Status, Step, step_of, was_in_turn};
use crate::time::{Reading, Timestamp};

/// Lets one fact count. A fact of a past visit leaves behind what is still aboard, and its failure.
pub(super) fn take(
    state: &mut JobState,
    job: &Job,
    track: &mut Status,
    (id, act, body): (FactId, Reading, &Body),
    is_past: bool,
) {
    state.door.take(id, body, is_past);
    take_load(state, id, body);
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
            | Body::CheckedIn(_)
    );
    let is_past = is_past && !stays;
    if is_past {
        state.past.insert(id);
    }
    if !is_past {
        take_evidence(state, (id, act, body));
    }
    let reached = match step_of(body) {
        Some(Step::Load) => Status::Loaded,
        Some(Step::SetOut) => Status::OnTheWay,
        Some(Step::Arrive) => Status::Arrived,
        Some(Step::Return) => Status::Returned,
        Some(Step::Deliver | Step::Fail) => end(state, job, (id, act, body), is_past),
        Some(Step::Reattempt) | None => return,
    };
    *track = (*track).max(reached);
    if !is_past {
        state.status = state.status.max(reached);
    }
}

/// Notes how a visit ended, and says where that leaves the job.
fn end(
    state: &mut JobState,
    job: &Job,
    (id, act, body): (FactId, Reading, &Body),
    is_past: bool,
) -> Status {
    let waited_ms = waited(state, id, act);
    if let Body::Delivered(delivered) = body {
        let outcome = Outcome { waited_ms, ..delivery(job, id, act.wall_ms, delivered) };
        let status = outcome.status;
        state.outcomes.push(outcome);
        return status;
    }
    if let Body::Failed(failed) = body {
        let outcome = Outcome { waited_ms, ..failure(id, act.wall_ms, failed) };
        let all = if is_past { &mut state.past_outcomes } else { &mut state.outcomes };
        all.push(outcome);
    }
    Status::Failed
}

/// What a fact says of what went aboard. It holds for every visit.
fn take_load(state: &mut JobState, id: FactId, body: &Body) {
    if let Body::Loaded(_) = body {
        state.load.is_as_ordered = true;
    } else if let Body::PutAboard(put) = body {
        state.load.put(put);
    } else if let Body::LoadDiffered(differed) = body {
        state.load.differ(id.device, differed);
    } else if let Body::Counted(counted) = body {
        take_counts(&mut state.counted, &counted.lines);
    } else if let Body::CheckedIn(checked_in) = body {
        take_counts(&mut state.checked_in, &checked_in.lines);
    }
}

fn take_counts(counts: &mut BTreeMap<ItemId, u32>, lines: &[LineCount]) {
    for line in lines {
        let most = counts.entry(line.item_id.clone()).or_default();
        *most = line.quantity.max(*most);
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

/// How long the device that saw the visit end had been at the site, by the clock that nobody can set.
fn waited(state: &JobState, id: FactId, act: Reading) -> Option<u64> {
    state.visit.arrived.get(&id.device).map(|arrived| act.since(*arrived))
}

/// How a visit ended with goods handed over.
fn delivery(job: &Job, fact_id: FactId, at: Timestamp, body: &Delivered) -> Outcome {
    let lines = complete(job, &body.lines);
    let whole = lines.iter().all(|line| line.sum() == u64::from(line.delivered));
    let status = if whole { Status::Delivered } else { Status::DeliveredInPart };
    let (policy, method) = (body.policy, body.method);
    let (reason, unmet, anyway) = (String::new(), Vec::new(), None);
    Outcome { fact_id, status, at, lines, reason, policy, method, unmet, anyway, waited_ms: None }
}

/// How a visit ended without.
fn failure(fact_id: FactId, at: Timestamp, body: &Failed) -> Outcome {
    let (reason, policy) = (body.reason.clone(), body.policy);
    let (status, method) = (Status::Failed, Method::default());
    let (lines, unmet, anyway) = (Vec::new(), Vec::new(), body.anyway.clone());
    Outcome { fact_id, status, at, lines, reason, policy, method, unmet, anyway, waited_ms: None }
}

/// Fills in the lines that a delivery did not name: they were handed over whole.
fn complete(job: &Job, named: &[LineOutcome]) -> Vec<LineOutcome> {
    let named: BTreeMap<_, _> = named.iter().map(|line| (&line.item_id, line)).collect();
    job.spec
        .items
        .iter()
        .map(|item| {
            let named = named.get(&item.item_id).copied().cloned();
            named.unwrap_or_else(|| LineOutcome::whole(item.item_id.clone(), item.quantity))
        })
        .collect()
}
