//! Enrolled devices and the invitations that make them.

use rusqlite::{OptionalExtension, Row, params};
use waybill_core::id::{DepotId, DeviceId, PersonId};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::key::DevicePublic;

use super::{Tx, bad, bytes, people, word};
use crate::error::HubError;

/// An enrolled device as the intake knows it.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) id: DeviceId,
    pub(crate) key: DevicePublic,
    pub(crate) person_id: PersonId,
    pub(crate) role: Role,
    pub(crate) depot_id: DepotId,
    pub(crate) is_revoked: bool,
}

/// An enrolled device as the office sees it.
pub(crate) struct DeviceRow {
    pub(crate) device_id: DeviceId,
    pub(crate) name: String,
    pub(crate) person_id: PersonId,
    pub(crate) enrolled_at: Timestamp,
    pub(crate) last_contact: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
}

/// An invitation.
pub(crate) struct EnrolmentRow {
    pub(crate) person_id: PersonId,
    pub(crate) depot_id: DepotId,
    pub(crate) expires_at: Timestamp,
    pub(crate) used_by: Option<DeviceId>,
}

const DEVICE: &str =
    "SELECT device_id, public_key, devices.person_id, role, depot_id, revoked_at_ms
                      FROM devices JOIN people ON people.person_id = devices.person_id";

fn read_device(row: &Row<'_>) -> rusqlite::Result<Device> {
    let key: Vec<u8> = row.get("public_key")?;
    Ok(Device {
        id: bytes(row, "device_id")?,
        key: DevicePublic::from_bytes(&key)
            .map_err(|_| bad("public_key", rusqlite::types::Type::Blob))?,
        person_id: word(row, "person_id")?,
        role: people::role(row)?,
        depot_id: word(row, "depot_id")?,
        is_revoked: row.get::<_, Option<i64>>("revoked_at_ms")?.is_some(),
    })
}

impl Tx<'_> {
    /// Finds a device.
    pub(crate) fn get_device(&self, device_id: DeviceId) -> Result<Option<Device>, HubError> {
        let mut query = self.0.prepare_cached(&format!("{DEVICE} WHERE device_id = ?"))?;
        Ok(query.query_row([device_id.0], read_device).optional()?)
    }

    /// Whose token it is.
    pub(crate) fn get_device_by_token(
        &self,
        token_hash: &[u8; 32],
    ) -> Result<Option<Device>, HubError> {
        let mut query = self.0.prepare_cached(&format!("{DEVICE} WHERE token_hash = ?"))?;
        Ok(query.query_row([token_hash], read_device).optional()?)
    }

    /// Whose key it is.
    pub(crate) fn get_device_by_key(&self, key: &DevicePublic) -> Result<Option<Device>, HubError> {
        let mut query = self.0.prepare_cached(&format!("{DEVICE} WHERE public_key = ?"))?;
        Ok(query.query_row([key.to_bytes()], read_device).optional()?)
    }

    /// Every device, the newest first.
    pub(crate) fn list_devices(&self) -> Result<Vec<DeviceRow>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, name, person_id, enrolled_at_ms, last_contact_ms, revoked_at_ms
             FROM devices ORDER BY enrolled_at_ms DESC, device_id",
        )?;
        let rows = query.query_map([], |row| {
            let time = |column| {
                Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(Timestamp))
            };
            Ok(DeviceRow {
                device_id: bytes(row, "device_id")?,
                name: row.get("name")?,
                person_id: word(row, "person_id")?,
                enrolled_at: Timestamp(row.get("enrolled_at_ms")?),
                last_contact: time("last_contact_ms")?,
                revoked_at: time("revoked_at_ms")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a device down, or gives one that is known a new token.
    pub(crate) fn put_device(
        &self,
        device: &Device,
        name: &str,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO devices
                 (device_id, name, public_key, token_hash, person_id, depot_id, enrolled_at_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (device_id) DO UPDATE SET
                 name = excluded.name, token_hash = excluded.token_hash, depot_id = excluded.depot_id",
            params![
                device.id.0,
                name,
                device.key.to_bytes(),
                token_hash,
                device.person_id.as_str(),
                device.depot_id.as_str(),
                now.0
            ],
        )?;
        Ok(())
    }

    /// Notes that a device spoke.
    pub(crate) fn put_contact(&self, device_id: DeviceId, now: Timestamp) -> Result<(), HubError> {
        let sql = "UPDATE devices SET last_contact_ms = ? WHERE device_id = ?";
        self.0.prepare_cached(sql)?.execute(params![now.0, device_id.0])?;
        Ok(())
    }

    /// Takes a device's rights away; says whether there is such a device.
    pub(crate) fn revoke_device(
        &self,
        device_id: DeviceId,
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let sql =
            "UPDATE devices SET revoked_at_ms = COALESCE(revoked_at_ms, ?) WHERE device_id = ?";
        Ok(self.0.execute(sql, params![now.0, device_id.0])? > 0)
    }

    /// When a phone of somebody last spoke.
    pub(crate) fn last_contact(&self, person_id: &PersonId) -> Result<Option<Timestamp>, HubError> {
        let sql = "SELECT MAX(last_contact_ms) FROM devices WHERE person_id = ?";
        let mut query = self.0.prepare_cached(sql)?;
        let at: Option<i64> = query.query_row([person_id.as_str()], |row| row.get(0))?;
        Ok(at.map(Timestamp))
    }

    /// Writes an invitation down, and forgets those long past.
    pub(crate) fn put_enrolment(
        &self,
        code_hash: &[u8; 32],
        person_id: &PersonId,
        depot_id: &DepotId,
        expires_at: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO enrolments (code_hash, person_id, depot_id, expires_at_ms) VALUES (?, ?, ?, ?)",
            params![code_hash, person_id.as_str(), depot_id.as_str(), expires_at.0],
        )?;
        Ok(())
    }

    /// Finds an invitation.
    pub(crate) fn get_enrolment(
        &self,
        code_hash: &[u8; 32],
    ) -> Result<Option<EnrolmentRow>, HubError> {
        let sql = "SELECT person_id, depot_id, expires_at_ms, used_by FROM enrolments WHERE code_hash = ?";
        let row = self.0.query_row(sql, [code_hash], |row| {
            let used_by: Option<[u8; 16]> = row.get("used_by")?;
            Ok(EnrolmentRow {
                person_id: word(row, "person_id")?,
                depot_id: word(row, "depot_id")?,
                expires_at: Timestamp(row.get("expires_at_ms")?),
                used_by: used_by.map(DeviceId),
            })
        });
        Ok(row.optional()?)
    }

    /// Notes who used an invitation.
    pub(crate) fn use_enrolment(&self, code_hash: &[u8; 32], by: DeviceId) -> Result<(), HubError> {
        let sql = "UPDATE enrolments SET used_by = ? WHERE code_hash = ?";
        self.0.execute(sql, params![by.0, code_hash])?;
        Ok(())
    }
}
