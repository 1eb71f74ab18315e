//! The screens in a real browser.

use anyhow::Result;

use crate::count::Tally;
use crate::run::{call, cargo};
use crate::{need, ui};

/// Where the browser tests live.
pub(crate) const DIR: &str = "tests/e2e";

/// Builds what the screens need and runs them; what follows `--` goes to Playwright.
pub(crate) fn e2e(args: &[String]) -> Result<()> {
    let args = args.strip_prefix(["--".to_owned()].as_slice()).unwrap_or(args);
    need::everything()?;
    ui::build_if_stale()?;
    // The whole workspace: a smaller choice would switch on fewer features and build half the tree again.
    cargo(&["build", "--workspace", "--bins", "--locked"]).run()?;
    ui::packages(DIR)?;
    call("npm", &["test", "--"]).args(args).dir(DIR).run()
}

/// Runs all screens; everything is built already.
pub(crate) fn counted(tally: &mut Tally) -> Result<()> {
    ui::packages(DIR)?;
    call("npm", &["test"]).dir(DIR).env("CI", "1").counted(tally)
}
