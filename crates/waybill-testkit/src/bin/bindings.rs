//! Writes the TypeScript of the device's and the office's API: `bindings DIR`.

use std::path::PathBuf;

use anyhow::Context;

fn main() -> anyhow::Result<()> {
    let dir: PathBuf = std::env::args_os().nth(1).context("bindings needs a folder")?.into();
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join("field.ts"), waybill_device::api::bindings::render())?;
    std::fs::write(dir.join("office.ts"), waybill_hub::api::bindings())?;
    Ok(())
}
