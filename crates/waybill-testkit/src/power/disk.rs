//! A disk that keeps what was flushed and may lose anything else.
//!
//! It is stricter than the file systems of real machines: a flush of a file keeps its bytes and not
//! its name, names are kept by flushing their folder, and of what was not flushed any part may be
//! there, in any order, whole or in sectors.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::image::Image;
use super::trace::Act;
use crate::clock::SeededDice;

/// What becomes of what was not flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// All of it is there, as after a kill.
    Nothing,
    /// Nothing of it is there.
    Everything,
    /// Each write and each name is there or not, so many of them in a hundred.
    Some { kept_percent: u64 },
    /// As before, and each write is torn where sectors end.
    Torn { kept_percent: u64, sector: usize },
}

/// The disk under a watched folder.
#[derive(Debug, Default)]
pub struct Disk {
    nodes: Vec<Node>,
    /// What programs see.
    live: BTreeMap<PathBuf, usize>,
    open: BTreeMap<i32, OpenFile>,
    /// The planted mistake: flushes of SQLite's log are answered and not done.
    pub is_deaf_to_logs: bool,
}

#[derive(Debug)]
struct OpenFile {
    node: usize,
    at: usize,
    appends: bool,
    is_log: bool,
}

#[derive(Debug)]
enum Node {
    File { kept: Vec<u8>, pending: Vec<Change>, length: usize },
    Folder { kept: BTreeMap<OsString, usize>, pending: Vec<Entry> },
}

#[derive(Debug)]
enum Change {
    Write { at: usize, bytes: Vec<u8> },
    Length(usize),
}

#[derive(Debug)]
enum Entry {
    Put {
        name: OsString,
        node: usize,
    },
    Take {
        name: OsString,
    },
    /// Within one folder: both or neither.
    Rename {
        from: OsString,
        to: OsString,
        node: usize,
    },
}

impl Disk {
    /// A disk on which all of an image is flushed.
    pub fn holding(image: &Image) -> anyhow::Result<Self> {
        let mut disk = Self::default();
        disk.nodes.push(Node::Folder { kept: BTreeMap::new(), pending: vec![] });
        disk.live.insert(PathBuf::new(), 0);
        for path in &image.folders {
            disk.add(path, Node::Folder { kept: BTreeMap::new(), pending: vec![] })?;
        }
        for (path, bytes) in &image.files {
            let (kept, length) = (bytes.clone(), bytes.len());
            disk.add(path, Node::File { kept, pending: vec![], length })?;
        }
        for node in 0..disk.nodes.len() {
            disk.flush(node)?;
        }
        Ok(disk)
    }

    /// Does what a program did.
    pub fn take(&mut self, act: &Act) -> anyhow::Result<()> {
        match act {
            Act::Open { file, path, creates, empties, appends } => {
                if *creates && !self.live.contains_key(path) {
                    self.add(path, Node::File { kept: vec![], pending: vec![], length: 0 })?;
                }
                let node = *self.live.get(path).context("a file that is opened is there")?;
                if *empties {
                    self.change(node, Change::Length(0))?;
                }
                let is_log = path.to_string_lossy().ends_with("-wal");
                let open = OpenFile { node, at: 0, appends: *appends, is_log };
                self.open.insert(*file, open);
            }
            Act::Close { file } => drop(self.open.remove(file)),
            Act::Write { file, at, bytes } => self.write(*file, *at, bytes)?,
            Act::Length { file, bytes } => {
                let node = self.opened(*file)?.node;
                self.change(node, Change::Length(*bytes))?;
            }
            Act::Flush { file } => {
                let OpenFile { node, is_log, .. } = *self.opened(*file)?;
                if !(is_log && self.is_deaf_to_logs) {
                    self.flush(node)?;
                }
            }
            Act::Rename { from, to } => self.rename(from, to)?,
            Act::Remove { path } => {
                self.live.remove(path).context("what is removed is there")?;
                self.enter(path, |name| Entry::Take { name })?;
            }
            Act::MakeFolder { path } => {
                self.add(path, Node::Folder { kept: BTreeMap::new(), pending: vec![] })?;
            }
            Act::Say(_) => {}
        }
        Ok(())
    }

    /// What is on the disk if the power goes now.
    pub fn cut(&self, loss: Loss, dice: &SeededDice) -> Image {
        let mut image = Image::default();
        self.settle_folder(0, Path::new(""), loss, dice, &mut image);
        image
    }

    fn add(&mut self, path: &Path, node: Node) -> anyhow::Result<()> {
        let number = self.nodes.len();
        self.nodes.push(node);
        self.live.insert(path.to_owned(), number);
        self.enter(path, |name| Entry::Put { name, node: number })
    }

    /// Notes a change in the folder of a path.
    fn enter(&mut self, path: &Path, entry: impl FnOnce(OsString) -> Entry) -> anyhow::Result<()> {
        let (folder, name) = split(path)?;
        let folder = *self.live.get(folder).context("the folder is there")?;
        match self.nodes.get_mut(folder) {
            Some(Node::Folder { pending, .. }) => pending.push(entry(name)),
            _ => bail!("{} is in no folder", path.display()),
        }
        Ok(())
    }

    fn opened(&mut self, file: i32) -> anyhow::Result<&mut OpenFile> {
        self.open.get_mut(&file).context("the file is open")
    }

    fn write(&mut self, file: i32, at: Option<usize>, bytes: &[u8]) -> anyhow::Result<()> {
        let open = self.opened(file)?;
        let (node, is_appended, stands) = (open.node, open.appends, open.at);
        let end = match self.nodes.get(node) {
            Some(Node::File { length, .. }) => *length,
            _ => bail!("bytes were written into a folder"),
        };
        let from = at.unwrap_or(if is_appended { end } else { stands });
        if at.is_none() {
            self.opened(file)?.at = from + bytes.len();
        }
        self.change(node, Change::Write { at: from, bytes: bytes.to_vec() })
    }

    fn change(&mut self, node: usize, change: Change) -> anyhow::Result<()> {
        let Some(Node::File { pending, length, .. }) = self.nodes.get_mut(node) else {
            bail!("a folder was written like a file");
        };
        *length = match &change {
            Change::Write { at, bytes } => (*length).max(at + bytes.len()),
            Change::Length(bytes) => *bytes,
        };
        pending.push(change);
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> anyhow::Result<()> {
        let node = self.live.remove(from).context("what is renamed is there")?;
        self.live.insert(to.to_owned(), node);
        let ((from_folder, from_name), (to_folder, _)) = (split(from)?, split(to)?);
        if from_folder == to_folder {
            return self.enter(to, |name| Entry::Rename { from: from_name, to: name, node });
        }
        self.enter(to, |name| Entry::Put { name, node })?;
        self.enter(from, |name| Entry::Take { name })
    }

    fn flush(&mut self, node: usize) -> anyhow::Result<()> {
        match self.nodes.get_mut(node).context("a node")? {
            Node::File { kept, pending, .. } => {
                pending.drain(..).for_each(|change| change.settle(kept));
            }
            Node::Folder { kept, pending } => {
                pending.drain(..).for_each(|entry| entry.settle(kept));
            }
        }
        Ok(())
    }

    fn settle_folder(
        &self,
        node: usize,
        path: &Path,
        loss: Loss,
        dice: &SeededDice,
        image: &mut Image,
    ) {
        let Some(Node::Folder { kept, pending }) = self.nodes.get(node) else {
            return;
        };
        let mut entries = kept.clone();
        for entry in pending {
            if loss.keeps(dice) {
                entry.settle(&mut entries);
            }
        }
        for (name, node) in entries {
            let path = path.join(name);
            if let Some(Node::File { kept, pending, length }) = self.nodes.get(node) {
                let bytes = if path.to_string_lossy().ends_with("-shm") {
                    // Shared memory that happens to have a file: nobody may rely on what is in it.
                    (0..*length).map(|_| dice.roll().to_le_bytes()[0]).collect()
                } else {
                    settle_file(kept, pending, *length, loss, dice)
                };
                image.files.insert(path, bytes);
            } else {
                image.folders.push(path.clone());
                self.settle_folder(node, &path, loss, dice, image);
            }
        }
    }
}

impl Loss {
    /// The word under which it is counted.
    pub fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing lost",
            Self::Everything => "all that was not flushed lost",
            Self::Some { .. } => "some of it lost, in any order",
            Self::Torn { sector, .. } if sector < 4_096 => "torn at 512 bytes",
            Self::Torn { .. } => "torn at 4 KiB",
        }
    }

    fn keeps(self, dice: &SeededDice) -> bool {
        match self {
            Self::Nothing => true,
            Self::Everything => false,
            Self::Some { kept_percent } | Self::Torn { kept_percent, .. } => {
                dice.percent(kept_percent)
            }
        }
    }
}

impl Change {
    fn settle(&self, kept: &mut Vec<u8>) {
        match self {
            Self::Write { at, bytes } => put(kept, *at, bytes),
            Self::Length(bytes) => kept.resize(*bytes, 0),
        }
    }
}

impl Entry {
    fn settle(&self, kept: &mut BTreeMap<OsString, usize>) {
        match self {
            Self::Put { name, node } => drop(kept.insert(name.clone(), *node)),
            Self::Take { name } => drop(kept.remove(name)),
            Self::Rename { from, to, node } => {
                kept.remove(from);
                kept.insert(to.clone(), *node);
            }
        }
    }
}

fn settle_file(
    kept: &[u8],
    pending: &[Change],
    length: usize,
    loss: Loss,
    dice: &SeededDice,
) -> Vec<u8> {
    let mut settled = kept.to_vec();
    for change in pending {
        match (change, loss) {
            (Change::Write { at, bytes }, Loss::Torn { sector, .. }) => {
                for (at, piece) in sectors(*at, bytes, sector) {
                    if loss.keeps(dice) {
                        put(&mut settled, at, piece);
                    }
                }
            }
            _ if loss.keeps(dice) => change.settle(&mut settled),
            _ => {}
        }
    }
    // A file may have grown on the disk before its bytes came, over whatever lay there before.
    if settled.len() < length && loss.keeps(dice) {
        let is_junk = dice.percent(50);
        let fill = || if is_junk { dice.roll().to_le_bytes()[0] } else { 0 };
        settled.resize_with(length, fill);
    }
    settled
}

fn put(kept: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if kept.len() < end {
        kept.resize(end, 0);
    }
    if let Some(place) = kept.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

/// The pieces of a write as sectors cut it.
fn sectors(at: usize, bytes: &[u8], sector: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = (at, bytes);
    std::iter::from_fn(move || {
        let (at, bytes) = rest;
        let room = sector - at % sector;
        let (piece, left) = bytes.split_at(room.min(bytes.len()));
        rest = (at + piece.len(), left);
        (!piece.is_empty()).then_some((at, piece))
    })
}

fn split(path: &Path) -> anyhow::Result<(&Path, OsString)> {
    let folder = path.parent().context("a path in the folder")?;
    Ok((folder, path.file_name().context("a path has a name")?.to_owned()))
}

#[cfg(test)]
mod tests;
