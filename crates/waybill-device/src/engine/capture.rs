//! What a tap does: core judges the intent, the fact is made durable, and only then memory follows.

use waybill_core::fact::{
    Body, Counted, FACT_BYTES_MAX, Fact, LineCount, LineOutcome, Noted, PhotoCategory, PhotoTaken,
    Plain, Reattempted, Scanned, Undone,
};
use waybill_core::id::{FactId, ItemId, JobId, RunId};
use waybill_core::job::{Job, QUANTITY_MAX, TEXT_BYTES_MAX};
use waybill_core::place::Fix;
use waybill_core::role::Act;
use waybill_core::status::{Refusal, Status, Step, act_of, may, may_count, step_of};
use waybill_sync::code::Code;

use super::{Engine, PHOTO_MIME, Place, STROKES_MIME};
use crate::api::command::{Count, Note, OfJob, Reattempt, SaveDraft, Scan, Undo};
use crate::api::view::{Done, Saved, Strokes};
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
    /// The line of goods that it is of, where it is of one.
    pub item_id: Option<ItemId>,
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
        // A photo may only use what is really free; the disk is looked at again, for it may have been full
        // for a moment only.
        if self.room.is_spent() {
            self.room.look();
        }
        if self.room.is_spent() {
            return Err(Code::StoreFull.into());
        }
        let blob = self.keep_blob(&new.photo.jpeg, PHOTO_MIME)?;
        let body = Body::PhotoTaken(PhotoTaken {
            blob: blob.hash,
            category: new.category,
            width: new.photo.width,
            height: new.photo.height,
            item_id: new.item_id.clone(),
        });
        self.record(&new.of.run_id, &new.of.job_id, &body, Some(&blob))
    }

    /// Keeps what somebody drew.
    pub(super) fn keep_strokes(&mut self, strokes: &Strokes) -> Result<StoredBlob, Problem> {
        let points: usize = strokes.strokes.iter().map(Vec::len).sum();
        if points < 2 {
            return Err(Code::SignatureEmpty.into());
        }
        if points > STROKE_POINTS_MAX {
            return Err(Code::SignatureTooLarge.into());
        }
        let bytes =
            serde_json::to_vec(strokes).map_err(|error| Problem::with(Code::StoreFailed, error))?;
        self.keep_blob(&bytes, STROKES_MIME)
    }

    /// Every line that is named is one of the job's, and adds up.
    pub(super) fn judge_lines(
        &self,
        run_id: &RunId,
        job_id: &JobId,
        lines: &[LineOutcome],
    ) -> Result<(), Problem> {
        let job = self.job(run_id, job_id)?;
        for line in lines {
            let ordered = job.spec.items.iter().find(|item| item.item_id == line.item_id);
            if ordered.map(|item| u64::from(item.quantity)) != Some(line.sum()) {
                return Err(Refusal::SumBroken.into());
            }
            line.why.as_deref().map(text).transpose()?;
        }
        Ok(())
    }

    /// Goes back to before a visit that failed. The failure stays in the history.
    pub fn reattempt(&mut self, again: &Reattempt) -> Result<Saved, Problem> {
        let state = self.state(&again.run_id, &again.job_id)?;
        let failures = state.outcomes.iter().filter(|each| each.status == Status::Failed);
        let Some(fact_id) = failures.map(|failure| failure.fact_id).next_back() else {
            return Err(Refusal::OutOfTurn.into());
        };
        let body = Body::Reattempted(Reattempted { fact_id, reason: text(&again.reason)? });
        self.record(&again.run_id, &again.job_id, &body, None)
    }

    /// Keeps how much of each line is aboard. A count replaces the one before it, and the lines that it
    /// does not name are as they were.
    pub fn count(&mut self, count: &Count) -> Result<Saved, Problem> {
        let job = self.job(&count.run_id, &count.job_id)?;
        let mut seen = std::collections::BTreeSet::new();
        for line in &count.lines {
            let is_known = job.spec.items.iter().any(|item| item.item_id == line.item_id);
            if !is_known || line.quantity > QUANTITY_MAX || !seen.insert(&line.item_id) {
                return Err(Code::FieldsInvalid.into());
            }
        }
        if count.lines.is_empty() {
            return Err(Code::FieldsInvalid.into());
        }
        let state = self.state(&count.run_id, &count.job_id)?;
        may_count(state.status)?;
        let mut counted = state.counted.clone();
        counted.extend(count.lines.iter().map(|line| (line.item_id.clone(), line.quantity)));
        let line = |(item_id, quantity)| LineCount { item_id, quantity };
        let body = Body::Counted(Counted { lines: counted.into_iter().map(line).collect() });
        let replaced = self.counts_to_replace(count)?;
        // The new count comes first: of two the larger one holds, so a kill in between loses nothing.
        let saved = self.record(&count.run_id, &count.job_id, &body, None)?;
        for fact_id in replaced {
            self.take_back(&count.run_id, &count.job_id, fact_id, "recounted")?;
        }
        Ok(saved)
    }

    /// Takes back what something newer stands in for.
    pub(super) fn take_back(
        &mut self,
        run_id: &RunId,
        job_id: &JobId,
        fact_id: FactId,
        reason: &str,
    ) -> Result<(), Problem> {
        let body = Body::Undone(Undone { fact_id, reason: reason.to_owned() });
        self.record(run_id, job_id, &body, None).map(drop)
    }

    /// The counts that a new one takes back. Whoever may not deliver takes back only their own.
    fn counts_to_replace(&self, count: &Count) -> Result<Vec<FactId>, Problem> {
        let role = self.crew.as_ref().ok_or(Code::NotEnrolled)?.role;
        let book = self.books.get(&count.run_id).ok_or(Code::JobUnknown)?;
        let undone = &self.state(&count.run_id, &count.job_id)?.undone;
        let facts = book.facts.get(&count.job_id).into_iter().flatten();
        let replaced = facts.filter(|(id, fact)| {
            let may = role.may(Act::RecordDelivery) || self.is_own(**id);
            may && !undone.contains(id) && matches!(fact.body(), Body::Counted(_))
        });
        Ok(replaced.map(|(id, _)| *id).collect())
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

    /// Judges, writes down, makes durable, and only then lets memory follow.
    pub(super) fn record(
        &mut self,
        run_id: &RunId,
        job_id: &JobId,
        body: &Body,
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        self.judge(run_id, job_id, body)?;
        self.write_down(run_id, Some(job_id), body, blob)
    }

    /// Says whether something may be recorded of a job now.
    pub(super) fn judge(&self, run_id: &RunId, job_id: &JobId, body: &Body) -> Result<(), Problem> {
        self.allow(self.act(body))?;
        let standing = self.job(run_id, job_id)?.standing;
        let status = self.state(run_id, job_id)?.status;
        let crew = self.crew.as_ref().ok_or(Code::NotEnrolled)?;
        if let Some(step) = step_of(body) {
            may(standing, status, step, crew.role)?;
        }
        Ok(())
    }

    /// The right that a fact needs here. Whoever may not deliver takes back only what they wrote.
    pub(super) fn act(&self, body: &Body) -> Act {
        match body {
            Body::Undone(undone) if !self.is_own(undone.fact_id) => Act::RecordDelivery,
            _ => act_of(body).unwrap_or(Act::RecordDelivery),
        }
    }

    /// Writes down what was judged before.
    pub(super) fn write_down(
        &mut self,
        run_id: &RunId,
        job_id: Option<&JobId>,
        body: &Body,
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        self.write_all(run_id, &[(job_id, body)], blob)
    }

    /// The same for several facts of one tap: they follow one another in the journal, name the same
    /// evidence if any, and are durable together or not at all. Answers with the first.
    pub(super) fn write_all(
        &mut self,
        run_id: &RunId,
        said: &[(Option<&JobId>, &Body)],
        blob: Option<&StoredBlob>,
    ) -> Result<Saved, Problem> {
        let (device, _) = self.me()?;
        let person_id = &self.crew.as_ref().ok_or(Code::NotEnrolled)?.person_id;
        let act = self.clock.read();
        let fix = self.place.map(|place| aged(place, act.monotonic_ms));
        let (mut genesis, mut head) = self.journal.next(device, self.dice.as_ref());
        let mut written = Vec::new();
        for (job_id, body) in said {
            let job_id = job_id.cloned();
            let fact = Fact::new(run_id.clone(), job_id, person_id.clone(), act, fix, body);
            let bytes = fact.to_bytes();
            if bytes.len() > FACT_BYTES_MAX {
                return Err(Code::TextTooLong.into());
            }
            head = head.after(&bytes);
            written.push((genesis.take(), head, fact, bytes));
        }
        let all: Vec<_> = std::iter::zip(&written, said)
            .map(|((genesis, head, _, bytes), (job_id, body))| Recorded {
                genesis: genesis.as_ref(),
                head: *head,
                fact: bytes,
                blob,
                draft_of: job_id
                    .filter(|_| matches!(body, Body::Delivered(_) | Body::Failed(_)))
                    .map(|job_id| (run_id.as_str(), job_id.as_str())),
            })
            .collect();
        match self.store.record_all(&all) {
            Err(error) if self.room.makes_way(&error) => self.store.record_all(&all)?,
            recorded => recorded?,
        }
        if let Some(blob) = blob {
            self.blobs.entry(blob.hash).or_insert_with(|| blob.clone());
        }
        let first = written.first().map(|(_, head, ..)| *head).ok_or(Code::FieldsInvalid)?;
        for (genesis, head, fact, _) in written {
            self.journal.advance(genesis, head);
            self.follow_fact(FactId { device, epoch: head.epoch, seq: head.seq }, fact);
        }
        let id = FactId { device, epoch: first.epoch, seq: first.seq };
        Ok(Saved { fact_id: id.to_string() })
    }

    /// Lets memory follow a fact that is durable.
    fn follow_fact(&mut self, id: FactId, fact: Fact) {
        let Some(book) = self.books.get_mut(&fact.run_id) else { return };
        let job_id = fact.job_id.clone();
        book.put_fact(id, fact);
        if let Some(job_id) = job_id {
            book.fold(&job_id, &self.policies);
        }
    }

    fn keep_blob(&mut self, bytes: &[u8], mime: &str) -> Result<StoredBlob, Problem> {
        let hash = match self.folder.keep(bytes) {
            Err(error) if self.room.makes_way(&error) => self.folder.keep(bytes)?,
            kept => kept?,
        };
        Ok(StoredBlob::new(hash, bytes.len(), mime))
    }

    pub(super) fn allow(&self, act: Act) -> Result<(), Problem> {
        let crew = self.crew.as_ref().ok_or(Code::NotEnrolled)?;
        if crew.role.may(act) { Ok(()) } else { Err(Refusal::NotAllowed.into()) }
    }

    pub(super) fn job(&self, run_id: &RunId, job_id: &JobId) -> Result<&Job, Problem> {
        let job = self.books.get(run_id).and_then(|book| book.plan.job(job_id));
        Ok(job.ok_or(Code::JobUnknown)?)
    }
}

pub(super) fn text(text: &str) -> Result<String, Problem> {
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
