//! A hub with a day's work and three phones in the browser.

use anyhow::Result;

use crate::run::{built, call, cargo};
use crate::{need, ui};

/// Builds what is needed and runs it until Ctrl-C.
pub(crate) fn demo() -> Result<()> {
    prepare()?;
    call(built("waybill-demo"), &[]).run()
}

/// The demo, with the pages rebuilt as they are edited.
pub(crate) fn dev() -> Result<()> {
    prepare()?;
    for app in ["field", "office"] {
        call("npx", &["vite", "build", "--mode", app, "--watch"]).dir("ui").spawn()?;
    }
    call(built("waybill-demo"), &[]).run()
}

fn prepare() -> Result<()> {
    need::node()?;
    // Before cargo: the hub takes the office's pages into its binary.
    ui::build_if_stale()?;
    cargo(&["build", "--package", "waybill-hub", "--package", "waybill-testkit", "--bins"]).run()
}
