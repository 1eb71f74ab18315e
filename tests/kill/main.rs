//! Kill and errno at every system call of a capture: what was called saved is there afterwards, and
//! what was not is not half there.
//!
//! `strace` does it: it kills the phone, or makes a call fail, at the first call of a kind, then at the
//! second, and so on until the phone gets through. Each kind of call is counted by itself.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a panic is how a test fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Calls through which something gets onto the disk.
const CALLS: [&str; 8] =
    ["openat", "pwrite64", "write", "fsync", "fdatasync", "rename", "ftruncate", "unlink"];
/// No capture makes more calls of one kind than this.
const CALLS_MAX: usize = 200;

fn capture() -> PathBuf {
    // Tests and programs are built side by side.
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("capture");
    assert!(program.exists(), "{} is not built: cargo build -p waybill-testkit", program.display());
    program
}

fn run(program: &mut Command) -> Output {
    program.output().expect("strace is needed: apt-get install strace")
}

fn lines(output: &Output, word: &str) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| line.strip_prefix(word)).map(ToOwned::to_owned).collect()
}

/// Makes a copy of a phone that holds a run.
fn copy_of(prepared: &Path, name: &Path) {
    let status = Command::new("cp").arg("-r").arg(prepared).arg(name).status().unwrap();
    assert!(status.success());
}

/// What one fault at one call came to.
enum Came {
    /// The phone got through without meeting the fault: there are no more calls of this kind.
    Through,
    /// It met the fault, and this is what is wrong afterwards.
    Met(Option<String>),
}

fn meet(prepared: &Path, dir: &Path, call: &str, fault: &str, at: usize, more: &[&str]) -> Came {
    let phone = dir.join(format!("{call}-{at}"));
    copy_of(prepared, &phone);
    // A disk that is full once stays full: a phone would give its reserve back and get through.
    let on = if fault == "error=ENOSPC" { "+" } else { "" };
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:{fault}:when={at}{on}"));
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "-e", &trace, "-e", &inject, "-o", "/dev/null"]);
    traced.arg(capture()).arg("go").arg(&phone).args(more);
    let went = run(&mut traced);
    let said = lines(&went, "saved ");
    let checked = run(Command::new(capture()).arg("check").arg(&phone));
    let there = lines(&checked, "there ");
    let wrong = if !checked.status.success() {
        Some(String::from_utf8_lossy(&checked.stderr).lines().next().unwrap_or_default().to_owned())
    } else if said.is_subset(&there) {
        None
    } else {
        Some(format!("{} were called saved, {} are there", said.len(), there.len()))
    };
    std::fs::remove_dir_all(&phone).unwrap();
    if went.status.success() && wrong.is_none() { Came::Through } else { Came::Met(wrong) }
}

/// Goes through every call of every kind; tells how many faults were met and what went wrong.
fn storm(fault: &str, more: &[&str]) -> (usize, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let prepared = dir.path().join("prepared");
    let made = run(Command::new(capture()).arg("prepare").arg(&prepared));
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let (mut met, mut wrongs) = (0, Vec::new());
    for call in CALLS {
        // A failing call may be survived, so one quiet pass is not the end: three in a row are.
        let mut quiet = 0;
        for at in 1..=CALLS_MAX {
            match meet(&prepared, dir.path(), call, fault, at, more) {
                Came::Through => quiet += 1,
                Came::Met(wrong) => {
                    (met, quiet) = (met + 1, 0);
                    wrongs.extend(wrong.map(|wrong| format!("{call} {at}: {wrong}")));
                }
            }
            if quiet == 3 {
                break;
            }
        }
    }
    (met, wrongs)
}

#[test]
fn what_was_called_saved_survives_a_kill_at_every_call() {
    let (met, wrongs) = storm("signal=KILL", &[]);
    assert!(met > 60, "only {met} calls were met: the storm has lost its teeth");
    assert_eq!(wrongs, Vec::<String>::new());
}

#[test]
fn a_full_disk_or_a_failing_one_is_never_called_saved() {
    for errno in ["error=ENOSPC", "error=EIO"] {
        let (met, wrongs) = storm(errno, &[]);
        assert!(met > 10, "{errno}: only {met} calls were met");
        assert_eq!(wrongs, Vec::<String>::new(), "{errno}");
    }
}

#[test]
fn a_phone_that_writes_the_row_before_the_photo_is_found_out() {
    let (_, wrongs) = storm("signal=KILL", &["--wrong-order"]);
    assert!(!wrongs.is_empty(), "the planted mistake was not found");
}
