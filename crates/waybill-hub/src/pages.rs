//! What the office reads: runs, a run, a job with its history, and the feed.

mod day;

use waybill_core::fact::{Body, Fact};
use waybill_core::id::{BlobHash, JobId, RunId};
use waybill_core::job::RunHead;
use waybill_core::place::{LatLon, Presence, presence};
use waybill_core::policy::{Policy, Rulebook};
use waybill_core::proof::ProofKind;
use waybill_core::readiness::judge;
use waybill_sync::code::Code;

use crate::api::feed::Payment;
use crate::api::upkeep::FeedMark;
use crate::api::view::{
    FeedView, JobPage, OfficeCase, OfficeFact, OfficeJobRow, OfficePhoto, OfficeProof,
    OfficeSignature, RunPage, RunSummary, RunsView,
};
use crate::enrol::person_of;
use crate::error::HubError;
use crate::hub::{Asker, Hub};
use crate::matters::Shown;
use crate::settle::{Folded, fold, waited_ms};
use crate::store::{FactRow, JobRow, Tx};

const DAYS_MAX: u32 = 366;
/// The number of a store's first life.
const FIRST_LIFE: u64 = 1;
/// The most entries of the feed in one answer.
pub(crate) const FEED_LIMIT_MAX: u32 = 1_000;

impl Hub {
    /// The runs of a day, or of today, or of the newest day before it that has any.
    pub fn runs(&self, asker: &Asker, day: Option<&str>) -> Result<RunsView, HubError> {
        let now = self.now();
        self.store.read(|tx| {
            let days = tx.list_days(asker.bound(), DAYS_MAX)?;
            let today = crate::intake::day(now);
            let usual = days.iter().find(|day| **day <= today).or(days.last());
            let day = day.or(usual.map(String::as_str)).unwrap_or(&today);
            let runs = tx.list_runs(day, asker.bound())?;
            let runs = runs.into_iter().map(|head| summary(tx, head));
            let runs = runs.collect::<Result<_, _>>()?;
            Ok(RunsView { runs, days, complete_through_ms: now })
        })
    }

    /// A run and its jobs.
    pub fn run_page(&self, asker: &Asker, run_id: &RunId) -> Result<RunPage, HubError> {
        self.store.read(|tx| {
            let head = seen_run(tx, asker, run_id)?;
            let rows = tx.list_jobs(run_id)?;
            let jobs = rows.into_iter().map(|row| job_row(tx, run_id, row));
            let jobs = jobs.collect::<Result<_, _>>()?;
            let mut shown = Shown::new(tx, asker);
            let (facts, day) = day::run_day(tx, &mut shown, run_id)?;
            let matters = day::matters(tx, &mut shown, run_id, None)?;
            Ok(RunPage { run: summary(tx, head)?, jobs, facts, day, matters })
        })
    }

    /// A job, its proof and its history.
    pub fn job_page(
        &self,
        asker: &Asker,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<JobPage, HubError> {
        self.store.read(|tx| {
            let head = seen_run(tx, asker, run_id)?;
            let policies = tx.policies()?;
            let folded = fold(tx, &policies, run_id, job_id)?.ok_or(Code::NotFound)?;
            job_page(tx, &mut Shown::new(tx, asker), policies.newest(), head, &folded)
        })
    }

    /// The feed after an entry of this life of the store.
    pub fn feed(&self, asker: &Asker, after: i64, limit: u32) -> Result<FeedView, HubError> {
        self.feed_since(asker, None, after, limit)
    }

    /// The feed after an entry that was read in a life of the store. Who has read what this life does
    /// not know is told where to go on.
    pub fn feed_since(
        &self,
        asker: &Asker,
        store_epoch: Option<u64>,
        after: i64,
        limit: u32,
    ) -> Result<FeedView, HubError> {
        let (limit, now) = (limit.clamp(1, FEED_LIMIT_MAX), self.now());
        self.store.read(|tx| {
            let known = known_feed(tx, store_epoch)?;
            let store_epoch = tx.store_epoch()?;
            if after > known {
                return Err(HubError::FeedRestored(FeedMark { store_epoch, after: known }));
            }
            let mut entries = tx.list_feed(after, limit.saturating_add(1), asker.bound())?;
            let kept = usize::try_from(limit).unwrap_or(usize::MAX);
            let has_more = entries.len() > kept;
            entries.truncate(kept);
            let last = entries.last();
            let complete_through_ms =
                last.filter(|_| has_more).map_or(now, |last| last.published_at_ms);
            let next = last.map_or(after, |last| last.seq);
            Ok(FeedView { entries, next, has_more, complete_through_ms, store_epoch })
        })
    }

    /// A piece of evidence that a job's facts name: its kind and its bytes.
    pub fn blob(
        &self,
        asker: &Asker,
        run_id: &RunId,
        job_id: &JobId,
        hash: BlobHash,
    ) -> Result<(String, Vec<u8>), HubError> {
        let row = self.store.read(|tx| {
            seen_run(tx, asker, run_id)?;
            let is_named = tx.list_jobs_naming(hash)?.contains(&(run_id.clone(), job_id.clone()));
            let row = tx.get_blob(hash)?.filter(|_| is_named);
            row.ok_or(HubError::from(Code::NotFound))
        })?;
        Ok((row.mime, self.read_blob(hash)?))
    }
}

/// Up to which number this store's feed is the one that a reader read in a life of the store.
fn known_feed(tx: &Tx<'_>, read_in: Option<u64>) -> Result<i64, HubError> {
    let (last, current) = (tx.last_feed_seq()?, tx.store_epoch()?);
    let Some(read_in) = read_in.filter(|read_in| *read_in != current) else {
        return Ok(last);
    };
    let lives = tx.list_lives()?;
    if read_in != FIRST_LIFE && !lives.iter().any(|life| life.epoch == read_in) {
        // A life that branched off somewhere: nobody here knows where.
        return Ok(0);
    }
    let taken_over = lives.iter().filter(|life| life.epoch > read_in).map(|life| life.feed_seq);
    Ok(taken_over.min().unwrap_or(last))
}

/// A run that the asker may see. One that they may not is not there for them.
pub(crate) fn seen_run(tx: &Tx<'_>, asker: &Asker, run_id: &RunId) -> Result<RunHead, HubError> {
    let run = tx.get_run(run_id)?.filter(|run| asker.sees(&run.depot_id));
    run.ok_or(HubError::from(Code::NotFound))
}

fn summary(tx: &Tx<'_>, head: RunHead) -> Result<RunSummary, HubError> {
    let [jobs, jobs_done, jobs_failed, jobs_ready, cases, matters] =
        tx.count_states(&head.run_id)?;
    Ok(RunSummary {
        driver: person_of(tx, &head.driver_id)?,
        last_contact_ms: tx.last_contact(&head.driver_id)?,
        run_id: head.run_id,
        depot_id: head.depot_id,
        day: head.day,
        zone: head.zone,
        vehicle: head.vehicle,
        jobs,
        jobs_done,
        jobs_failed,
        jobs_ready,
        cases,
        matters,
    })
}

fn job_row(tx: &Tx<'_>, run_id: &RunId, row: JobRow) -> Result<OfficeJobRow, HubError> {
    let job = row.job;
    let state = tx.get_state(run_id, &job.job_id)?.ok_or(Code::StoreFailed)?;
    let cases = tx.list_cases(run_id, &job.job_id)?;
    Ok(OfficeJobRow {
        order: job.spec.order,
        kind: job.spec.kind,
        customer: job.spec.customer.name,
        city: job.spec.address.city,
        window: job.window,
        standing: job.standing,
        status: state.status,
        outcome_at_ms: state.outcome_at,
        readiness: state.readiness,
        cases: cases.into_iter().map(|(trigger, _)| trigger).collect(),
        has_note: !job.note.is_empty() || !job.site_note.is_empty(),
        added: job.added,
        job_id: job.job_id,
    })
}

fn job_page(
    tx: &Tx<'_>,
    shown: &mut Shown<'_>,
    policy: &Policy,
    head: RunHead,
    folded: &Folded,
) -> Result<JobPage, HubError> {
    let (job, state) = (folded.row.job.clone(), &folded.state);
    let cases = tx.list_cases(&head.run_id, &job.job_id)?;
    let case = |(trigger, due_at_ms): (waybill_core::case::Trigger, _)| OfficeCase {
        trigger,
        owner: trigger.owner(),
        due_at_ms,
    };
    let proof = ProofKind::ALL.map(|proof| OfficeProof {
        proof,
        need: state.rule.need(proof),
        has: state.has(proof),
    });
    let (photos, signatures) = evidence(folded);
    Ok(JobPage {
        zone: head.zone,
        window: job.window,
        note: job.note,
        site_note: job.site_note,
        pin: job.pin,
        added: job.added,
        standing: job.standing,
        status: state.status,
        lines: state.outcomes.iter().flat_map(|outcome| outcome.lines.clone()).collect(),
        proof: proof.to_vec(),
        photos,
        signatures,
        facts: history(tx, shown, policy, job.spec.address.at, folded)?,
        readiness: judge(state, |blob| folded.held.contains(&blob)),
        cases: cases.into_iter().map(case).collect(),
        matters: day::matters(tx, shown, &head.run_id, Some(&job.job_id))?,
        back: day::back(folded),
        waited_ms: waited_ms(state),
        feed: tx.list_entries(&head.run_id, &job.job_id)?,
        run_id: head.run_id,
        job_id: job.job_id,
        order: job.spec.order,
        kind: job.spec.kind,
        customer: job.spec.customer,
        contact: job.spec.contact,
        address: job.spec.address,
        cash_due: job.spec.cash_due,
        items: job.spec.items,
    })
}

fn evidence(folded: &Folded) -> (Vec<OfficePhoto>, Vec<OfficeSignature>) {
    let (mut photos, mut signatures) = (Vec::new(), Vec::new());
    for (row, fact) in &folded.facts {
        let (fact_id, at_ms) = (row.fact_id.to_string(), fact.act.wall_ms);
        let is_undone = folded.state.undone.contains(&row.fact_id);
        match fact.body() {
            Body::PhotoTaken(photo) => photos.push(OfficePhoto {
                fact_id,
                blob: photo.blob.to_string(),
                category: photo.category,
                at_ms,
                width: photo.width,
                height: photo.height,
                is_held: folded.held.contains(&photo.blob),
                is_undone,
            }),
            Body::Signed(signed) => signatures.push(OfficeSignature {
                fact_id,
                blob: signed.blob.to_string(),
                name: signed.name,
                role: signed.role,
                at_ms,
                is_held: folded.held.contains(&signed.blob),
                is_undone,
            }),
            _ => {}
        }
    }
    (photos, signatures)
}

/// The job's history as the devices tell it, in the order of their claims.
fn history(
    tx: &Tx<'_>,
    shown: &mut Shown<'_>,
    policy: &Policy,
    site: Option<LatLon>,
    folded: &Folded,
) -> Result<Vec<OfficeFact>, HubError> {
    let mut told: Vec<&(FactRow, Fact)> = folded.facts.iter().collect();
    told.sort_by_key(|(row, fact)| (fact.act.wall_ms, row.fact_id));
    let mut facts = Vec::new();
    for (row, fact) in told {
        let told = office_fact(tx, shown, row, fact)?;
        facts.push(OfficeFact {
            presence: presence(site, fact.fix, policy.radius_m),
            is_undone: folded.state.undone.contains(&row.fact_id),
            is_irregular: folded.state.irregular.contains(&row.fact_id),
            ..told
        });
    }
    Ok(facts)
}

/// A fact by itself: what its job makes of it is added by who knows the job.
fn office_fact(
    tx: &Tx<'_>,
    shown: &mut Shown<'_>,
    row: &FactRow,
    fact: &Fact,
) -> Result<OfficeFact, HubError> {
    let person = shown.person(&fact.person_id)?;
    let body = fact.body();
    let kind = body.word().to_owned();
    let wishes = match &body {
        Body::PlanRefused(refused) => refused.wishes.iter().cloned().map(Into::into).collect(),
        _ => Vec::new(),
    };
    Ok(OfficeFact {
        fact_id: row.fact_id.to_string(),
        kind,
        person,
        device_name: tx.get_device_name(row.fact_id.device)?.unwrap_or_default(),
        at_ms: fact.act.wall_ms,
        received_at_ms: row.received_at,
        fix: fact.fix,
        presence: Presence::Unknown,
        sum: match &body {
            Body::CashTaken(taken) => Some(Payment::from(taken).sum),
            _ => None,
        },
        text: words(body),
        wishes,
        is_undone: false,
        is_irregular: false,
    })
}

/// The words of a fact, where it has any.
fn words(body: Body) -> String {
    match body {
        Body::Failed(failed) => {
            let said = [Some(failed.reason), Some(failed.note), failed.anyway];
            let said: Vec<_> = said.into_iter().flatten().filter(|text| !text.is_empty()).collect();
            said.join(": ")
        }
        Body::Contacted(contacted) => contacted.word().to_owned(),
        Body::CashTaken(taken) if taken.reason.is_empty() => taken.method.word().to_owned(),
        Body::CashTaken(taken) => format!("{}: {}", taken.method.word(), taken.reason),
        Body::PinChecked(checked) if checked.reason.is_empty() => checked.result.word().to_owned(),
        Body::PinChecked(checked) => format!("{}: {}", checked.result.word(), checked.reason),
        Body::AgeChecked(checked) => {
            let word = if checked.is_old_enough { "age_enough" } else { "age_not_enough" };
            format!("{word}: {}", checked.minimum)
        }
        Body::Undone(undone) => undone.reason,
        Body::Reattempted(again) => again.reason,
        Body::Noted(noted) => noted.text,
        Body::Scanned(scanned) => scanned.code,
        Body::Signed(signed) => signed.name,
        Body::PlanRefused(refused) => refused.code,
        Body::Messaged(said) => {
            let said = [said.preset, said.text];
            let said: Vec<_> = said.into_iter().filter(|text| !text.is_empty()).collect();
            said.join(": ")
        }
        _ => String::new(),
    }
}
