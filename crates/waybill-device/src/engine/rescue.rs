//! The rescue file: what is only on this phone, written so that a hub can take it without the phone.
//!
//! It holds what an ordinary conversation would say, message by message, with no answer in between.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use waybill_core::id::BlobHash;
use waybill_core::journal::Head;
use waybill_sync::envelope;
use waybill_sync::rescue::{EXTENSION, End, Piece};
use waybill_sync::wire::{SyncUp, VERSION};

use super::ask::Room;
use super::{Engine, STROKES_MIME};
use crate::api::view::RescueView;
use crate::problem::Problem;
use crate::store::StoreError;
use crate::vault::{flush_folder_of, make_folder};

/// The most evidence in one file: what still fits on a stick and through a mail. Signatures go first,
/// and what is left out is counted; the facts are always all there.
const BLOB_BYTES_MAX: u64 = 512 * 1024 * 1024;

impl Engine {
    /// Writes everything that no receipt has named into one file. An older one is replaced.
    pub fn rescue(&mut self) -> Result<RescueView, Problem> {
        let folder = self.home.join("rescue");
        make_folder(&folder)?;
        let path = folder.join(format!("phone.{EXTENSION}"));
        let fresh = path.with_extension("fresh");
        match self.write_rescue(&fresh) {
            Ok(view) => {
                fs::rename(&fresh, &path).map_err(StoreError::from)?;
                flush_folder_of(&path)?;
                Ok(RescueView { path: path.to_string_lossy().into_owned(), ..view })
            }
            Err(problem) => {
                // Half a file on a full disk helps nobody.
                drop(fs::remove_file(&fresh));
                Err(problem)
            }
        }
    }

    fn write_rescue(&mut self, path: &Path) -> Result<RescueView, Problem> {
        let (device, _) = self.me()?;
        let made_at = self.clock.read().wall_ms;
        let mut file = File::create(path).map_err(StoreError::from)?;
        let mut put = |piece: &Piece| file.write_all(&piece.to_bytes()).map_err(StoreError::from);
        put(&Piece::begin(device, made_at))?;
        let (mut end, mut facts) = (End::default(), 0);
        for up in self.rescue_messages()? {
            facts += up.tails.iter().map(|tail| tail.facts.len()).sum::<usize>();
            put(&Piece::Message(envelope::pack(&up).into()))?;
            end.messages += 1;
        }
        let mut room = BLOB_BYTES_MAX;
        for (hash, bytes) in self.rescue_blobs() {
            let rest = room.checked_sub(bytes);
            let Some(blob) = rest.map(|_| self.folder.read(hash)).transpose()?.flatten() else {
                end.blobs_left_out += 1;
                continue;
            };
            put(&Piece::Blob(hash, blob.into()))?;
            room = rest.unwrap_or(room);
            end.blobs += 1;
        }
        put(&Piece::End(end))?;
        file.sync_all().map_err(StoreError::from)?;
        let bytes = file.metadata().map_err(StoreError::from)?.len();
        let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
        Ok(RescueView {
            path: String::new(),
            bytes,
            facts: super::view::count(facts),
            blobs: count(end.blobs),
            blobs_left_out: count(end.blobs_left_out),
        })
    }

    /// All tails that no receipt has named, in as many messages as it takes.
    fn rescue_messages(&mut self) -> Result<Vec<SyncUp>, Problem> {
        let mut messages = Vec::new();
        let mut room = Room::new();
        let mut tails = Vec::new();
        let books: Vec<_> = self.journal.epochs().cloned().collect();
        for book in books {
            let mut told = book.receipted_seq.unwrap_or(0);
            while let Some(first) = self.store.next_seq(book.genesis.epoch, told)? {
                // Behind facts that were lost here a tail stands on what the hub holds, or is set aside.
                let before = Head { seq: first - 1, ..book.genesis.head() };
                let tail = self.stretch(book.genesis, before, &mut room)?;
                told = first - 1 + u64::try_from(tail.facts.len()).unwrap_or(u64::MAX);
                if !tail.facts.is_empty() {
                    tails.push(tail);
                }
                if room.is_full(tails.len()) {
                    messages.push(self.rescue_message(std::mem::take(&mut tails)));
                    room = Room::new();
                }
            }
        }
        if !tails.is_empty() {
            messages.push(self.rescue_message(tails));
        }
        Ok(messages)
    }

    /// Plan changes are no part of it: nothing in a file shows who made them.
    fn rescue_message(&self, tails: Vec<waybill_sync::wire::Tail>) -> SyncUp {
        SyncUp {
            version: VERSION,
            at: self.clock.read().wall_ms,
            tails,
            plans: Vec::new(),
            blobs: Vec::new(),
            cursor: self.cursor,
            policy: self.policy().version,
            store: self.hub_store,
            wants_own: None,
        }
    }

    /// Evidence that waits, signatures first.
    fn rescue_blobs(&self) -> Vec<(BlobHash, u64)> {
        let mut waiting: Vec<_> = self.blobs.values().filter(|blob| !blob.is_held).collect();
        waiting.sort_by_key(|blob| (blob.mime != STROKES_MIME, blob.hash));
        waiting.into_iter().map(|blob| (blob.hash, blob.bytes)).collect()
    }
}
