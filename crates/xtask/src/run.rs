//! Processes: how a chore starts another program and what it hears from it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::count::Tally;
use crate::keep;

/// The top folder of the house.
pub(crate) fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.ancestors().nth(2).map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

/// A program that `cargo build` has put into the dev profile's folder.
pub(crate) fn built(name: &str) -> PathBuf {
    root().join("target/debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// One call of another program, in the top folder unless told otherwise.
pub(crate) struct Call {
    command: Command,
    said: String,
}

/// Begins a call.
pub(crate) fn call(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Call {
    let mut command = Command::new(program.as_ref());
    command.args(args).current_dir(root()).env(keep::MARK, std::process::id().to_string());
    // Set by `cargo run` for us; a cargo below would take this crate for its own.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
        command.env_remove(name);
    }
    let said = format!("{} {}", program.as_ref().to_string_lossy(), args.join(" "));
    Call { command, said }
}

/// The cargo that runs this chore.
pub(crate) fn cargo(args: &[&str]) -> Call {
    let mut call = call(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args);
    call.said = format!("cargo {}", args.join(" "));
    call
}

impl Call {
    /// In another folder, named from the top.
    pub(crate) fn dir(mut self, dir: &str) -> Self {
        self.command.current_dir(root().join(dir));
        self.said = format!("{} (in {dir})", self.said);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn args(mut self, args: &[String]) -> Self {
        self.command.args(args);
        self.said = format!("{} {}", self.said, args.join(" "));
        self
    }

    /// Runs it before our eyes; fails if it fails.
    pub(crate) fn run(mut self) -> Result<()> {
        println!("$ {}", self.said);
        let status =
            self.command.status().with_context(|| format!("could not run {}", self.said))?;
        self.judge(status)
    }

    /// Starts it and goes on; the keeper ends it with the chore.
    pub(crate) fn spawn(mut self) -> Result<std::process::Child> {
        println!("$ {}", self.said);
        self.command.spawn().with_context(|| format!("could not run {}", self.said))
    }

    /// Runs it unseen and answers what it printed; fails if it fails.
    pub(crate) fn text(mut self) -> Result<String> {
        self.command.stderr(Stdio::inherit());
        let output =
            self.command.output().with_context(|| format!("could not run {}", self.said))?;
        self.judge(output.status)?;
        String::from_utf8(output.stdout)
            .with_context(|| format!("{} did not print text", self.said))
    }

    /// Whether it runs and is content; nothing is shown.
    pub(crate) fn quietly(mut self) -> bool {
        self.command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.command.status().is_ok_and(|status| status.success())
    }

    /// Runs a test program before our eyes and adds its counts, also if it fails.
    pub(crate) fn counted(mut self, tally: &mut Tally) -> Result<()> {
        println!("$ {}", self.said);
        // A pipe is no terminal: without this some runners would still paint the lines we read.
        self.command.env("NO_COLOR", "1").env_remove("FORCE_COLOR").stdout(Stdio::piped());
        let mut child =
            self.command.spawn().with_context(|| format!("could not run {}", self.said))?;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).split(b'\n') {
                let line = String::from_utf8_lossy(&line?).into_owned();
                tally.read(&line);
                writeln!(std::io::stdout(), "{line}")?;
            }
        }
        let status = child.wait()?;
        self.judge(status)
    }

    fn judge(&self, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        bail!("`{}` failed ({status})", self.said)
    }
}
