//! What is safe where, in numbers and in words: the page that a driver looks at before going home.

use waybill_core::fact::Fact;
use waybill_core::id::FactId;
use waybill_core::incident::{Incident, PARKED_GRACE_MS};
use waybill_core::time::Timestamp;
use waybill_sync::wire::Verdict;

use super::life::Memory;
use super::view::count;
use super::{Book, Engine};
use crate::api::view::{AttentionView, Safety, SalvageView, TrustView};
use crate::store::Salvaged;

/// By when somebody at the office should have looked at a fact that does not count: after that the driver
/// is told to call. It is when the hub itself asks somebody.
fn attention_due(verdict: &str, written_at: Timestamp) -> Timestamp {
    if verdict == Verdict::Parked.word() {
        written_at.plus_ms(PARKED_GRACE_MS)
    } else {
        Incident::FactsQuarantined.due_at(written_at)
    }
}

/// The most facts that are listed, the oldest first; all of them are counted.
const ATTENTION_ROWS_MAX: usize = 50;

impl Engine {
    /// What is safe where.
    pub fn trust_view(&self) -> TrustView {
        let mut jobs_on_phone = 0;
        let mut jobs_at_office = 0;
        for book in self.books.values() {
            for (job_id, state) in &book.states {
                let is_mine = state.outcomes.iter().any(|outcome| self.is_mine(outcome.fact_id));
                match self.job_safety(book, job_id) {
                    _ if !is_mine => {}
                    Safety::Office => jobs_at_office += 1,
                    Safety::Phone | Safety::Attention => jobs_on_phone += 1,
                    Safety::Nothing => {}
                }
            }
        }
        TrustView {
            jobs_on_phone,
            jobs_at_office,
            facts_waiting: count(self.journal.waiting()),
            blobs_waiting: count(self.blobs.values().filter(|blob| !blob.is_held).count()),
            attention: count(self.journal.verdicts().count() + self.lost.len()),
            attention_rows: self.attention_rows(),
            air: self.contact.air,
            last_contact_ms: self.contact.last_ms,
            trouble: self.contact.trouble.clone(),
            store: self.room.health(),
            is_copy: self.memory == Memory::Copied,
            salvage: self.shown_salvage().map(salvage_view),
        }
    }

    /// The facts that the hub holds back or refused, oldest first.
    fn attention_rows(&self) -> Vec<AttentionView> {
        let rows = self.journal.verdicts().take(ATTENTION_ROWS_MAX);
        rows.map(|(id, (verdict, code))| {
            let known = self.fact(*id);
            AttentionView {
                fact_id: id.to_string(),
                run_id: known.map(|fact| fact.run_id.clone()),
                job_id: known.and_then(|fact| fact.job_id.clone()),
                kind: known.map(|fact| fact.body().word().to_owned()),
                at: known.map(|fact| fact.act.wall_ms),
                due: known.map(|fact| attention_due(verdict, fact.act.wall_ms)),
                verdict: verdict.clone(),
                code: code.clone(),
            }
        })
        .collect()
    }

    fn fact(&self, id: FactId) -> Option<&Fact> {
        self.books
            .values()
            .flat_map(Book::all_facts)
            .find_map(|(of, fact)| (*of == id).then_some(fact))
    }
}

fn salvage_view(salvaged: Salvaged) -> SalvageView {
    SalvageView {
        at: salvaged.at,
        facts: count(salvaged.facts),
        facts_lost: count(salvaged.facts_lost),
        blobs: count(salvaged.blobs),
        drafts: count(salvaged.drafts),
        is_healing: salvaged.is_healing,
    }
}
