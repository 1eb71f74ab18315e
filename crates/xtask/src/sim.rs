//! Phones and hub in bad weather, by seed.

use anyhow::{Context, Result};

use crate::run::cargo;

/// Optimised, but without the whole-program step of a release: a run of seeds starts a minute later,
/// not a quarter of an hour.
pub(crate) const PROFILE: &[&str] = &[
    "--config",
    "profile.sim.inherits='release'",
    "--config",
    "profile.sim.lto=false",
    "--config",
    "profile.sim.codegen-units=16",
    "--profile",
    "sim",
];

/// Runs the weather program with the same arguments.
pub(crate) fn sim(args: &[String]) -> Result<()> {
    cargo(&line()).args(args).run()
}

/// What one seed costs, told by the program itself.
pub(crate) fn ms_per_seed(seeds: &str) -> Result<f64> {
    let said = cargo(&line()).args(&["--seeds".to_owned(), seeds.to_owned()]).text()?;
    let ms = said.lines().find_map(|line| line.strip_suffix(" ms a seed")?.rsplit(' ').next());
    Ok(ms.context("the weather did not say what a seed costs")?.parse()?)
}

fn line() -> Vec<&'static str> {
    let mut line = vec!["run"];
    line.extend(PROFILE);
    line.extend(["--package", "waybill-testkit", "--bin", "weather", "--"]);
    line
}
