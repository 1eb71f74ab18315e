//! The feed: what finance reads.

use std::collections::BTreeMap;

use rusqlite::params;
use waybill_core::id::{JobId, PersonId, RunId};

use super::{Tx, bad, word};
use crate::api::view::FeedEntry;
use crate::error::HubError;

/// The newest entry of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LastEntry {
    pub(crate) seq: i64,
    pub(crate) revision: u32,
    pub(crate) verdict: String,
    pub(crate) content_hash: [u8; 32],
}

fn read_entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<FeedEntry> {
    let (entry, content): (String, Vec<u8>) = (row.get("entry")?, row.get("content_hash")?);
    let entry: FeedEntry =
        serde_json::from_str(&entry).map_err(|_| bad("entry", rusqlite::types::Type::Text))?;
    Ok(FeedEntry { content: data_encoding::HEXLOWER.encode(&content), ..entry })
}

impl Tx<'_> {
    /// The newest entry of each of the jobs from one to another by name that has any.
    pub(crate) fn list_last_entries(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<BTreeMap<JobId, LastEntry>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT job_id, seq, revision, verdict, content_hash FROM feed
             WHERE run_id = ? AND job_id BETWEEN ? AND ? ORDER BY job_id, revision",
        )?;
        let of = [run_id.as_str(), first.as_str(), last.as_str()];
        let rows = query.query_map(of, |row| {
            let entry = LastEntry {
                seq: row.get("seq")?,
                revision: row.get("revision")?,
                verdict: row.get("verdict")?,
                content_hash: row.get("content_hash")?,
            };
            Ok((word(row, "job_id")?, entry))
        })?;
        // Of two entries of one job the later one stays.
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The number of the newest entry. There is one writer, so no two writes go on from the same.
    pub(crate) fn last_feed_seq(&self) -> Result<i64, HubError> {
        let sql = "SELECT COALESCE(MAX(seq), 0) FROM feed";
        Ok(self.0.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
    }

    /// Publishes an entry.
    pub(crate) fn add_entry(
        &self,
        entry: &FeedEntry,
        content_hash: &[u8; 32],
    ) -> Result<(), HubError> {
        let mut query = self.0.prepare_cached(
            "INSERT INTO feed (seq, run_id, job_id, revision, verdict, content_hash, entry, published_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        query.execute(params![
            entry.seq,
            entry.run_id.as_str(),
            entry.job_id.as_str(),
            entry.revision,
            entry.verdict.word(),
            content_hash,
            serde_json::to_string(entry)?,
            entry.published_at_ms.0
        ])?;
        Ok(())
    }

    /// The entries after one, in the depots of somebody or in all.
    pub(crate) fn list_feed(
        &self,
        after: i64,
        limit: u32,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<FeedEntry>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT entry, content_hash FROM feed JOIN runs ON runs.run_id = feed.run_id
             WHERE seq > ?1 AND (?2 IS NULL OR depot_id IN
                 (SELECT depot_id FROM person_depots WHERE person_id = ?2))
             ORDER BY seq LIMIT ?3",
        )?;
        let rows =
            query.query_map(params![after, seen_by.map(PersonId::as_str), limit], read_entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The entries of a job, the newest first.
    pub(crate) fn list_entries(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<FeedEntry>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT entry, content_hash FROM feed WHERE run_id = ? AND job_id = ? ORDER BY revision DESC",
        )?;
        let rows = query.query_map([run_id.as_str(), job_id.as_str()], read_entry)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
