//! The seal: a device's signature on the newest hash of its journal.
//!
//! One seal stands for every fact before it, so a day of 480 facts pays for one signature. It is the
//! signature of a `COSE_Sign1` (RFC 9052) with a detached payload: the payload is recomputed from the
//! facts, and anybody with the device's public key can check it with any COSE library.

use coset::{CborSerializable, CoseSign1Builder, HeaderBuilder, iana};
use minicbor::{Decode, Encode};
use waybill_core::cbor;
use waybill_core::id::DeviceId;
use waybill_core::journal::Head;

use crate::key::{DeviceKey, DevicePublic, Signature};

/// What a seal says.
#[derive(Debug, Encode, Decode)]
struct Sealed {
    #[n(0)]
    what: String,
    #[n(1)]
    device: DeviceId,
    #[n(2)]
    head: Head,
}

fn payload(device: DeviceId, head: Head) -> Vec<u8> {
    cbor::encode(&Sealed { what: "waybill seal 1".to_owned(), device, head })
}

fn unsigned() -> CoseSign1Builder {
    let protected = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).build();
    CoseSign1Builder::new().protected(protected)
}

/// Seals a journal up to a fact.
pub fn seal(key: &DeviceKey, device: DeviceId, head: Head) -> Signature {
    key.sign(&unsigned().build().tbs_detached_data(&payload(device, head), b""))
}

/// Says whether the device sealed its journal up to this fact.
pub fn is_sealed(key: &DevicePublic, device: DeviceId, head: Head, seal: &[u8]) -> bool {
    key.verifies(&unsigned().build().tbs_detached_data(&payload(device, head), b""), seal)
}

/// The seal as a `COSE_Sign1` with its payload, for somebody who has no Waybill.
pub fn to_cose(device: DeviceId, head: Head, seal: &Signature) -> Option<Vec<u8>> {
    unsigned().payload(payload(device, head)).signature(seal.to_vec()).build().to_vec().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use waybill_core::id::Epoch;
    use waybill_core::journal::Genesis;

    #[test]
    fn a_seal_holds_for_one_device_and_one_head() {
        let key = DeviceKey::from_secret(&[5; 32]).unwrap();
        let device = DeviceId([1; 16]);
        let start = Genesis { device, epoch: Epoch::after(None, 3), after: None }.head();
        let head = start.after(b"a fact");
        let seal = seal(&key, device, head);
        assert!(is_sealed(&key.public(), device, head, &seal));
        assert!(!is_sealed(&key.public(), device, start.after(b"another"), &seal));
        assert!(!is_sealed(&key.public(), DeviceId([2; 16]), head, &seal));
        let other = DeviceKey::from_secret(&[6; 32]).unwrap();
        assert!(!is_sealed(&other.public(), device, head, &seal));
        assert!(!is_sealed(&key.public(), device, head, b"short"));
    }

    #[test]
    fn any_cose_library_can_check_a_seal() {
        let key = DeviceKey::from_secret(&[5; 32]).unwrap();
        let device = DeviceId([1; 16]);
        let head = Genesis { device, epoch: Epoch::after(None, 3), after: None }.head();
        let cose = to_cose(device, head, &seal(&key, device, head)).unwrap();
        let read = coset::CoseSign1::from_slice(&cose).unwrap();
        read.verify_signature(b"", |signature, message| {
            key.public().verifies(message, signature).then_some(()).ok_or("wrong")
        })
        .unwrap();
    }
}
