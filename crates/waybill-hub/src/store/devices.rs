//! Enrolled devices and the invitations that make them.

use waybill_core::id::{DepotId, DeviceId, PersonId};
use waybill_core::role::Role;
use waybill_core::time::Timestamp;
use waybill_sync::key::DevicePublic;

use super::{DatabaseError, Row, Tx, people, values};
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

/// A device found by one of its columns.
macro_rules! device_by {
    ($column:literal) => {
        concat!(
            "SELECT device_id, public_key, devices.person_id, role, depot_id, revoked_at_ms
             FROM devices JOIN people ON people.person_id = devices.person_id WHERE ",
            $column,
            " = $1"
        )
    };
}

fn read_device(row: Row<'_>) -> Result<Device, DatabaseError> {
    let key = DevicePublic::from_bytes(row.get(1)?).map_err(|_| DatabaseError::unreadable(1))?;
    Ok(Device {
        id: row.bytes(0)?,
        key,
        person_id: row.word(2)?,
        role: people::role(row, 3)?,
        depot_id: row.word(4)?,
        is_revoked: row.get::<Option<i64>>(5)?.is_some(),
    })
}

impl Tx<'_> {
    /// Finds a device.
    pub(crate) fn get_device(&self, device_id: DeviceId) -> Result<Option<Device>, HubError> {
        self.get(device_by!("device_id"), values![&device_id.0], read_device)
    }

    /// Whose token it is.
    pub(crate) fn get_device_by_token(
        &self,
        token_hash: &[u8; 32],
    ) -> Result<Option<Device>, HubError> {
        self.get(device_by!("token_hash"), values![token_hash], read_device)
    }

    /// Whose key it is.
    pub(crate) fn get_device_by_key(&self, key: &DevicePublic) -> Result<Option<Device>, HubError> {
        self.get(device_by!("public_key"), values![&key.to_bytes()], read_device)
    }

    /// Every device, the newest first.
    pub(crate) fn list_devices(&self) -> Result<Vec<DeviceRow>, HubError> {
        let sql =
            "SELECT device_id, name, person_id, enrolled_at_ms, last_contact_ms, revoked_at_ms
                   FROM devices ORDER BY enrolled_at_ms DESC, device_id";
        self.list(sql, values![], |row| {
            Ok(DeviceRow {
                device_id: row.bytes(0)?,
                name: row.get(1)?,
                person_id: row.word(2)?,
                enrolled_at: row.get(3)?,
                last_contact: row.get(4)?,
                revoked_at: row.get(5)?,
            })
        })
    }

    /// Writes a device down, or gives one that is known a new token.
    pub(crate) fn put_device(
        &self,
        device: &Device,
        name: &str,
        token_hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO devices
                 (device_id, name, public_key, token_hash, person_id, depot_id, enrolled_at_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (device_id) DO UPDATE SET
                 name = excluded.name, token_hash = excluded.token_hash, depot_id = excluded.depot_id",
            values![
                &device.id.0,
                name,
                &device.key.to_bytes(),
                token_hash,
                device.person_id.as_str(),
                device.depot_id.as_str(),
                now
            ],
        )?;
        Ok(())
    }

    /// Notes that a device spoke.
    pub(crate) fn put_contact(&self, device_id: DeviceId, now: Timestamp) -> Result<(), HubError> {
        let sql = "UPDATE devices SET last_contact_ms = $1 WHERE device_id = $2";
        self.execute(sql, values![now, &device_id.0])?;
        Ok(())
    }

    /// Takes a device's rights away; says whether there is such a device.
    pub(crate) fn revoke_device(
        &self,
        device_id: DeviceId,
        now: Timestamp,
    ) -> Result<bool, HubError> {
        let sql =
            "UPDATE devices SET revoked_at_ms = COALESCE(revoked_at_ms, $1) WHERE device_id = $2";
        Ok(self.execute(sql, values![now, &device_id.0])? > 0)
    }

    /// When a phone of somebody last spoke.
    pub(crate) fn last_contact(&self, person_id: &PersonId) -> Result<Option<Timestamp>, HubError> {
        let sql = "SELECT MAX(last_contact_ms) FROM devices WHERE person_id = $1";
        self.value(sql, values![person_id.as_str()])
    }

    /// Writes an invitation down, and forgets those long past.
    pub(crate) fn put_enrolment(
        &self,
        code_hash: &[u8; 32],
        person_id: &PersonId,
        depot_id: &DepotId,
        expires_at: Timestamp,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO enrolments (code_hash, person_id, depot_id, expires_at_ms)
             VALUES ($1, $2, $3, $4)",
            values![code_hash, person_id.as_str(), depot_id.as_str(), expires_at],
        )?;
        Ok(())
    }

    /// Finds an invitation.
    pub(crate) fn get_enrolment(
        &self,
        code_hash: &[u8; 32],
    ) -> Result<Option<EnrolmentRow>, HubError> {
        let sql = "SELECT person_id, depot_id, expires_at_ms, used_by FROM enrolments
                   WHERE code_hash = $1";
        self.get(sql, values![code_hash], |row| {
            Ok(EnrolmentRow {
                person_id: row.word(0)?,
                depot_id: row.word(1)?,
                expires_at: row.get(2)?,
                used_by: row.get::<Option<[u8; 16]>>(3)?.map(DeviceId),
            })
        })
    }

    /// Notes who used an invitation.
    pub(crate) fn use_enrolment(&self, code_hash: &[u8; 32], by: DeviceId) -> Result<(), HubError> {
        let sql = "UPDATE enrolments SET used_by = $1 WHERE code_hash = $2";
        self.execute(sql, values![&by.0, code_hash])?;
        Ok(())
    }
}
