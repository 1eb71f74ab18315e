//! Letting go: an answer says that a run has left and how far the backups reach, and a phone frees what
//! is safe elsewhere while something else on it has never been sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, ensure};
use waybill_core::fact::Fact;
use waybill_core::id::{BlobHash, DeviceId, FactId};
use waybill_core::proof::Method;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, OfJob};
use waybill_device::api::view::StoreHealth;
use waybill_device::blob_folder::{BlobFolder, ORPHAN_AGE};
use waybill_device::engine::Engine;
use waybill_device::store::{Place, Store};
use waybill_hub::{Asker, Hub};

use super::phone::{open, photo, tap, whole_facts};
use super::{say, twice};
use crate::bench_phone::{BenchPhone, RUN};
use crate::clock::MORNING;
use crate::picture;
use crate::power::image::{Image, memory_folder};
use crate::world::demo_run;

/// The run that stays; the other one leaves.
const STAYS: &str = "R2";
/// Between what is held and the backup that has it.
const LATER_MS: i64 = 60_000;

fn job(run: &str, number: usize) -> anyhow::Result<OfJob> {
    Ok(OfJob { run_id: run.parse()?, job_id: format!("{run}-J{number:03}").parse()? })
}

/// Three lives of a phone: one delivers for the run that leaves and one for the run that stays, and both
/// are in a backup. What the third captures, nobody has been told.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    let elsewhere = memory_folder()?;
    let phone = elsewhere.path().join("phone");
    let mut bench = BenchPhone::with_run(&phone, 2)?;
    bench.hub.put_run(&Asker::Console, &STAYS.parse()?, &demo_run(STAYS, 2)?)?;
    bench.round()?;
    let device = bench.device();
    let BenchPhone { mut engine, hub, clock, .. } = bench;
    let over = deliver(&mut engine, &job(RUN, 1)?, 1)?;
    talk(&mut engine, &hub, device)?;
    drop(engine);
    let mut engine = BenchPhone::open(&phone, &clock)?;
    let mut kept = deliver(&mut engine, &job(STAYS, 1)?, 2)?;
    talk(&mut engine, &hub, device)?;
    drop(engine);

    clock.advance_ms(LATER_MS);
    hub.backup_to(&Asker::Console, &elsewhere.path().join("backups"))?;
    clock.advance_ms(LATER_MS);
    let mut given_away = demo_run(RUN, 2)?;
    given_away.driver_id = "tom".parse()?;
    hub.put_run(&Asker::Console, &RUN.parse()?, &given_away)?;
    let mut engine = BenchPhone::open(&phone, &clock)?;
    let answer = hub.sync(device, &engine.ask()?.body)?;
    let of = job(STAYS, 2)?;
    kept.push(engine.step(&of, Step::Arrive)?.fact_id);
    kept.push(engine.keep_photo(&photo(&of, picture::small_jpeg(3)))?.fact_id);
    drop(engine);
    drop(hub);
    fs::remove_dir_all(phone.join("hub"))?;
    Image::read(&phone)?.write(dir)?;
    fs::write(dir.join("kept"), kept.join("\n"))?;
    fs::write(dir.join("over"), over.join("\n"))?;
    Ok(fs::write(dir.join("answer"), answer)?)
}

fn deliver(engine: &mut Engine, of: &OfJob, seed: u8) -> anyhow::Result<Vec<String>> {
    let arrived = engine.step(of, Step::Arrive)?.fact_id;
    let shot = engine.keep_photo(&photo(of, picture::small_jpeg(seed)))?.fact_id;
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    let deliver =
        Deliver { run_id, job_id, lines: vec![], method: Method::default(), together: vec![] };
    Ok(vec![arrived, shot, engine.deliver(&deliver)?.fact_id])
}

/// Talks until facts and evidence are received.
fn talk(engine: &mut Engine, hub: &Hub, device: DeviceId) -> anyhow::Result<()> {
    for _ in 0..3 {
        let asked = engine.ask()?;
        for hash in engine.hear(&asked, &hub.sync(device, &asked.body)?)?.wanted {
            let bytes = engine.folder().read(hash)?.context("evidence is there")?;
            hub.put_blob(device, hash, &bytes)?;
        }
    }
    let trust = engine.trust_view();
    ensure!((trust.facts_waiting, trust.blobs_waiting) == (0, 0), "the hub has not all: {trust:?}");
    Ok(())
}

pub(super) fn go(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    let (asked, answer) = (engine.ask()?, fs::read(dir.join("answer"))?);
    match twice(|| engine.hear(&asked, &answer)) {
        Ok(_) => say("let go")?,
        Err(problem) => say(&format!("failed {}", problem.code))?,
    }
    let of = job(STAYS, 2)?;
    let last = photo(&of, picture::small_jpeg(4));
    tap(&mut engine, |engine| engine.keep_photo(&last))
}

/// I2, I4: what no receipt names is whole, what goes goes whole, and no bytes stay for ever.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let kept = fs::read_to_string(dir.join("kept"))?;
    let kept: Vec<&str> = kept.lines().chain(super::after(said, "saved")).collect();
    let has_let_go = said.iter().any(|line| line == "let go");
    all_there(dir, &kept)?;
    rows_and_files(dir, has_let_go)?;

    let mut engine = open(dir)?;
    let asked = engine.ask()?;
    engine.hear(&asked, &fs::read(dir.join("answer"))?)?;
    engine.close()?;
    rows_and_files(dir, true)?;
    // Files whose rows went before the phone was stopped are swept once they are old.
    let old = SystemTime::now() - ORPHAN_AGE * 2;
    for file in fs::read_dir(dir.join("blobs"))? {
        File::options().write(true).open(file?.path())?.set_modified(old)?;
    }
    all_there(dir, &kept)?;
    let rows = rows_and_files(dir, true)?;
    let files = fs::read_dir(dir.join("blobs"))?.count();
    ensure!(files == rows, "{files} files lie there for {rows} rows");
    Ok(())
}

fn all_there(dir: &Path, kept: &[&str]) -> anyhow::Result<()> {
    let mut engine = open(dir)?;
    ensure!(engine.trust_view().store == StoreHealth::Good, "the store was set aside");
    let there = whole_facts(&mut engine, STAYS)?;
    let lost = kept.iter().find(|id| !there.contains(**id));
    ensure!(lost.is_none(), "{lost:?} was captured, nobody has it, and it is gone");
    Ok(engine.close()?)
}

/// Looks below the engine: every row has its file, every epoch all its facts, every fact its evidence
/// unless that may go. Counts the rows of evidence.
fn rows_and_files(dir: &Path, has_let_go: bool) -> anyhow::Result<usize> {
    let place = Place { path: dir.join("waybill.db"), device: None, now: MORNING };
    let store = Store::open(&place)?.store;
    let folder = BlobFolder::open(dir)?;
    let blobs: BTreeSet<BlobHash> = store.blobs()?.into_iter().map(|blob| blob.hash).collect();
    for hash in &blobs {
        ensure!(folder.read(*hash)?.is_some(), "{hash} has a row and no file");
    }
    let device = waybill_device::vault::Vault::open(&dir.join("vault"))?.crew()?;
    let (device, _) = device.and_then(|crew| crew.keys()).context("the phone is enrolled")?;
    let over = fs::read_to_string(dir.join("over"))?;
    let over: BTreeSet<&str> = over.lines().collect();
    let (mut ends, mut is_over_there) = (BTreeMap::new(), 0);
    for own in store.own_facts()? {
        let end = ends.entry(own.epoch).or_insert(0);
        *end += 1;
        ensure!(own.seq == *end, "epoch {:?} has lost fact {end}", own.epoch);
        let id = FactId { device, epoch: own.epoch, seq: own.seq }.to_string();
        let is_over = over.contains(id.as_str());
        is_over_there += usize::from(is_over);
        let blob = Fact::from_bytes(&own.bytes)?.body().blob();
        let has_evidence = blob.is_none_or(|hash| blobs.contains(&hash));
        ensure!(has_evidence || is_over, "{id} has lost its evidence");
    }
    ensure!([0, over.len()].contains(&is_over_there), "half an epoch is gone");
    ensure!(!has_let_go || is_over_there == 0, "what may go has not gone");
    Ok(blobs.len())
}
