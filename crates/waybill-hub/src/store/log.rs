//! What is kept for somebody to look at: refused bytes, and who did what.

use waybill_core::id::DeviceId;
use waybill_core::time::Timestamp;

use super::{Tx, signed, values};
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
        let sql = "SELECT COUNT(*) FROM quarantine WHERE device_id = $1 AND digest <> $2";
        let rows: i64 = self.value(sql, values![&device.0, digest])?;
        if rows >= signed(rows_max) {
            return Ok(false);
        }
        self.execute(
            "INSERT INTO quarantine (device_id, digest, received_at_ms, code, bytes)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            values![&device.0, digest, now, code, bytes],
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
        let sql = "SELECT EXISTS (SELECT 1 FROM audit WHERE act = $1 AND about = $2)";
        let is_known: bool = self.value(sql, values![act, about])?;
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
        self.execute(
            "INSERT INTO audit (at_ms, who, act, about) VALUES ($1, $2, $3, $4)",
            values![at, who, act, about],
        )?;
        Ok(())
    }
}
