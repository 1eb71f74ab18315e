//! A damaged store: what can be read of it goes into a new one, and the file itself is set aside.
//!
//! The new store is made whole beside the damaged one before anything is renamed, and a swap that was
//! cut short is finished at the next open. Nothing is ever deleted here, and nothing is taken on trust:
//! a fact goes over if the chain proves it, or, behind facts that are lost, if it reads as a fact.

mod read;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use minicbor::{Decode, Encode};
use waybill_core::cbor;
use waybill_core::fact::Fact;
use waybill_core::id::{ChainHash, DeviceId, Epoch};
use waybill_core::journal::{Genesis, Head};
use waybill_core::time::Timestamp;

use super::marks::{SALVAGED, put_mark};
use super::open::Place;
use super::plans::put_plan;
use super::{Store, StoreError, to_sql};
use crate::vault::flush_folder_of;
use read::Found;

/// What a new store got of a damaged one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Encode, Decode)]
pub struct Salvaged {
    /// By this phone's clock.
    #[n(0)]
    pub at: Timestamp,
    #[n(1)]
    pub facts: u64,
    /// Facts of which there is a trace and which could not be read or proved. They are in the file that
    /// was set aside; the hub sends back those that it holds.
    #[n(2)]
    pub facts_lost: u64,
    #[n(3)]
    pub blobs: u64,
    #[n(4)]
    pub plans: u64,
    #[n(5)]
    pub drafts: u64,
    /// The hub is still to be asked for what it holds of this phone.
    #[n(6)]
    pub is_healing: bool,
}

/// How many damaged stores are kept apart. With more than that nobody repairs this phone any more, and
/// the last name is used again.
const ASIDE_MAX: u32 = 1_000;

/// Makes a new store of what can be read of the one at a place, and sets that one aside.
pub(super) fn salvage(place: &Place) -> Result<Salvaged, StoreError> {
    let path = &place.path;
    let found = Found::read(path);
    let fresh = path.with_extension("salvaging");
    for name in [&fresh, &with_tail(&fresh, "-wal"), &with_tail(&fresh, "-shm")] {
        // The rest of a salvage that was cut short; the damaged store is still there.
        match std::fs::remove_file(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let salvaged = write(&fresh, &found, place)?;
    let number = (1..ASIDE_MAX)
        .find(|number| !path.with_extension(format!("damaged-{number}")).exists())
        .unwrap_or(ASIDE_MAX);
    // From here on the swap is decided, and whoever opens the store next finishes it.
    std::fs::rename(&fresh, path.with_extension(format!("salvaged-{number}")))?;
    flush_folder_of(path)?;
    finish(path)?;
    tracing::warn!(facts = salvaged.facts, lost = salvaged.facts_lost, "The store was salvaged.");
    Ok(salvaged)
}

/// Finishes a swap that has been decided: the damaged store aside with its log, the new one in its place.
pub(super) fn finish(path: &Path) -> Result<(), StoreError> {
    let Some((ready, number)) = decided(path)? else { return Ok(()) };
    let aside = path.with_extension(format!("damaged-{number}"));
    for tail in ["", "-wal", "-shm"] {
        if with_tail(path, tail).exists() {
            std::fs::rename(with_tail(path, tail), with_tail(&aside, tail))?;
        }
    }
    // A log that stayed behind would be played into the new store.
    flush_folder_of(path)?;
    std::fs::rename(ready, path)?;
    flush_folder_of(path)
}

fn decided(path: &Path) -> Result<Option<(PathBuf, u32)>, StoreError> {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else { return Ok(None) };
    let mut prefix = stem.to_owned();
    prefix.push(".salvaged-");
    let prefix = prefix.to_string_lossy().into_owned();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(number) = name.strip_prefix(&prefix).and_then(|number| number.parse().ok()) {
            return Ok(Some((entry.path(), number)));
        }
    }
    Ok(None)
}

fn with_tail(path: &Path, tail: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(tail);
    PathBuf::from(name)
}

/// Writes what was found into a new store, whole and flushed.
fn write(path: &Path, found: &Found, place: &Place) -> Result<Salvaged, StoreError> {
    let proved = Proved::of(found, place.device);
    let salvaged = Salvaged {
        at: place.now,
        facts: count(proved.facts.len()),
        facts_lost: proved.lost + found.facts_unread,
        blobs: count(found.blobs.len()),
        plans: count(found.plans.len()),
        drafts: count(found.drafts.len()),
        is_healing: true,
    };
    let mut store = Store::open_as_is(path)?;
    let tx = store.conn.transaction()?;
    for genesis in proved.geneses.values() {
        let sql = "INSERT INTO epochs (epoch, genesis) VALUES (?1, ?2)";
        tx.prepare_cached(sql)?.execute((to_sql(genesis.epoch.0), cbor::encode(genesis)))?;
    }
    for ((epoch, seq), (hash, bytes)) in &proved.facts {
        let sql = "INSERT INTO facts (epoch, seq, hash, bytes) VALUES (?1, ?2, ?3, ?4)";
        let row = (to_sql(epoch.0), to_sql(*seq), hash.0, bytes);
        tx.prepare_cached(sql)?.execute(row)?;
    }
    for blob in &found.blobs {
        let sql = "INSERT OR IGNORE INTO blobs (hash, bytes, mime) VALUES (?1, ?2, ?3)";
        tx.prepare_cached(sql)?.execute((blob.hash.0, to_sql(blob.bytes), &blob.mime))?;
    }
    for plan in found.plans.values() {
        put_plan(&tx, plan)?;
    }
    for ((run_id, job_id), draft) in &found.drafts {
        let sql = "INSERT INTO drafts (run_id, job_id, draft) VALUES (?1, ?2, ?3)";
        tx.prepare_cached(sql)?.execute((run_id, job_id, draft))?;
    }
    for (name, value) in &found.marks {
        put_mark(&tx, name, value)?;
    }
    put_mark(&tx, SALVAGED, &cbor::encode(&salvaged))?;
    tx.commit()?;
    let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
    let is_busy: bool = store.conn.query_row(sql, [], |row| row.get(0))?;
    store.conn.close().map_err(|(_, error)| error)?;
    if is_busy {
        return Err(StoreError::Damaged("the new store is in use".to_owned()));
    }
    Ok(salvaged)
}

/// The facts that may go over, and the beginnings of their epochs.
#[derive(Default)]
struct Proved<'f> {
    geneses: BTreeMap<Epoch, Genesis>,
    facts: BTreeMap<(Epoch, u64), (ChainHash, &'f [u8])>,
    lost: u64,
}

impl<'f> Proved<'f> {
    fn of(found: &'f Found, device: Option<DeviceId>) -> Self {
        let device = device.or_else(|| found.geneses.values().next().map(|known| known.device));
        let mut proved = Self { geneses: found.geneses.clone(), ..Self::default() };
        let mut epochs: Vec<_> = found.facts.keys().map(|(epoch, _)| *epoch).collect();
        epochs.dedup();
        for epoch in epochs {
            let facts = found.facts.range((epoch, 0)..=(epoch, u64::MAX));
            let facts: Vec<_> = facts.map(|((_, seq), row)| (*seq, row)).collect();
            let first = facts.first().filter(|(seq, _)| *seq == 1).map(|(_, row)| *row);
            let genesis = found.geneses.get(&epoch).copied();
            match genesis.or_else(|| proved.begin(device?, epoch, first?)) {
                Some(genesis) => proved.follow(genesis, &facts),
                None => proved.lost += count(facts.len()),
            }
        }
        proved
    }

    /// Finds the beginning of an epoch again: only the right one leads to the hash of its first fact.
    fn begin(
        &self,
        device: DeviceId,
        epoch: Epoch,
        (hash, bytes): &(ChainHash, Vec<u8>),
    ) -> Option<Genesis> {
        let begun = self.geneses.values().map(Genesis::head);
        let known = self.facts.iter().map(|((epoch, seq), (hash, _))| Head {
            epoch: *epoch,
            seq: *seq,
            hash: *hash,
        });
        let heads = known.chain(begun).filter(|head| head.epoch < epoch).map(Some);
        let mut each = heads.chain([None]).map(|after| Genesis { device, epoch, after });
        each.find(|genesis| genesis.head().after(bytes).hash == *hash)
    }

    /// Takes the facts of an epoch that the chain proves, and counts the others.
    fn follow(&mut self, genesis: Genesis, facts: &[(u64, &'f (ChainHash, Vec<u8>))]) {
        self.geneses.insert(genesis.epoch, genesis);
        let (mut at, mut is_proved) = (genesis.head(), true);
        for (seq, (hash, bytes)) in facts {
            let is_next = *seq == at.seq + 1;
            let is_chained = is_next && at.after(bytes).hash == *hash;
            let is_behind_a_loss = !is_next || !is_proved;
            // Numbers that are missing were lost, for an epoch has no gaps.
            self.lost += seq.saturating_sub(at.seq + 1);
            is_proved = is_chained || (is_behind_a_loss && Fact::from_bytes(bytes).is_ok());
            if is_proved {
                self.facts.insert((genesis.epoch, *seq), (*hash, bytes));
            } else {
                self.lost += 1;
            }
            // Where only the bytes are wrong, the hash beside them still proves what follows.
            (at.seq, at.hash) = (*seq, *hash);
        }
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
