//! The canonical bytes of the record: CBOR by position, shortest form.
//!
//! Every stored or sent record is an array whose positions have fixed meanings. A newer writer
//! appends positions; an older reader skips them. Nothing here decides what the bytes mean.

use minicbor::{Decode, Encode};

/// Bytes that are not the record they were taken for.
#[derive(Debug, thiserror::Error)]
#[error("failed to read a {what}: {source}")]
pub struct Malformed {
    what: &'static str,
    source: minicbor::decode::Error,
}

impl Malformed {
    /// Names a record that was well-formed CBOR but broke a rule of its own.
    pub fn rule(what: &'static str, rule: &'static str) -> Self {
        Self { what, source: minicbor::decode::Error::message(rule) }
    }
}

/// Writes a record.
pub fn encode<T: Encode<()>>(record: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    match minicbor::encode(record, &mut bytes) {
        Ok(()) => bytes,
        // A Vec takes any bytes, and our derived encoders raise no error of their own.
        Err(error) => unreachable!("writing a record into memory failed: {error}"),
    }
}

/// Reads a record and nothing after it.
pub fn decode<'b, T: Decode<'b, ()>>(what: &'static str, bytes: &'b [u8]) -> Result<T, Malformed> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let record = decoder.decode().map_err(|source| Malformed { what, source })?;
    if decoder.position() != bytes.len() {
        return Err(Malformed::rule(what, "bytes follow the record"));
    }
    Ok(record)
}

#[cfg(test)]
mod tests;
