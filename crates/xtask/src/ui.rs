//! The pages: packages by the lock file, building, checking.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::count::Tally;
use crate::run::{call, root};

/// What the pages are made of; when one of these is newer than the built pages, they are stale.
const SOURCES: &[&str] =
    &["src", "messages", "package-lock.json", "vite.config.ts", "svelte.config.js"];
/// What a build leaves, one page for each app.
const BUILT: &[&str] = &["ui/dist/field/index.html", "ui/dist/office/index.html"];

/// Installs a folder's packages, exactly as its lock file says; does nothing if they are there.
pub(crate) fn packages(dir: &str) -> Result<()> {
    let dir_path = root().join(dir);
    let lock = std::fs::read(dir_path.join("package-lock.json"))
        .with_context(|| format!("{dir}/package-lock.json is missing"))?;
    let stamp = dir_path.join("node_modules/.waybill-lock");
    if std::fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        println!("The packages of {dir} are there.");
        return Ok(());
    }
    call("npm", &["ci", "--no-audit", "--no-fund"])
        .dir(dir)
        // The browser comes from the system, not from a download.
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .run()?;
    std::fs::write(&stamp, lock).with_context(|| format!("could not write {}", stamp.display()))
}

/// Builds both apps into `ui/dist`.
pub(crate) fn build() -> Result<()> {
    call("npm", &["run", "build"]).dir("ui").run()
}

/// Builds both apps if a source is newer than what is there.
pub(crate) fn build_if_stale() -> Result<()> {
    packages("ui")?;
    let built = BUILT.iter().map(|page| modified(&root().join(page))).min().flatten();
    let newest = SOURCES.iter().filter_map(|name| newest(&root().join("ui").join(name))).max();
    if built.is_some() && newest <= built {
        println!("The pages are fresh.");
        return Ok(());
    }
    build()
}

/// Types and unit tests.
pub(crate) fn check(tally: &mut Tally) -> Result<()> {
    call("npm", &["run", "check"]).dir("ui").run()?;
    call("npm", &["test"]).dir("ui").counted(tally)
}

fn modified(path: &Path) -> Option<SystemTime> {
    std::fs::metadata(path).and_then(|about| about.modified()).ok()
}

/// When the youngest file below a path was written; generated texts do not count.
fn newest(path: &Path) -> Option<SystemTime> {
    if !path.is_dir() {
        return modified(path);
    }
    let entries = std::fs::read_dir(path).ok()?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| !path.ends_with("text/generated"))
        .filter_map(|path| newest(&path))
        .max()
}
