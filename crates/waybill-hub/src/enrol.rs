//! Enrolment: an invitation as a QR code, and the phone that answers it.

use std::collections::BTreeMap;

use qrcode::QrCode;
use qrcode::render::svg;
use waybill_core::id::DeviceId;
use waybill_core::role::Role;
use waybill_sync::code::Code;
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};

use crate::api::device::{CloseIncident, DeviceView, DevicesView, OfficeIncident};
use crate::api::view::{Invite, InviteView};
use crate::error::HubError;
use crate::hub::{Asker, Hub, Topic, token_hash};
use crate::plans::{fault, refuse_faults};
use crate::store::{Device, IncidentRow, Tx};

/// How long an invitation is good for.
const INVITE_MS: i64 = 15 * 60_000;
/// Crockford's base 32: nothing in it is mistaken for something else when read aloud.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LETTERS: usize = 10;
const NAME_CHARS_MAX: usize = 100;
const QR_PIXELS_MIN: u32 = 240;

impl Hub {
    /// Invites a phone for somebody.
    pub fn invite(&self, asker: &Asker, invite: &Invite) -> Result<InviteView, HubError> {
        let rolled: [u8; CODE_LETTERS] = self.roll()?;
        let letters = rolled.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 31)));
        let code: String = letters.map(|letter| char::from(*letter)).collect();
        let (now, hub_key) = (self.now(), self.key());
        let expires_at = now.plus_ms(INVITE_MS);
        self.store.write(|tx| {
            let mut faults = Vec::new();
            let person = tx.get_person(&invite.person_id)?;
            if !person
                .as_ref()
                .is_some_and(|person| matches!(person.role, Role::Driver | Role::Loader))
            {
                faults.push(fault("person_id", "unknown"));
            }
            let is_theirs = person.is_some_and(|person| person.depots.contains(&invite.depot_id));
            if !is_theirs || !asker.sees(&invite.depot_id) {
                faults.push(fault("depot_id", "unknown"));
            }
            refuse_faults(faults)?;
            tx.put_enrolment(&token_hash(&code), &invite.person_id, &invite.depot_id, expires_at)?;
            tx.add_audit(now, asker.word(), "invite", invite.person_id.as_str())
        })?;
        let link = Link { hub_url: self.public_url.to_string(), code, hub_key }.to_text();
        // An address that no phone would take is found here and not at the dock.
        Link::from_text(&link)?;
        let picture = QrCode::new(&link)?;
        let qr_svg =
            picture.render::<svg::Color<'_>>().min_dimensions(QR_PIXELS_MIN, QR_PIXELS_MIN).build();
        Ok(InviteView { link, qr_svg, expires_at_ms: expires_at })
    }

    /// Enrols the phone that presents an invitation and a key of its own.
    pub fn enrol(&self, request: &EnrolDevice) -> Result<Enrolled, HubError> {
        let key = request.proven_key()?;
        let (token, now) = (self.new_token()?, self.now());
        let new_id = DeviceId(self.roll()?);
        let name: String = request.device_name.trim().chars().take(NAME_CHARS_MAX).collect();
        let enrolled = self.store.write(|tx| {
            let code_hash = token_hash(&request.code);
            let enrolment = tx.get_enrolment(&code_hash)?.ok_or(Code::CodeInvalid)?;
            if enrolment.expires_at <= now {
                return Err(Code::CodeExpired.into());
            }
            let known = tx.get_device_by_key(&key)?;
            // The same phone asks again when the answer was lost on the way; it gets a new token.
            let is_used = enrolment.used_by.is_some();
            if is_used && known.as_ref().map(|device| device.id) != enrolment.used_by {
                return Err(Code::CodeInvalid.into());
            }
            if known.as_ref().is_some_and(|device| device.is_revoked) {
                return Err(Code::DeviceRevoked.into());
            }
            if known.as_ref().is_some_and(|device| device.person_id != enrolment.person_id) {
                return Err(Code::AlreadyEnrolled.into());
            }
            let person = tx.get_person(&enrolment.person_id)?.ok_or(Code::CodeInvalid)?;
            let device = Device {
                id: known.map_or(new_id, |device| device.id),
                key: key.clone(),
                person_id: enrolment.person_id,
                role: person.role,
                depot_id: enrolment.depot_id,
                is_revoked: false,
            };
            tx.put_device(&device, &name, &token_hash(&token), now)?;
            tx.use_enrolment(&code_hash, device.id)?;
            tx.add_audit(now, device.person_id.as_str(), "enrol", &device.id.to_string())?;
            Ok::<_, HubError>(Enrolled {
                device_id: device.id.to_string(),
                token: token.clone(),
                company: self.company().to_owned(),
                depot_id: device.depot_id,
                person_id: device.person_id,
                person_name: person.name,
                role: person.role,
                hub_key: self.key().to_text(),
            })
        })?;
        self.nudge(Topic::Devices);
        Ok(enrolled)
    }

    /// Every phone of the company.
    pub fn devices(&self) -> Result<DevicesView, HubError> {
        self.store.read(|tx| {
            let rows = tx.list_devices()?;
            let mut incidents: BTreeMap<DeviceId, Vec<OfficeIncident>> = BTreeMap::new();
            for row in tx.list_incidents()? {
                incidents.entry(row.device).or_default().push(shown(row));
            }
            let devices = rows.into_iter().map(|row| {
                Ok(DeviceView {
                    device_id: row.device_id.to_string(),
                    name: row.name,
                    person: person_of(tx, &row.person_id)?,
                    enrolled_at_ms: row.enrolled_at,
                    last_contact_ms: row.last_contact,
                    revoked_at_ms: row.revoked_at,
                    incidents: incidents.remove(&row.device_id).unwrap_or_default(),
                })
            });
            Ok(DevicesView { devices: devices.collect::<Result<_, HubError>>()? })
        })
    }

    /// Notes that somebody has dealt with what was wrong with a phone. It opens again if it happens again.
    pub fn close_incident(
        &self,
        asker: &Asker,
        device_id: DeviceId,
        close: &CloseIncident,
    ) -> Result<(), HubError> {
        let now = self.now();
        self.store.write(|tx| {
            if !tx.close_incident(device_id, close.incident, &close.about, now)? {
                return Err(HubError::from(Code::NotFound));
            }
            let about = format!("{device_id} {} {}", close.incident.word(), close.about);
            tx.add_audit(now, asker.word(), "close_incident", about.trim_end())
        })?;
        self.nudge(Topic::Devices);
        Ok(())
    }

    /// Takes a phone's rights away. What it has sent stays.
    pub fn revoke(&self, asker: &Asker, device_id: DeviceId) -> Result<(), HubError> {
        let now = self.now();
        self.store.write(|tx| {
            if !tx.revoke_device(device_id, now)? {
                return Err(HubError::from(Code::NotFound));
            }
            // Who writes in a name that has no rights any more is nobody's question.
            tx.close_incidents_of(device_id, now)?;
            tx.add_audit(now, asker.word(), "revoke", &device_id.to_string())
        })?;
        self.nudge(Topic::Devices);
        Ok(())
    }
}

fn shown(row: IncidentRow) -> OfficeIncident {
    let (owner, severity) = (row.incident.owner(), row.incident.severity());
    OfficeIncident {
        incident: row.incident,
        about: row.about,
        owner,
        severity,
        opened_at_ms: row.opened_at,
        due_at_ms: row.due_at,
    }
}

/// Somebody whom the store's own rows name.
pub(crate) fn person_of(
    tx: &Tx<'_>,
    person_id: &waybill_core::id::PersonId,
) -> Result<crate::api::view::PersonView, HubError> {
    tx.get_person(person_id)?.ok_or(HubError::from(Code::StoreFailed))
}
