//! Phones and hub in bad weather, by seed.

use anyhow::Result;

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
    let mut line = vec!["run"];
    line.extend(PROFILE);
    line.extend(["--package", "waybill-testkit", "--bin", "weather", "--"]);
    cargo(&line).args(args).run()
}
