//! A phone that captures one delivery and says after every tap what it called saved.
//!
//! `capture prepare DIR` makes a phone that holds a run. `capture go DIR` opens it and delivers; it is
//! what gets killed. `capture check DIR` opens it again and tells what is there. `--wrong-order` plants
//! the mistake that the killing has to find: the row first, the photo's bytes after it.

#![expect(clippy::print_stdout, reason = "what is saved is this program's answer")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use waybill_core::fact::{PhotoCategory, SignerRole};
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, OfJob, Sign};
use waybill_device::api::view::Saved;
use waybill_device::engine::{Engine, NewPhoto};
use waybill_device::media::Photo;
use waybill_testkit::bench_phone::{BenchPhone, RUN};
use waybill_testkit::clock::TestClock;
use waybill_testkit::picture;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["prepare", dir] => BenchPhone::with_run(&PathBuf::from(dir), 2)?.engine.close()?,
        ["go", dir] => go(Path::new(dir), false)?,
        ["go", dir, "--wrong-order"] => go(Path::new(dir), true)?,
        ["check", dir] => check(Path::new(dir))?,
        _ => bail!("capture prepare|go|check DIR"),
    }
    Ok(())
}

fn open(dir: &Path) -> anyhow::Result<Engine> {
    BenchPhone::open(dir, &Arc::new(TestClock::default()))
}

fn of() -> anyhow::Result<OfJob> {
    Ok(OfJob { run_id: RUN.parse()?, job_id: format!("{RUN}-J001").parse()? })
}

/// Says that a tap is saved, at once and in one write.
fn saved(saved: &Saved) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("saved {}\n", saved.fact_id).as_bytes())?;
    Ok(out.flush()?)
}

fn go(dir: &Path, is_wrong_order: bool) -> anyhow::Result<()> {
    let mut engine = open(dir)?;
    let of = of()?;
    saved(&engine.step(&of, Step::Arrive)?)?;
    let jpeg = picture::small_jpeg(1);
    let photo = Photo { jpeg, width: 16, height: 12 };
    let new = NewPhoto { of: of.clone(), category: PhotoCategory::Goods, photo };
    if is_wrong_order {
        saved(&row_before_photo(&mut engine, dir, &new)?)?;
    } else {
        saved(&engine.keep_photo(&new)?)?;
    }
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    let (name, role, strokes) = ("Amina".to_owned(), SignerRole::Recipient, picture::autograph());
    saved(&engine.sign(&Sign { run_id, job_id, name, role, strokes })?)?;
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    saved(&engine.deliver(&Deliver {
        run_id,
        job_id,
        lines: vec![],
        method: waybill_core::proof::Method::default(),
    })?)?;
    Ok(())
}

/// The planted mistake: the fact is durable while its photo is not, for as long as it takes.
fn row_before_photo(engine: &mut Engine, dir: &Path, new: &NewPhoto) -> anyhow::Result<Saved> {
    let answer = engine.keep_photo(new)?;
    let hash = waybill_core::journal::blob_hash(&new.photo.jpeg);
    let path = dir.join("blobs").join(hash.to_string());
    let bytes = std::fs::read(&path)?;
    std::fs::remove_file(&path)?;
    std::fs::write(&path, bytes)?;
    Ok(answer)
}

/// Tells every fact that is there, after checking that its evidence is whole.
fn check(dir: &Path) -> anyhow::Result<()> {
    let engine = open(dir)?;
    let of = of()?;
    let view = engine.job_view(&of.run_id, &of.job_id)?;
    let folder = engine.folder();
    for photo in &view.photos {
        let hash = photo.blob.parse().ok().context("a photo has a hash")?;
        ensure!(folder.read(hash)?.is_some(), "a fact names a photo that is not there whole");
    }
    if let Some(signature) = &view.signature {
        ensure!(!signature.strokes.strokes.is_empty(), "a fact names strokes that are not there");
    }
    for fact in view.facts {
        println!("there {}", fact.fact_id);
    }
    Ok(())
}
