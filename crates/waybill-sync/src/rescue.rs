//! The rescue file: everything that a phone has and no receipt has named, for a phone that will never
//! speak to its hub again.
//!
//! ```text
//! file  = byte strings in a row (a CBOR sequence, RFC 8742), in each of them one piece
//! piece = [0, [magic, version, device, made at]] | [1, [a sync message as it would have been sent]]
//!       | [2, [SHA-256, bytes of evidence]]      | [3, [messages, blobs, blobs left out]]
//! ```
//!
//! The messages are ordinary ones, so that a hub checks them as it always does; a file says nothing
//! that the device has not sealed. A file that broke off is good up to where it broke.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use waybill_core::cbor;
use waybill_core::id::{BlobHash, DeviceId};
use waybill_core::time::Timestamp;

use crate::code::Code;

/// The version of the file.
pub const VERSION: u32 = 1;
/// How such a file's name ends.
pub const EXTENSION: &str = "waybill-rescue";

const MAGIC: &str = "waybill rescue";

/// A part of the file. A reader passes over kinds that it does not know.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Piece {
    /// The first, and whose file it is.
    #[n(0)]
    Begin(#[n(0)] Begin),
    /// A sync message, packed as for the wire, with tails and nothing else.
    #[n(1)]
    Message(#[n(0)] ByteVec),
    #[n(2)]
    Blob(#[n(0)] BlobHash, #[n(1)] ByteVec),
    /// The last: what should be in the file.
    #[n(3)]
    End(#[n(0)] End),
}

/// Whose file it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Begin {
    #[n(0)]
    magic: String,
    #[n(1)]
    version: u32,
    #[n(2)]
    pub device: DeviceId,
    /// By the phone's clock.
    #[n(3)]
    pub made_at: Timestamp,
}

/// What should be in the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct End {
    #[n(0)]
    pub messages: u64,
    #[n(1)]
    pub blobs: u64,
    /// Evidence that waits on the phone and is not here: its bytes are gone, or the file was full.
    #[n(2)]
    pub blobs_left_out: u64,
}

impl Piece {
    /// The first piece of a device's file.
    pub fn begin(device: DeviceId, made_at: Timestamp) -> Self {
        Self::Begin(Begin { magic: MAGIC.to_owned(), version: VERSION, device, made_at })
    }

    /// The piece as it is written.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::encode(&ByteVec::from(cbor::encode(self)))
    }
}

/// Says whose file it is, before anything in it is believed.
pub fn opens(file: &[u8]) -> Result<Begin, Code> {
    match Pieces::of(file).next() {
        Some(Ok(Piece::Begin(begin))) if begin.magic != MAGIC => Err(Code::BodyMalformed),
        Some(Ok(Piece::Begin(begin))) if begin.version != VERSION => Err(Code::VersionUnknown),
        Some(Ok(Piece::Begin(begin))) => Ok(begin),
        _ => Err(Code::BodyMalformed),
    }
}

/// Reads a file piece by piece. It ends at the first thing that is no piece.
#[derive(Debug)]
pub struct Pieces<'f> {
    decoder: minicbor::Decoder<'f>,
    has_ended: bool,
}

impl<'f> Pieces<'f> {
    /// Begins to read.
    pub fn of(file: &'f [u8]) -> Self {
        Self { decoder: minicbor::Decoder::new(file), has_ended: false }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, Code>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.has_ended && self.decoder.position() < self.decoder.input().len() {
            let Ok(bytes) = self.decoder.bytes() else {
                self.has_ended = true;
                return Some(Err(Code::BodyMalformed));
            };
            // What is whole and unknown was written by a newer phone.
            if let Ok(piece) = cbor::decode("piece", bytes) {
                return Some(Ok(piece));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE: DeviceId = DeviceId([1; 16]);

    fn file() -> Vec<u8> {
        let pieces = [
            Piece::begin(DEVICE, Timestamp(5)),
            Piece::Message(b"a message".to_vec().into()),
            Piece::Blob(BlobHash([4; 32]), b"a photo".to_vec().into()),
            Piece::End(End { messages: 1, blobs: 1, blobs_left_out: 0 }),
        ];
        pieces.iter().flat_map(Piece::to_bytes).collect()
    }

    #[test]
    fn a_file_reads_back_piece_by_piece() {
        let file = file();
        assert_eq!(opens(&file).map(|begin| begin.device), Ok(DEVICE));
        let pieces: Vec<_> = Pieces::of(&file).collect::<Result<_, _>>().unwrap();
        assert_eq!(pieces.iter().flat_map(Piece::to_bytes).collect::<Vec<_>>(), file);
    }

    #[test]
    fn a_file_that_broke_off_is_good_up_to_where_it_broke() {
        let file = file();
        let broken = &file[..file.len() - 2];
        let pieces: Vec<_> = Pieces::of(broken).collect();
        assert_eq!(pieces.len(), 4);
        assert_eq!(pieces[3], Err(Code::BodyMalformed));
        assert!(matches!(pieces[2], Ok(Piece::Blob(..))));
    }

    #[test]
    fn a_piece_of_a_newer_phone_is_passed_over() {
        let unknown = cbor::encode(&ByteVec::from(vec![0x82, 0x18, 99, 0x80]));
        let file = [file(), unknown, file()].concat();
        assert_eq!(Pieces::of(&file).count(), 8);
    }

    #[test]
    fn what_is_no_rescue_file_is_refused_whatever_it_is() {
        for bytes in [b"".as_slice(), b"<html>", &[0x5f, 0xff], &[0x5b, 0xff, 0xff, 0xff, 0xff]] {
            assert_eq!(opens(bytes), Err(Code::BodyMalformed));
        }
        let newer = Begin { magic: MAGIC.to_owned(), version: 2, ..opens(&file()).unwrap() };
        assert_eq!(opens(&Piece::Begin(newer).to_bytes()), Err(Code::VersionUnknown));
    }
}
