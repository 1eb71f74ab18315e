//! Writing the rescue file, twice, with a capture in between: under its name there is never half a file.

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};
use waybill_core::status::Step;
use waybill_device::engine::Engine;
use waybill_sync::envelope;
use waybill_sync::rescue::{EXTENSION, Piece, Pieces, opens};
use waybill_sync::wire::SyncUp;

use super::phone::{self, job, open, photo, tap};
use super::{after, say, twice};
use crate::picture;

/// A phone with a photo that nobody has been told of.
pub(super) fn prepare(dir: &Path) -> anyhow::Result<()> {
    phone::prepare(dir, 2)?;
    let (mut engine, of) = (open(dir)?, job(1)?);
    engine.step(&of, Step::Arrive)?;
    engine.keep_photo(&photo(&of, picture::small_jpeg(1)))?;
    Ok(())
}

pub(super) fn go(dir: &Path) -> anyhow::Result<()> {
    let mut engine = twice(|| open(dir))?;
    rescue(&mut engine)?;
    let shot = photo(&job(1)?, picture::small_jpeg(2));
    tap(&mut engine, |engine| engine.keep_photo(&shot))?;
    rescue(&mut engine)
}

fn rescue(engine: &mut Engine) -> anyhow::Result<()> {
    match twice(|| engine.rescue()) {
        Ok(view) => say(&format!("rescued {}", view.facts)),
        Err(problem) => say(&format!("failed {}", problem.code)),
    }
}

/// I1, I3: the file that was called written is there and whole, and so is the store.
pub(super) fn check(dir: &Path, said: &[String]) -> anyhow::Result<()> {
    let promised = after(said, "rescued").filter_map(|facts| facts.parse().ok()).max();
    let found = facts_in(dir)?;
    ensure!(found >= promised, "a rescue file of {promised:?} facts was written, it has {found:?}");
    phone::check(dir, said)?;
    let facts = open(dir)?.rescue()?.facts;
    // The check captures two more.
    ensure!(facts >= 4, "a capture is in no rescue file");
    ensure!(facts_in(dir)? == Some(usize::try_from(facts)?), "a later rescue file is another");
    Ok(())
}

/// How many facts are in the file, after a look at every piece of it; `None` without a file.
fn facts_in(dir: &Path) -> anyhow::Result<Option<usize>> {
    let path = dir.join("rescue").join(format!("phone.{EXTENSION}"));
    if !path.exists() {
        return Ok(None);
    }
    let file = fs::read(path)?;
    opens(&file).ok().context("the rescue file has no beginning")?;
    let pieces: Result<Vec<_>, _> = Pieces::of(&file).collect();
    let pieces = pieces.ok().context("half a rescue file has its name")?;
    let Some(Piece::End(end)) = pieces.last() else {
        anyhow::bail!("the rescue file has no end");
    };
    let (mut facts, mut messages, mut blobs) = (0, 0, 0);
    for piece in &pieces {
        match piece {
            Piece::Message(body) => {
                let up: SyncUp = envelope::open("sync", body).ok().context("a message reads")?;
                facts += up.tails.iter().map(|tail| tail.facts.len()).sum::<usize>();
                messages += 1;
            }
            Piece::Blob(hash, bytes) => {
                ensure!(waybill_core::journal::blob_hash(bytes) == *hash, "{hash} is torn");
                blobs += 1;
            }
            Piece::Begin(_) | Piece::End(_) => {}
        }
    }
    let is_all = (end.messages, end.blobs, end.blobs_left_out) == (messages, blobs, 0);
    ensure!(is_all, "the rescue file lacks something: {end:?}");
    Ok(Some(facts))
}
