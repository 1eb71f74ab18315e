//! Papers that are read stay short, and say what is so.

use crate::house::{none, read};

#[test]
fn the_map_of_the_house_fits_on_a_few_pages() {
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(lines <= 200, "ARCHITECTURE.md has {lines} lines; 200 are read, more are not");
}

#[test]
fn every_crate_is_on_the_map() {
    let map = read("ARCHITECTURE.md");
    let rooms = [
        "waybill-core",
        "waybill-sync",
        "waybill-device",
        "waybill-hub",
        "waybill-testkit",
        "waybill-verify",
        "tauri-plugin-waybill",
        "xtask",
        "src-tauri",
        "ui/",
        "migrations/",
        "tests/",
    ];
    let broken: Vec<_> =
        rooms.iter().filter(|room| !map.contains(**room)).map(|room| (*room).to_owned()).collect();
    none(&broken, "ARCHITECTURE.md does not name:");
}

#[test]
fn papers_name_no_file_that_is_not_there() {
    let mut broken = Vec::new();
    for paper in
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/figures.md", "docs/limits.md"]
    {
        let text = read(paper);
        let folder = std::path::Path::new(paper).parent().unwrap_or(std::path::Path::new(""));
        for after in text.split("](").skip(1) {
            let link = after.split([')', '#']).next().unwrap_or_default();
            if link.is_empty() || link.contains("://") {
                continue;
            }
            if !crate::house::root().join(folder).join(link).exists() {
                broken.push(format!("{paper}: {link}"));
            }
        }
    }
    none(&broken, "These links lead nowhere:");
}
