//! Things that live in one place only.

use crate::house::{Source, none, read, sources};

/// What can only be a piece of SQL.
const SQL: &[&str] = &[
    "SELECT ",
    "INSERT INTO ",
    "INSERT OR ",
    "DELETE FROM ",
    "UPDATE ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "PRAGMA ",
];

fn shipped() -> Vec<Source> {
    let mut sources: Vec<_> =
        ["crates", "src-tauri/src"].iter().flat_map(|folder| sources(folder, &[".rs"])).collect();
    // Tests break stores on purpose and look into them; they are in no product.
    sources.retain(|source| {
        !source.path.starts_with("crates/waybill-testkit/") && !source.path.ends_with("/tests.rs")
    });
    sources
}

#[test]
fn sql_is_only_in_the_two_stores() {
    let stores = ["crates/waybill-device/src/store", "crates/waybill-hub/src/store"];
    let shipped = shipped();
    for store in stores {
        assert!(
            shipped.iter().any(|source| source.path.starts_with(store)),
            "{store} is missing: where did the SQL go?"
        );
    }
    let broken: Vec<_> = shipped
        .iter()
        .filter(|source| !stores.iter().any(|store| source.path.starts_with(store)))
        .flat_map(|source| source.finds(SQL))
        .collect();
    none(&broken, "SQL lives in store.rs and store/. Give the store a verb for it:");
}

#[test]
fn the_native_shell_is_known_to_one_file_of_the_pages() {
    let pages = sources("ui/src", &[".ts", ".svelte", ".js", ".html"]);
    let knowing: Vec<_> = pages
        .iter()
        .filter(|source| source.text.contains("@tauri-apps/"))
        .map(|source| source.path.as_str())
        .collect();
    assert_eq!(
        knowing,
        ["ui/src/host/tauri.ts"],
        "Only ui/src/host/tauri.ts may import @tauri-apps; a screen asks its state, a state its host."
    );
}

#[test]
fn the_way_to_the_hub_is_built_in_one_file() {
    // On Android the client's default certificate check panics at the first request.
    let doors = ["Client::new(", "Client::builder(", "ClientBuilder::new("];
    let shipped = shipped();
    let mut files: Vec<_> = shipped
        .iter()
        .filter(|source| !source.finds(&doors).is_empty())
        .map(|source| source.path.as_str())
        .collect();
    files.dedup();
    assert!(
        files.len() == 1 && files[0].starts_with("crates/waybill-device/src/"),
        "One file of the device builds the HTTP client, with our own list of roots. Found: {files:?}"
    );
}

#[test]
fn the_page_may_ask_the_shell_for_nothing_but_its_two_commands() {
    let capability = read("src-tauri/capabilities/main.json");
    let capability: serde_json::Value =
        serde_json::from_str(&capability).expect("the capability is JSON");
    assert_eq!(
        capability["permissions"],
        serde_json::json!([
            "core:event:allow-listen",
            "core:event:allow-unlisten",
            "allow-call",
            "allow-take-shot"
        ]),
        "A new permission is a new door into the phone: think twice, then change this list too."
    );
    let config = read("src-tauri/tauri.conf.json");
    for hole in ["unsafe-eval", "http://*", "https://*", "\"*\""] {
        assert!(!config.contains(hole), "tauri.conf.json opens {hole} to the page");
    }
}
