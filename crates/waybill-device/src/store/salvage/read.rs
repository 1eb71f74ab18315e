//! Reading a damaged store: every table by itself, from both ends, past what cannot be read.
//!
//! A read that fails ends one way through one table and nothing else. Facts have numbers without a
//! gap, so those that neither way reached are asked for one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::{Connection, OpenFlags, Row};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, ChainHash, Epoch, RunId};
use waybill_core::journal::Genesis;
use waybill_core::policy::Policy;
use waybill_core::time::Timestamp;

use super::super::{StoredBlob, StoredPlan, from_sql, to_sql};
use crate::store::plans::read_heads;

/// How many numbers behind the last known fact of an epoch are asked for: more than a leaf page holds.
const PROBES_MAX: u64 = 2_000;

/// Everything that could be read.
#[derive(Default)]
pub(super) struct Found {
    pub(super) geneses: BTreeMap<Epoch, Genesis>,
    pub(super) facts: BTreeMap<(Epoch, u64), (ChainHash, Vec<u8>)>,
    /// Rows that were reached and made no sense.
    pub(super) facts_unread: u64,
    pub(super) blobs: Vec<StoredBlob>,
    pub(super) plans: BTreeMap<String, StoredPlan>,
    pub(super) drafts: BTreeMap<(String, String), String>,
    pub(super) marks: BTreeMap<String, Vec<u8>>,
}

impl Found {
    /// Reads what can be read. The file is not changed.
    pub(super) fn read(path: &Path) -> Self {
        let mut found = Self::default();
        // A log beside the file is read too; only where that fails, the file alone.
        let Some(conn) = open(path) else { return found };
        both_ways(&conn, "epoch, genesis", "epochs", "epoch", |row| {
            let genesis: Genesis = cbor::decode("genesis", &row.get::<_, Vec<u8>>(1).ok()?).ok()?;
            found.geneses.insert(genesis.epoch, genesis);
            Some(())
        });
        found.read_facts(&conn);
        let mut blobs = BTreeMap::new();
        both_ways(&conn, "hash, bytes, mime", "blobs", "hash", |row| {
            let (hash, mime) = (BlobHash(row.get(0).ok()?), row.get::<_, String>(2).ok()?);
            let bytes = usize::try_from(row.get::<_, i64>(1).ok()?).ok()?;
            blobs.insert(hash, StoredBlob::new(hash, bytes, &mime));
            Some(())
        });
        found.blobs = blobs.into_values().collect();
        both_ways(&conn, "run_id, document, hub_heads", "plans", "run_id", |row| {
            let name: String = row.get(0).ok()?;
            let run_id = RunId::try_from(name.clone()).ok()?;
            let hub_heads = read_heads(&row.get::<_, Vec<u8>>(2).ok()?).ok()?;
            let plan = StoredPlan { run_id, document: row.get(1).ok()?, hub_heads };
            found.plans.insert(name, plan);
            Some(())
        });
        both_ways(&conn, "run_id, job_id, draft", "drafts", "(run_id, job_id)", |row| {
            let key = (row.get(0).ok()?, row.get(1).ok()?);
            found.drafts.insert(key, row.get(2).ok()?);
            Some(())
        });
        both_ways(&conn, "name, value", "marks", "rowid", |row| {
            let name: String = row.get(0).ok()?;
            let value: Vec<u8> = row.get(1).ok()?;
            let is_sound = match name.as_str() {
                "policy" => cbor::decode::<Policy>("policy", &value).is_ok(),
                "policies" => cbor::decode::<Vec<Policy>>("policies", &value).is_ok(),
                "last_contact" => cbor::decode::<Timestamp>("time", &value).is_ok(),
                // What receipts and answers said is asked again.
                _ => false,
            };
            if is_sound {
                found.marks.insert(name, value);
            }
            Some(())
        });
        found
    }

    fn read_facts(&mut self, conn: &Connection) {
        let (mut facts, mut unread) = (BTreeMap::new(), BTreeSet::new());
        let columns = "epoch, seq, hash, bytes";
        let is_whole = both_ways(conn, columns, "facts", "(epoch, seq)", |row| {
            let key = (Epoch(from_sql(row.get(0).ok()?)), from_sql(row.get(1).ok()?));
            match (row.get(2), row.get(3)) {
                (Ok(hash), Ok(bytes)) => drop(facts.insert(key, (ChainHash(hash), bytes))),
                _ => drop(unread.insert(key)),
            }
            Some(())
        });
        self.facts = facts;
        if !is_whole {
            self.probe(conn);
        }
        unread.retain(|key| !self.facts.contains_key(key));
        // What has a number is counted as missing in its epoch; only at the end nothing would show it.
        let last = |epoch| self.facts.range((epoch, 0)..=(epoch, u64::MAX)).next_back();
        let is_at_the_end =
            |&&(epoch, seq): &&(Epoch, u64)| last(epoch).is_none_or(|((_, last), _)| *last < seq);
        self.facts_unread = unread.iter().filter(is_at_the_end).map(|_| 1).sum();
    }

    /// Asks for every fact by its number.
    fn probe(&mut self, conn: &Connection) {
        let sql = "SELECT hash, bytes FROM facts WHERE epoch = ?1 AND seq = ?2";
        let mut last: BTreeMap<Epoch, u64> = self.geneses.keys().map(|epoch| (*epoch, 0)).collect();
        last.extend(self.facts.keys().copied());
        for (epoch, last) in last {
            for seq in 1..=last.saturating_add(PROBES_MAX) {
                if self.facts.contains_key(&(epoch, seq)) {
                    continue;
                }
                // Prepared anew each time: a statement that met damage may keep its cursor there.
                let row = conn.query_row(sql, (to_sql(epoch.0), to_sql(seq)), |row| {
                    Ok((ChainHash(row.get(0)?), row.get(1)?))
                });
                if let Ok(row) = row {
                    self.facts.insert((epoch, seq), row);
                }
            }
        }
    }
}

fn open(path: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).ok()?;
    conn.pragma_update(None, "trusted_schema", false).ok()?;
    Some(conn)
}

/// Reads a table from its beginning as far as it goes, and if that is not all, from its end too. Says
/// whether the first way went through.
fn both_ways(
    conn: &Connection,
    columns: &str,
    table: &str,
    key: &str,
    mut take: impl FnMut(&Row<'_>) -> Option<()>,
) -> bool {
    let forward = key.trim_matches(['(', ')']);
    let backward = forward.replace(',', " DESC,");
    let ways = [forward.to_owned(), format!("{backward} DESC")];
    for order in ways {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {order}");
        let went = conn.prepare(&sql).and_then(|mut list| {
            let mut rows = list.query([])?;
            while let Some(row) = rows.next()? {
                // A row that makes no sense is passed over.
                let _is_taken = take(row);
            }
            Ok(())
        });
        if went.is_ok() {
            return true;
        }
    }
    false
}
