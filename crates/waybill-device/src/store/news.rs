//! What the hub said, kept in one transaction: receipt, verdicts, plans and other devices' facts.

use rusqlite::Transaction;
use waybill_core::id::{BlobHash, Epoch, FactId, RunId};
use waybill_core::time::Timestamp;

use super::journal::put_blob;
use super::marks::put_mark;
use super::plans::{StoredPlan, put_plan};
use super::{ForeignFact, Store, StoreError, StoredBlob, to_sql};

/// Everything in one answer of the hub that changes what is kept here.
#[derive(Debug, Default)]
pub struct Hearing {
    /// The hub's store is another than before: nothing counts as received until it says so again.
    pub forget_receipts: bool,
    pub receipted: Vec<(Epoch, u64)>,
    pub held_blobs: Vec<BlobHash>,
    /// When the hub signed the receipt, by its own clock.
    pub receipt_at: Timestamp,
    /// Evidence whose bytes are here and whose row was lost.
    pub found_blobs: Vec<StoredBlob>,
    /// Facts that are not simply accepted.
    pub verdicts: Vec<(Epoch, u64, &'static str, String)>,
    /// Facts that were parked or refused before and are accepted now.
    pub cleared: Vec<(Epoch, u64)>,
    pub plans: Vec<StoredPlan>,
    /// Runs that go, each with the facts of other devices about it.
    pub plans_left: Vec<(RunId, Vec<FactId>)>,
    pub news: Vec<ForeignFact>,
    pub marks: Vec<(&'static str, Vec<u8>)>,
}

impl Store {
    /// Keeps what was heard, whole or not at all.
    pub fn keep(&mut self, hearing: &Hearing) -> Result<(), StoreError> {
        let tx = self.conn.transaction()?;
        if hearing.forget_receipts {
            tx.execute("UPDATE epochs SET receipted_seq = -1", [])?;
            tx.execute("UPDATE facts SET held_at_ms = NULL", [])?;
            tx.execute("UPDATE blobs SET is_held = 0, held_at_ms = NULL", [])?;
        }
        for blob in &hearing.found_blobs {
            put_blob(&tx, blob)?;
        }
        keep_receipt(&tx, hearing)?;
        for (epoch, seq) in &hearing.cleared {
            let sql = "UPDATE facts SET verdict = NULL, code = NULL WHERE epoch = ?1 AND seq = ?2";
            tx.prepare_cached(sql)?.execute((to_sql(epoch.0), to_sql(*seq)))?;
        }
        for (epoch, seq, verdict, code) in &hearing.verdicts {
            let sql = "UPDATE facts SET verdict = ?3, code = ?4 WHERE epoch = ?1 AND seq = ?2";
            tx.prepare_cached(sql)?.execute((to_sql(epoch.0), to_sql(*seq), verdict, code))?;
        }
        for plan in &hearing.plans {
            put_plan(&tx, plan)?;
            tx.execute("DELETE FROM runs_left WHERE run_id = ?1", [plan.run_id.as_str()])?;
        }
        for (run_id, foreign) in &hearing.plans_left {
            tx.execute("DELETE FROM plans WHERE run_id = ?1", [run_id.as_str()])?;
            tx.execute("DELETE FROM drafts WHERE run_id = ?1", [run_id.as_str()])?;
            let sql = "INSERT INTO runs_left (run_id) VALUES (?1) ON CONFLICT DO NOTHING";
            tx.execute(sql, [run_id.as_str()])?;
            for id in foreign {
                let sql = "DELETE FROM foreign_facts WHERE device = ?1 AND epoch = ?2 AND seq = ?3";
                tx.prepare_cached(sql)?.execute((
                    id.device.0,
                    to_sql(id.epoch.0),
                    to_sql(id.seq),
                ))?;
            }
        }
        for fact in &hearing.news {
            tx.prepare_cached(
                "INSERT INTO foreign_facts (device, epoch, seq, bytes) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (device, epoch, seq) DO NOTHING",
            )?
            .execute((
                fact.id.device.0,
                to_sql(fact.id.epoch.0),
                to_sql(fact.id.seq),
                &fact.bytes,
            ))?;
        }
        for (name, value) in &hearing.marks {
            put_mark(&tx, name, value)?;
        }
        tx.commit()?;
        Ok(())
    }
}

/// Notes what the receipt names, and since when. What it took back counts from when it is named again;
/// what was named before times were kept counts from now.
fn keep_receipt(tx: &Transaction<'_>, hearing: &Hearing) -> Result<(), StoreError> {
    for (epoch, seq) in &hearing.receipted {
        let (epoch, seq) = (to_sql(epoch.0), to_sql(*seq));
        tx.prepare_cached("UPDATE epochs SET receipted_seq = ?2 WHERE epoch = ?1")?
            .execute((epoch, seq))?;
        tx.prepare_cached("UPDATE facts SET held_at_ms = NULL WHERE epoch = ?1 AND seq > ?2")?
            .execute((epoch, seq))?;
    }
    for hash in &hearing.held_blobs {
        tx.prepare_cached("UPDATE blobs SET is_held = 1 WHERE hash = ?1")?.execute([hash.0])?;
    }
    let at = hearing.receipt_at.0;
    let sql = "UPDATE facts SET held_at_ms = ?1 WHERE held_at_ms IS NULL
               AND seq <= (SELECT receipted_seq FROM epochs WHERE epochs.epoch = facts.epoch)";
    tx.prepare_cached(sql)?.execute([at])?;
    let sql = "UPDATE blobs SET held_at_ms = ?1 WHERE is_held = 1 AND held_at_ms IS NULL";
    tx.prepare_cached(sql)?.execute([at])?;
    Ok(())
}
