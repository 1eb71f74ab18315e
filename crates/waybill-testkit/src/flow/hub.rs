//! A hub's flows.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use waybill_core::fact::{PhotoCategory, SignerRole};
use waybill_core::id::{BlobHash, DeviceId, FactId};
use waybill_core::proof::Method;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, OfJob, Sign};
use waybill_device::engine::NewPhoto;
use waybill_device::media::Photo;
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};
use waybill_sync::envelope;
use waybill_sync::receipt::Receipt;
use waybill_sync::wire::SyncDown;

use super::{after, say, twice};
use crate::bench_phone::{BenchPhone, RUN};
use crate::clock::TestClock;
use crate::picture;
use crate::power::image::{Image, memory_folder};
use crate::world::people;

/// What a phone said, in its order: two taps; the whole delivery; the same again after its evidence.
const WORDS: [&str; 3] = ["words-1", "words-2", "words-3"];

fn open(dir: &Path) -> anyhow::Result<Hub> {
    let options = HubOptions {
        password_cost: PasswordCost::Light,
        clock: Arc::new(TestClock::default()),
        ..HubOptions::default()
    };
    Ok(Hub::open(&dir.join("hub"), options)?)
}

pub(super) fn found(dir: &Path) -> anyhow::Result<()> {
    let hub = twice(|| open(dir))?;
    say(&format!("store {}", hub.store_mark().store))?;
    twice(|| people(&hub))?;
    say("people")
}

pub(super) fn check_found(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let hub = open(dir)?;
    for store in after(said, "store") {
        ensure!(hub.store_mark().store.to_string() == store, "the store is another one");
    }
    let has_people = hub.person(&"priya".parse()?).is_ok();
    ensure!(has_people || !said.iter().any(|line| line == "people"), "people are gone");
    people(&hub)
}

/// A hub with a run, and what its phone will say to it.
pub(super) fn prepare_intake(dir: &Path) -> anyhow::Result<()> {
    let elsewhere = memory_folder()?;
    let mut bench = BenchPhone::with_run(elsewhere.path(), 2)?;
    let (device, engine) = (bench.device(), &mut bench.engine);
    let of = OfJob { run_id: RUN.parse()?, job_id: format!("{RUN}-J001").parse()? };
    let (run_id, job_id, signed) = (of.run_id.clone(), of.job_id.clone(), of.clone());
    engine.step(&of, Step::Arrive)?;
    let photo = Photo { jpeg: picture::small_jpeg(1), width: 16, height: 12, looks: None };
    engine.keep_photo(&NewPhoto { of, category: PhotoCategory::Goods, item_id: None, photo })?;
    let first = engine.ask()?.body;
    let (name, role, strokes) = ("Amina".to_owned(), SignerRole::Recipient, picture::autograph());
    engine.sign(&Sign::plain(signed, name, role, strokes))?;
    engine.deliver(&Deliver {
        run_id,
        job_id,
        lines: vec![],
        method: Method::default(),
        together: vec![],
    })?;
    let whole = engine.ask()?.body;
    std::fs::create_dir_all(dir.join("evidence"))?;
    for (name, bytes) in Image::read(&elsewhere.path().join("blobs"))?.files {
        std::fs::write(dir.join("evidence").join(name), bytes)?;
    }
    std::fs::write(dir.join("device"), device.to_string())?;
    for (name, body) in WORDS.into_iter().zip([&first, &whole, &whole]) {
        std::fs::write(dir.join(name), body)?;
    }
    drop(bench);
    std::fs::create_dir_all(dir.join("hub"))?;
    Image::read(&elsewhere.path().join("hub"))?.write(&dir.join("hub"))?;

    // What a hub makes of it that nothing is done to.
    let calm = elsewhere.path().join("calm");
    std::fs::create_dir_all(&calm)?;
    Image::read(dir)?.write(&calm)?;
    let hub = open(&calm)?;
    take_all(&hub, dir, &mut |_| Ok(()))?;
    Ok(std::fs::write(dir.join("feed"), feed(&hub)?.join("\n"))?)
}

pub(super) fn intake(dir: &Path) -> anyhow::Result<()> {
    let hub = twice(|| open(dir))?;
    take_all(&hub, dir, &mut |line| say(&line))?;
    for line in feed(&hub)? {
        say(&format!("feed {line}"))?;
    }
    Ok(())
}

/// Says everything of the phone's to a hub, and tells what the hub answers for.
fn take_all(
    hub: &Hub,
    dir: &Path,
    tell: &mut dyn FnMut(String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let device: DeviceId = std::fs::read_to_string(dir.join("device"))?.parse()?;
    let [first, whole, again] = WORDS;
    let answer = |name: &str, tell: &mut dyn FnMut(String) -> anyhow::Result<()>| {
        let body = std::fs::read(dir.join(name))?;
        match twice(|| hub.sync(device, &body)) {
            Ok(answer) => receipt(hub, device, &answer)?.into_iter().try_for_each(tell),
            Err(error) => tell(format!("failed {}", error.code())),
        }
    };
    answer(first, tell)?;
    answer(whole, tell)?;
    for (name, bytes) in Image::read(&dir.join("evidence"))?.files {
        let hash: BlobHash = name.to_string_lossy().parse().ok().context("a hash")?;
        match twice(|| hub.put_blob(device, hash, &bytes)) {
            Ok(()) => tell(format!("held {hash}"))?,
            Err(error) => tell(format!("failed {}", error.code()))?,
        }
    }
    answer(again, tell)
}

/// What a receipt names, a line for each.
fn receipt(hub: &Hub, device: DeviceId, answer: &[u8]) -> anyhow::Result<Vec<String>> {
    let down: SyncDown = envelope::open("answer", answer).map_err(refused)?;
    let receipt = Receipt::open(&down.receipt, hub.key(), device).map_err(refused)?;
    let mut lines = Vec::new();
    for head in &receipt.heads {
        let of = |seq| FactId { device, epoch: head.epoch, seq };
        lines.extend((1..=head.seq).map(|seq| format!("received {}", of(seq))));
    }
    lines.extend(receipt.blobs.iter().map(|hash| format!("held {hash}")));
    Ok(lines)
}

fn refused(code: waybill_sync::code::Code) -> anyhow::Error {
    anyhow::anyhow!("the answer says {code}")
}

fn feed(hub: &Hub) -> anyhow::Result<Vec<String>> {
    let entries = hub.feed(&Asker::Console, 0, 100)?.entries;
    let line = |entry: &waybill_hub::api::view::FeedEntry| {
        let supersedes = entry.supersedes.unwrap_or_default();
        let (seq, job, verdict) = (entry.seq, &entry.job_id, entry.verdict);
        format!("{seq} {job} {} over {supersedes} {verdict:?}", entry.revision)
    };
    Ok(entries.iter().map(line).collect())
}

/// I4, I5, I6: what a receipt named is there, and the same words again lead to where an undisturbed
/// hub stands.
pub(super) fn check_intake(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let hub = open(dir)?;
    let (run_id, job_id) = (RUN.parse()?, format!("{RUN}-J001").parse()?);
    let there: BTreeSet<String> = if let Ok(page) = hub.job_page(&Asker::Console, &run_id, &job_id)
    {
        page.facts.into_iter().map(|fact| fact.fact_id).collect()
    } else {
        BTreeSet::new()
    };
    for id in after(said, "received") {
        ensure!(there.contains(id), "a receipt named {id} and it is not there");
    }
    for hash in after(said, "held") {
        let blob: BlobHash = hash.parse().ok().context("a hash")?;
        let held = hub.blob(&Asker::Console, &run_id, &job_id, blob);
        let is_whole =
            held.is_ok_and(|(_, bytes)| waybill_core::journal::blob_hash(&bytes) == blob);
        ensure!(is_whole, "{hash} was called held and is not there whole");
    }
    let before = feed(&hub)?;
    for line in after(said, "feed") {
        ensure!(before.iter().any(|entry| entry == line), "a reader read {line}, which is gone");
    }
    let mut last = BTreeSet::new();
    take_all(&hub, dir, &mut |line| {
        last.insert(line);
        Ok(())
    })?;
    let missing = said.iter().find(|line| line.starts_with("received") && !last.contains(*line));
    ensure!(missing.is_none(), "the same words get another receipt: {missing:?}");
    let feed = feed(&hub)?;
    let calm = std::fs::read_to_string(dir.join("feed"))?;
    ensure!(feed.join("\n") == calm, "the feed is {feed:?}, undisturbed it is {calm}");
    let differences = hub.check_views()?;
    ensure!(differences.is_empty(), "a rebuild would change {differences:?}");
    Ok(())
}
