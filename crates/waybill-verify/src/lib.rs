//! Checking a bundle on a machine that has nothing to do with Waybill.
//!
//! What is checked is decided in `waybill_sync::bundle`; here are only the words, the file that is
//! read and the folder that evidence is put into. Nothing here speaks to a network.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use waybill_sync::bundle::{Evidence, Findings, verify};
use waybill_sync::key::HubPublic;
use waybill_sync::limits::BUNDLE_BYTES_MAX;

/// How the program is called.
pub const USAGE: &str = "\
waybill-verify BUNDLE [--hub-key KEY] [--extract DIR]
    checks a bundle offline and says what it proves; ends with 0 if it holds and with 1 if not
    --hub-key KEY   the key that the company gives out; without it the bundle names its own
    --extract DIR   writes the photos and signatures of a bundle that holds into a folder";

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub bundle: PathBuf,
    pub hub_key: Option<HubPublic>,
    pub extract: Option<PathBuf>,
}

impl Request {
    /// Reads the words behind the program's name.
    pub fn read(words: impl IntoIterator<Item = String>) -> anyhow::Result<Self> {
        let mut words = words.into_iter();
        let (mut bundle, mut hub_key, mut extract) = (None, None, None);
        while let Some(word) = words.next() {
            let mut value =
                || words.next().with_context(|| format!("{word} needs a value\n\n{USAGE}"));
            match word.as_str() {
                "--hub-key" => hub_key = Some(read_key(&value()?)?),
                "--extract" => extract = Some(PathBuf::from(value()?)),
                _ if word.starts_with("--") => bail!("{word} is no option\n\n{USAGE}"),
                _ if bundle.is_some() => bail!("one bundle at a time\n\n{USAGE}"),
                _ => bundle = Some(PathBuf::from(word)),
            }
        }
        let bundle = bundle.with_context(|| format!("no bundle was named\n\n{USAGE}"))?;
        Ok(Self { bundle, hub_key, extract })
    }
}

fn read_key(text: &str) -> anyhow::Result<HubPublic> {
    HubPublic::from_text(text.trim()).ok().with_context(|| format!("{text} is no key of a hub"))
}

/// Checks the bundle and says what it found; answers whether the bundle holds.
pub fn run(request: &Request, out: &mut dyn Write) -> anyhow::Result<bool> {
    let path = request.bundle.display();
    let size = fs::metadata(&request.bundle).with_context(|| format!("{path} cannot be read"))?;
    // Not even read: a file of any size may be named here.
    if size.len() > u64::try_from(BUNDLE_BYTES_MAX).unwrap_or(u64::MAX) {
        writeln!(out, "NOT OK: the file is larger than a bundle may be")?;
        return Ok(false);
    }
    let bytes = fs::read(&request.bundle).with_context(|| format!("{path} cannot be read"))?;
    match verify(&bytes, request.hub_key) {
        Ok(findings) => {
            say(&findings, out)?;
            if let Some(folder) = &request.extract {
                extract(&findings.evidence, folder, out)?;
            }
            Ok(true)
        }
        Err(faults) => {
            for fault in faults {
                writeln!(out, "NOT OK: {fault}")?;
            }
            Ok(false)
        }
    }
}

fn say(findings: &Findings, out: &mut dyn Write) -> std::io::Result<()> {
    for line in findings.lines() {
        writeln!(out, "{line}")?;
    }
    writeln!(out)?;
    if findings.is_hub_trusted {
        writeln!(out, "OK: every chain, seal, hash and signature holds.")
    } else {
        writeln!(
            out,
            "OK: every chain, seal, hash and signature holds for the hub key that the bundle names. \
             Compare that key, or pass the one you trust with --hub-key."
        )
    }
}

fn extract(evidence: &[Evidence], folder: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for piece in evidence {
        // The name is made of the hash alone: nothing in a bundle chooses where a file goes.
        let path = folder.join(format!("{}.{}", piece.hash, ending(&piece.mime)));
        fs::write(&path, &piece.bytes)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        writeln!(out, "wrote {}", path.display())?;
    }
    Ok(())
}

fn ending(mime: &str) -> &'static str {
    match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "application/json" => "json",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests;
