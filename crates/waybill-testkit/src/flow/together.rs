//! Three orders of one customer: what is done for all of them at once is there for all or for none.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, ensure};
use waybill_core::fact::SignerRole;
use waybill_core::proof::Method;
use waybill_device::api::command::{Arrive, Companion, Deliver, Sign};
use waybill_device::engine::Engine;

use super::phone::{self, job, open, tap};
use super::{say, twice};
use crate::bench_phone::{BenchPhone, RUN};
use crate::demo_day::join;
use crate::picture;
use crate::world::demo_run;

const ORDERS: usize = 3;

/// A phone that holds a run with such a visit, without the hub it came from.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    let mut run = demo_run(RUN, ORDERS + 1)?;
    join(run.jobs.get_mut(..ORDERS).context("the run is long enough")?);
    let mut bench = BenchPhone::enrolled_for(dir, RUN, &run)?;
    bench.round()?;
    let BenchPhone { engine, hub, .. } = bench;
    engine.close()?;
    drop(hub);
    Ok(std::fs::remove_dir_all(dir.join("hub"))?)
}

pub(super) fn go(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    say("opened")?;
    let first = job(1)?;
    let others = (2..=ORDERS).map(|number| Ok(job(number)?.job_id));
    let others = others.collect::<anyhow::Result<Vec<_>>>()?;
    let with = |job_id| Companion { job_id, lines: vec![] };
    let companions: Vec<_> = others.iter().cloned().map(with).collect();
    let (run_id, job_id) = (first.run_id.clone(), first.job_id.clone());
    let arrive = Arrive { run_id: run_id.clone(), job_id: job_id.clone(), together: others };
    tap(&mut engine, |engine| engine.arrive(&arrive))?;
    let (name, role) = ("Amina".to_owned(), SignerRole::Recipient);
    let alone = Sign::plain(first, name, role, picture::autograph());
    let sign = Sign { together: companions.clone(), ..alone };
    tap(&mut engine, |engine| engine.sign(&sign))?;
    let (lines, method) = (vec![], Method::default());
    let deliver = Deliver { run_id, job_id, lines, method, together: companions };
    tap(&mut engine, |engine| engine.deliver(&deliver))
}

/// Whatever was done is done for every order, before the phone is asked for what it promised.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let engine = open(dir)?;
    let told = (1..=ORDERS).map(|number| kinds(&engine, number));
    let told = told.collect::<anyhow::Result<Vec<_>>>()?;
    let is_same = told.windows(2).all(|pair| pair.first() == pair.last());
    ensure!(is_same, "what was done for all is there for some: {told:?}");
    drop(engine);
    phone::check(dir, said)
}

/// What has happened to an order, and how often.
fn kinds(engine: &Engine, number: usize) -> anyhow::Result<BTreeMap<String, usize>> {
    let of = job(number)?;
    let mut kinds = BTreeMap::new();
    for fact in engine.job_view(&of.run_id, &of.job_id)?.facts {
        *kinds.entry(fact.kind).or_default() += 1;
    }
    Ok(kinds)
}
