//! Phones and what is wrong with them, as the office sees them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::case::Severity;
use waybill_core::incident::Incident;
use waybill_core::role::Role;
use waybill_core::time::Timestamp;

use super::view::PersonView;

/// `GET /v1/devices`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DevicesView {
    pub devices: Vec<DeviceView>,
}

/// An enrolled phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceView {
    pub device_id: String,
    pub name: String,
    pub person: PersonView,
    pub enrolled_at_ms: Timestamp,
    pub last_contact_ms: Option<Timestamp>,
    pub revoked_at_ms: Option<Timestamp>,
    /// What is wrong with it, the one that is due first at the head.
    pub incidents: Vec<OfficeIncident>,
}

/// Something that is wrong with a phone rather than with a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OfficeIncident {
    pub incident: Incident,
    pub about: String,
    pub owner: Role,
    pub severity: Severity,
    pub opened_at_ms: Timestamp,
    pub due_at_ms: Timestamp,
}

/// `POST /v1/devices/{device_id}/incidents/close`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CloseIncident {
    pub incident: Incident,
    pub about: String,
}
