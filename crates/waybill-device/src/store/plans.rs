//! Plan documents as they are kept here.

use waybill_core::cbor;
use waybill_core::id::RunId;

use super::{Store, StoreError};

/// A plan document and how much of it the hub is known to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPlan {
    pub run_id: RunId,
    pub document: Vec<u8>,
    pub hub_heads: Vec<[u8; 32]>,
}

impl Store {
    /// Every plan.
    pub fn plans(&self) -> Result<Vec<StoredPlan>, StoreError> {
        let sql = "SELECT run_id, document, hub_heads FROM plans ORDER BY run_id";
        let mut list = self.conn.prepare_cached(sql)?;
        let rows = list.query_map([], |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
        })?;
        rows.map(|row| {
            let (run_id, document, heads) = row?;
            let run_id = RunId::try_from(run_id).map_err(|_| StoreError::Length("run id"))?;
            Ok(StoredPlan { run_id, document, hub_heads: read_heads(&heads)? })
        })
        .collect()
    }

    /// Keeps a plan that was changed here.
    pub fn put_plan(&mut self, plan: &StoredPlan) -> Result<(), StoreError> {
        put_plan(&self.conn, plan)
    }
}

pub(super) fn read_heads(bytes: &[u8]) -> Result<Vec<[u8; 32]>, StoreError> {
    let heads: Vec<minicbor::bytes::ByteArray<32>> = cbor::decode("heads", bytes)?;
    Ok(heads.into_iter().map(Into::into).collect())
}

pub(super) fn put_plan(conn: &rusqlite::Connection, plan: &StoredPlan) -> Result<(), StoreError> {
    let heads: Vec<_> =
        plan.hub_heads.iter().map(|head| minicbor::bytes::ByteArray::from(*head)).collect();
    conn.prepare_cached(
        "INSERT INTO plans (run_id, document, hub_heads) VALUES (?1, ?2, ?3)
         ON CONFLICT (run_id) DO UPDATE
         SET document = excluded.document, hub_heads = excluded.hub_heads",
    )?
    .execute((plan.run_id.as_str(), &plan.document, cbor::encode(&heads)))?;
    Ok(())
}
