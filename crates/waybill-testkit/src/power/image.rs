//! A folder as a value: what is in it, so that it can be put down again anywhere.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Every file of a folder with its bytes, and every folder in it, by the path from there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    pub folders: Vec<PathBuf>,
    pub files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Image {
    /// Reads a folder.
    pub fn read(root: &Path) -> std::io::Result<Self> {
        let mut image = Self::default();
        image.read_folder(root, Path::new(""))?;
        Ok(image)
    }

    fn read_folder(&mut self, root: &Path, folder: &Path) -> std::io::Result<()> {
        for entry in fs::read_dir(root.join(folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.folders.push(path.clone());
                self.read_folder(root, &path)?;
            } else {
                self.files.insert(path, fs::read(entry.path())?);
            }
        }
        Ok(())
    }

    /// Puts everything down in a folder that is there.
    pub fn write(&self, root: &Path) -> std::io::Result<()> {
        for folder in &self.folders {
            fs::create_dir_all(root.join(folder))?;
        }
        for (path, bytes) in &self.files {
            // What is held back is zeros to its end: it is told, not written.
            let told = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
            let mut file = File::create(root.join(path))?;
            file.write_all(bytes.get(..told).unwrap_or_default())?;
            file.set_len(u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        }
        Ok(())
    }
}

/// A folder in memory where there is some: what is lost here is lost on purpose, not by the disk.
pub fn memory_folder() -> std::io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }
}
