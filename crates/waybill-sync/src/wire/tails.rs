//! Tails on the wire: the facts of each are one byte string of columns.
//!
//! A few hundred bytes can unpack to very much. So the tails of a message are read one after the other
//! out of one room, and reading stops where it is used up.

use minicbor::bytes::ByteVec;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encoder};
use waybill_core::journal::Genesis;

use super::Tail;
use crate::code::Code;
use crate::columns::{Room, pack, unpack};
use crate::limits::TAILS_MAX;

/// A tail as it lies in a message.
#[derive(Decode)]
struct PackedTail<'b> {
    #[n(0)]
    genesis: Genesis,
    #[n(1)]
    first_seq: u64,
    #[b(2)]
    #[cbor(with = "minicbor::bytes")]
    facts: &'b [u8],
    #[n(3)]
    seal: ByteVec,
}

pub(super) fn pack_facts<C, W: minicbor::encode::Write>(
    facts: &[ByteVec],
    encoder: &mut Encoder<W>,
    _: &mut C,
) -> Result<(), minicbor::encode::Error<W::Error>> {
    let facts: Vec<&[u8]> = facts.iter().map(|fact| fact.as_slice()).collect();
    encoder.bytes(&pack(&facts))?.ok()
}

pub(super) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Vec<Tail>, Error> {
    read(decoder, &mut Room::of_message())
}

fn read(decoder: &mut Decoder<'_>, room: &mut Room) -> Result<Vec<Tail>, Error> {
    let count = decoder.array()?.ok_or_else(|| Error::message("tails without a number"))?;
    if usize::try_from(count).map_or(true, |count| count > TAILS_MAX) {
        return Err(Error::custom(Code::BodyTooLarge));
    }
    let mut tails = Vec::new();
    for _ in 0..count {
        let PackedTail { genesis, first_seq, facts, seal } = decoder.decode()?;
        let facts = unpack(facts, room).map_err(Error::custom)?;
        let facts = facts.into_iter().map(ByteVec::from).collect();
        tails.push(Tail { genesis, first_seq, facts, seal });
    }
    Ok(tails)
}

#[cfg(test)]
mod tests;
