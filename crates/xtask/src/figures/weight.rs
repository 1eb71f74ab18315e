//! What the first page of an app weighs on its way to a phone.
//!
//! Counted are the scripts and styles that `index.html` names, and what those scripts import at once.
//! What is imported only when a screen is opened does not hold up the first one.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The bytes, each file gzipped by itself as a server would send it.
pub(crate) fn first_load(dist: &Path) -> Result<usize> {
    let page = dist.join("index.html");
    let html = std::fs::read_to_string(&page).with_context(|| {
        format!("{} is missing: run `npm --prefix ui run build`", page.display())
    })?;
    let mut waiting: Vec<_> = named(&html).iter().map(|name| dist.join(name)).collect();
    if waiting.is_empty() {
        bail!("{} names no script", page.display());
    }
    let (mut seen, mut bytes) = (BTreeSet::new(), 0);
    while let Some(path) = waiting.pop() {
        let path = path.canonicalize().with_context(|| format!("no {}", path.display()))?;
        if !seen.insert(path.clone()) {
            continue;
        }
        let content = std::fs::read(&path)?;
        bytes += gzipped(&content)?;
        if path.extension().is_some_and(|extension| extension == "js") {
            let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
            waiting.extend(imported(&String::from_utf8_lossy(&content), &folder));
        }
    }
    Ok(bytes)
}

/// The scripts and styles that a page names in its tags.
fn named(html: &str) -> Vec<String> {
    html.split('<')
        .filter_map(|tag| {
            let wants = tag.starts_with("script")
                || tag.contains("rel=\"stylesheet\"")
                || tag.contains("rel=\"modulepreload\"");
            let value = tag.split_once(" src=\"").or_else(|| tag.split_once(" href=\""))?.1;
            wants.then(|| value.split('"').next().unwrap_or(value))
        })
        .map(|address| address.trim_start_matches("./").trim_start_matches('/').to_owned())
        .collect()
}

/// What a script imports at once: `from"./x.js"` and `import"./x.js"`, never `import("./x.js")`.
fn imported(script: &str, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for word in ["from", "import"] {
        for after in script.split(word).skip(1) {
            let after = after.trim_start();
            let Some(quote) = after.chars().next().filter(|first| matches!(first, '"' | '\''))
            else {
                continue;
            };
            let Some(address) = after[1..].split(quote).next() else {
                continue;
            };
            let is_script = Path::new(address).extension().is_some_and(|ext| ext == "js");
            if address.starts_with('.') && is_script {
                found.push(folder.join(address));
            }
        }
    }
    found
}

fn gzipped(content: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_first_page_waits_for_is_named() {
        let html = r#"<link rel="icon" href="./icon.svg"><link rel="stylesheet" crossorigin href="./a/b.css">
            <link rel="modulepreload" crossorigin href="./a/c.js"><script type="module" src="./a/d.js"></script>
            <script>inline()</script>"#;
        assert_eq!(named(html), ["a/b.css", "a/c.js", "a/d.js"]);
    }

    #[test]
    fn a_script_opened_later_is_not_counted() {
        let script =
            r#"import{a}from"./b.js";import"./c.js";const d=()=>import("./e.js");from "x""#;
        let found = imported(script, Path::new("f"));
        assert_eq!(found, [PathBuf::from("f/./b.js"), PathBuf::from("f/./c.js")]);
    }
}
