//! Everything, in order, each step announced with its time.
//!
//! The pages come before cargo, because the hub takes them into its binary. All cargo calls name the
//! whole workspace: a smaller choice would switch on fewer features and build half the tree again.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::count::Tally;
use crate::run::{call, cargo, root};
use crate::{bindings, e2e, figures, need, ui};

/// The test of the window; it needs a display, so it is a step of its own.
const WINDOW: &str = "window";

struct Step {
    name: &'static str,
    run: fn(&mut Tally) -> Result<()>,
}

const NEED: Step = Step { name: "what this machine needs", run: |_| needed() };
const NODE: Step = Step { name: "Node", run: |_| need::node() };
const PACKAGES: Step = Step { name: "packages of the pages", run: |_| ui::packages("ui") };
const PAGES: Step = Step { name: "build the pages", run: |_| ui::build() };
const STALE_PAGES: Step = Step { name: "pages", run: |_| ui::build_if_stale() };
const FORMAT: Step =
    Step { name: "format", run: |_| cargo(&["fmt", "--all", "--", "--check"]).run() };
const BUILD: Step = Step {
    name: "build everything",
    run: |_| cargo(&["build", "--workspace", "--all-targets", "--locked"]).run(),
};
const LINTS: Step = Step {
    name: "lints",
    run: |_| {
        cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]).run()
    },
};
const TESTS: Step =
    Step { name: "rules, stores, stories, weather, kills, power cuts, walls", run: tests };
const BINDINGS: Step = Step { name: "bindings are fresh", run: |_| bindings::are_fresh() };
const UI_CHECK: Step = Step { name: "pages: types and units", run: ui::check };
const SCREENS: Step = Step { name: "screens in a browser", run: e2e::counted };
const SHELL: Step = Step { name: "the app's own window", run: window };

const WHOLE: &[Step] =
    &[NEED, PACKAGES, PAGES, FORMAT, BUILD, LINTS, TESTS, BINDINGS, UI_CHECK, SCREENS, SHELL];
const CHECK: &[Step] = &[NODE, STALE_PAGES, FORMAT, LINTS, BUILD, TESTS, BINDINGS, UI_CHECK];

/// A step failed, and that has been said already.
#[derive(Debug)]
pub(crate) struct Failed;

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a step failed")
    }
}

impl std::error::Error for Failed {}

/// Runs everything, and records how long a whole run took.
pub(crate) fn whole() -> Result<()> {
    let was_clean = !has_built_hub();
    let started = Instant::now();
    let tally = run_all(WHOLE, || record(started.elapsed(), was_clean))?;
    end(tally)
}

/// Runs what needs neither browser nor window.
pub(crate) fn check() -> Result<()> {
    let tally = run_all(CHECK, || Ok(()))?;
    end(tally)
}

fn end(tally: Tally) -> Result<()> {
    if tally.failed == 0 { Ok(()) } else { Err(Failed.into()) }
}

fn run_all(steps: &[Step], record: impl FnOnce() -> Result<()>) -> Result<Tally> {
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut took = Vec::new();
    let mut broke = None;
    for (index, step) in steps.iter().enumerate() {
        println!("\n== {}/{} {} [{}]", index + 1, steps.len(), step.name, clock(started.elapsed()));
        let (before, begun) = (tally, Instant::now());
        let done = (step.run)(&mut tally);
        crate::keep::sweep_own();
        took.push((step.name, begun.elapsed()));
        if let Err(error) = done {
            // A step without tests of its own counts as one: nothing may fail and count as zero.
            tally.failed = tally.failed.max(before.failed + 1);
            broke = Some((index, error));
            break;
        }
    }
    println!("\nSteps:");
    for (name, time) in &took {
        println!("  {:>6}  {name}", clock(*time));
    }
    println!("  {:>6}  together", clock(started.elapsed()));
    if let Some((index, error)) = &broke {
        for step in &steps[index + 1..] {
            println!("     not  {}", step.name);
        }
        println!("\nFailed at: {}\n  {error:#}", steps[*index].name);
    } else {
        record()?;
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally)
}

fn needed() -> Result<()> {
    need::room(has_built_hub())?;
    need::everything()
}

/// All of cargo's tests but the window's.
fn tests(tally: &mut Tally) -> Result<()> {
    need::tracer()?;
    let targets = test_targets()?;
    let mut line = vec!["test", "--workspace", "--locked", "--no-fail-fast", "--lib", "--bins"];
    for name in targets.iter().filter(|name| *name != WINDOW) {
        line.extend(["--test", name]);
    }
    cargo(&line).counted(tally)
}

fn window(tally: &mut Tally) -> Result<()> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let line = ["-a", &cargo, "test", "--workspace", "--locked", "--test", WINDOW];
    call("xvfb-run", &line).counted(tally)
}

/// The names of all integration tests in the workspace.
fn test_targets() -> Result<Vec<String>> {
    let said = cargo(&["metadata", "--no-deps", "--format-version", "1", "--locked"]).text()?;
    let metadata: Value = serde_json::from_str(&said).context("cargo metadata is no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata has no packages")?;
    let targets = packages.iter().filter_map(|package| package["targets"].as_array()).flatten();
    let mut names: Vec<_> = targets
        .filter(|target| target["kind"][0] == "test")
        .filter_map(|target| target["name"].as_str().map(str::to_owned))
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn has_built_hub() -> bool {
    let Ok(entries) = std::fs::read_dir(root().join("target/debug/.fingerprint")) else {
        return false;
    };
    entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("waybill-hub-"))
}

/// Keeps the time of a whole run for the figures.
fn record(time: Duration, was_clean: bool) -> Result<()> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let minutes =
        serde_json::json!({ "seconds": time.as_secs(), "clean": was_clean, "cores": cores });
    let path = root().join(figures::CI_MINUTES);
    std::fs::write(&path, format!("{minutes}\n"))
        .with_context(|| format!("could not write {}", path.display()))
}

fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
