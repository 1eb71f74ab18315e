//! Repairs: what was changed inside is packed, signed and summed again, or everything would die at the
//! first check.

use waybill_sync::key::HubKey;

use crate::cbor::Node;

/// Puts a message into its envelope. The level is the product's affair and not what is tried here.
pub(crate) fn pack(message: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(message, 1).unwrap()
}

/// Takes a message out of its envelope.
pub(crate) fn unpack(packed: &[u8]) -> Vec<u8> {
    zstd::bulk::decompress(packed, 8 * 1024 * 1024).unwrap()
}

/// Signs a `COSE_Sign1` again with the hub's key, whatever its payload is by now.
pub(crate) fn sign_again(cose: &mut Node, purpose: &[u8], key: &HubKey) {
    let part = |cose: &mut Node, at: usize| cose.at(at).cloned().unwrap_or(Node::Bytes(vec![]));
    let signed = Node::Array(vec![
        Node::Text(b"Signature1".to_vec()),
        part(cose, 0),
        Node::Bytes(purpose.to_vec()),
        part(cose, 2),
    ]);
    if let Some(signature) = cose.at(3) {
        *signature = Node::Bytes(key.sign(&signed.write()).to_vec());
    }
}
