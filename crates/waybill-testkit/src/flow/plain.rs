//! A store of a few lines, right or with one mistake in it.
//!
//! It keeps rows and photos as the phone does and knows nothing else. What the tests say about it shows
//! what they are worth: the right one loses nothing, and each mistake is found.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, ensure};
use rusqlite::Connection;
use waybill_core::journal::blob_hash;

use super::{after, say};

const ROWS: u8 = 12;

/// What is wrong with the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    Nothing,
    /// `synchronous=NORMAL`: the log is flushed only before it is written back.
    Normal,
    /// `synchronous=OFF`: nothing is ever flushed.
    Off,
    /// The row is written before the photo that it names.
    RowFirst,
    /// The photo is not flushed before it gets its name.
    PhotoUnflushed,
    /// The photo's folder is not flushed after it has got its name.
    FolderUnflushed,
    /// It says saved, and commits then.
    SaidFirst,
}

impl Mistake {
    pub const ALL: [Self; 7] = [
        Self::Nothing,
        Self::Normal,
        Self::Off,
        Self::RowFirst,
        Self::PhotoUnflushed,
        Self::FolderUnflushed,
        Self::SaidFirst,
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Nothing => "plain",
            Self::Normal => "plain-normal",
            Self::Off => "plain-off",
            Self::RowFirst => "plain-row-first",
            Self::PhotoUnflushed => "plain-photo-unflushed",
            Self::FolderUnflushed => "plain-folder-unflushed",
            Self::SaidFirst => "plain-said-first",
        }
    }
}

pub(super) fn go(dir: &Path, mistake: Mistake) -> anyhow::Result<()> {
    let conn = Connection::open(dir.join("plain.db"))?;
    conn.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match mistake {
        Mistake::Normal => "NORMAL",
        Mistake::Off => "OFF",
        _ => "FULL",
    };
    conn.pragma_update(None, "synchronous", synchronous)?;
    conn.execute("CREATE TABLE IF NOT EXISTS facts (id INTEGER PRIMARY KEY, blob TEXT)", ())?;
    for id in 0..ROWS {
        let photo = vec![id; 900];
        if mistake != Mistake::RowFirst {
            keep(dir, &photo, mistake)?;
        }
        if mistake == Mistake::SaidFirst {
            say(&format!("saved {id}"))?;
        }
        let hash = blob_hash(&photo).to_string();
        conn.execute("INSERT INTO facts (id, blob) VALUES (?1, ?2)", (id, hash))?;
        if mistake == Mistake::RowFirst {
            keep(dir, &photo, mistake)?;
        }
        if mistake != Mistake::SaidFirst {
            say(&format!("saved {id}"))?;
        }
    }
    Ok(())
}

fn keep(dir: &Path, photo: &[u8], mistake: Mistake) -> anyhow::Result<()> {
    let path = dir.join(blob_hash(photo).to_string());
    let fresh = path.with_extension("fresh");
    fs::write(&fresh, photo)?;
    if mistake != Mistake::PhotoUnflushed {
        File::open(&fresh)?.sync_all()?;
    }
    fs::rename(&fresh, &path)?;
    if mistake != Mistake::FolderUnflushed {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let conn = Connection::open(dir.join("plain.db"))?;
    let health: String = conn.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    ensure!(health == "ok", "the store is damaged: {health}");
    let is_begun = conn.table_exists(None, "facts")?;
    ensure!(is_begun || after(said, "saved").count() == 0, "the whole table is gone");
    if !is_begun {
        return Ok(());
    }
    let mut list = conn.prepare("SELECT id, blob FROM facts")?;
    let rows = list.query_map((), |row| Ok((row.get::<_, u8>(0)?, row.get::<_, String>(1)?)))?;
    let rows = rows.collect::<Result<std::collections::BTreeMap<_, _>, _>>()?;
    for id in after(said, "saved") {
        ensure!(rows.contains_key(&id.parse()?), "row {id} was called saved and is not there");
    }
    for (id, hash) in &rows {
        let photo = fs::read(dir.join(hash)).with_context(|| format!("the photo of row {id}"))?;
        ensure!(blob_hash(&photo).to_string() == *hash, "the photo of row {id} is torn");
    }
    Ok(())
}
