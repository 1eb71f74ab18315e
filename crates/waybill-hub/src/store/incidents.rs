//! What is wrong with devices.

use waybill_core::id::{DeviceId, RunId};
use waybill_core::incident::Incident;
use waybill_core::journal::Genesis;
use waybill_core::time::Timestamp;

use super::{Tx, values};
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
        let sql = "INSERT INTO incidents (device_id, incident_word, about, opened_at_ms, due_at_ms)
                   VALUES ($1, $2, $3, $4, $5)
                   ON CONFLICT (device_id, incident_word, about) DO UPDATE SET
                       opened_at_ms = excluded.opened_at_ms, due_at_ms = excluded.due_at_ms,
                       closed_at_ms = NULL
                   WHERE incidents.closed_at_ms IS NOT NULL";
        let of = values![&device.0, incident.word(), about, now, incident.due_at(now)];
        Ok(self.execute(sql, of)? > 0)
    }

    /// Closes an incident; says whether it was open.
    pub(crate) fn close_incident(
        &self,
        device: DeviceId,
        incident: Incident,
        about: &str,
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let sql = "UPDATE incidents SET closed_at_ms = $1
                   WHERE device_id = $2 AND incident_word = $3 AND about = $4
                     AND closed_at_ms IS NULL";
        Ok(self.execute(sql, values![now, &device.0, incident.word(), about])? > 0)
    }

    /// Closes an incident of every device that is about one thing.
    pub(crate) fn close_incidents_about(
        &self,
        incident: Incident,
        about: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let sql = "UPDATE incidents SET closed_at_ms = $1
                   WHERE incident_word = $2 AND about = $3 AND closed_at_ms IS NULL";
        self.execute(sql, values![now, incident.word(), about])?;
        Ok(())
    }

    /// Closes every incident of a device.
    pub(crate) fn close_incidents_of(
        &self,
        device: DeviceId,
        now: Timestamp,
    ) -> Result<(), HubError> {
        let sql =
            "UPDATE incidents SET closed_at_ms = $1 WHERE device_id = $2 AND closed_at_ms IS NULL";
        self.execute(sql, values![now, &device.0])?;
        Ok(())
    }

    /// The incidents that are open, the one that is due first at the head.
    pub(crate) fn list_incidents(&self) -> Result<Vec<IncidentRow>, HubError> {
        let sql = "SELECT device_id, incident_word, about, opened_at_ms, due_at_ms FROM incidents
                   WHERE closed_at_ms IS NULL ORDER BY due_at_ms, device_id, incident_word, about";
        self.list(sql, values![], |row| {
            Ok(IncidentRow {
                device: row.bytes(0)?,
                incident: row.one_of(1, &Incident::ALL, Incident::word)?,
                about: row.get(2)?,
                opened_at: row.get(3)?,
                due_at: row.get(4)?,
            })
        })
    }

    /// Where each epoch of a device began.
    pub(crate) fn list_epochs_of(&self, device: DeviceId) -> Result<Vec<Genesis>, HubError> {
        let sql = "SELECT genesis FROM epochs WHERE device_id = $1 ORDER BY epoch";
        self.list(sql, values![&device.0], |row| row.record(0, "genesis"))
    }

    /// The devices and runs whose facts have been parked since before some time.
    pub(crate) fn list_parked_since(
        &self,
        before: Timestamp,
    ) -> Result<Vec<(DeviceId, RunId)>, HubError> {
        let sql = "SELECT DISTINCT device_id, run_id FROM facts
                   WHERE verdict <> 'accepted' AND verdict = 'parked' AND received_at_ms <= $1
                     AND run_id IS NOT NULL";
        self.list(sql, values![before], |row| Ok((row.bytes(0)?, row.word(1)?)))
    }
}
