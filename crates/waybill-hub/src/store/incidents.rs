//! What is wrong with devices.

use rusqlite::params;
use waybill_core::cbor;
use waybill_core::id::{DeviceId, RunId};
use waybill_core::incident::Incident;
use waybill_core::journal::Genesis;
use waybill_core::time::Timestamp;

use super::{Tx, bytes, one_of, word};
use crate::error::HubError;

/// An incident that nobody has dealt with yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IncidentRow {
    pub(crate) device: DeviceId,
    pub(crate) incident: Incident,
    pub(crate) about: String,
    pub(crate) opened_at: Timestamp,
    pub(crate) due_at: Timestamp,
}

impl Tx<'_> {
    /// Opens an incident, or opens it again; one that is open stays as it is. Says whether it was opened.
    pub(crate) fn open_incident(
        &self,
        device: DeviceId,
        incident: Incident,
        about: &str,
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let mut query = self.0.prepare_cached(
            "INSERT INTO incidents (device_id, incident_word, about, opened_at_ms, due_at_ms)
             VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (device_id, incident_word, about) DO UPDATE SET
                 opened_at_ms = excluded.opened_at_ms, due_at_ms = excluded.due_at_ms,
                 closed_at_ms = NULL
             WHERE closed_at_ms IS NOT NULL",
        )?;
        let due_at = incident.due_at(now);
        let of = params![device.0, incident.word(), about, now.0, due_at.0];
        Ok(query.execute(of)? > 0)
    }

    /// Closes an incident; says whether it was open.
    pub(crate) fn close_incident(
        &self,
        device: DeviceId,
        incident: Incident,
        about: &str,
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let mut query = self.0.prepare_cached(
            "UPDATE incidents SET closed_at_ms = ?
             WHERE device_id = ? AND incident_word = ? AND about = ? AND closed_at_ms IS NULL",
        )?;
        Ok(query.execute(params![now.0, device.0, incident.word(), about])? > 0)
    }

    /// Closes an incident of every device that is about one thing.
    pub(crate) fn close_incidents_about(
        &self,
        incident: Incident,
        about: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let mut query = self.0.prepare_cached(
            "UPDATE incidents SET closed_at_ms = ?
             WHERE incident_word = ? AND about = ? AND closed_at_ms IS NULL",
        )?;
        query.execute(params![now.0, incident.word(), about])?;
        Ok(())
    }

    /// Closes every incident of a device.
    pub(crate) fn close_incidents_of(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let sql =
            "UPDATE incidents SET closed_at_ms = ? WHERE device_id = ? AND closed_at_ms IS NULL";
        self.0.prepare_cached(sql)?.execute(params![now.0, device.0])?;
        Ok(())
    }

    /// The incidents that are open, the one that is due first at the head.
    pub(crate) fn list_incidents(&self) -> Result<Vec<IncidentRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, incident_word, about, opened_at_ms, due_at_ms FROM incidents
             WHERE closed_at_ms IS NULL ORDER BY due_at_ms, device_id, incident_word, about",
        )?;
        let rows = query.query_map([], |row| {
            Ok(IncidentRow {
                device: bytes(row, "device_id")?,
                incident: one_of(row, "incident_word", &Incident::ALL, Incident::word)?,
                about: row.get("about")?,
                opened_at: Timestamp(row.get("opened_at_ms")?),
                due_at: Timestamp(row.get("due_at_ms")?),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Where each epoch of a device began.
    pub(crate) fn list_epochs_of(&self, device: DeviceId) -> Result<Vec<Genesis>, HubError> {
        let sql = "SELECT genesis FROM epochs WHERE device_id = ? ORDER BY epoch";
        let mut query = self.0.prepare_cached(sql)?;
        let rows = query.query_map([device.0], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|genesis| Ok(cbor::decode("genesis", &genesis?)?)).collect()
    }

    /// The devices and runs whose facts have been parked since before some time.
    pub(crate) fn list_parked_since(
        &self,
        before: Timestamp,
    ) -> Result<Vec<(DeviceId, RunId)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT DISTINCT device_id, run_id FROM facts
             WHERE verdict <> 'accepted' AND verdict = 'parked' AND received_at_ms <= ?
               AND run_id IS NOT NULL",
        )?;
        let rows = query
            .query_map([before.0], |row| Ok((bytes(row, "device_id")?, word(row, "run_id")?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
