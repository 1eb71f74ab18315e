//! After a salvage, or in a copied store: what the hub sends back of this phone's own, and evidence that
//! lost its row.
//!
//! What was lost here and is held by the hub comes back by the ordinary answer, as facts of this device
//! among those of others. It is shown and never sealed again: the journal holds only what was read here.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::cbor;
use waybill_core::fact::{Body, Fact};
use waybill_core::id::{BlobHash, FactId};

use super::life::Memory;
use super::{Asked, Engine};
use crate::problem::Problem;
use crate::store::{SALVAGED, Salvaged, StoredBlob};

/// How long a salvage is spoken of: until everybody in charge has been at work once, weekends included.
const SHOWN_MS: i64 = 4 * 86_400_000;

impl Engine {
    /// The hub is asked for what it holds of this phone.
    pub(super) fn is_healing(&self) -> bool {
        self.has_lost() || self.memory != Memory::Whole
    }

    /// Something of this store was lost, and the hub has not told all of it yet.
    pub(super) fn has_lost(&self) -> bool {
        self.salvaged.is_some_and(|salvaged| salvaged.is_healing)
    }

    /// What is known after an answer: all, once the hub was asked for this phone's own and has no more. Of a run
    /// that is new here it sends that unasked, and the rest must be asked for.
    pub(super) fn memory_after(&self, asked: &Asked, has_more: bool, is_new_run: bool) -> Memory {
        match has_more {
            false if asked.wants_own => Memory::Whole,
            true if is_new_run => self.memory.max(Memory::Doubtful),
            _ => self.memory,
        }
    }

    /// Knows so much from now on. Files that nothing names may go only once no fact can come back for them.
    pub(super) fn remember(&mut self, memory: Memory) -> Result<(), Problem> {
        let is_whole_now = memory == Memory::Whole && self.memory != Memory::Whole;
        self.memory = memory;
        if is_whole_now { self.tidy_evidence() } else { Ok(()) }
    }

    /// What was salvaged, as long as somebody should hear of it.
    pub(super) fn shown_salvage(&self) -> Option<Salvaged> {
        let now = self.clock.read().wall_ms;
        self.salvaged.filter(|salvaged| salvaged.is_healing || now <= salvaged.at.plus_ms(SHOWN_MS))
    }

    /// The mark that says that the hub has sent back all it holds.
    pub(super) fn healed_mark(&mut self) -> Option<(&'static str, Vec<u8>)> {
        let salvaged = self.salvaged.as_mut().filter(|salvaged| salvaged.is_healing)?;
        salvaged.is_healing = false;
        Some((SALVAGED, cbor::encode(salvaged)))
    }

    /// Gives evidence its row back where a fact names it, its bytes are here, and the row was lost.
    pub(super) fn reattach(&mut self, facts: &[Fact]) -> Result<Vec<StoredBlob>, Problem> {
        let mut found = BTreeMap::new();
        for body in facts.iter().map(Fact::body) {
            let Some((hash, mime)) = evidence(&body) else { continue };
            if self.blobs.contains_key(&hash) || found.contains_key(&hash) {
                continue;
            }
            if let Some(bytes) = self.folder.read(hash)? {
                found.insert(hash, StoredBlob::new(hash, bytes.len(), mime));
            }
        }
        Ok(found.into_values().collect())
    }

    /// Every fact of this device that can be read, with those that came back from the hub.
    pub(super) fn own_read(&self) -> Result<Vec<(FactId, Fact)>, Problem> {
        let Ok((device, _)) = self.me() else { return Ok(Vec::new()) };
        let own = self.store.own_facts()?.into_iter();
        let own = own.map(|own| (FactId { device, epoch: own.epoch, seq: own.seq }, own.bytes));
        let back = self.store.foreign_facts()?.into_iter().map(|fact| (fact.id, fact.bytes));
        let all = own.chain(back.filter(|(id, _)| id.device == device));
        Ok(all.filter_map(|(id, bytes)| Some((id, Fact::from_bytes(&bytes).ok()?))).collect())
    }

    /// Puts evidence in order when the phone opens: rows that were lost come back, and files that
    /// nothing names go once no capture can be waiting for them.
    pub(super) fn tidy_evidence(&mut self) -> Result<(), Problem> {
        let facts: Vec<_> = self.own_read()?.into_iter().map(|(_, fact)| fact).collect();
        if self.is_healing() {
            // Facts may come back that name what seems to be nobody's.
            let found = self.reattach(&facts)?;
            self.store.put_blobs(&found)?;
            self.blobs.extend(found.into_iter().map(|blob| (blob.hash, blob)));
            return Ok(());
        }
        let named = facts.iter().filter_map(|fact| fact.body().blob());
        let kept: BTreeSet<BlobHash> = named.chain(self.blobs.keys().copied()).collect();
        self.folder.sweep(&kept);
        Ok(())
    }
}

/// The evidence that a fact names, and what kind of file it is.
fn evidence(body: &Body) -> Option<(BlobHash, &'static str)> {
    let mime = match body {
        Body::Signed(_) | Body::LoadSealed(_) => super::STROKES_MIME,
        _ => super::PHOTO_MIME,
    };
    Some((body.blob()?, mime))
}
