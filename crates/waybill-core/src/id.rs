//! Names of things, a newtype each, so that a run can never be taken for a job.
//!
//! Ids of the plan are words that the office's own system chose. Ids of the record are bytes that a
//! device or the hub made.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The longest id that the office may choose.
pub const ID_BYTES_MAX: usize = 64;

/// Text that cannot be an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to {ID_BYTES_MAX} letters, digits, dots, dashes, underscores or colons")]
pub struct InvalidId;

fn check_word(text: &str) -> Result<(), InvalidId> {
    let ok = |byte: u8| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte);
    if (1..=ID_BYTES_MAX).contains(&text.len()) && text.bytes().all(ok) {
        Ok(())
    } else {
        Err(InvalidId)
    }
}

macro_rules! word_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(try_from = "String", into = "String")]
        #[ts(type = "string")]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                check_word(&text)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                decoder: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::from_str(decoder.str()?).map_err(minicbor::decode::Error::message)
            }
        }
    };
}

word_id!(
    /// One of the company's sites.
    DepotId
);
word_id!(
    /// One vehicle's working day.
    RunId
);
word_id!(
    /// One piece of work at one place for one customer.
    JobId
);
word_id!(
    /// One line of goods within a job.
    ItemId
);
word_id!(
    /// Somebody who signs in or drives.
    PersonId
);

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let mut bytes = [0; $bytes];
                let lower = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
                if text.len() != 2 * $bytes || !text.bytes().all(lower) {
                    return Err(InvalidId);
                }
                for (at, byte) in bytes.iter_mut().enumerate() {
                    let pair = text.get(2 * at..2 * at + 2).ok_or(InvalidId)?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidId)?;
                }
                Ok(Self(bytes))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = InvalidId;
            fn try_from(bytes: &[u8]) -> Result<Self, InvalidId> {
                bytes.try_into().map(Self).map_err(|_| InvalidId)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                decoder: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(decoder.bytes()?).map_err(minicbor::decode::Error::message)
            }
        }
    };
}

byte_id!(
    /// An enrolled phone or tablet.
    DeviceId,
    16
);
byte_id!(
    /// The SHA-256 of a piece of evidence, which is also its name.
    BlobHash,
    32
);
byte_id!(
    /// The hash of a fact and of all that came before it in its journal.
    ChainHash,
    32
);
byte_id!(
    /// Which store a hub keeps; a new store has a new id.
    StoreId,
    16
);

/// One uninterrupted life of a device's journal.
///
/// The upper half counts, so that the epochs of one device sort in the order they were opened; the
/// lower half is a die's roll, so that two clones of one phone never write under the same epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Epoch(#[n(0)] pub u64);

impl Epoch {
    /// The epoch that follows this one on the same device.
    #[must_use]
    pub fn after(previous: Option<Self>, roll: u32) -> Self {
        let count = previous.map_or(0, |epoch| epoch.0 >> 32).saturating_add(1);
        Self((count.min(u64::from(u32::MAX >> 1)) << 32) | u64::from(roll))
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// One fact: the device that recorded it, the epoch, and the number within the epoch.
///
/// Facts of one device sort in the order they were recorded; the order between devices means nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct FactId {
    #[n(0)]
    pub device: DeviceId,
    #[n(1)]
    pub epoch: Epoch,
    #[n(2)]
    pub seq: u64,
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.device, self.epoch, self.seq)
    }
}

impl fmt::Debug for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FactId({self})")
    }
}

impl FromStr for FactId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let mut parts = text.splitn(3, '.');
        let mut next = || parts.next().ok_or(InvalidId);
        let device = next()?.parse()?;
        let epoch = Epoch(u64::from_str_radix(next()?, 16).map_err(|_| InvalidId)?);
        let seq = next()?.parse().map_err(|_| InvalidId)?;
        Ok(Self { device, epoch, seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_space_or_too_long_is_refused() {
        assert_eq!(JobId::from_str("a b"), Err(InvalidId));
        assert_eq!(JobId::from_str(""), Err(InvalidId));
        assert_eq!(JobId::from_str(&"x".repeat(65)), Err(InvalidId));
        assert!(JobId::from_str(&"x".repeat(64)).is_ok());
    }

    #[test]
    fn a_fact_id_reads_back_from_its_text() {
        let id = FactId { device: DeviceId([7; 16]), epoch: Epoch::after(None, 9), seq: 12 };
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("07.1.x".parse::<FactId>(), Err(InvalidId));
    }

    #[test]
    fn a_later_epoch_sorts_after_an_earlier_one_whatever_the_dice_say() {
        let first = Epoch::after(None, u32::MAX);
        let second = Epoch::after(Some(first), 0);
        assert!(second > first, "order comes from the count, not from the roll");
    }
}
