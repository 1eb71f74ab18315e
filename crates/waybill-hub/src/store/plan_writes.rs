//! What was added to the plan documents, write by write, so that an answer needs no document.

use minicbor::bytes::ByteVec;
use waybill_core::cbor;
use waybill_core::id::RunId;

use super::{Tx, values};
use crate::error::HubError;

/// How many writes of one document are kept. A phone that lacks more is answered from the document.
const WRITES_MAX: i64 = 200;

type Heads = [[u8; 32]];

impl Tx<'_> {
    /// Keeps what a write added to a run's document, which had other heads before.
    pub(crate) fn add_plan_write(
        &self,
        run_id: &RunId,
        (before, after): (&Heads, &Heads),
        changes: Vec<Vec<u8>>,
    ) -> Result<(), HubError> {
        let sql = "SELECT no, heads FROM plan_writes WHERE run_id = $1 ORDER BY no DESC LIMIT 1";
        let last: Option<(i64, Vec<u8>)> =
            self.get(sql, values![run_id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let no = match last {
            Some((no, heads)) if heads == before.as_flattened() => no,
            // A store from before there were such rows, or one that somebody changed.
            _ => {
                self.begin_plan_writes(run_id, before)?;
                1
            }
        };
        let changes: Vec<ByteVec> = changes.into_iter().map(ByteVec::from).collect();
        self.put_plan_write(run_id, no + 1, (after, &cbor::encode(&changes)))?;
        let sql = "DELETE FROM plan_writes WHERE run_id = $1 AND no <= $2";
        self.execute(sql, values![run_id.as_str(), no + 1 - WRITES_MAX])?;
        Ok(())
    }

    /// Forgets what was added to a document, and goes on from its heads.
    pub(crate) fn begin_plan_writes(&self, run_id: &RunId, heads: &Heads) -> Result<(), HubError> {
        let sql = "DELETE FROM plan_writes WHERE run_id = $1";
        self.execute(sql, values![run_id.as_str()])?;
        self.put_plan_write(run_id, 1, (heads, &cbor::encode(&Vec::<ByteVec>::new())))
    }

    fn put_plan_write(
        &self,
        run_id: &RunId,
        no: i64,
        (heads, changes): (&Heads, &[u8]),
    ) -> Result<(), HubError> {
        let sql = "INSERT INTO plan_writes (run_id, no, heads, changes) VALUES ($1, $2, $3, $4)";
        self.execute(sql, values![run_id.as_str(), no, heads.as_flattened(), changes])?;
        Ok(())
    }

    /// The heads behind which every write of a run's document is kept, if any is.
    pub(crate) fn first_plan_heads(
        &self,
        run_id: &RunId,
    ) -> Result<Option<Vec<[u8; 32]>>, HubError> {
        let sql = "SELECT heads FROM plan_writes WHERE run_id = $1 ORDER BY no LIMIT 1";
        self.get(sql, values![run_id.as_str()], |row| {
            Ok(row.get::<&[u8]>(0)?.as_chunks().0.to_vec())
        })
    }

    /// What was added to a run's document between two of its heads, in order; nothing if the first are
    /// not those of a write that is kept, or the others not those of the newest.
    pub(crate) fn list_plan_changes(
        &self,
        run_id: &RunId,
        (from, to): (&Heads, &Heads),
    ) -> Result<Option<Vec<Vec<u8>>>, HubError> {
        let sql = "SELECT heads, changes FROM plan_writes WHERE run_id = $1 AND no >=
                       (SELECT MAX(no) FROM plan_writes WHERE run_id = $1 AND heads = $2)
                   ORDER BY no";
        let rows = self.list(sql, values![run_id.as_str(), from.as_flattened()], |row| {
            let changes: Vec<ByteVec> = row.record(1, "changes")?;
            Ok((row.get::<Vec<u8>>(0)?, changes))
        })?;
        if rows.last().is_none_or(|(heads, _)| heads != to.as_flattened()) {
            return Ok(None);
        }
        let changes = rows.into_iter().skip(1).flat_map(|(_, changes)| changes);
        Ok(Some(changes.map(Into::into).collect()))
    }
}
