//! Seals as they came, and the stretches of journals that they stand for.

use rusqlite::{OptionalExtension, params};
use waybill_core::id::{DeviceId, Epoch, FactId, JobId, RunId};
use waybill_core::journal::FactDigest;
use waybill_core::time::Timestamp;
use waybill_sync::bundle::{Heard, Link};
use waybill_sync::wire::Verdict;

use super::{Tx, bad, bytes, signed, unsigned};
use crate::error::HubError;

impl Tx<'_> {
    /// Keeps the seal of a tail. One that is held stays as it is.
    pub(crate) fn put_seal(
        &self,
        device: DeviceId,
        epoch: Epoch,
        seq: u64,
        seal: &[u8],
    ) -> Result<(), HubError> {
        let sql = "INSERT INTO seals (device_id, epoch, seq, seal) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING";
        let mut query = self.0.prepare_cached(sql)?;
        query.execute(params![device.0, epoch.0.cast_signed(), signed(seq), seal])?;
        Ok(())
    }

    /// The first seal at or behind a fact.
    pub(crate) fn get_seal(
        &self,
        device: DeviceId,
        epoch: Epoch,
        seq: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT seq, seal FROM seals WHERE device_id = ? AND epoch = ? AND seq >= ?
             ORDER BY seq LIMIT 1",
        )?;
        let row = query.query_row(params![device.0, epoch.0.cast_signed(), signed(seq)], |row| {
            Ok((unsigned(row.get("seq")?), row.get("seal")?))
        });
        Ok(row.optional()?)
    }

    /// Everything held about a job, whether it counts or not, by device and in its order.
    pub(crate) fn list_heard(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<Heard>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT device_id, epoch, seq, received_at_ms, verdict, code FROM facts
             WHERE run_id = ? AND job_id = ? ORDER BY device_id, epoch, seq",
        )?;
        let rows = query.query_map([run_id.as_str(), job_id.as_str()], |row| {
            let verdict: String = row.get("verdict")?;
            let epoch = Epoch(row.get::<_, i64>("epoch")?.cast_unsigned());
            let (device, seq) = (bytes(row, "device_id")?, unsigned(row.get("seq")?));
            Ok(Heard {
                fact_id: FactId { device, epoch, seq },
                received_at: Timestamp(row.get("received_at_ms")?),
                verdict: [Verdict::Accepted, Verdict::Parked, Verdict::Quarantined]
                    .into_iter()
                    .find(|each| each.word() == verdict)
                    .ok_or_else(|| bad("verdict", rusqlite::types::Type::Text))?,
                code: row.get("code")?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An epoch from its first fact to one, with the facts of a job shown and the others hidden.
    pub(crate) fn list_links(
        &self,
        (device, epoch): (DeviceId, Epoch),
        to_seq: u64,
        (run_id, job_id): (&RunId, &JobId),
    ) -> Result<Vec<Link>, HubError> {
        let mut query = self.0.prepare_cached(
            "SELECT bytes, COALESCE(run_id = ?4 AND job_id = ?5, 0) AS is_shown FROM facts
             WHERE device_id = ?1 AND epoch = ?2 AND seq <= ?3 ORDER BY seq",
        )?;
        let named = params![
            device.0,
            epoch.0.cast_signed(),
            signed(to_seq),
            run_id.as_str(),
            job_id.as_str()
        ];
        let rows = query.query_map(named, |row| {
            let bytes: Vec<u8> = row.get("bytes")?;
            let is_shown = row.get("is_shown")?;
            Ok(if is_shown {
                Link::Shown(bytes.into())
            } else {
                Link::Hidden(FactDigest::of(&bytes))
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What a device is called.
    pub(crate) fn get_device_name(&self, device: DeviceId) -> Result<Option<String>, HubError> {
        let mut query = self.0.prepare_cached("SELECT name FROM devices WHERE device_id = ?")?;
        Ok(query.query_row([device.0], |row| row.get(0)).optional()?)
    }
}
