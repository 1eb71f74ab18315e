//! The count after the weather: nothing lost, nothing doubled, everybody of one mind.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use waybill_core::fold::state_hash;
use waybill_hub::Asker;
use waybill_hub::api::view::FeedEntry;

use super::day::Day;

/// Counts. The first thing that is not as promised is the error.
pub(super) fn count(day: &mut Day) -> anyhow::Result<()> {
    queues_are_drained(day)?;
    every_capture_is_at_the_hub_once(day)?;
    replicas_agree(day)?;
    feed_is_one_line_per_job(day)?;
    views_follow_from_what_was_said(day)?;
    saying_it_again_changes_nothing(day)
}

fn queues_are_drained(day: &mut Day) -> anyhow::Result<()> {
    for phone in &mut day.phones {
        let (name, trust) = (phone.name, phone.engine()?.trust_view());
        ensure!(trust.facts_waiting == 0, "{name} still has {} facts to send", trust.facts_waiting);
        ensure!(trust.blobs_waiting == 0, "{name} still has {} blobs to send", trust.blobs_waiting);
        ensure!(trust.attention == 0, "{name} has facts that the hub refused: {trust:?}");
        ensure!(trust.trouble.is_none(), "{name} is in trouble: {:?}", trust.trouble);
    }
    Ok(())
}

/// I1, I3, I5: what a screen called saved is at the hub, with its evidence, exactly once.
fn every_capture_is_at_the_hub_once(day: &mut Day) -> anyhow::Result<()> {
    let saved: Vec<_> = day.phones.iter().flat_map(|phone| phone.saved.clone()).collect();
    let ids: BTreeSet<_> = saved.iter().map(|saved| saved.fact_id.clone()).collect();
    ensure!(ids.len() == saved.len(), "two taps were given one number");
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for run_id in day.runs.clone() {
        for row in day.hub()?.run_page(&Asker::Console, &run_id)?.jobs {
            for fact in day.hub()?.job_page(&Asker::Console, &run_id, &row.job_id)?.facts {
                *known.entry(fact.fact_id).or_default() += 1;
            }
        }
    }
    for saved in &saved {
        let times = known.get(&saved.fact_id).copied().unwrap_or(0);
        ensure!(times == 1, "{} was saved and is at the hub {times} times", saved.fact_id);
        if let Some(blob) = saved.blob {
            let held = day.hub()?.blob(&Asker::Console, &saved.run_id, &saved.job_id, blob);
            ensure!(held.is_ok(), "the evidence of {} is not at the hub", saved.fact_id);
        }
    }
    ensure!(known.len() == saved.len(), "the hub has {} facts of {}", known.len(), saved.len());
    Ok(())
}

/// I7: the same facts and plan, the same state, on every phone and at the hub.
fn replicas_agree(day: &mut Day) -> anyhow::Result<()> {
    for run_id in day.runs.clone() {
        let at_hub = state_hash(&day.hub()?.run_states(&run_id)?);
        day.trace_bytes(&at_hub);
        for phone in &mut day.phones {
            let name = phone.name;
            let Some(states) = phone.engine()?.states(&run_id) else {
                continue;
            };
            ensure!(state_hash(states) == at_hub, "{name} and the hub differ about {run_id}");
        }
    }
    Ok(())
}

/// I6: one live entry per job, revisions without a gap, numbers without a gap.
fn feed_is_one_line_per_job(day: &mut Day) -> anyhow::Result<()> {
    let entries = day.hub()?.feed(&Asker::Console, 0, 1_000)?.entries;
    let mut last: BTreeMap<_, FeedEntry> = BTreeMap::new();
    for (number, entry) in (1_i64..).zip(entries) {
        ensure!(entry.seq == number, "the feed has a hole before {}", entry.seq);
        let before = last.get(&entry.job_id);
        let revision = before.map_or(1, |before| before.revision + 1);
        ensure!(entry.revision == revision, "job {} skipped a revision", entry.job_id);
        ensure!(
            entry.supersedes == before.map(|before| before.seq),
            "{entry:?} supersedes another"
        );
        last.insert(entry.job_id.clone(), entry);
    }
    for run_id in day.runs.clone() {
        for row in day.hub()?.run_page(&Asker::Console, &run_id)?.jobs {
            let live = last.get(&row.job_id).map(|entry| entry.verdict);
            let (says, billable) = (row.readiness.verdict, row.readiness.verdict.is_billable());
            let agrees =
                live.map_or(!billable, |live| live == says || (!billable && !live.is_billable()));
            ensure!(agrees, "job {} is {says:?} and the feed says {live:?}", row.job_id);
        }
    }
    Ok(())
}

/// What the hub shows is what its plans and facts fold to, after whatever crashes there were.
fn views_follow_from_what_was_said(day: &mut Day) -> anyhow::Result<()> {
    let differences = day.hub()?.check_views()?;
    ensure!(differences.is_empty(), "a rebuild would change {differences:?}");
    Ok(())
}

/// A second conversation with nothing to say moves nothing.
fn saying_it_again_changes_nothing(day: &mut Day) -> anyhow::Result<()> {
    let before = day.hub()?.feed(&Asker::Console, 0, 1_000)?.entries.len();
    for at in 0..day.phones.len() {
        let phone = day.phones.get_mut(at).context("a phone")?;
        let (device, asked) = (phone.device, phone.engine()?.ask()?);
        let answer = day.hub()?.sync(device, &asked.body)?;
        let phone = day.phones.get_mut(at).context("a phone")?;
        let heard = phone.engine()?.hear(&asked, &answer)?;
        ensure!(!heard.is_news, "{} heard news where there were none", phone.name);
    }
    let after = day.hub()?.feed(&Asker::Console, 0, 1_000)?.entries.len();
    ensure!(before == after, "the feed grew from {before} to {after} by itself");
    Ok(())
}
