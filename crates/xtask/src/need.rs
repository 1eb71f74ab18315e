//! What a machine must have, and how it is got.
//!
//! On Debian and its kin the missing packages are installed, and only those. Elsewhere the list is
//! printed: nobody's machine is changed by a tool that does not know it.

use anyhow::{Context, Result, bail};

use crate::run::call;

/// The oldest Node that the page builder runs on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Debian packages, and what each is for.
const PACKAGES: &[(&str, &str)] = &[
    ("build-essential", "a linker, and a C compiler for SQLite and zstd"),
    ("pkg-config", "finds the web view's libraries"),
    ("libwebkit2gtk-4.1-dev", "the web view of the field app"),
    ("libdbus-1-dev", "the bus that the web view speaks to the system by"),
    ("webkit2gtk-driver", "drives the window in its test"),
    ("xvfb", "a display for the window where there is none"),
    ("xauth", "lets the window use that display"),
    ("dbus-x11", "the bus that the window's toolkit asks for"),
    ("chromium", "the browser of the screen tests"),
    ("fonts-dejavu-core", "Latin letters in screenshots"),
    ("fonts-noto-core", "Arabic letters in screenshots"),
    STRACE,
];

const STRACE: (&str, &str) =
    ("strace", "kills, fails, records and counts system calls in tests and figures");

/// Sees to it that this machine has what the chores need.
pub(crate) fn everything() -> Result<()> {
    node()?;
    packages(PACKAGES)
}

/// What a build from nothing with all its tests writes, and some more.
const BUILD_BYTES: u64 = 7 * 1024 * 1024 * 1024;

/// Sees to it that a build from nothing has the room it takes: a compiler that runs out of it says so in the
/// words of whatever it was writing.
pub(crate) fn room(is_built: bool) -> Result<()> {
    if is_built {
        return Ok(());
    }
    let said = call("df", &["--output=avail", "--block-size=1", "."]).text()?;
    let Some(free) = free_bytes(&said) else {
        bail!("`df` said {said:?}, which is no number of bytes");
    };
    let gib = |bytes: u64| bytes / (1024 * 1024 * 1024);
    if free < BUILD_BYTES {
        let (free, wanted) = (gib(free), gib(BUILD_BYTES));
        bail!("a build from nothing takes up to {wanted} GiB here, and {free} GiB are free");
    }
    eprintln!("There is room to build: {} GiB are free.", gib(free));
    Ok(())
}

/// The number below the heading.
fn free_bytes(said: &str) -> Option<u64> {
    said.lines().nth(1)?.trim().parse().ok()
}

/// Node and npm, which no package of Debian has in a version new enough.
pub(crate) fn node() -> Result<()> {
    let said = call("node", &["--version"])
        .text()
        .context("Node is missing: install Node 20.19 or newer, with npm")?;
    let mut numbers = said.trim().trim_start_matches('v').split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (numbers.next(), numbers.next()) else {
        bail!("`node --version` said {said:?}, which is no version");
    };
    if (major, minor) < NODE_MIN {
        let (need_major, need_minor) = NODE_MIN;
        bail!("Node {major}.{minor} is too old: install {need_major}.{need_minor} or newer");
    }
    Ok(())
}

/// What kills, fails and records the calls of phone and hub in their tests, and counts flushes for a figure.
pub(crate) fn tracer() -> Result<()> {
    packages(&[STRACE])
}

fn packages(wanted: &[(&str, &str)]) -> Result<()> {
    if !call("dpkg-query", &["--version"]).quietly() {
        eprintln!("This is not Debian. What is needed, by Debian's names; see that you have it:");
        list(wanted);
        return Ok(());
    }
    let missing: Vec<_> =
        wanted.iter().copied().filter(|(package, _)| !is_installed(package)).collect();
    if missing.is_empty() {
        eprintln!("Every system package is there ({}).", wanted.len());
        return Ok(());
    }
    eprintln!("Missing, to be installed with apt-get:");
    list(&missing);
    let names: Vec<_> = missing.iter().map(|(package, _)| *package).collect();
    let by_hand = format!("apt-get install --no-install-recommends {}", names.join(" "));
    apt(&["update", "--quiet"]).with_context(|| format!("by hand: {by_hand}"))?;
    let mut install = vec!["install", "--yes", "--quiet", "--no-install-recommends"];
    install.extend(names);
    apt(&install).with_context(|| format!("by hand: {by_hand}"))
}

fn is_installed(package: &str) -> bool {
    let said = std::process::Command::new("dpkg-query")
        .args(["--show", "--showformat", "${db:Status-Status}", package])
        .output();
    said.is_ok_and(|output| output.status.success() && output.stdout == b"installed")
}

/// Runs apt-get as root, through sudo if we are not.
fn apt(args: &[&str]) -> Result<()> {
    const QUIET: &str = "DEBIAN_FRONTEND=noninteractive";
    let is_root = call("id", &["--user"]).text()?.trim() == "0";
    let mut line = if is_root { vec![] } else { vec!["sudo"] };
    line.extend(["env", QUIET, "apt-get"]);
    line.extend(args);
    let (program, args) = line.split_first().context("there is a program to run")?;
    call(program, args).run()
}

fn list(packages: &[(&str, &str)]) {
    for (package, why) in packages {
        eprintln!("  {package:<24} {why}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_room_is_read_off_what_df_says() {
        assert_eq!(free_bytes("       Avail\n 59123456789\n"), Some(59_123_456_789));
        assert_eq!(free_bytes("Avail\n-\n"), None);
        assert_eq!(free_bytes(""), None);
    }
}
