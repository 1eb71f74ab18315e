//! The count after the weather: nothing lost, nothing doubled, everybody of one mind.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{bail, ensure};
use sha2::Digest;
use waybill_core::fold::state_hash;
use waybill_hub::Asker;
use waybill_hub::api::view::FeedEntry;

use super::day::Day;
use super::phone::BY_ITSELF;

/// Counts. The first thing that is not as promised is the error.
pub(super) fn count(day: &mut Day) -> anyhow::Result<()> {
    queues_are_drained(day)?;
    every_capture_is_at_the_hub_once(day)?;
    nothing_is_forgotten_on_the_phones(day)?;
    replicas_agree(day)?;
    feed_is_one_line_per_job(day)?;
    views_follow_from_what_was_said(day)?;
    saying_it_again_changes_nothing(day)
}

fn queues_are_drained(day: &mut Day) -> anyhow::Result<()> {
    let bad = day.sky.bad_phone;
    for (at, phone) in day.phones.iter_mut().enumerate() {
        if phone.is_turned_away {
            continue;
        }
        let (name, trust) = (phone.name, phone.engine()?.trust_view());
        ensure!(trust.facts_waiting == 0, "{name} still has {} facts to send", trust.facts_waiting);
        ensure!(trust.blobs_waiting == 0, "{name} still has {} blobs to send", trust.blobs_waiting);
        // What a bad phone said beside its journal is refused, and it hears so.
        if bad != Some(at) {
            ensure!(trust.attention == 0, "{name} has facts that the hub refused: {trust:?}");
            ensure!(trust.trouble.is_none(), "{name} is in trouble: {:?}", trust.trouble);
        }
    }
    Ok(())
}

/// How often the hub has each fact of a tap, by its id.
fn known(day: &mut Day) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (run_id, _) in day.runs.clone() {
        for row in day.hub()?.run_page(&Asker::Console, &run_id)?.jobs {
            let page = day.hub()?.job_page(&Asker::Console, &run_id, &row.job_id)?;
            for fact in page.facts.into_iter().filter(|fact| fact.kind != BY_ITSELF) {
                *known.entry(fact.fact_id).or_default() += 1;
            }
        }
    }
    Ok(known)
}

/// I1, I3, I5: what a screen called saved is at the hub, with its evidence, exactly once. What a revoked
/// phone has not told is on the phone; what a lost phone had not told is gone with it.
fn every_capture_is_at_the_hub_once(day: &mut Day) -> anyhow::Result<()> {
    let known = known(day)?;
    let (mut ids, mut allowed) = (BTreeSet::new(), 0);
    let phones: Vec<_> = day
        .phones
        .iter()
        .map(|phone| (phone.saved.clone(), phone.gone.clone(), phone.is_turned_away))
        .collect();
    for (saved, gone, is_turned_away) in phones {
        for saved in &saved {
            ensure!(ids.insert(saved.fact_id.clone()), "two taps were given one number");
            let times = known.get(&saved.fact_id).copied().unwrap_or(0);
            allowed += times;
            if is_turned_away {
                ensure!(times <= 1, "{} is at the hub {times} times", saved.fact_id);
                continue;
            }
            ensure!(times == 1, "{} was saved and is at the hub {times} times", saved.fact_id);
            if let Some(blob) = saved.blob {
                let held = day.hub()?.blob(&Asker::Console, &saved.run_id, &saved.job_id, blob);
                ensure!(held.is_ok(), "the evidence of {} is not at the hub", saved.fact_id);
            }
        }
        for gone in &gone {
            ensure!(ids.insert(gone.fact_id.clone()), "a restored phone used a number again");
            let times = known.get(&gone.fact_id).copied().unwrap_or(0);
            ensure!(times <= 1, "{} is at the hub {times} times", gone.fact_id);
            allowed += times;
        }
    }
    // A fact of a bad phone that reads like one is its own word, and shown as such.
    let all: usize = known.values().sum();
    let is_exact = allowed == all || day.sky.bad_phone.is_some();
    ensure!(is_exact, "the hub has {all} facts of {allowed}");
    Ok(())
}

/// I4: whatever was heard, each phone still holds everything that it saved.
fn nothing_is_forgotten_on_the_phones(day: &mut Day) -> anyhow::Result<()> {
    for phone in &day.phones {
        let (name, held, saved) = (phone.name, phone.facts_held()?, phone.saved.len());
        ensure!(held == saved, "{name} holds {held} facts of {saved} that it saved");
    }
    Ok(())
}

/// I7: the same facts and plan, the same state, on every phone and at the hub. A phone that was restored has
/// heard what its own earlier life told the hub; one that is turned away hears nothing. If the hub too was
/// restored, a mate may have read facts of theirs that nobody can tell the hub again.
fn replicas_agree(day: &mut Day) -> anyhow::Result<()> {
    let has_lost = |phone: &super::phone::Phone| phone.is_restored || phone.is_turned_away;
    let may_differ = day.is_hub_restored && day.phones.iter().any(has_lost);
    for (run_id, _) in day.runs.clone() {
        let states = day.hub()?.run_states(&run_id)?;
        for _ in states.values().filter(|state| state.outcomes.len() > 1) {
            day.note("conflicting outcomes");
        }
        let at_hub = state_hash(&states);
        day.trace.update(at_hub);
        let bad = day.sky.bad_phone;
        for (at, phone) in day.phones.iter_mut().enumerate() {
            let name = phone.name;
            // What a bad phone said beside its journal counts at the hub and is not in its store.
            let is_whole = !may_differ && !phone.is_turned_away && bad != Some(at);
            if let Some(here) = phone.engine()?.states(&run_id)
                && is_whole
                && state_hash(here) != at_hub
            {
                let jobs = states.iter().filter(|(job_id, state)| here.get(job_id) != Some(state));
                let jobs: Vec<_> =
                    jobs.map(|(job_id, at)| (here.get(job_id), at)).take(1).collect();
                bail!("{name} and the hub differ about {run_id}: {jobs:?}");
            }
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
    for (run_id, _) in day.runs.clone() {
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
        // A bad phone is told again and again what was wrong.
        if day.phone(at)?.is_turned_away || day.sky.bad_phone == Some(at) {
            continue;
        }
        ensure!(day.talk_plainly(at)?, "{} heard news where there were none", day.phone(at)?.name);
    }
    let after = day.hub()?.feed(&Asker::Console, 0, 1_000)?.entries.len();
    ensure!(before == after, "the feed grew from {before} to {after} by itself");
    Ok(())
}
