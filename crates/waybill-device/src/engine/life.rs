//! The lives of a phone: whether its store goes on where it was, was killed, or is a copy of an earlier day.
//!
//! Every open is a life with a mark of its own, in the vault and in the store. No backup carries the vault, so
//! a store that was last opened under another mark is a copy. What the phone told the hub since the copy
//! was made is asked for there; until then the screen says that it may be missing (I8, I17).

use minicbor::{Decode, Encode};
use waybill_core::cbor;

use super::mark;
use crate::clock::{Dice, roll};
use crate::problem::Problem;
use crate::store::{Store, StoreError};
use crate::vault::Vault;

/// How much this phone knows of what it has told the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub(super) enum Memory {
    #[default]
    #[n(0)]
    Whole,
    /// It was not closed, or is new here: there may be more.
    #[n(1)]
    Doubtful,
    /// The store is a copy, and whatever was done since it was made is not in it.
    #[n(2)]
    Copied,
}

/// The life that begins with an open.
pub(super) struct Life {
    /// Its mark; `None` if the disk did not take it, and then the next life does not continue this one.
    pub(super) mark: Option<Vec<u8>>,
    /// The store was closed in the life before this one: the journal goes on in its epoch.
    pub(super) is_continued: bool,
    pub(super) memory: Memory,
}

impl Life {
    /// Begins a life. In doubt the journal goes on in a new epoch, which costs nothing but a few bytes.
    pub(super) fn begin(
        store: &mut Store,
        vault: &Vault,
        dice: &dyn Dice,
        mut makes_way: impl FnMut(&StoreError) -> bool,
    ) -> Result<Self, Problem> {
        let last = vault.life()?;
        let closed = store.mark(mark::CLOSED)?;
        let is_continued = closed.is_some() && closed == last;
        let opened_in = store.mark(mark::LIFE)?.or(closed);
        let found = match opened_in {
            Some(opened_in) if Some(&opened_in) != last.as_ref() => Memory::Copied,
            _ if is_continued => Memory::Whole,
            _ => Memory::Doubtful,
        };
        let memory = mark::read_mark::<Memory>(store, mark::MEMORY)?.unwrap_or_default().max(found);
        let mark = roll::<16>(dice).to_vec();
        // The vault first: between the two, the store is taken for a copy and not for the one it was.
        let mark = vault.set_life(&mark).is_ok().then_some(mark);
        let noted = mark.as_ref().or(last.as_ref());
        let (noted, told) = (noted.map(Vec::as_slice), cbor::encode(&memory));
        let begun = match store.begin_life(noted, &told) {
            Err(error) if makes_way(&error) => store.begin_life(noted, &told),
            begun => begun,
        };
        match begun {
            Ok(()) => {}
            Err(error) if error.is_damage() => return Err(error.into()),
            // On a full disk a store still opens: what is on it can be seen and sent. What is written once
            // there is room again begins an epoch of its own.
            Err(_) => return Ok(Self { mark: None, is_continued: false, memory }),
        }
        Ok(Self { is_continued: is_continued && mark.is_some(), mark, memory })
    }
}
