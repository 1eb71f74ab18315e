//! What is kept for somebody to look at: refused bytes, and who did what.

use rusqlite::params;
use waybill_core::id::DeviceId;
use waybill_core::time::Timestamp;

use super::{Tx, signed};
use crate::error::HubError;

impl Tx<'_> {
    /// Keeps refused bytes; the same bytes again are no news. Says whether there was room for them.
    pub(crate) fn add_quarantine(
        &self,
        device: DeviceId,
        digest: &[u8; 32],
        (code, bytes): (&str, &[u8]),
        now: Timestamp,
        rows_max: u64,
    ) -> Result<bool, HubError> {
        let sql = "SELECT COUNT(*) FROM quarantine WHERE device_id = ? AND digest <> ?";
        let rows: i64 = self.0.query_row(sql, params![device.0, digest], |row| row.get(0))?;
        if rows >= signed(rows_max) {
            return Ok(false);
        }
        self.0.execute(
            "INSERT INTO quarantine (device_id, digest, received_at_ms, code, bytes) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
            params![device.0, digest, now.0, code, bytes],
        )?;
        Ok(true)
    }

    /// Writes down something that is worth one line, however often it happens.
    pub(crate) fn add_audit_once(
        &self,
        at: Timestamp,
        who: &str,
        act: &str,
        about: &str,
    ) -> Result<(), HubError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM audit WHERE act = ? AND about = ?)";
        let is_known: bool = self.0.query_row(sql, [act, about], |row| row.get(0))?;
        if is_known { Ok(()) } else { self.add_audit(at, who, act, about) }
    }

    /// Writes down who did what.
    pub(crate) fn add_audit(
        &self,
        at: Timestamp,
        who: &str,
        act: &str,
        about: &str,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO audit (at_ms, who, act, about) VALUES (?, ?, ?, ?)",
            params![at.0, who, act, about],
        )?;
        Ok(())
    }
}
