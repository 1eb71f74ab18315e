//! Finding and reading the files of the house.

use std::path::{Path, PathBuf};

/// Folders that hold nothing written by hand.
const NOT_OURS: &[&str] =
    &["target", "node_modules", "dist", "gen", "generated", ".git", "out", "fixtures"];

/// One file: its path from the top, with `/`, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The lines with their numbers, without what follows a `//`.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(index, line)| (index + 1, line.split("//").next().unwrap_or(line)))
    }

    /// Where the code of a file holds one of these words.
    pub(crate) fn finds(&self, words: &[&str]) -> Vec<String> {
        self.code()
            .filter(|(_, line)| words.iter().any(|word| line.contains(word)))
            .map(|(number, line)| format!("{}:{number}: {}", self.path, line.trim()))
            .collect()
    }
}

/// The top folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text of a file that must be there.
pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path))
        .unwrap_or_else(|error| panic!("{path} belongs to the house and cannot be read: {error}"))
}

/// All files below a folder that end so; there must be at least one.
pub(crate) fn sources(folder: &str, endings: &[&str]) -> Vec<Source> {
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    let mut sources: Vec<_> = found
        .into_iter()
        .filter(|path| endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)))
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let path = path.strip_prefix(root()).ok()?.to_string_lossy().replace('\\', "/");
            Some(Source { path, text })
        })
        .collect();
    sources.sort_by(|left, right| left.path.cmp(&right.path));
    assert!(!sources.is_empty(), "there is no file ending in {endings:?} in {folder}");
    sources
}

/// Fails with what was found and what to do about it.
pub(crate) fn none(broken: &[String], what_to_do: &str) {
    assert!(broken.is_empty(), "{what_to_do}\n  {}", broken.join("\n  "));
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_dir() {
            found.push(path);
        } else if !NOT_OURS.contains(&name.as_str()) {
            walk(&path, found);
        }
    }
}
