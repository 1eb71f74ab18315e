//! The feed: what finance reads.

use std::collections::BTreeMap;

use waybill_core::id::{JobId, PersonId, RunId};

use super::{DatabaseError, Row, Tx, values};
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

fn read_entry(row: Row<'_>) -> Result<FeedEntry, DatabaseError> {
    let (entry, content): (&str, &[u8]) = (row.get(0)?, row.get(1)?);
    let entry: FeedEntry = serde_json::from_str(entry).map_err(|_| DatabaseError::unreadable(0))?;
    Ok(FeedEntry { content: data_encoding::HEXLOWER.encode(content), ..entry })
}

impl Tx<'_> {
    /// The newest entry of each of the jobs from one to another by name that has any.
    pub(crate) fn list_last_entries(
        &self,
        run_id: &RunId,
        (first, last): (&JobId, &JobId),
    ) -> Result<BTreeMap<JobId, LastEntry>, HubError> {
        let sql = "SELECT job_id, seq, revision, verdict, content_hash FROM feed
                   WHERE run_id = $1 AND job_id BETWEEN $2 AND $3 ORDER BY job_id, revision";
        let of = values![run_id.as_str(), first.as_str(), last.as_str()];
        let rows = self.list(sql, of, |row| {
            let entry = LastEntry {
                seq: row.get(1)?,
                revision: row.get(2)?,
                verdict: row.get(3)?,
                content_hash: row.get(4)?,
            };
            Ok((row.word(0)?, entry))
        })?;
        // Of two entries of one job the later one stays.
        Ok(rows.into_iter().collect())
    }

    /// The number of the newest entry. There is one writer, so no two writes go on from the same.
    pub(crate) fn last_feed_seq(&self) -> Result<i64, HubError> {
        self.value("SELECT COALESCE(MAX(seq), 0) FROM feed", values![])
    }

    /// Publishes an entry.
    pub(crate) fn add_entry(
        &self,
        entry: &FeedEntry,
        content_hash: &[u8; 32],
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO feed (seq, run_id, job_id, revision, verdict, content_hash, entry, published_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            values![
                entry.seq,
                entry.run_id.as_str(),
                entry.job_id.as_str(),
                entry.revision,
                entry.verdict.word(),
                content_hash,
                &serde_json::to_string(entry)?,
                entry.published_at_ms
            ],
        )?;
        Ok(())
    }

    /// The entries after one, in the depots of somebody or in all.
    pub(crate) fn list_feed(
        &self,
        after: i64,
        limit: u32,
        seen_by: Option<&PersonId>,
    ) -> Result<Vec<FeedEntry>, HubError> {
        let sql = "SELECT entry, content_hash FROM feed JOIN runs ON runs.run_id = feed.run_id
                   WHERE seq > $1 AND (CAST($2 AS TEXT) IS NULL OR depot_id IN
                       (SELECT depot_id FROM person_depots WHERE person_id = $2))
                   ORDER BY seq LIMIT $3";
        self.list(sql, values![after, seen_by.map(PersonId::as_str), limit], read_entry)
    }

    /// The entries of a job, the newest first.
    pub(crate) fn list_entries(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<FeedEntry>, HubError> {
        let sql = "SELECT entry, content_hash FROM feed
                   WHERE run_id = $1 AND job_id = $2 ORDER BY revision DESC";
        self.list(sql, values![run_id.as_str(), job_id.as_str()], read_entry)
    }
}
