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

/// What only one of the databases understands that the hub's store may be kept in, and what both do.
const DIALECT: &[(&str, &str)] = &[
    ("INSERT OR ", "ON CONFLICT DO NOTHING or DO UPDATE"),
    ("REPLACE INTO ", "ON CONFLICT DO UPDATE"),
    ("rowid", "a key of the table's own"),
    ("AUTOINCREMENT", "a number that the store counts"),
    ("GLOB ", "LIKE, or a condition in Rust"),
    ("COLLATE ", "bytes: every text sorts by them"),
    ("INDEXED BY ", "a condition that an index is made for"),
    ("datetime(", "milliseconds"),
    ("strftime(", "milliseconds"),
    ("julianday(", "milliseconds"),
    ("typeof(", "a CHECK of the table"),
    ("instr(", "a look at the bytes in Rust"),
    ("substr(", "a look at the bytes in Rust"),
    ("hex(", "bytes"),
    ("IFNULL(", "COALESCE"),
    ("iif(", "CASE"),
    ("group_concat(", "rows"),
    ("json_", "a column"),
    ("random(", "the hub's dice"),
    ("last_insert_", "RETURNING, or a number that the store counts"),
    ("changes(", "what `execute` answers"),
    (" IS $", "IS NOT DISTINCT FROM"),
    (" IS NOT $", "IS DISTINCT FROM"),
    ("PRAGMA ", "a word of `Database`"),
    ("?", "$1, $2 and so on"),
    ("::", "CAST"),
    ("ILIKE ", "LIKE"),
];

/// The store's verbs, apart from what knows one database and from tests.
fn verbs() -> Vec<Source> {
    let mut verbs = sources("crates/waybill-hub/src/store", &[".rs"]);
    let others = ["/store/sqlite", "/store/conformance", "/store/tests.rs", "/store/database.rs"];
    verbs.retain(|source| !others.iter().any(|other| source.path.contains(other)));
    verbs
}

/// The texts of SQL in a file, each with the number of its first line.
fn statements(source: &Source) -> Vec<(usize, String)> {
    let code: Vec<_> = source.code().map(|(_, line)| line).collect();
    let (code, mut line) = (code.join("\n"), 1);
    let mut statements = Vec::new();
    for (at, piece) in code.split('"').enumerate() {
        let words = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WHERE "];
        if at % 2 == 1 && words.iter().any(|word| piece.contains(word)) {
            statements.push((line, piece.to_owned()));
        }
        line += piece.matches('\n').count();
    }
    statements
}

#[test]
fn the_hub_speaks_sql_that_every_database_understands() {
    let (mut broken, mut count) = (Vec::new(), 0);
    for source in verbs() {
        for (line, sql) in statements(&source) {
            count += 1;
            let said = sql.to_lowercase();
            for (word, instead) in DIALECT {
                if said.contains(&word.to_lowercase()) {
                    broken.push(format!("{}:{line}: {word:?}: say {instead}", source.path));
                }
            }
        }
    }
    assert!(count > 60, "only {count} texts of SQL were found in the hub's store");
    none(&broken, "SQLite and PostgreSQL have to read the same text:");
}

#[test]
fn parameters_are_numbered_as_they_are_first_named() {
    // SQLite takes `$2` for a name and numbers names as they come; PostgreSQL goes by the number, and
    // wants to know what kind of value each is.
    let mut broken = Vec::new();
    for source in verbs() {
        for (line, sql) in statements(&source) {
            let mut highest = 0;
            for named in sql.split('$').skip(1) {
                let digits: String = named.chars().take_while(char::is_ascii_digit).collect();
                let number: usize = digits.parse().unwrap_or(usize::MAX);
                if number > highest + 1 {
                    broken.push(format!("{}:{line}: ${digits} after ${highest}", source.path));
                }
                highest = highest.max(number);
                if named
                    .trim_start_matches(|letter: char| letter.is_ascii_digit())
                    .starts_with(" IS")
                {
                    broken.push(format!("{}:{line}: CAST(${digits} AS ..) IS NULL", source.path));
                }
            }
        }
    }
    none(&broken, "Name $1 first, then $2, in every text of SQL, and say of what kind nothing is:");
}

#[test]
fn the_hub_knows_its_database_in_one_file() {
    let mut hub = sources("crates/waybill-hub/src", &[".rs"]);
    hub.retain(|source| !source.path.ends_with("/tests.rs"));
    let mut knowing: Vec<_> = hub
        .iter()
        .filter(|source| !source.finds(&["rusqlite", "refinery::embed"]).is_empty())
        .map(|source| source.path.as_str())
        .collect();
    knowing.dedup();
    assert_eq!(
        knowing,
        ["crates/waybill-hub/src/store/sqlite.rs"],
        "Only store/sqlite.rs knows SQLite; the store asks its `Database`."
    );
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
    for hole in ["'unsafe-eval'", "http://*", "https://*", "\"*\""] {
        assert!(!config.contains(hole), "tauri.conf.json opens {hole} to the page");
    }
}
