//! Leaves nothing running, however a chore ends.
//!
//! Every process a chore starts carries a mark in its environment. A keeper, in a process group of its
//! own, holds one end of a pipe; when the chore is gone for whatever reason (done, failed, Ctrl-C,
//! killed) the pipe closes and the keeper ends whatever still carries the mark. It needs `/proc`; on
//! other systems Ctrl-C alone has to do.

use std::io::Read;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

/// The hidden command by which the keeper is started.
pub(crate) const WORD: &str = "keep";
/// The mark: this variable, with the number of the chore's own process.
pub(crate) const MARK: &str = "WAYBILL_XTASK";

/// How long a process has between being asked to end and being ended.
const GRACE: Duration = Duration::from_secs(2);

/// Starts the keeper; it ends by itself once this process is gone.
pub(crate) fn start() -> Result<Child> {
    let mut command = Command::new(std::env::current_exe().context("which program is this?")?);
    command.args([WORD, &std::process::id().to_string()]);
    command.stdin(Stdio::piped()).stdout(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn().context("could not start the keeper of this chore")
}

/// Waits for the chore to be gone and ends what it left.
pub(crate) fn keep(args: &[String]) -> ExitCode {
    let Some(chore) = args.first() else {
        return ExitCode::from(2);
    };
    let mut nothing = Vec::new();
    // Either answer means that the other end is gone.
    drop(std::io::stdin().read_to_end(&mut nothing));
    sweep(chore);
    ExitCode::SUCCESS
}

/// Ends what this chore has started and not ended.
pub(crate) fn sweep_own() {
    sweep(&std::process::id().to_string());
}

fn sweep(chore: &str) {
    let left = marked(chore);
    if left.is_empty() {
        return;
    }
    signal("-TERM", &left);
    let until = std::time::Instant::now() + GRACE;
    while !marked(chore).is_empty() && std::time::Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    signal("-KILL", &marked(chore));
}

/// The numbers of the processes that carry a chore's mark.
fn marked(chore: &str) -> Vec<String> {
    let mark = format!("{MARK}={chore}");
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .flatten()
        .filter(|entry| {
            let Ok(environment) = std::fs::read(entry.path().join("environ")) else {
                return false;
            };
            environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .collect()
}

fn signal(how: &str, processes: &[String]) {
    if processes.is_empty() {
        return;
    }
    // A process that ended in between is what we wanted.
    drop(Command::new("kill").arg(how).args(processes).stderr(Stdio::null()).status());
}
