//! Power cuts in records of what phone and hub do to their disks, by seed.

use anyhow::Result;

use crate::need;
use crate::run::cargo;
use crate::sim::PROFILE;

/// Runs the power program with the same arguments, beside the program that it records.
pub(crate) fn power(args: &[String]) -> Result<()> {
    need::tracer()?;
    let mut build = vec!["build"];
    build.extend(PROFILE);
    build.extend(["--package", "waybill-testkit", "--bin", "flow", "--bin", "power"]);
    cargo(&build).run()?;
    let mut line = vec!["run"];
    line.extend(PROFILE);
    line.extend(["--package", "waybill-testkit", "--bin", "power", "--"]);
    cargo(&line).args(args).run()
}
