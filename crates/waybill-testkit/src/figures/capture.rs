//! What a capture costs the phone.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, ensure};
use waybill_core::fact::PhotoCategory;
use waybill_core::id::RunId;
use waybill_core::status::Step;
use waybill_device::api::command::{Deliver, OfJob, Sign};
use waybill_device::engine::{Engine, NewPhoto};
use waybill_device::media::develop;

use super::Figure;
use crate::bench_phone::BenchPhone;
use crate::picture;

/// How many captures are timed; as many bare commits are timed between them.
const TIMES: usize = 150;

/// A folder on the disk that the project is on, not in memory: fsync is what is measured.
fn disk() -> anyhow::Result<tempfile::TempDir> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    std::fs::create_dir_all(&target)?;
    Ok(tempfile::TempDir::new_in(target)?)
}

/// Tap to durable, over a bare commit of one row of the same size, taken in turns in one run.
pub(super) fn commit_ratio() -> anyhow::Result<Figure> {
    let dir = disk()?;
    let mut phone = BenchPhone::with_run(&dir.path().join("phone"), TIMES)?;
    let bare = rusqlite::Connection::open(dir.path().join("bare.db"))?;
    bare.pragma_update(None, "journal_mode", "WAL")?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch("CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT")?;
    let (mut taps, mut commits) = (Vec::new(), Vec::new());
    for of in phone.jobs() {
        let started = Instant::now();
        phone.engine.step(&of, Step::Arrive)?;
        taps.push(started.elapsed());
        let started = Instant::now();
        bare.execute("INSERT INTO rows (bytes) VALUES (?1)", [[7_u8; 160].as_slice()])?;
        commits.push(started.elapsed());
    }
    let (tap, commit) = (median(taps), median(commits));
    let value = tap.as_secs_f64() / commit.as_secs_f64().max(f64::EPSILON);
    let how = format!(
        "median of {TIMES} taps ({} µs) over median of as many bare one-row commits ({} µs), by turns",
        tap.as_micros(),
        commit.as_micros()
    );
    Ok(Figure {
        name: "capture.commit_ratio",
        value,
        unit: "ratio",
        at_most: Some(1.5),
        at_least: None,
        how,
    })
}

/// How often a plain delivery waits for the disk: what two take more than one.
pub(super) fn fsyncs() -> anyhow::Result<Figure> {
    let dir = disk()?;
    let count = |jobs: usize| -> anyhow::Result<f64> {
        let (trace, phone) =
            (dir.path().join(format!("trace-{jobs}")), dir.path().join(format!("phone-{jobs}")));
        let program = std::env::current_exe()?;
        let status = Command::new("strace")
            .args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"])
            .arg(&trace)
            .arg(program)
            .args(["--deliver", &jobs.to_string()])
            .arg(&phone)
            .status()
            .context("strace is needed to count: apt-get install strace")?;
        ensure!(status.success(), "the traced delivery failed");
        let calls = std::fs::read_to_string(&trace)?;
        let calls = calls.lines().filter(|line| line.contains("sync(")).count();
        Ok(f64::from(u32::try_from(calls)?))
    };
    let value = count(2)? - count(1)?;
    let how =
        "fsync and fdatasync of a second delivery (arrive, photo, signature, delivered), by strace";
    Ok(Figure {
        name: "capture.fsyncs",
        value,
        unit: "calls",
        at_most: Some(9.0),
        at_least: None,
        how: how.to_owned(),
    })
}

/// From a closed phone to the list of 120 jobs, with no network: open, fold, view, JSON.
pub(super) fn first_view_ms() -> anyhow::Result<Figure> {
    let dir = disk()?;
    let folder = dir.path().join("phone");
    let BenchPhone { engine, clock, .. } = BenchPhone::with_run(&folder, 120)?;
    engine.close()?;
    let mut times = Vec::new();
    for _ in 0..10 {
        let started = Instant::now();
        let engine = BenchPhone::open(&folder, &clock)?;
        let view = engine.run_view(&run_id()?)?;
        let json = serde_json::to_vec(&view)?;
        times.push(started.elapsed());
        ensure!(view.jobs.len() == 120 && !json.is_empty(), "the list is whole");
        engine.close()?;
    }
    let value = median(times).as_secs_f64() * 1_000.0;
    let how =
        "median of 10: open the store, fold a run of 120 jobs, write the list as JSON; test build";
    Ok(Figure {
        name: "run120.first_view_ms",
        value,
        unit: "ms",
        at_most: None,
        at_least: None,
        how: how.to_owned(),
    })
}

/// Plain deliveries in a phone of its own.
pub(super) fn deliver_in(dir: &Path, jobs: usize) -> anyhow::Result<()> {
    // Always the same number of jobs, so that only the deliveries differ.
    let mut phone = BenchPhone::with_run(&PathBuf::from(dir), 4)?;
    for (number, of) in phone.jobs().into_iter().take(jobs).enumerate() {
        deliver(&mut phone.engine, &of, u8::try_from(number)?)?;
    }
    Ok(())
}

fn deliver(engine: &mut Engine, of: &OfJob, seed: u8) -> anyhow::Result<()> {
    engine.step(of, Step::Arrive)?;
    let photo =
        develop(&picture::png(seed, 320, 240)).map_err(waybill_device::problem::Problem::of)?;
    engine.keep_photo(&NewPhoto {
        of: of.clone(),
        category: PhotoCategory::Goods,
        item_id: None,
        photo,
    })?;
    let mut strokes = picture::autograph();
    strokes.width += u32::from(seed);
    let role = waybill_core::fact::SignerRole::Recipient;
    engine.sign(&Sign::plain(of.clone(), "Amina Wright".to_owned(), role, strokes))?;
    let (run_id, job_id) = (of.run_id.clone(), of.job_id.clone());
    engine.deliver(&Deliver {
        run_id,
        job_id,
        lines: vec![],
        method: waybill_core::proof::Method::default(),
        together: vec![],
    })?;
    Ok(())
}

fn run_id() -> anyhow::Result<RunId> {
    Ok(crate::bench_phone::RUN.parse()?)
}

fn median(mut times: Vec<std::time::Duration>) -> std::time::Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
