//! The receipt: the hub's signed statement of exactly which facts and blobs it holds.
//!
//! Only a receipt lets a phone call something safe at the office, and only a receipt lets it forget
//! bytes. An answer without one, from whatever stood between, counts for nothing.

use coset::{CborSerializable, CoseSign1, CoseSign1Builder, HeaderBuilder, iana};
use minicbor::{Decode, Encode};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, DeviceId, StoreId};
use waybill_core::journal::Head;
use waybill_core::time::Timestamp;

use crate::code::Code;
use crate::key::{HubKey, HubPublic};

/// What the hub states.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    #[n(0)]
    pub store: StoreId,
    /// Counts the times the store was restored from a backup.
    #[n(1)]
    pub store_epoch: u64,
    #[n(2)]
    pub device: DeviceId,
    #[n(3)]
    pub at: Timestamp,
    /// For each epoch asked about, the newest fact of an unbroken row that the hub holds.
    #[n(4)]
    pub heads: Vec<Head>,
    /// Of the blobs offered, those that the hub holds whole.
    #[n(5)]
    pub blobs: Vec<BlobHash>,
    /// What the hub received before this moment is in a backup.
    #[n(6)]
    pub backed_up_to: Option<Timestamp>,
}

impl Receipt {
    /// Signs the receipt: a `COSE_Sign1` with `EdDSA`.
    pub fn sign(&self, key: &HubKey) -> Vec<u8> {
        let protected = HeaderBuilder::new().algorithm(iana::Algorithm::EdDSA).build();
        CoseSign1Builder::new()
            .protected(protected)
            .payload(cbor::encode(self))
            .create_signature(b"waybill receipt 1", |message| key.sign(message).to_vec())
            .build()
            .to_vec()
            .unwrap_or_default()
    }

    /// Reads a receipt that this hub signed for this device.
    pub fn open(bytes: &[u8], key: HubPublic, device: DeviceId) -> Result<Self, Code> {
        let invalid = |_| Code::ReceiptInvalid;
        let cose = CoseSign1::from_slice(bytes).map_err(|_| Code::ReceiptInvalid)?;
        let is_eddsa = cose.protected.header.alg
            == Some(coset::RegisteredLabelWithPrivate::Assigned(iana::Algorithm::EdDSA));
        if !is_eddsa {
            return Err(Code::ReceiptInvalid);
        }
        cose.verify_signature(b"waybill receipt 1", |signature, message| {
            key.verifies(message, signature).then_some(()).ok_or(Code::ReceiptInvalid)
        })?;
        let payload = cose.payload.ok_or(Code::ReceiptInvalid)?;
        let receipt: Self = cbor::decode("receipt", &payload).map_err(invalid)?;
        if receipt.device == device { Ok(receipt) } else { Err(Code::ReceiptInvalid) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId([1; 16]);

    fn receipt() -> Receipt {
        Receipt {
            store: StoreId([9; 16]),
            store_epoch: 1,
            device: DEVICE,
            at: Timestamp(5),
            heads: vec![],
            blobs: vec![BlobHash([4; 32])],
            backed_up_to: None,
        }
    }

    #[test]
    fn a_receipt_reads_back_for_its_device_only() {
        let key = HubKey::from_secret(&[7; 32]);
        let bytes = receipt().sign(&key);
        assert_eq!(Receipt::open(&bytes, key.public(), DEVICE), Ok(receipt()));
        let other = DeviceId([2; 16]);
        assert_eq!(Receipt::open(&bytes, key.public(), other), Err(Code::ReceiptInvalid));
    }

    #[test]
    fn any_changed_bit_of_a_receipt_is_found() {
        let key = HubKey::from_secret(&[7; 32]);
        let bytes = receipt().sign(&key);
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            let read = Receipt::open(&changed, key.public(), DEVICE);
            assert_eq!(read, Err(Code::ReceiptInvalid), "bit {at}");
        }
    }
}
