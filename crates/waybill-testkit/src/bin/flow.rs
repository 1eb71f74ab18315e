//! Goes through a flow, by hand or while something is done to it.
//!
//! `flow prepare FLOW DIR` makes what it begins with, `flow go FLOW DIR` does it and says what is done,
//! and `flow check FLOW DIR` opens what is left, demanding what is said to it line by line.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, bail};
use waybill_testkit::flow::Flow;

fn main() -> anyhow::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [act, word, dir] = words.as_slice() else {
        bail!("flow prepare|go|check FLOW DIR");
    };
    let flow = Flow::of_word(word).with_context(|| format!("no flow is called {word}"))?;
    let dir = Path::new(dir);
    match act.as_str() {
        "prepare" => flow.prepare(dir),
        "go" => flow.go(dir),
        "check" => {
            let mut said = String::new();
            std::io::stdin().read_to_string(&mut said)?;
            flow.check(dir, &said.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        }
        _ => bail!("flow prepare|go|check FLOW DIR"),
    }
}
