//! What a tap does: core judges the intent, the fact is made durable, and only then memory follows.

use waybill_core::fact::{
    Body, Delivered, FACT_BYTES_MAX, Fact, Failed, Noted, PhotoCategory, PhotoTaken, Plain,
    Scanned, Signed, Undone,
};
use waybill_core::id::{FactId, JobId, RunId};
use waybill_core::job::{Job, QUANTITY_MAX, TEXT_BYTES_MAX};
use waybill_core::place::Fix;
use waybill_core::plan::Actor;
use waybill_core::proof::Method;
use waybill_core::role::Act;
use waybill_core::status::{Refusal, Step, may, step_of};
use waybill_sync::code::Code;

use super::{Engine, PHOTO_MIME, Place, STROKES_MIME};
use crate::api::command::{Deliver, Fail, MoveJob, Note, OfJob, SaveDraft, Scan, Sign, Undo};
use crate::api::view::{Done, Saved};
use crate::media::Photo;
use crate::problem::Problem;
use crate::store::{Recorded, StoredBlob};

/// The most numbers in one signature: a minute of drawing on a fast screen.
const STROKE_POINTS_MAX: usize = 20_000;
/// The longest draft.
const DRAFT_BYTES_MAX: usize = 1024 * 1024;

/// A developed photo, and what it is of.
#[derive(Debug)]
pub struct NewPhoto {
    pub of: OfJob,
    pub category: PhotoCategory,
    pub photo: Photo,
}

impl Engine {
    /// Takes a step that says nothing beyond itself.
    pub fn step(&mut self, of: &OfJob, step: Step) -> Result<Saved, Problem> {
        let body = match step {
            Step::Load => Body::Loaded(Plain {}),
            Step::SetOut => Body::OnTheWay(Plain {}),
            Step::Arrive => Body::Arrived(Plain {}),
            Step::Return => Body::Returned(Plain {}),
            Step::Deliver | Step::Fail | Step::Reattempt => return Err(Refusal::OutOfTurn.into()),
        };
        self.record(&of.run_id, &of.job_id, &body, None)
    }

    /// Keeps a photo.
    pub fn keep_photo(&mut self, new: &NewPhoto) -> Result<Saved, Problem> {
        self.job(&new.of.run_id, &new.of.job_id)?;
        if self.room.is_spent() {
            return Err(Code::StoreFull.into());
        }
        let blob = self.keep_blob(&new.photo.jpeg, PHOTO_MIME)?;
        let body = Body::PhotoTaken(PhotoTaken {
            blob: blob.hash,
            category: new.category,
            width: new.photo.width,
            height: new.photo.height,
        });
        self.record(&new.of.run_id, &new.of.job_id, &body, Some(&blob))
    }

    /// Keeps a signature.
    pub fn sign(&mut self, sign: &Sign) -> Result<Saved, Problem> {
        self.job(&sign.run_id, &sign.job_id)?;
        let points: usize = sign.strokes.strokes.iter().map(Vec::len).sum();
        if points < 2 {
            return Err(Code::SignatureEmpty.into());
        }
        if points > STROKE_POINTS_MAX {
            return Err(Code::SignatureTooLarge.into());
        }
        let name = text(&sign.name)?;
        let bytes = serde_json::to_vec(&sign.strokes)
            .map_err(|error| Problem::with(Code::StoreFailed, error))?;
        let blob = self.keep_blob(&bytes, STROKES_MIME)?;
        let body = Body::Signed(Signed { blob: blob.hash, name, role: sign.role });
        self.record(&sign.run_id, &sign.job_id, &body, Some(&blob))
    }

    /// Ends the visit with goods handed over.
    pub fn deliver(&mut self, deliver: &Deliver) -> Result<Saved, Problem> {
        let body = self.delivery(deliver)?.body();
        self.record(&deliver.run_id, &deliver.job_id, &body, None)
    }

    /// The fact that a delivery would be, if it may be one.
    pub(super) fn delivery(&self, deliver: &Deliver) -> Result<Fact, Problem> {
        let job = self.job(&deliver.run_id, &deliver.job_id)?;
        for line in &deliver.lines {
            let ordered = job.spec.items.iter().find(|item| item.item_id == line.item_id);
            if ordered.map(|item| u64::from(item.quantity)) != Some(line.sum()) {
                return Err(Refusal::SumBroken.into());
            }
        }
        let (lines, policy) = (deliver.lines.clone(), self.policy.version);
        let body = Body::Delivered(Delivered { lines, policy, method: Method::default() });
        let person_id = self.crew.as_ref().ok_or(Code::NotEnrolled)?.person_id.clone();
        let (run_id, job_id) = (deliver.run_id.clone(), Some(deliver.job_id.clone()));
        Ok(Fact::new(run_id, job_id, person_id, self.clock.read(), None, &body))
    }

    /// Ends the visit without.
    pub fn fail(&mut self, fail: &Fail) -> Result<Saved, Problem> {
        if self.policy.reason(&fail.reason).is_none() {
            return Err(Refusal::UnknownReason.into());
        }
        let (reason, policy) = (fail.reason.clone(), self.policy.version);
        let body = Body::Failed(Failed { reason, note: text(&fail.note)?, policy });
        self.record(&fail.run_id, &fail.job_id, &body, None)
    }

    /// Keeps a code that was read off a parcel.
    pub fn scan(&mut self, scan: &Scan) -> Result<Saved, Problem> {
        if scan.code.trim().is_empty() || !(1..=QUANTITY_MAX).contains(&scan.quantity) {
            return Err(Code::FieldsInvalid.into());
        }
        let (quantity, is_typed) = (scan.quantity, scan.is_typed);
        let body = Body::Scanned(Scanned { code: text(&scan.code)?, quantity, is_typed });
        self.record(&scan.run_id, &scan.job_id, &body, None)
    }

    /// Keeps words about a job.
    pub fn note(&mut self, note: &Note) -> Result<Saved, Problem> {
        let body = Body::Noted(Noted { text: text(&note.text)? });
        self.record(&note.run_id, &note.job_id, &body, None)
    }

    /// Takes an earlier fact back. It stays in the journal.
    pub fn undo(&mut self, undo: &Undo) -> Result<Saved, Problem> {
        let fact_id: FactId = undo.fact_id.parse().map_err(|_| Refusal::NothingToUndo)?;
        let book = self.books.get(&undo.run_id).ok_or(Code::JobUnknown)?;
        let facts = book.facts.get(&undo.job_id);
        let known = facts.and_then(|facts| facts.get(&fact_id)).map(Fact::body);
        let is_undone =
            book.states.get(&undo.job_id).is_some_and(|state| state.undone.contains(&fact_id));
        if is_undone || known.is_none() || matches!(known, Some(Body::Undone(_))) {
            return Err(Refusal::NothingToUndo.into());
        }
        let body = Body::Undone(Undone { fact_id, reason: text(&undo.reason)? });
        self.record(&undo.run_id, &undo.job_id, &body, None)
    }

    /// Keeps half-written input.
    pub fn save_draft(&mut self, save: &SaveDraft) -> Result<Done, Problem> {
        self.job(&save.run_id, &save.job_id)?;
        if save.draft.as_ref().is_some_and(|draft| draft.len() > DRAFT_BYTES_MAX) {
            return Err(Code::TextTooLong.into());
        }
        let (run_id, job_id, draft) = (&save.run_id, &save.job_id, save.draft.as_deref());
        match self.store.set_draft(run_id, job_id, draft) {
            Err(error) if self.room.makes_way(&error) => {
                self.store.set_draft(run_id, job_id, draft)?;
            }
            kept => kept?,
        }
        Ok(Done {})
    }

    /// Changes where a job stands in the run. This is an edit of the plan, not a fact.
    pub fn move_job(&mut self, moved: &MoveJob) -> Result<(), Problem> {
        self.allow(Act::ReorderRun)?;
        let (device, _) = self.me()?;
        let at = self.clock.read().wall_ms;
        // A change is written under the name of an epoch, and the epoch must be durable before it.
        let (genesis, head) = self.journal.next(device, self.dice.as_ref());
        let book = self.books.get_mut(&moved.run_id).ok_or(Code::JobUnknown)?;
        if let Some(genesis) = genesis {
            self.store.begin_epoch(&genesis)?;
            self.journal.advance(Some(genesis), head);
        }
        let mut doc = book.doc.clone();
        doc.set_writer(&Actor::device(device, head.epoch));
        let is_news = doc
            .move_job(&moved.job_id, moved.behind.as_ref(), at)
            .map_err(|error| Problem::with(Code::JobUnknown, error))?;
        if is_news {
            let stored = crate::store::StoredPlan {
                run_id: moved.run_id.clone(),
                document: doc.save(),
                hub_heads: book.hub_heads.clone(),
            };
            self.store.put_plan(&stored)?;
            book.doc = doc;
            book.reread(&self.policy)?;
        }
        Ok(())
    }

    /// Judges, writes down, makes durable, and only then lets memory follow.
    fn record(
        &mut self,
        run_id: &RunId,
        job_id: &JobId,
        body: &Body,
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        self.allow(if matches!(body, Body::Loaded(_)) {
            Act::RecordLoad
        } else {
            Act::RecordDelivery
        })?;
        let (device, _) = self.me()?;
        let standing = self.job(run_id, job_id)?.standing;
        let status = self.state(run_id, job_id)?.status;
        let crew = self.crew.as_ref().ok_or(Code::NotEnrolled)?;
        if let Some(step) = step_of(body) {
            may(standing, status, step, crew.role)?;
        }
        let person_id = crew.person_id.clone();
        let act = self.clock.read();
        let fix = self.place.map(|place| aged(place, act.monotonic_ms));
        let fact = Fact::new(run_id.clone(), Some(job_id.clone()), person_id, act, fix, body);
        let bytes = fact.to_bytes();
        if bytes.len() > FACT_BYTES_MAX {
            return Err(Code::TextTooLong.into());
        }
        let (genesis, before) = self.journal.next(device, self.dice.as_ref());
        let head = before.after(&bytes);
        let ends_draft = matches!(body, Body::Delivered(_) | Body::Failed(_));
        let recorded = Recorded {
            genesis: genesis.as_ref(),
            head,
            fact: &bytes,
            blob,
            draft_of: ends_draft.then_some((run_id.as_str(), job_id.as_str())),
        };
        match self.store.record(&recorded) {
            Err(error) if self.room.makes_way(&error) => self.store.record(&recorded)?,
            recorded => recorded?,
        }
        self.journal.advance(genesis, head);
        if let Some(blob) = blob {
            self.blobs.entry(blob.hash).or_insert_with(|| blob.clone());
        }
        let id = FactId { device, epoch: head.epoch, seq: head.seq };
        if let Some(book) = self.books.get_mut(run_id) {
            book.put_fact(id, fact);
            book.fold(job_id, &self.policy);
        }
        Ok(Saved { fact_id: id.to_string() })
    }

    fn keep_blob(&mut self, bytes: &[u8], mime: &str) -> Result<StoredBlob, Problem> {
        let hash = match self.folder.keep(bytes) {
            Err(error) if self.room.makes_way(&error) => self.folder.keep(bytes)?,
            kept => kept?,
        };
        Ok(StoredBlob::new(hash, bytes.len(), mime))
    }

    fn allow(&self, act: Act) -> Result<(), Problem> {
        let crew = self.crew.as_ref().ok_or(Code::NotEnrolled)?;
        if crew.role.may(act) { Ok(()) } else { Err(Refusal::NotAllowed.into()) }
    }

    pub(super) fn job(&self, run_id: &RunId, job_id: &JobId) -> Result<&Job, Problem> {
        let job = self.books.get(run_id).and_then(|book| book.plan.job(job_id));
        Ok(job.ok_or(Code::JobUnknown)?)
    }
}

fn text(text: &str) -> Result<String, Problem> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(Code::TextTooLong.into());
    }
    Ok(text.trim().to_owned())
}

/// The last position as it is now: as measured, only older.
pub(super) fn aged(place: Place, now_monotonic_ms: u64) -> Fix {
    let since = now_monotonic_ms.saturating_sub(place.monotonic_ms);
    let since = u32::try_from(since).unwrap_or(u32::MAX);
    Fix { age_ms: place.fix.age_ms.saturating_add(since), ..place.fix }
}
