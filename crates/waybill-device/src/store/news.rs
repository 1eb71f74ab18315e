//! What the hub said, kept in one transaction: receipt, verdicts, plans and other devices' facts.

use waybill_core::id::{BlobHash, Epoch, FactId, RunId};

use super::marks::put_mark;
use super::plans::{StoredPlan, put_plan};
use super::{ForeignFact, Store, StoreError, to_sql};

/// Everything in one answer of the hub that changes what is kept here.
#[derive(Debug, Default)]
pub struct Hearing {
    /// The hub's store is another than before: nothing counts as received until it says so again.
    pub forget_receipts: bool,
    pub receipted: Vec<(Epoch, u64)>,
    pub held_blobs: Vec<BlobHash>,
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
            tx.execute("UPDATE blobs SET is_held = 0", [])?;
        }
        for (epoch, seq) in &hearing.receipted {
            tx.prepare_cached("UPDATE epochs SET receipted_seq = ?2 WHERE epoch = ?1")?
                .execute((to_sql(epoch.0), to_sql(*seq)))?;
        }
        for hash in &hearing.held_blobs {
            tx.prepare_cached("UPDATE blobs SET is_held = 1 WHERE hash = ?1")?.execute([hash.0])?;
        }
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
        }
        for (run_id, foreign) in &hearing.plans_left {
            tx.execute("DELETE FROM plans WHERE run_id = ?1", [run_id.as_str()])?;
            tx.execute("DELETE FROM drafts WHERE run_id = ?1", [run_id.as_str()])?;
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
