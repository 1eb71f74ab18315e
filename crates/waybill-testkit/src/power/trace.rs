//! What a program asked of the disk, call by call, as `strace` saw it.
//!
//! Everything that a program does to a disk goes through the system's calls: SQLite's writes, the
//! evidence, the vault. So nothing in the product has to know that it is watched, and the order
//! between store and files is the true one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail, ensure};

/// The calls that are listened to: all that can change what is on a disk, and those that open and close.
const CALLS: &str = "trace=openat,open,creat,close,write,writev,pwrite64,pwritev,pwritev2,ftruncate,truncate,\
     fallocate,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,\
     unlink,unlinkat,rmdir,mkdir,mkdirat,dup,dup2,dup3,copy_file_range,sendfile,clone,clone3,fork,vfork";

/// What one call did. Paths are told from the watched folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Open {
        file: i32,
        path: PathBuf,
        creates: bool,
        empties: bool,
        appends: bool,
    },
    Close {
        file: i32,
    },
    Write {
        file: i32,
        at: Option<usize>,
        bytes: Vec<u8>,
    },
    Length {
        file: i32,
        bytes: usize,
    },
    Flush {
        file: i32,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove {
        path: PathBuf,
    },
    MakeFolder {
        path: PathBuf,
    },
    /// The program said something: from here on it has promised it.
    Say(String),
}

/// One call that succeeded in the watched folder, or said something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The system's name for it.
    pub name: String,
    /// The how manieth call of that name in the whole program it was.
    pub nth: usize,
    pub act: Act,
}

/// Runs a program to its end and writes down what it did in a folder.
pub fn record(program: &mut Command, root: &Path) -> anyhow::Result<Vec<Call>> {
    let out = super::image::memory_folder()?;
    let path = out.path().join("trace");
    let mut traced = Command::new("strace");
    traced.args(["-f", "-qq", "--seccomp-bpf", "-xx", "-s", "16777216", "-e", CALLS, "-o"]);
    traced.arg(&path).arg(program.get_program()).args(program.get_args());
    let went = traced.output().context("strace is needed: apt-get install strace")?;
    ensure!(went.status.success(), "{}", String::from_utf8_lossy(&went.stderr));
    read(&std::fs::read_to_string(&path)?, root)
}

/// Reads what `strace` wrote.
fn read(text: &str, root: &Path) -> anyhow::Result<Vec<Call>> {
    let mut reader = Reader { root, open: BTreeSet::new(), counts: BTreeMap::new() };
    let mut calls = Vec::new();
    for line in text.lines() {
        calls.extend(reader.call(line).with_context(|| {
            let start: String = line.chars().take(200).collect();
            format!("a call that the recorder does not know: {start}")
        })?);
    }
    Ok(calls)
}

struct Reader<'r> {
    root: &'r Path,
    /// The open files of the watched folder.
    open: BTreeSet<i32>,
    counts: BTreeMap<String, usize>,
}

impl Reader<'_> {
    fn call(&mut self, line: &str) -> anyhow::Result<Option<Call>> {
        let line = line.split_once(' ').context("a line begins with a process")?.1.trim_start();
        if line.starts_with("+++") || line.starts_with("---") {
            return Ok(None);
        }
        let (name, rest) = line.split_once('(').context("a call has arguments")?;
        let (args, answer) = rest.rsplit_once(" = ").context("a call has an answer")?;
        let args = args.trim_end().strip_suffix(')').context("arguments end")?;
        let args: Vec<&str> = args.split(", ").collect();
        let nth = self.counts.entry(name.to_owned()).or_default();
        *nth += 1;
        let nth = *nth;
        if answer.starts_with("-1") {
            return Ok(None);
        }
        let answer = answer.split(' ').next().unwrap_or_default();
        let act = self.act(name, &args, answer)?;
        Ok(act.map(|act| Call { name: name.to_owned(), nth, act }))
    }

    fn act(&mut self, name: &str, args: &[&str], answer: &str) -> anyhow::Result<Option<Act>> {
        let arg = |at: usize| args.get(at).copied().context("an argument is missing");
        match name {
            "openat" => Ok(self.open(&text(arg(1)?)?, arg(2)?, answer.parse()?)),
            "open" => Ok(self.open(&text(arg(0)?)?, arg(1)?, answer.parse()?)),
            "close" => {
                let file = arg(0)?.parse()?;
                Ok(self.open.remove(&file).then_some(Act::Close { file }))
            }
            "write" if arg(0)? == "1" => {
                Ok(Some(Act::Say(String::from_utf8(bytes(arg(1)?)?)?.trim_end().to_owned())))
            }
            "write" | "pwrite64" => self.on(arg(0)?, |file| {
                let at = if name == "write" { None } else { Some(arg(3)?.parse()?) };
                let bytes = bytes(arg(1)?)?;
                ensure!(answer.parse() == Ok(bytes.len()), "a short write");
                Ok(Act::Write { file, at, bytes })
            }),
            "ftruncate" => {
                self.on(arg(0)?, |file| Ok(Act::Length { file, bytes: arg(1)?.parse()? }))
            }
            // Asked for of new files only, whose length it becomes.
            "fallocate" => self.on(arg(0)?, |file| {
                let (from, bytes): (usize, usize) = (arg(2)?.parse()?, arg(3)?.parse()?);
                Ok(Act::Length { file, bytes: from.saturating_add(bytes) })
            }),
            "fsync" | "fdatasync" => self.on(arg(0)?, |file| Ok(Act::Flush { file })),
            "rename" => self.rename(arg(0)?, arg(1)?),
            "renameat" | "renameat2" => self.rename(arg(1)?, arg(3)?),
            "unlink" | "rmdir" => self.remove(arg(0)?),
            "unlinkat" => self.remove(arg(1)?),
            "mkdir" => self.make(arg(0)?),
            "mkdirat" => self.make(arg(1)?),
            _ => bail!("{name} is new: {args:?}"),
        }
    }

    fn open(&mut self, path: &str, flags: &str, file: i32) -> Option<Act> {
        let path = self.within(path)?;
        self.open.insert(file);
        let has = |flag: &str| flags.split('|').any(|each| each == flag);
        let (creates, empties, appends) = (has("O_CREAT"), has("O_TRUNC"), has("O_APPEND"));
        Some(Act::Open { file, path, creates, empties, appends })
    }

    /// Something done to an open file, if it is one of the watched folder's.
    fn on(
        &self,
        file: &str,
        act: impl FnOnce(i32) -> anyhow::Result<Act>,
    ) -> anyhow::Result<Option<Act>> {
        let file = file.parse()?;
        if self.open.contains(&file) { act(file).map(Some) } else { Ok(None) }
    }

    fn rename(&self, from: &str, to: &str) -> anyhow::Result<Option<Act>> {
        let (from, to) = (self.within(&text(from)?), self.within(&text(to)?));
        Ok(from.zip(to).map(|(from, to)| Act::Rename { from, to }))
    }

    fn remove(&self, path: &str) -> anyhow::Result<Option<Act>> {
        Ok(self.within(&text(path)?).map(|path| Act::Remove { path }))
    }

    fn make(&self, path: &str) -> anyhow::Result<Option<Act>> {
        Ok(self.within(&text(path)?).map(|path| Act::MakeFolder { path }))
    }

    fn within(&self, path: &str) -> Option<PathBuf> {
        Path::new(path).strip_prefix(self.root).ok().map(Path::to_owned)
    }
}

/// The bytes of a quoted argument, each written as `\xhh`.
fn bytes(quoted: &str) -> anyhow::Result<Vec<u8>> {
    let hex = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let hex = hex.context("an argument was cut short")?.replace("\\x", "");
    Ok(data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes())?)
}

fn text(quoted: &str) -> anyhow::Result<String> {
    Ok(String::from_utf8(bytes(quoted)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_reads_as_what_was_done_in_the_folder() {
        let hex = |text: &str| {
            let bytes: Vec<_> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
            format!("\\x{}", bytes.join("\\x"))
        };
        let lines = [
            format!("7 openat(AT_FDCWD, \"{}\", O_RDONLY|O_CLOEXEC) = 3", hex("/lib/x.so")),
            "7 close(3) = 0".to_owned(),
            format!("7 openat(AT_FDCWD, \"{}\", O_RDWR|O_CREAT|O_TRUNC, 0644) = 3", hex("/d/a")),
            format!("7 write(3, \"{}\", 2)      = 2", hex("hi")),
            "7 fsync(3) = 0".to_owned(),
            format!("7 mkdir(\"{}\", 0777) = -1 EEXIST (File exists)", hex("/d")),
            format!("7 write(1, \"{}\", 6) = 6", hex("saved\n")),
        ];
        let calls = read(&lines.join("\n"), Path::new("/d")).unwrap();
        let acts: Vec<_> = calls.iter().map(|call| (call.nth, call.act.clone())).collect();
        let (file, path) = (3, PathBuf::from("a"));
        let open = Act::Open { file, path, creates: true, empties: true, appends: false };
        let write = Act::Write { file, at: None, bytes: b"hi".to_vec() };
        let said = Act::Say("saved".to_owned());
        assert_eq!(acts, [(2, open), (1, write), (1, Act::Flush { file }), (2, said)]);
    }

    #[test]
    fn a_call_that_nobody_thought_of_is_no_silent_hole() {
        assert!(read("7 sendfile(3, 4, NULL, 9) = 9", Path::new("/d")).is_err());
        assert!(read("7 write(3, <unfinished ...>", Path::new("/d")).is_err());
    }
}
