//! A phone's flows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use waybill_core::fact::{Fact, PhotoCategory, SignerRole};
use waybill_core::id::BlobHash;
use waybill_core::proof::Method;
use waybill_core::status::{Status, Step};
use waybill_device::api::command::{Deliver, MoveJob, OfJob, SaveDraft, Sign};
use waybill_device::api::view::{JobView, Saved, StoreHealth};
use waybill_device::engine::{Engine, NewPhoto};
use waybill_device::media::Photo;
use waybill_device::problem::Problem;
use waybill_device::vault::Crew;
use waybill_hub::Asker;
use waybill_hub::api::view::PatchJob;
use waybill_sync::envelope;
use waybill_sync::wire::SyncUp;

use super::{after, say, twice};
use crate::bench_phone::{BenchPhone, RUN};
use crate::clock::{SeededDice, TestClock};
use crate::picture;
use crate::power::image::{Image, memory_folder};

const NEW_NOTE: &str = "the bell is broken";
/// Long enough that a few of them fill the log and it is written back while work goes on.
const DRAFT_BYTES: usize = 1_000_000;
const DRAFTS: usize = 6;

pub(super) fn open(dir: &Path) -> anyhow::Result<Engine> {
    BenchPhone::open(dir, &Arc::new(TestClock::default()))
}

pub(super) fn job(number: usize) -> anyhow::Result<OfJob> {
    Ok(OfJob { run_id: RUN.parse()?, job_id: format!("{RUN}-J{number:03}").parse()? })
}

/// A phone that holds a run, without the hub it came from.
pub(super) fn prepare(dir: &Path, jobs: usize) -> anyhow::Result<()> {
    let BenchPhone { engine, hub, .. } = BenchPhone::with_run(dir, jobs)?;
    engine.close()?;
    drop(hub);
    Ok(std::fs::remove_dir_all(dir.join("hub"))?)
}

/// One delivery. `is_row_first` plants the mistake: the fact is durable and its photo is not.
pub(super) fn capture(dir: &Path, is_row_first: bool) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    let of = job(1)?;
    deliver(&mut engine, &of, picture::small_jpeg(1))?;
    if is_row_first {
        let jpeg = picture::small_jpeg(2);
        let path = dir.join("blobs").join(waybill_core::journal::blob_hash(&jpeg).to_string());
        tap(&mut engine, |engine| {
            let saved = engine.keep_photo(&photo(&of, jpeg.clone()))?;
            let rewritten = std::fs::remove_file(&path).and_then(|()| std::fs::write(&path, &jpeg));
            rewritten.map_err(waybill_device::store::StoreError::from)?;
            Ok(saved)
        })?;
    }
    Ok(())
}

/// The next three jobs: one, the app closed and opened, then two more between drafts and a move.
pub(super) fn day(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    let jobs = engine.run_view(&RUN.parse()?)?.jobs;
    let mut planned = jobs.iter().filter(|job| job.status == Status::Planned);
    let mut next = || planned.next().map(|job| job.job_id.clone()).context("a job is left");
    let (first, second, third) = (next()?, next()?, next()?);
    let of = |job_id: &waybill_core::id::JobId| -> anyhow::Result<OfJob> {
        Ok(OfJob { run_id: RUN.parse()?, job_id: job_id.clone() })
    };
    let dice = SeededDice::new(first.as_str().bytes().map(u64::from).sum());
    let camera = |bytes: usize| -> Vec<u8> {
        let rolls = std::iter::repeat_with(|| dice.roll().to_le_bytes()).flatten();
        b"\xff\xd8\xff\xe0".iter().copied().chain(rolls).take(bytes).collect()
    };
    draft(&mut engine, &of(&first)?, 1_000, 0)?;
    deliver(&mut engine, &of(&first)?, camera(700))?;
    say("closing")?;
    engine.close()?;
    say("closed")?;

    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    for number in 0..3 {
        draft(&mut engine, &of(&second)?, 2_000, number)?;
    }
    deliver(&mut engine, &of(&second)?, camera(60_000))?;
    let run_id = RUN.parse()?;
    engine.move_job(&MoveJob { run_id, job_id: third.clone(), behind: None })?;
    deliver(&mut engine, &of(&third)?, camera(9_000))?;
    // Left as a killed app leaves it: nothing is written back.
    std::process::exit(0);
}

/// Drafts that fill the log until it is written back in the middle of them, and a delivery on either side.
pub(super) fn long(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    deliver(&mut engine, &job(1)?, picture::small_jpeg(1))?;
    for number in 0..DRAFTS {
        draft(&mut engine, &job(2)?, DRAFT_BYTES, number)?;
    }
    deliver(&mut engine, &job(2)?, picture::small_jpeg(2))
}

fn deliver(engine: &mut Engine, of: &OfJob, jpeg: Vec<u8>) -> anyhow::Result<()> {
    let photo = photo(of, jpeg);
    tap(engine, |engine| engine.step(of, Step::Arrive))?;
    tap(engine, |engine| engine.keep_photo(&photo))?;
    let (name, role) = ("Amina".to_owned(), SignerRole::Recipient);
    // Every signature is another one, as in life.
    let mut strokes = picture::autograph();
    strokes.width += u32::try_from(photo.photo.jpeg.len())?;
    let sign = Sign::plain(of.clone(), name, role, strokes);
    tap(engine, |engine| engine.sign(&sign))?;
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    let deliver =
        Deliver { run_id, job_id, lines: vec![], method: Method::default(), together: vec![] };
    tap(engine, |engine| engine.deliver(&deliver))
}

/// One tap, and once more if the disk refused it.
pub(super) fn tap(
    engine: &mut Engine,
    mut work: impl FnMut(&mut Engine) -> Result<Saved, Problem>,
) -> anyhow::Result<()> {
    match twice(|| work(engine)) {
        Ok(saved) => say(&format!("saved {}", saved.fact_id)),
        Err(problem) => say(&format!("failed {}", problem.code)),
    }
}

fn draft(engine: &mut Engine, of: &OfJob, bytes: usize, number: usize) -> anyhow::Result<()> {
    let draft = format!("{}{number}", "0".repeat(bytes));
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    engine.save_draft(&SaveDraft { run_id, job_id, draft: Some(draft) })?;
    say(&format!("draft {} {number}", of.job_id))
}

pub(super) fn photo(of: &OfJob, jpeg: Vec<u8>) -> NewPhoto {
    let photo = Photo { jpeg, width: 16, height: 12, looks: None };
    NewPhoto { of: of.clone(), category: PhotoCategory::Goods, item_id: None, photo }
}

/// I1, I2, I8: what was called saved is there with its evidence, every fact that is there is whole,
/// and the phone goes on under a number that it never gave out.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let mut engine = open(dir)?;
    let there = whole_facts(&mut engine, RUN)?;
    let saved: BTreeSet<&str> = after(said, "saved").collect();
    for id in &saved {
        ensure!(there.contains(*id), "{id} was called saved and is not there");
    }
    let drafts: BTreeMap<_, _> =
        after(said, "draft").filter_map(|line| line.split_once(' ')).collect();
    for (job_id, number) in drafts {
        let view = engine.job_view(&RUN.parse()?, &job_id.parse()?)?;
        let kept: Option<u64> = view.draft.as_ref().and_then(|draft| draft.parse().ok());
        // A delivery ends its draft, also one that nobody has been told of yet.
        let is_ended = view.outcome.is_some();
        let is_kept = kept >= Some(number.parse()?);
        ensure!(is_ended || is_kept, "draft {number} of {job_id} was kept and is not there");
    }
    let of = job(engine.run_view(&RUN.parse()?)?.jobs.len())?;
    let arrived = engine.step(&of, Step::Arrive)?.fact_id;
    let shot = engine.keep_photo(&photo(&of, picture::small_jpeg(9)))?.fact_id;
    for id in [&arrived, &shot] {
        ensure!(!there.contains(id) && !saved.contains(id.as_str()), "{id} was given out twice");
    }
    let last = said.iter().rfind(|line| matches!(line.as_str(), "opened" | "closing" | "closed"));
    if last.is_some_and(|last| last == "opened") {
        let newest = there.iter().map(|id| epoch(id)).max().unwrap_or_default();
        ensure!(epoch(&arrived) > newest, "{arrived} goes on in an epoch of a phone that was cut");
    }
    ensure!(
        whole_facts(&mut engine, RUN)?.len() == there.len() + 2,
        "what was captured afterwards is gone"
    );
    Ok(())
}

fn epoch(fact_id: &str) -> u64 {
    let word = fact_id.split('.').nth(1).unwrap_or_default();
    u64::from_str_radix(word, 16).unwrap_or_default()
}

/// Every fact of a run that is there, after a look at each piece of evidence that one of them names: those that
/// the hub has not are read as the hub would read them, for a screen does not show every one.
pub(super) fn whole_facts(engine: &mut Engine, run: &str) -> anyhow::Result<BTreeSet<String>> {
    ensure!(engine.trust_view().store == StoreHealth::Good, "the store was set aside");
    let up: SyncUp = envelope::open("sync", &engine.ask()?.body).map_err(Problem::of)?;
    for bytes in up.tails.iter().flat_map(|tail| &tail.facts) {
        if let Some(hash) = Fact::from_bytes(bytes)?.body().blob() {
            is_whole(engine, hash)?;
        }
    }
    let run_id = run.parse()?;
    let mut there = BTreeSet::new();
    for row in engine.run_view(&run_id)?.jobs {
        let view: JobView = engine.job_view(&run_id, &row.job_id)?;
        for photo in &view.photos {
            is_whole(engine, photo.blob.parse().ok().context("a photo has a hash")?)?;
        }
        there.extend(view.facts.into_iter().map(|fact| fact.fact_id));
    }
    Ok(there)
}

fn is_whole(engine: &Engine, hash: BlobHash) -> anyhow::Result<()> {
    let is_whole = engine.folder().read(hash)?.is_some();
    ensure!(is_whole, "a fact names evidence that is not there whole: {hash}");
    Ok(())
}

/// The enrolment that a new phone will be given.
pub(super) fn prepare_begin(dir: &Path) -> anyhow::Result<()> {
    let elsewhere = memory_folder()?;
    let bench = BenchPhone::enrolled(elsewhere.path(), 1)?;
    let crew = bench.engine.crew().context("the phone is enrolled")?;
    Ok(std::fs::write(dir.join("enrolment.json"), serde_json::to_vec(crew)?)?)
}

fn enrolment(dir: &Path) -> anyhow::Result<Crew> {
    Ok(serde_json::from_slice(&std::fs::read(dir.join("enrolment.json"))?)?)
}

pub(super) fn begin(dir: &Path) -> anyhow::Result<()> {
    let crew = enrolment(dir)?;
    let mut engine = twice(|| open(&dir.join("phone")))?;
    say(&format!("key {}", key(&engine)))?;
    twice(|| engine.enrolled(crew.clone()))?;
    say("enrolled")?;
    engine.close()?;
    let engine = twice(|| open(&dir.join("phone")))?;
    say("opened")?;
    Ok(engine.close()?)
}

fn key(engine: &Engine) -> String {
    data_encoding::HEXLOWER.encode(&engine.key().public().to_bytes())
}

/// The hub knows a phone by its key: neither it nor the enrolment may be lost.
pub(super) fn check_begin(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let mut engine = open(&dir.join("phone"))?;
    ensure!(engine.trust_view().store == StoreHealth::Good, "the store was set aside");
    for known in after(said, "key") {
        ensure!(known == key(&engine), "the key that the hub knows is gone");
    }
    let is_enrolled = engine.crew().is_some();
    ensure!(is_enrolled || !said.iter().any(|line| line == "enrolled"), "the enrolment is gone");
    if !is_enrolled {
        engine.enrolled(enrolment(dir)?)?;
    }
    engine.close()?;
    ensure!(open(&dir.join("phone"))?.crew().is_some(), "the phone cannot be enrolled any more");
    Ok(())
}

/// A phone with a delivery to send, and what the hub will answer: first that it has the facts, with
/// an edit of the office; then that it has the evidence.
pub(super) fn prepare_hear(dir: &Path) -> anyhow::Result<()> {
    let elsewhere = memory_folder()?;
    let phone = elsewhere.path().join("phone");
    let mut bench = BenchPhone::with_run(&phone, 2)?;
    let of = job(1)?;
    let shot = photo(&of, picture::small_jpeg(1));
    let mut kept = vec![bench.engine.step(&of, Step::Arrive)?.fact_id];
    kept.push(bench.engine.keep_photo(&shot)?.fact_id);
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    let note = PatchJob { note: Some(NEW_NOTE.to_owned()), ..PatchJob::default() };
    bench.hub.patch_job(&Asker::Console, &run_id, &job_id, &note)?;
    let device = bench.device();
    let BenchPhone { engine, hub, clock, .. } = bench;
    engine.close()?;
    let before = Image::read(&phone)?;

    let mut engine = BenchPhone::open(&phone, &clock)?;
    let asked = engine.ask()?;
    let first = hub.sync(device, &asked.body)?;
    for hash in engine.hear(&asked, &first)?.wanted {
        let bytes = engine.folder().read(hash)?.context("evidence is there")?;
        hub.put_blob(device, hash, &bytes)?;
    }
    let second = hub.sync(device, &engine.ask()?.body)?;
    let is_of_hub = |path: &Path| path.starts_with("hub");
    let mut image = before;
    image.folders.retain(|path| !is_of_hub(path));
    image.files.retain(|path, _| !is_of_hub(path));
    image.write(dir)?;
    std::fs::write(dir.join("kept"), kept.join("\n"))?;
    std::fs::write(dir.join("answer-1"), first)?;
    Ok(std::fs::write(dir.join("answer-2"), second)?)
}

fn answer(dir: &Path, number: usize) -> anyhow::Result<Vec<u8>> {
    Ok(std::fs::read(dir.join(format!("answer-{number}")))?)
}

pub(super) fn hear(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    for number in [1, 2] {
        let (asked, answer) = (engine.ask()?, answer(dir, number)?);
        match twice(|| engine.hear(&asked, &answer)) {
            Ok(_) => say(&format!("heard {number}"))?,
            Err(problem) => say(&format!("failed {}", problem.code))?,
        }
    }
    Ok(())
}

/// I3, I4: a capture is never forgotten, and what was heard is kept whole or not at all.
pub(super) fn check_hear(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let mut engine = open(dir)?;
    let kept = std::fs::read_to_string(dir.join("kept"))?;
    let is_all_there = |engine: &mut Engine| -> anyhow::Result<()> {
        let there = whole_facts(engine, RUN)?;
        for id in kept.lines() {
            ensure!(there.contains(id), "{id} was captured and is not there");
        }
        Ok(())
    };
    is_all_there(&mut engine)?;
    let heard: BTreeSet<&str> = after(said, "heard").collect();
    let (trust, of) = (engine.trust_view(), job(1)?);
    let has_facts = trust.facts_waiting == 0;
    let has_note = engine.job_view(&of.run_id, &of.job_id)?.note == NEW_NOTE;
    ensure!(has_facts == has_note, "receipt and plan came in one answer and were kept apart");
    ensure!(has_facts || !heard.contains("1"), "a receipt that was followed is not there");
    ensure!(trust.blobs_waiting == 0 || !heard.contains("2"), "what the hub holds is forgotten");
    for number in [1, 2] {
        let asked = engine.ask()?;
        engine.hear(&asked, &answer(dir, number)?)?;
    }
    let trust = engine.trust_view();
    ensure!((trust.facts_waiting, trust.blobs_waiting) == (0, 0), "the answer does not help twice");
    is_all_there(&mut engine)
}
