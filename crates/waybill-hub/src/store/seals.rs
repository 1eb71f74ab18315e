//! Seals as they came, and the stretches of journals that they stand for.

use waybill_core::id::{DeviceId, Epoch, JobId, RunId};
use waybill_core::journal::FactDigest;
use waybill_sync::bundle::{Heard, Link};
use waybill_sync::wire::Verdict;

use super::facts::{VERDICTS, fact_id};
use super::{Tx, signed, unsigned, values};
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
        let sql = "INSERT INTO seals (device_id, epoch, seq, seal) VALUES ($1, $2, $3, $4)
                   ON CONFLICT DO NOTHING";
        self.execute(sql, values![&device.0, epoch.0.cast_signed(), signed(seq), seal])?;
        Ok(())
    }

    /// The first seal at or behind a fact.
    pub(crate) fn get_seal(
        &self,
        device: DeviceId,
        epoch: Epoch,
        seq: u64,
    ) -> Result<Option<(u64, Vec<u8>)>, HubError> {
        let sql = "SELECT seq, seal FROM seals WHERE device_id = $1 AND epoch = $2 AND seq >= $3
                   ORDER BY seq LIMIT 1";
        let of = values![&device.0, epoch.0.cast_signed(), signed(seq)];
        self.get(sql, of, |row| Ok((unsigned(row.get(0)?), row.get(1)?)))
    }

    /// Everything held about a job, whether it counts or not, by device and in its order.
    pub(crate) fn list_heard(
        &self,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<Heard>, HubError> {
        let sql = "SELECT device_id, epoch, seq, received_at_ms, verdict, code FROM facts
                   WHERE run_id = $1 AND job_id = $2 ORDER BY device_id, epoch, seq";
        self.list(sql, values![run_id.as_str(), job_id.as_str()], |row| {
            Ok(Heard {
                fact_id: fact_id(row, 0)?,
                received_at: row.get(3)?,
                verdict: row.one_of(4, &VERDICTS, Verdict::word)?,
                code: row.get(5)?,
            })
        })
    }

    /// An epoch from its first fact to one, with the facts of a job shown and the others hidden.
    pub(crate) fn list_links(
        &self,
        (device, epoch): (DeviceId, Epoch),
        to_seq: u64,
        (run_id, job_id): (&RunId, &JobId),
    ) -> Result<Vec<Link>, HubError> {
        let sql = "SELECT CASE WHEN run_id = $1 AND job_id = $2 THEN 1 ELSE 0 END, bytes FROM facts
                   WHERE device_id = $3 AND epoch = $4 AND seq <= $5 ORDER BY seq";
        let of = values![
            run_id.as_str(),
            job_id.as_str(),
            &device.0,
            epoch.0.cast_signed(),
            signed(to_seq)
        ];
        self.list(sql, of, |row| {
            let (is_shown, bytes): (bool, &[u8]) = (row.get(0)?, row.get(1)?);
            Ok(if is_shown {
                Link::Shown(bytes.to_vec().into())
            } else {
                Link::Hidden(FactDigest::of(bytes))
            })
        })
    }

    /// What a device is called.
    pub(crate) fn get_device_name(&self, device: DeviceId) -> Result<Option<String>, HubError> {
        let sql = "SELECT name FROM devices WHERE device_id = $1";
        self.get(sql, values![&device.0], |row| row.get(0))
    }
}
