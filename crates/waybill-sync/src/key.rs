//! Keys. A device signs with P-256, which is what phones keep in hardware; a hub with Ed25519.
//!
//! Both sign deterministically, so that no dice are needed here. Making a key takes 32 random bytes
//! that the caller has rolled.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::Verifier as _;

use crate::code::Code;

/// A signature of either kind is 64 bytes.
pub type Signature = [u8; 64];

/// A device's secret key.
#[derive(Clone)]
pub struct DeviceKey(p256::ecdsa::SigningKey);

/// A device's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevicePublic(p256::ecdsa::VerifyingKey);

/// A hub's secret key.
#[derive(Clone)]
pub struct HubKey(ed25519_dalek::SigningKey);

/// A hub's public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HubPublic(ed25519_dalek::VerifyingKey);

impl DeviceKey {
    /// Takes 32 random bytes as the secret; the one roll in 2^32 that is no key is refused.
    pub fn from_secret(secret: &[u8; 32]) -> Result<Self, Code> {
        p256::ecdsa::SigningKey::from_slice(secret).map(Self).map_err(|_| Code::KeyInvalid)
    }

    /// The half that may be shown.
    pub fn public(&self) -> DevicePublic {
        DevicePublic(*self.0.verifying_key())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Signature {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        signature.to_bytes().into()
    }
}

impl DevicePublic {
    /// Reads a compressed SEC1 point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Code> {
        p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes).map(Self).map_err(|_| Code::KeyInvalid)
    }

    /// Writes a compressed SEC1 point: 33 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.to_sec1_point(true).as_bytes().to_vec()
    }

    /// Says whether the device signed the message.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        p256::ecdsa::Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}

impl HubKey {
    /// Takes 32 random bytes as the secret.
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(secret))
    }

    /// The half that may be shown.
    pub fn public(&self) -> HubPublic {
        HubPublic(self.0.verifying_key())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }
}

impl HubPublic {
    /// Reads 32 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Code> {
        let bytes = bytes.try_into().map_err(|_| Code::KeyInvalid)?;
        ed25519_dalek::VerifyingKey::from_bytes(bytes).map(Self).map_err(|_| Code::KeyInvalid)
    }

    /// Writes 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Says whether the hub signed the message.
    pub fn verifies(self, message: &[u8], signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }

    /// The key as text.
    pub fn to_text(self) -> String {
        BASE64URL_NOPAD.encode(&self.to_bytes())
    }

    /// Reads the key's text.
    pub fn from_text(text: &str) -> Result<Self, Code> {
        Self::from_bytes(&BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| Code::KeyInvalid)?)
    }
}
