//! The PIN that a customer was given, as a phone may know it: enough to check one, and no more.
//!
//! It is a few digits, so that whoever takes the plan off a phone can try them all. It keeps a PIN
//! from being read off a screen or a backup, and a phone from being asked more than a few times.

use argon2::{Algorithm, Argon2, Params, Version};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

/// How often a PIN may be wrong at one door.
pub const PIN_TRIES_MAX: u32 = 5;
/// How many digits a PIN has.
const DIGITS: std::ops::RangeInclusive<usize> = 4..=8;
/// What one check costs: memory that every phone has, and a moment of a hub that is put five hundred.
const MEMORY_KIB: u32 = 512;
const PASSES: u32 = 1;
/// The scheme of this file. Another cost is another scheme.
const SCHEME: u8 = 1;

/// A PIN, salted and hashed with Argon2id.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct DeliveryPin {
    #[n(0)]
    scheme: u8,
    #[n(1)]
    salt: ByteArray<16>,
    #[n(2)]
    hash: ByteArray<32>,
}

impl DeliveryPin {
    /// Says whether a text could be a PIN.
    pub fn is_one(pin: &str) -> bool {
        DIGITS.contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// Keeps a PIN; `None` for what is no PIN. A salt is used for one job and never again.
    pub fn new(pin: &str, salt: [u8; 16]) -> Option<Self> {
        let hash = Self::is_one(pin).then(|| hash(pin, &salt))??;
        Some(Self { scheme: SCHEME, salt: salt.into(), hash: hash.into() })
    }

    /// The same for whoever reads the plan elsewhere: that there is a PIN, and nothing to try one with.
    #[must_use]
    pub fn sealed() -> Self {
        Self { scheme: 0, salt: [0; 16].into(), hash: [0; 32].into() }
    }

    /// Says whether this is the PIN; `None` if a newer hub hashed it in a way that this reader does
    /// not know.
    pub fn check(&self, pin: &str) -> Option<bool> {
        if self.scheme != SCHEME {
            return None;
        }
        Some(hash(pin, &self.salt)? == *self.hash)
    }
}

fn hash(pin: &str, salt: &[u8; 16]) -> Option<[u8; 32]> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).ok()?;
    let mut hash = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(pin.as_bytes(), salt, &mut hash).ok()?;
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn a_pin_is_known_again_and_is_not_in_the_bytes() {
        let kept = DeliveryPin::new("4711", [7; 16]).unwrap();
        assert_eq!([kept.check("4711"), kept.check("4712")], [Some(true), Some(false)]);
        assert_ne!(kept.hash, DeliveryPin::new("4711", [8; 16]).unwrap().hash, "salted");
        let bytes = cbor::encode(&kept);
        assert!(!bytes.windows(4).any(|window| window == b"4711"));
        assert_eq!(cbor::decode::<DeliveryPin>("pin", &bytes).unwrap(), kept);
        assert_eq!(DeliveryPin { scheme: 9, ..kept }.check("4711"), None);
    }

    #[test]
    fn what_is_no_pin_is_not_kept() {
        for wrong in ["", "123", "123456789", "12a4", "١٢٣٤"] {
            assert_eq!(DeliveryPin::new(wrong, [7; 16]), None, "{wrong}");
        }
    }
}
