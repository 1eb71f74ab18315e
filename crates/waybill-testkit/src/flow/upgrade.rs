//! Opening a store that the first version of the app wrote: whatever happens on the way, all that was in
//! it is there afterwards.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use waybill_core::id::DeviceId;
use waybill_core::status::{Status, Step};
use waybill_device::api::command::OfJob;
use waybill_device::blob_folder::BlobFolder;
use waybill_device::vault::Crew;

use super::phone::{open, tap, whole_facts};
use super::{after, say, twice};
use crate::bench_phone::{BenchPhone, RUN};
use crate::power::image::memory_folder;

/// A delivery, a set-out, a plan and a draft, as version 1 of the schema wrote them.
const FIRST: &[u8] = include_bytes!("../../../../tests/golden/device/store_1.db");
const FACTS: usize = 5;
/// Its evidence.
const PHOTO: &[u8] = b"\xff\xd8 a photo";
const SIGNATURE: &[u8] = br#"{"width":300,"height":150,"strokes":[[[1,2,0],[30,40,16]]]}"#;

fn job(word: &str) -> anyhow::Result<OfJob> {
    Ok(OfJob { run_id: RUN.parse()?, job_id: word.parse()? })
}

/// The old store in the folder of a phone that is enrolled as the one that wrote it.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    let elsewhere = memory_folder()?;
    let bench = BenchPhone::enrolled(elsewhere.path(), 1)?;
    let mut crew = serde_json::to_value(bench.engine.crew().context("the phone is enrolled")?)?;
    *crew.get_mut("device_id").context("an enrolment has an id")? =
        DeviceId([1; 16]).to_string().into();
    let mut engine = open(dir)?;
    engine.enrolled(serde_json::from_value::<Crew>(crew)?)?;
    engine.close()?;
    for tail in ["-wal", "-shm"] {
        drop(fs::remove_file(dir.join(format!("waybill.db{tail}"))));
    }
    fs::write(dir.join("waybill.db"), FIRST)?;
    let folder = BlobFolder::open(dir)?;
    for bytes in [PHOTO, SIGNATURE] {
        folder.keep(bytes)?;
    }
    Ok(())
}

pub(super) fn go(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    let of = job("J2")?;
    tap(&mut engine, |engine| engine.step(&of, Step::Arrive))?;
    Ok(engine.close()?)
}

/// I1, I16: the old store opens, nothing of it is missing, and work goes on in it.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let mut engine = open(dir)?;
    let there = whole_facts(&mut engine, RUN)?;
    for id in after(said, "saved") {
        ensure!(there.contains(id), "{id} was called saved and is not there");
    }
    let new = there.len().checked_sub(FACTS);
    ensure!(new.is_some_and(|new| new <= 1), "{} facts are there", there.len());
    let view = |engine: &waybill_device::engine::Engine, word: &str| {
        let of = job(word)?;
        Ok::<_, anyhow::Error>(engine.job_view(&of.run_id, &of.job_id)?)
    };
    ensure!(
        view(&engine, "J1")?.status == Status::Delivered,
        "a delivery of the old store is open"
    );
    let draft = view(&engine, "J2")?.draft;
    ensure!(draft.as_deref() == Some("half a stroke"), "a draft of the old store is {draft:?}");
    let waiting = engine.trust_view();
    ensure!((waiting.facts_waiting, waiting.blobs_waiting) == (u32::try_from(there.len())?, 2));
    if new == Some(0) {
        engine.step(&job("J2")?, Step::Arrive)?;
    }
    engine.close()?;
    let there = whole_facts(&mut open(dir)?, RUN)?;
    ensure!(there.len() == FACTS + 1, "work does not go on in the old store");
    Ok(())
}
