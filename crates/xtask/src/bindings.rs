//! The TypeScript types of the screens, made from the Rust types of the two interfaces.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::run::{built, call, cargo, root};

/// Where the types live.
const DIR: &str = "ui/src/api/generated";

/// Writes the types to where the screens import them from.
pub(crate) fn write() -> Result<()> {
    cargo(&["run", "--package", "waybill-testkit", "--bin", "bindings", "--", DIR]).run()
}

/// Fails if the types that are checked in are not those that the Rust types make.
pub(crate) fn are_fresh() -> Result<()> {
    let fresh = root().join("target/bindings");
    if fresh.exists() {
        std::fs::remove_dir_all(&fresh)?;
    }
    std::fs::create_dir_all(&fresh)?;
    call(built("bindings"), &["target/bindings"]).run()?;
    let (made, held) = (files(&fresh)?, files(&root().join(DIR))?);
    if made.is_empty() {
        bail!("the bindings program wrote nothing");
    }
    let stale: Vec<_> = made
        .keys()
        .chain(held.keys())
        .filter(|name| made.get(*name) != held.get(*name))
        .map(String::as_str)
        .collect();
    if stale.is_empty() {
        println!("The {} files in {DIR} are fresh.", made.len());
        return Ok(());
    }
    bail!("{DIR} is stale ({}): run `cargo xtask bindings`", stale.join(", "))
}

fn files(dir: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("could not read {}", dir.display()))?;
    entries
        .map(|entry| {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, std::fs::read(entry.path())?))
        })
        .collect()
}
