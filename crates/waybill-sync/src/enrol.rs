//! Enrolment: a phone presents a one-time code and a key of its own, and is known from then on.
//!
//! The code travels in a QR together with the hub's address and key, so that the phone knows whom it
//! talks to before it says a word.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};
use waybill_core::id::{DepotId, PersonId};
use waybill_core::role::Role;

use crate::code::Code;
use crate::key::{DeviceKey, DevicePublic, HubPublic};

/// What the QR code says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where the hub is, as `https://hub.example`.
    pub hub_url: String,
    pub code: String,
    pub hub_key: HubPublic,
}

const SCHEME: &str = "waybill://enrol?";

impl Link {
    /// Writes the link.
    pub fn to_text(&self) -> String {
        let hub = BASE64URL_NOPAD.encode(self.hub_url.as_bytes());
        format!("{SCHEME}hub={hub}&code={}&key={}", self.code, self.hub_key.to_text())
    }

    /// Reads the link.
    pub fn from_text(text: &str) -> Result<Self, Code> {
        let query = text.trim().strip_prefix(SCHEME).ok_or(Code::LinkInvalid)?;
        let field = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value).ok_or(Code::LinkInvalid)
        };
        let hub =
            BASE64URL_NOPAD.decode(field("hub")?.as_bytes()).map_err(|_| Code::LinkInvalid)?;
        let hub_url = String::from_utf8(hub).map_err(|_| Code::LinkInvalid)?;
        if !is_hub_url(&hub_url) {
            return Err(Code::LinkInvalid);
        }
        let hub_key = HubPublic::from_text(field("key")?).map_err(|_| Code::LinkInvalid)?;
        Ok(Self { hub_url, code: field("code")?.to_owned(), hub_key })
    }
}

/// A hub is spoken to over TLS; only one on the same machine may do without.
fn is_hub_url(url: &str) -> bool {
    let is_local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"]
        .iter()
        .any(|local| url.strip_prefix(local).is_some_and(|port| port.parse::<u16>().is_ok()));
    let has_host = |rest: &str| !rest.is_empty() && !rest.contains(['/', '?', '#', '@', ' ']);
    is_local || url.strip_prefix("https://").is_some_and(has_host)
}

/// `POST /v1/enrol`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolDevice {
    pub code: String,
    pub device_name: String,
    /// The device's public key in base64url.
    pub public_key: String,
    /// A signature over code and key, which shows that the device holds the secret.
    pub signature: String,
}

fn claim(code: &str, public_key: &str) -> Vec<u8> {
    format!("waybill enrol 1\0{code}\0{public_key}").into_bytes()
}

impl EnrolDevice {
    /// Fills in the request.
    pub fn new(key: &DeviceKey, code: &str, device_name: &str) -> Self {
        let public_key = BASE64URL_NOPAD.encode(&key.public().to_bytes());
        let signature = BASE64URL_NOPAD.encode(&key.sign(&claim(code, &public_key)));
        Self { code: code.to_owned(), device_name: device_name.to_owned(), public_key, signature }
    }

    /// The key, if the request shows that the device holds its secret.
    pub fn proven_key(&self) -> Result<DevicePublic, Code> {
        let decode =
            |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Code::KeyInvalid);
        let key = DevicePublic::from_bytes(&decode(&self.public_key)?)?;
        let is_proven =
            key.verifies(&claim(&self.code, &self.public_key), &decode(&self.signature)?);
        if is_proven { Ok(key) } else { Err(Code::KeyInvalid) }
    }
}

/// The answer to `POST /v1/enrol`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    pub device_id: String,
    /// Shown with every request; the hub keeps only its hash.
    pub token: String,
    pub company: String,
    pub depot_id: DepotId,
    pub person_id: PersonId,
    pub person_name: String,
    pub role: Role,
    /// Must be the key in the QR code.
    pub hub_key: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::HubKey;

    fn link(hub_url: &str) -> Link {
        let hub_key = HubKey::from_secret(&[1; 32]).public();
        Link { hub_url: hub_url.to_owned(), code: "ABCD-1234".to_owned(), hub_key }
    }

    #[test]
    fn a_link_reads_back() {
        for url in ["https://hub.example", "https://hub.example:8443", "http://127.0.0.1:4000"] {
            assert_eq!(Link::from_text(&link(url).to_text()), Ok(link(url)));
        }
    }

    #[test]
    fn a_link_to_somewhere_unsafe_is_refused() {
        for url in
            ["http://hub.example", "https://", "https://a/b", "ftp://x", "http://127.0.0.1:x/"]
        {
            assert_eq!(Link::from_text(&link(url).to_text()), Err(Code::LinkInvalid), "{url}");
        }
        assert_eq!(Link::from_text("https://elsewhere"), Err(Code::LinkInvalid));
    }

    #[test]
    fn a_request_shows_that_the_device_holds_its_key() {
        let key = DeviceKey::from_secret(&[5; 32]).unwrap();
        let request = EnrolDevice::new(&key, "ABCD-1234", "Van 7");
        assert_eq!(request.proven_key(), Ok(key.public()));
        let stolen = EnrolDevice { code: "WXYZ-9999".to_owned(), ..request };
        assert_eq!(stolen.proven_key(), Err(Code::KeyInvalid));
    }
}
