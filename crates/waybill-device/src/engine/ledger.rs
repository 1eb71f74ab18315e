//! What left this phone, or will: every position and every photo, in the words of the facts that carry them.

use waybill_core::fact::{Body, Fact};
use waybill_core::id::FactId;

use super::view::count;
use super::{Book, Engine};
use crate::api::day::{LedgerRow, LedgerView};

/// The most rows that are shown; all of them are counted.
const ROWS_MAX: usize = 500;

impl Engine {
    /// What left this phone about whoever holds it.
    pub fn ledger_view(&self) -> LedgerView {
        let mut rows: Vec<LedgerRow> =
            self.books.values().flat_map(|book| self.ledger_rows(book)).collect();
        rows.sort_by(|a, b| (b.at, &b.fact_id).cmp(&(a.at, &a.fact_id)));
        let positions = count(rows.iter().filter(|row| row.place.is_some()).count());
        let photos = count(rows.iter().filter(|row| row.kind == "photo_taken").count());
        let bytes = rows.iter().filter(|row| row.kind == "photo_taken").filter_map(|row| row.bytes);
        let photo_bytes = bytes.fold(0, u64::saturating_add);
        rows.truncate(ROWS_MAX);
        LedgerView { rows, positions, photos, photo_bytes }
    }

    fn ledger_rows<'a>(&'a self, book: &'a Book) -> impl Iterator<Item = LedgerRow> + 'a {
        let own = book.all_facts().filter(|(id, _)| self.is_mine(**id));
        own.filter_map(|(id, fact)| self.ledger_row(book, *id, fact))
    }

    fn ledger_row(&self, book: &Book, id: FactId, fact: &Fact) -> Option<LedgerRow> {
        let body: Body = fact.body();
        let blob = body.blob();
        if blob.is_none() && fact.fix.is_none() {
            return None;
        }
        let job = fact.job_id.as_ref().and_then(|job_id| book.plan.job(job_id));
        Some(LedgerRow {
            fact_id: id.to_string(),
            at: fact.act.wall_ms,
            kind: body.word().to_owned(),
            run_id: fact.run_id.clone(),
            job_id: fact.job_id.clone(),
            order: job.map(|job| job.spec.order.clone()).unwrap_or_default(),
            place: fact.fix.map(|fix| fix.at),
            accuracy_m: fact.fix.map(|fix| fix.accuracy_m),
            blob: blob.map(|hash| hash.to_string()),
            bytes: blob.and_then(|hash| self.blobs.get(&hash)).map(|blob| blob.bytes),
            safety: self.fact_safety(id, blob),
        })
    }
}
