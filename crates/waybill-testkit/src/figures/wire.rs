//! What a day weighs on the wire: message bodies, signatures and chain included, HTTP's own apart.
//!
//! The day is the one in tests/golden: 120 jobs, 480 facts recorded offline, ten edits of the office.

use std::path::{Path, PathBuf};

use anyhow::Context;
use waybill_core::id::{JobId, RunId};
use waybill_device::api::command::{Deliver, Fail, Note, OfJob, Scan};
use waybill_hub::Asker;

use super::Figure;
use crate::bench_phone::{BenchPhone, Weight};
use crate::day_file::{DayFile, PaperFact};

/// A phone lives through the day, and every round is weighed.
#[derive(Debug, Clone, Copy)]
struct Weighed {
    morning: Weight,
    reconnect: Weight,
    idle: Weight,
    requests: u32,
}

fn day_file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/reference-day.json")
}

fn live() -> anyhow::Result<Weighed> {
    let day = DayFile::read(&day_file())?;
    let dir = tempfile::tempdir()?;
    let run_id: RunId = day.run_id()?.parse()?;
    let mut phone = BenchPhone::enrolled_for(dir.path(), run_id.as_str(), &day.put_run()?)?;
    let (morning, _) = phone.round()?;
    for fact in &day.facts {
        record(&mut phone, &run_id, fact)?;
    }
    for edit in &day.edits {
        let (job_id, patch) = day.patch(edit)?;
        phone.hub.patch_job(&Asker::Console, &run_id, &job_id.parse()?, &patch)?;
    }
    let (reconnect, heard) = phone.round()?;
    let requests = if heard.has_more { 2 } else { 1 };
    let waiting = phone.engine.trust_view().facts_waiting;
    anyhow::ensure!(waiting == 0, "{waiting} facts did not fit into one request");
    let (idle, _) = phone.round()?;
    Ok(Weighed { morning, reconnect, idle, requests })
}

/// Lets the phone record what the paper says, when and where it says.
fn record(phone: &mut BenchPhone, run: &RunId, fact: &PaperFact) -> anyhow::Result<()> {
    let (at, fix) = fact.when_and_where()?;
    phone.clock.set(at);
    phone.engine.set_place(Some(fix));
    let (run_id, job_id): (RunId, JobId) = (run.clone(), fact.job_id().parse()?);
    let engine = &mut phone.engine;
    match fact.kind.as_str() {
        "arrived" => engine.step(&OfJob { run_id, job_id }, waybill_core::status::Step::Arrive),
        "scan" => {
            let (code, quantity) = (fact.barcode.clone(), fact.qty);
            engine.scan(&Scan { run_id, job_id, code, quantity, is_typed: false })
        }
        "note" => engine.note(&Note { run_id, job_id, text: fact.text.clone() }),
        "delivered" => engine.deliver(&Deliver {
            run_id,
            job_id,
            lines: vec![],
            method: waybill_core::proof::Method::default(),
            together: vec![],
        }),
        "failed" => {
            let (reason, note) = (reason(&fact.reason), String::new());
            let anyway = Some("paper".to_owned());
            engine.fail(&Fail { run_id, job_id, reason, note, anyway })
        }
        other => anyhow::bail!("the paper has a fact of kind {other}"),
    }
    .map(drop)
    .with_context(|| format!("{} of {}", fact.kind, fact.job_id()))
}

/// The paper's reasons in the words of the shipped policy.
fn reason(paper: &str) -> String {
    let policy = waybill_core::policy::Policy::shipped();
    let known = policy.reason(paper).is_some();
    if known { paper.to_owned() } else { "nobody_there".to_owned() }
}

/// A fresh phone fetches its run.
pub(super) fn morning_down_bytes() -> anyhow::Result<Figure> {
    let how = "answer to a fresh phone with the reference day's run of 120 jobs";
    Ok(weigh("wire.morning_down_bytes", live()?.morning.down_bytes, 22_000, how))
}

/// The phone comes back with 480 facts.
pub(super) fn reconnect_up_bytes() -> anyhow::Result<Figure> {
    let how = "question of a phone with the reference day's 480 facts, chain and seal included";
    Ok(weigh("wire.reconnect_up_bytes", live()?.reconnect.up_bytes, 9_000, how))
}

/// It hears of ten edits of the office.
pub(super) fn reconnect_down_bytes() -> anyhow::Result<Figure> {
    let how = "answer to that: receipt and the office's ten edits";
    Ok(weigh("wire.reconnect_down_bytes", live()?.reconnect.down_bytes, 1_000, how))
}

/// Nobody has anything to say.
pub(super) fn idle_bytes() -> anyhow::Result<Figure> {
    let idle = live()?.idle;
    let how = "question and answer with nothing to say, receipt included";
    Ok(weigh("wire.idle_bytes", idle.up_bytes + idle.down_bytes, 250, how))
}

/// How many requests the reconnect takes.
pub(super) fn requests() -> anyhow::Result<Figure> {
    let requests = live()?.requests;
    let how = "requests of the reconnect, evidence apart".to_owned();
    let (name, value) = ("wire.requests", f64::from(requests));
    Ok(Figure { name, value, unit: "requests", at_most: Some(1.0), at_least: None, how })
}

fn weigh(name: &'static str, bytes: usize, at_most: u32, how: &str) -> Figure {
    let value = f64::from(u32::try_from(bytes).unwrap_or(u32::MAX));
    Figure {
        name,
        value,
        unit: "bytes",
        at_most: Some(f64::from(at_most)),
        at_least: None,
        how: how.to_owned(),
    }
}
