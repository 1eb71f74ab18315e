//! The envelope of a sync message: CBOR inside zstd, with caps before anything is inflated.

use std::error::Error;
use std::io::Read;

use minicbor::{Decode, Encode};
use waybill_core::cbor;

use crate::code::Code;
use crate::limits::{BODY_BYTES_MAX, MESSAGE_BYTES_MAX};

/// The media type of a sync message.
pub const MEDIA_TYPE: &str = "application/cbor";
/// How it is compressed.
pub const ENCODING: &str = "zstd";

/// A phone's battery pays for the level; a message is small, so a high one is cheap.
const LEVEL: i32 = 12;
/// The largest window a sender may ask us to keep in memory: that of the largest message.
const WINDOW_LOG_MAX: u32 = 22;

/// Packs a message.
pub fn pack<T: Encode<()>>(message: &T) -> Vec<u8> {
    let bytes = cbor::encode(message);
    match zstd::bulk::compress(&bytes, LEVEL) {
        Ok(packed) => packed,
        // Compressing memory into memory fails only when memory is gone.
        Err(error) => unreachable!("compressing a message failed: {error}"),
    }
}

/// Opens a message that somebody sent.
pub fn open<T: for<'b> Decode<'b, ()>>(what: &'static str, body: &[u8]) -> Result<T, Code> {
    if body.len() > BODY_BYTES_MAX {
        return Err(Code::BodyTooLarge);
    }
    let bytes = inflate(body)?;
    cbor::decode(what, &bytes).map_err(|error| reason(&error))
}

/// A message that is beyond a limit says so; whatever else is wrong with one, it cannot be read.
fn reason(error: &(dyn Error + 'static)) -> Code {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.find_map(|cause| cause.downcast_ref().copied()).unwrap_or(Code::BodyMalformed)
}

fn inflate(body: &[u8]) -> Result<Vec<u8>, Code> {
    let mut decoder =
        zstd::stream::read::Decoder::with_buffer(body).map_err(|_| Code::BodyMalformed)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(|_| Code::BodyMalformed)?;
    let mut bytes = Vec::new();
    let cap = u64::try_from(MESSAGE_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(cap).read_to_end(&mut bytes).map_err(|_| Code::BodyMalformed)?;
    if bytes.len() > MESSAGE_BYTES_MAX { Err(Code::BodyTooLarge) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_back() {
        let message = vec!["a".to_owned(), "b".repeat(10_000)];
        let packed = pack(&message);
        assert!(packed.len() < 200, "{} bytes", packed.len());
        assert_eq!(open::<Vec<String>>("text", &packed), Ok(message));
    }

    #[test]
    fn a_bomb_is_refused_without_being_inflated_whole() {
        let bomb = zstd::bulk::compress(&vec![0_u8; 64 * 1024 * 1024], 3).unwrap();
        assert!(bomb.len() < BODY_BYTES_MAX);
        assert_eq!(open::<Vec<u8>>("bomb", &bomb), Err(Code::BodyTooLarge));
    }

    #[test]
    fn a_window_larger_than_any_message_is_refused() {
        // A frame header that asks for a window of 2^27 bytes before the first byte of content.
        let greedy = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x88, 0x01, 0x00, 0x00];
        assert_eq!(open::<Vec<u8>>("greedy", &greedy), Err(Code::BodyMalformed));
    }

    #[test]
    fn what_is_no_message_has_a_code() {
        assert_eq!(open::<Vec<u8>>("x", b"<html>sign in</html>"), Err(Code::BodyMalformed));
        assert_eq!(open::<Vec<u8>>("x", b""), Err(Code::BodyMalformed));
        let truncated = &pack(&vec![1_u8; 1000])[..10];
        assert_eq!(open::<Vec<u8>>("x", truncated), Err(Code::BodyMalformed));
        assert_eq!(open::<Vec<u8>>("x", &vec![0; BODY_BYTES_MAX + 1]), Err(Code::BodyTooLarge));
    }
}
