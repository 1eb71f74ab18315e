//! What the screens show, read off the books.

use waybill_core::day::fold_day;
use waybill_core::fact::{Body, Fact};
use waybill_core::fold::{JobState, fold_job};
use waybill_core::id::{BlobHash, Epoch, FactId, JobId, RunId};
use waybill_core::items::scanned_units;
use waybill_core::job::{Job, JobKind, JobStanding};
use waybill_core::load::{is_loaded, loaded};
use waybill_core::place::presence;
use waybill_core::proof::{Method, Need, ProofKind, ProofRule};
use waybill_core::readiness::{Readiness, judge};
use waybill_core::role::Act;
use waybill_core::status::{Status, Step, may, may_count, steps_from};
use waybill_sync::code::Code;

use super::capture::aged;
use super::door::{age_view, contact_views, day_cash, pin_view};
use super::together::{first_of_visits, together_views};
use super::{Book, Engine};
use crate::api::command::Deliver;
use crate::api::view::{
    CrewView, FactView, HandedView, ItemView, JobMay, JobRow, JobView, KitView, MethodView,
    NotSignedView, OutcomeView, PhotoView, ProofView, RunCard, RunMay, RunView, Safety,
    SignatureView, SignedOutView, StartView, Strokes,
};
use crate::problem::Problem;

impl Engine {
    /// The first thing a screen asks for.
    pub fn start_view(&self) -> StartView {
        let crew = self.crew.as_ref().and_then(|crew| {
            let (device, _) = crew.keys()?;
            Some(CrewView {
                company: crew.company.clone(),
                depot_id: crew.depot_id.clone(),
                person_id: crew.person_id.clone(),
                person_name: crew.person_name.clone(),
                role: crew.role,
                device_id: device.to_string(),
                device_name: crew.device_name.clone(),
                hub_url: crew.hub_url.clone(),
            })
        });
        let mut runs: Vec<_> = self.books.values().map(run_card).collect();
        runs.sort_by(|a, b| (&b.day, &a.run_id).cmp(&(&a.day, &b.run_id)));
        let handed = self.handed.as_ref().map(|handed| HandedView {
            run_id: handed.run_id.clone(),
            job_id: handed.job_id.clone(),
            is_signed: handed.is_signed,
            together: handed.together.clone(),
        });
        let has_code = self.asks_code();
        let signed_out = self
            .signed_out
            .map(|out| SignedOutView { at: out.at, asks_code: self.asks_code_to_sign_in() });
        // Of a phone that nobody is signed in to only what is safe where is to be seen.
        let runs = if signed_out.is_some() { Vec::new() } else { runs };
        StartView { crew, runs, trust: self.trust_view(), handed, has_code, signed_out }
    }

    /// One run.
    pub fn run_view(&self, run_id: &RunId) -> Result<RunView, Problem> {
        let book = self.books.get(run_id).ok_or(Code::RunUnknown)?;
        let visits = first_of_visits(book);
        let rows: Vec<_> = book
            .plan
            .jobs
            .iter()
            .filter_map(|job| Some(self.job_row(job, book.states.get(&job.job_id)?, book)))
            .map(|row| JobRow { visit: visits.get(&row.job_id).cloned(), ..row })
            .collect();
        let is_open =
            |row: &&JobRow| !row.status.is_outcome() && row.standing == JobStanding::Planned;
        let (head, day) = (&book.plan.head, fold_day(&book.run_facts));
        Ok(RunView {
            run_id: run_id.clone(),
            day: head.day.clone(),
            zone: head.zone.clone(),
            vehicle: head.vehicle.clone(),
            next_job_id: rows.iter().find(is_open).map(|row| row.job_id.clone()),
            cash: day_cash(book),
            may: RunMay {
                reorder: self.allow(Act::ReorderRun).is_ok(),
                add_job: self.allow(Act::AddJob).is_ok(),
                load: self.allow(Act::RecordLoad).is_ok() && book.plan.jobs.iter().any(is_loaded),
            },
            has_departed: book.load().departed.is_some(),
            kit: self.kit(book),
            is_vehicle_checked: self.policy().vehicle_points.is_empty() || !day.checks.is_empty(),
            resting_since: day
                .breaks
                .iter()
                .find(|rest| rest.to.is_none())
                .map(|rest| rest.from.wall_ms),
            jobs: rows,
        })
    }

    /// One job.
    pub fn job_view(&self, run_id: &RunId, job_id: &JobId) -> Result<JobView, Problem> {
        let job = self.job(run_id, job_id)?;
        let state = self.state(run_id, job_id)?;
        let book = self.books.get(run_id).ok_or(Code::RunUnknown)?;
        let spec = job.spec.clone();
        let here = self.here();
        let outcome = state.outcomes.last();
        let item_view = |item: &waybill_core::job::Item| ItemView {
            item_id: item.item_id.clone(),
            sku: item.sku.clone(),
            text: item.text.clone(),
            quantity: item.quantity,
            unit: item.unit.clone(),
            code: item.code.clone(),
            loaded: loaded(item, state).map_or(item.quantity, count),
            is_counted: loaded(item, state).is_some(),
            scanned: count(scanned_units(item, state)),
            outcome: outcome.and_then(|each| {
                each.lines.iter().find(|line| line.item_id == item.item_id).cloned()
            }),
        };
        Ok(JobView {
            run_id: run_id.clone(),
            job_id: job_id.clone(),
            zone: book.plan.head.zone.clone(),
            kind: spec.kind,
            order: spec.order,
            items: spec.items.iter().map(item_view).collect(),
            presence: presence(spec.address.at, here, self.policy().radius_m),
            distance_m: self.distance_m(job),
            customer: spec.customer,
            contact: spec.contact,
            address: spec.address,
            window: job.window,
            note: job.note.clone(),
            site_note: job.site_note.clone(),
            pin: job.pin,
            added: job.added,
            standing: job.standing,
            status: state.status,
            proof: proof_views(state.rule, state),
            photos: self.photo_views(book, state),
            signature: self.signature_view(book, state)?,
            not_signed: not_signed_view(state),
            methods: self.method_views(job, state),
            steps: self.steps(job, state),
            may: self.job_may(state),
            readiness: readiness(state),
            outcome: outcome.map(|each| OutcomeView {
                fact_id: each.fact_id.to_string(),
                status: each.status,
                at: each.at,
                reason: each.reason.clone(),
                method: each.method,
                waited_ms: each.waited_ms,
            }),
            failing: self.reason_views(job, state),
            contacts: contact_views(state),
            cash: self.cash_view(book, state),
            pin_check: pin_view(job, state),
            age_check: age_view(state.rule, state),
            facts: self.fact_views(book, job, state),
            safety: self.job_safety(book, job_id),
            draft: self.store.draft(run_id, job_id)?,
            change: self.change_view(book, job, state),
            together: together_views(book, job_id),
        })
    }

    /// What finance will say if the goods are handed over like this: the fold is asked one fact ahead.
    pub fn outlook(&self, deliver: &Deliver) -> Result<Readiness, Problem> {
        Ok(readiness(&self.ahead(deliver)?))
    }

    /// What a job would fold to if its goods were handed over like this.
    pub(super) fn ahead(&self, deliver: &Deliver) -> Result<JobState, Problem> {
        let job = self.job(&deliver.run_id, &deliver.job_id)?;
        let book = self.books.get(&deliver.run_id).ok_or(Code::RunUnknown)?;
        let (device, _) = self.me()?;
        let ahead = self.delivery(deliver)?;
        let id = FactId { device, epoch: Epoch(u64::MAX), seq: u64::MAX };
        let facts = book.facts.get(&deliver.job_id).into_iter().flatten();
        let facts = facts.map(|(id, fact)| (*id, fact)).chain([(id, &ahead)]);
        let mut state = fold_job(job, facts, &self.policies);
        state.has_conflict = book.plan.conflicts.iter().any(|each| each.job_id == job.job_id);
        Ok(state)
    }

    /// What a job folds to.
    pub fn state(&self, run_id: &RunId, job_id: &JobId) -> Result<&JobState, Problem> {
        let state = self.books.get(run_id).and_then(|book| book.states.get(job_id));
        Ok(state.ok_or(Code::JobUnknown)?)
    }

    /// The states of a run's jobs, for whoever compares replicas.
    pub fn states(&self, run_id: &RunId) -> Option<&std::collections::BTreeMap<JobId, JobState>> {
        self.books.get(run_id).map(|book| &book.states)
    }

    pub(super) fn steps(&self, job: &Job, state: &JobState) -> Vec<Step> {
        let Some(role) = self.crew.as_ref().map(|crew| crew.role) else { return Vec::new() };
        let is_allowed = |step: &Step| may(job.standing, state.status, *step, role).is_ok();
        steps_from(state.status).into_iter().filter(is_allowed).collect()
    }

    /// Only goods that are handed over go to somebody: what is collected comes to the driver.
    fn method_views(&self, job: &Job, state: &JobState) -> Vec<MethodView> {
        let is_offered =
            job.spec.kind == JobKind::Deliver && self.steps(job, state).contains(&Step::Deliver);
        let view = |method| MethodView {
            method,
            proof: proof_views(self.policy().choose_proof(&job.spec, method).0, state),
        };
        if is_offered { Method::ALL.map(view).to_vec() } else { Vec::new() }
    }

    fn job_may(&self, state: &JobState) -> JobMay {
        JobMay {
            count: self.allow(Act::RecordLoad).is_ok() && may_count(state.status).is_ok(),
            note_site: self.allow(Act::NoteSite).is_ok(),
            check: self.allow(Act::RecordDelivery).is_ok() && state.status >= Status::Arrived,
            propose_pin: self.allow(Act::ProposePin).is_ok() && self.pin_here().is_some(),
        }
    }

    fn job_row(&self, job: &Job, state: &JobState, book: &Book) -> JobRow {
        let needed = |kind: &ProofKind| state.rule.need(*kind) == Need::Required;
        JobRow {
            job_id: job.job_id.clone(),
            kind: job.spec.kind,
            order: job.spec.order.clone(),
            customer: job.spec.customer.name.clone(),
            address_line: job.spec.address.line1.clone(),
            city: job.spec.address.city.clone(),
            window: job.window,
            status: state.status,
            standing: job.standing,
            items: count(job.spec.items.len()),
            cash_due: job.spec.cash_due.clone(),
            proof_needed: ProofKind::ALL.into_iter().filter(needed).collect(),
            has_note: !job.note.is_empty() || !job.site_note.is_empty(),
            added: job.added,
            distance_m: self.distance_m(job),
            readiness: (!state.outcomes.is_empty()).then(|| readiness(state)),
            safety: self.job_safety(book, &job.job_id),
            changes: self.unread(book, job, state),
            visit: None,
        }
    }

    /// What is on this phone for a run.
    fn kit(&self, book: &Book) -> KitView {
        let policy = self.policy();
        let here = self.here();
        KitView {
            jobs: count(book.plan.jobs.len()),
            site_notes: count(
                book.plan.jobs.iter().filter(|job| !job.site_note.is_empty()).count(),
            ),
            policy: policy.version,
            reasons: count(policy.reasons.len()),
            rules: count(policy.clauses.len()),
            place_age_ms: here.map(|fix| fix.age_ms.into()),
            place_accuracy_m: here.map(|fix| fix.accuracy_m),
            clock_off_ms: self.clock_off_ms,
        }
    }

    pub(super) fn here(&self) -> Option<waybill_core::place::Fix> {
        self.place.map(|place| aged(place, self.clock.read().monotonic_ms))
    }

    fn distance_m(&self, job: &Job) -> Option<u32> {
        let metres = job.spec.address.at?.metres_to(self.place?.fix.at);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most half the globe"
        )]
        Some(metres.round() as u32)
    }

    fn photo_views(&self, book: &Book, state: &JobState) -> Vec<PhotoView> {
        let view = |(id, photo): &(FactId, waybill_core::fact::PhotoTaken)| PhotoView {
            fact_id: id.to_string(),
            blob: photo.blob.to_string(),
            category: photo.category,
            at: act_time(book, state, *id),
            width: photo.width,
            height: photo.height,
            safety: self.fact_safety(*id, Some(photo.blob)),
        };
        state.photos.iter().map(view).collect()
    }

    fn signature_view(
        &self,
        book: &Book,
        state: &JobState,
    ) -> Result<Option<SignatureView>, Problem> {
        let Some((id, signed)) = state.signatures.last() else {
            return Ok(None);
        };
        let strokes: Option<Strokes> =
            self.folder.read(signed.blob)?.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        Ok(Some(SignatureView {
            fact_id: id.to_string(),
            name: signed.name.clone(),
            role: signed.role,
            reservation: signed.reservation.clone(),
            lines: signed.lines.clone(),
            at: act_time(book, state, *id),
            strokes: strokes.unwrap_or(Strokes { width: 0, height: 0, strokes: vec![] }),
            safety: self.fact_safety(*id, Some(signed.blob)),
        }))
    }

    fn fact_views(&self, book: &Book, job: &Job, state: &JobState) -> Vec<FactView> {
        let site = job.spec.address.at;
        let view = |(id, fact): (&FactId, &Fact)| {
            let body = fact.body();
            FactView {
                fact_id: id.to_string(),
                kind: body.word().to_owned(),
                at: fact.act.wall_ms,
                presence: presence(site, fact.fix, self.policy().radius_m),
                is_undone: state.undone.contains(id),
                is_own: self.is_mine(*id),
                safety: self.fact_safety(*id, body.blob()),
                refused: self.journal.verdict(*id).map(|(_, code)| code.clone()),
            }
        };
        book.facts.get(&state.job_id).into_iter().flatten().map(view).collect()
    }

    pub(super) fn job_safety(&self, book: &Book, job_id: &JobId) -> Safety {
        let facts = book.facts.get(job_id).into_iter().flatten();
        let own = facts.filter(|(id, _)| self.is_mine(**id));
        let safeties = own.map(|(id, fact)| self.fact_safety(*id, Body::blob(&fact.body())));
        safeties.max().unwrap_or(Safety::Nothing)
    }

    pub(super) fn fact_safety(&self, id: FactId, blob: Option<BlobHash>) -> Safety {
        let is_lost = blob.is_some_and(|blob| self.lost.contains(&blob));
        if is_lost || self.journal.verdict(id).is_some() {
            return Safety::Attention;
        }
        let is_held = |blob: BlobHash| self.blobs.get(&blob).is_none_or(|blob| blob.is_held);
        // A fact of another phone came from the office.
        let is_at_office = !self.is_own(id) || self.journal.is_receipted(id);
        if is_at_office && blob.is_none_or(is_held) { Safety::Office } else { Safety::Phone }
    }
}

/// What finance will say: everything captured here counts as held, because it will be.
fn readiness(state: &JobState) -> Readiness {
    judge(state, |_| true)
}

fn not_signed_view(state: &JobState) -> Option<NotSignedView> {
    let (id, not) = state.not_signed.last().filter(|_| state.signatures.is_empty())?;
    let (name, note) = (not.name.clone(), not.note.clone());
    Some(NotSignedView { fact_id: id.to_string(), why: not.why, name, note })
}

fn run_card(book: &Book) -> RunCard {
    let is_done = |state: &&JobState| state.status.is_outcome();
    RunCard {
        run_id: book.plan.head.run_id.clone(),
        day: book.plan.head.day.clone(),
        vehicle: book.plan.head.vehicle.clone(),
        jobs: count(book.states.len()),
        jobs_done: count(book.states.values().filter(is_done).count()),
    }
}

fn proof_views(rule: ProofRule, state: &JobState) -> Vec<ProofView> {
    let view = |proof| ProofView { proof, need: rule.need(proof), has: state.has(proof) };
    ProofKind::ALL.into_iter().map(view).collect()
}

pub(super) fn act_time(book: &Book, state: &JobState, id: FactId) -> waybill_core::time::Timestamp {
    let fact = book.facts.get(&state.job_id).and_then(|facts| facts.get(&id));
    fact.map(|fact| fact.act.wall_ms).unwrap_or_default()
}

pub(super) fn count(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}
