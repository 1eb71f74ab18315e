//! Habits that a reader relies on without looking.

use crate::house::{Source, none, sources};

fn rust() -> Vec<Source> {
    let mut all = sources("crates", &[".rs"]);
    all.extend(sources("src-tauri", &[".rs"]));
    all.extend(sources("tests", &[".rs"]));
    // These rules have to spell out what they forbid.
    all.retain(|source| !source.path.starts_with("tests/tidy/"));
    all
}

fn pages() -> Vec<Source> {
    let mut all = sources("ui/src", &[".ts", ".svelte"]);
    all.extend(sources("tests/e2e", &[".ts"]));
    all
}

#[test]
fn no_test_is_switched_off() {
    let off = ["#[ignore", "test.skip", "it.skip", "describe.skip", ".only(", ".fixme(", " xit("];
    let all = rust().into_iter().chain(pages());
    let broken: Vec<_> = all.flat_map(|source| source.finds(&off)).collect();
    none(&broken, "A test that is switched off dies. Mend it or delete it:");
}

#[test]
fn nothing_is_left_for_later() {
    let later = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!(", "dbg!(", "console.log("];
    let mut broken = Vec::new();
    for source in rust().into_iter().chain(pages()) {
        for (index, line) in source.text.lines().enumerate() {
            if later.iter().any(|word| line.contains(word)) {
                broken.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    none(&broken, "Do it now, or write it down in docs/limits.md:");
}

#[test]
fn no_test_sleeps() {
    let sleeps = ["thread::sleep", "time::sleep(", "waitForTimeout", "setTimeout("];
    let mut broken: Vec<_> =
        sources("tests/e2e", &[".ts"]).iter().flat_map(|source| source.finds(&sleeps)).collect();
    for source in rust() {
        let is_test = source.path.contains("/tests") || source.path.starts_with("tests/");
        let tests_from = source.text.lines().position(|line| line.trim() == "#[cfg(test)]");
        let from = if is_test { Some(0) } else { tests_from };
        let Some(from) = from else { continue };
        for (number, line) in source.code().skip(from) {
            if sleeps.iter().any(|sleep| line.contains(sleep)) {
                broken.push(format!("{}:{number}: {}", source.path, line.trim()));
            }
        }
    }
    none(&broken, "Wait for what you wait for, not for a while:");
}

#[test]
fn names_say_what_a_thing_is() {
    let empty = [
        "Manager",
        "Service",
        "Helper",
        "Util",
        "Utils",
        "Processor",
        "Data",
        "Info",
        "Base",
        "Common",
        "Handler",
    ];
    let kinds = ["struct ", "enum ", "trait ", "type ", "class ", "interface "];
    let mut broken = Vec::new();
    for source in rust().into_iter().chain(pages()) {
        for (number, line) in source.code() {
            let Some(name) = kinds.iter().find_map(|kind| named(line, kind)) else {
                continue;
            };
            if empty.iter().any(|word| name.ends_with(word)) {
                broken.push(format!("{}:{number}: {name}", source.path));
            }
        }
    }
    none(&broken, "Find the noun of docs/glossary.md, or the role it plays:");
}

#[test]
fn no_lint_is_silenced_without_a_reason() {
    let broken: Vec<_> =
        rust().iter().flat_map(|source| source.finds(&["#[allow(", "#![allow("])).collect();
    none(&broken, "Say #[expect(.., reason = \"..\")], which complains once it is not needed:");
}

#[test]
fn a_module_is_a_file_beside_its_folder() {
    let broken: Vec<_> = rust()
        .into_iter()
        .filter(|source| source.path.ends_with("/mod.rs"))
        .map(|source| source.path)
        .collect();
    none(&broken, "Call it foo.rs beside foo/:");
}

#[test]
fn every_module_opens_with_what_lives_there() {
    let broken: Vec<_> = rust()
        .into_iter()
        .filter(|source| !source.text.trim_start().starts_with("//!"))
        .filter(|source| !source.path.ends_with("/tests.rs"))
        .map(|source| source.path)
        .collect();
    none(&broken, "Begin with two to eight lines of `//!`: what lives here, and what never will:");
}

/// The name that a line of code defines, if it defines one.
fn named<'a>(line: &'a str, kind: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line);
    let line = line.strip_prefix("pub").map_or(line, |rest| match rest.split_once(") ") {
        Some((scope, after)) if scope.starts_with('(') => after,
        _ => rest,
    });
    let name = line.trim_start().strip_prefix(kind)?;
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    Some(&name[..end.unwrap_or(name.len())])
}
