//! What this store knows of and does not hold: facts, by where they are named, and blobs, by hash.
//!
//! After a restore the hub cannot know which receipts it signed since the backup. It knows which devices
//! have not spoken yet, what a later epoch says of the one before, and what facts name.

use std::collections::BTreeMap;

use waybill_core::fact::{Body, Fact};
use waybill_core::id::{DeviceId, FactId};

use crate::api::upkeep::{BlobGap, DeviceGap, EpochGap, GapsView};
use crate::blobs::blob_path;
use crate::error::HubError;
use crate::hub::Hub;
use crate::store::{JournalKey, NamedBlob, Tx};

impl Hub {
    /// Lists what is known of and not here.
    pub fn gaps(&self) -> Result<GapsView, HubError> {
        self.store.read(|tx| {
            let restored_at_ms = tx.list_lives()?.last().map(|life| life.began_at);
            let mut epochs = epoch_gaps(tx)?;
            let mut devices = Vec::new();
            for device in tx.list_devices()? {
                let is_silent = restored_at_ms.is_some_and(|began_at| {
                    device.last_contact.is_none_or(|contact| contact < began_at)
                });
                let gaps = epochs.remove(&device.device_id).unwrap_or_default();
                if is_silent || !gaps.is_empty() {
                    devices.push(DeviceGap {
                        device_id: device.device_id.to_string(),
                        name: device.name,
                        last_contact_ms: device.last_contact,
                        is_silent,
                        epochs: gaps,
                    });
                }
            }
            Ok(GapsView {
                store_epoch: tx.store_epoch()?,
                restored_at_ms,
                backed_up_to_ms: tx.backed_up_to()?,
                devices,
                blobs: self.blob_gaps(tx)?,
            })
        })
    }

    fn blob_gaps(&self, tx: &Tx<'_>) -> Result<Vec<BlobGap>, HubError> {
        let mut gaps: Vec<_> =
            tx.list_missing_blobs()?.into_iter().map(|named| gap(named, false)).collect();
        for (hash, size) in tx.list_blobs()? {
            let found = std::fs::metadata(blob_path(self.store.dir(), hash));
            if found.map(|found| found.len()).ok() != Some(size) {
                gaps.extend(tx.list_facts_naming(hash)?.into_iter().map(|named| gap(named, true)));
            }
        }
        Ok(gaps)
    }
}

fn gap(named: NamedBlob, is_file_lost: bool) -> BlobGap {
    BlobGap {
        hash: named.hash.to_string(),
        fact_id: named.fact_id.to_string(),
        run_id: named.run_id,
        job_id: named.job_id,
        is_file_lost,
    }
}

/// Epochs of which something names more than is held.
fn epoch_gaps(tx: &Tx<'_>) -> Result<BTreeMap<DeviceId, Vec<EpochGap>>, HubError> {
    let (mut held, mut named) = (BTreeMap::new(), BTreeMap::<JournalKey, u64>::new());
    let mut name = |key: JournalKey, seq: u64| {
        let most = named.entry(key).or_default();
        *most = seq.max(*most);
    };
    for (genesis, seq) in tx.list_epochs()? {
        held.insert((genesis.device, genesis.epoch), seq);
        if let Some(after) = genesis.after {
            name((genesis.device, after.epoch), after.seq);
        }
    }
    for bytes in tx.list_facts_of_kind("undone")? {
        if let Ok(Body::Undone(undone)) = Fact::from_bytes(&bytes).map(|fact| fact.body()) {
            let FactId { device, epoch, seq } = undone.fact_id;
            name((device, epoch), seq);
        }
    }
    let mut gaps = BTreeMap::<DeviceId, Vec<EpochGap>>::new();
    for ((device, epoch), named_seq) in named {
        let held_seq = held.get(&(device, epoch)).copied().unwrap_or(0);
        if named_seq > held_seq {
            let gap = EpochGap { epoch: epoch.to_string(), held_seq, named_seq };
            gaps.entry(device).or_default().push(gap);
        }
    }
    Ok(gaps)
}
