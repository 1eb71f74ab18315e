//! The one door for chores: `cargo xtask <command>`.
//!
//! Building, testing, measuring and showing the whole house, with nothing to install beforehand but
//! Rust, Node and the system's package tool. Chores are described here; what the product does is not.

#![expect(clippy::print_stdout, reason = "a chore talks to the person who started it")]
#![expect(clippy::print_stderr, reason = "a chore talks to the person who started it")]

mod bindings;
mod count;
mod demo;
mod e2e;
mod figures;
mod fuzz;
mod keep;
mod need;
mod phone;
mod power;
mod run;
mod sim;
mod test;
mod ui;

use std::process::ExitCode;

use anyhow::Result;

/// A chore: its word, the arguments it takes, what it does and who does it.
struct Chore {
    word: &'static str,
    takes: &'static str,
    does: &'static str,
    run: fn(&[String]) -> Result<()>,
}

const CHORES: &[Chore] = &[
    Chore {
        word: "test",
        takes: "",
        does: "everything, on a fresh machine too; the same as .ci/run",
        run: |_| test::whole(),
    },
    Chore {
        word: "check",
        takes: "",
        does: "format, lints, tests, bindings and pages; no browser, no window",
        run: |_| test::check(),
    },
    Chore {
        word: "demo",
        takes: "",
        does: "a hub with a day's work and three phones in the browser",
        run: |_| demo::demo(),
    },
    Chore {
        word: "dev",
        takes: "",
        does: "the demo, with the pages rebuilt as you edit them",
        run: |_| demo::dev(),
    },
    Chore {
        word: "sim",
        takes: "[--seed N | --seeds A..B]",
        does: "phones and hub in bad weather, by seed",
        run: sim::sim,
    },
    Chore {
        word: "power",
        takes: "[--seed N | --seeds A..B]",
        does: "power cuts under phone and hub, by seed",
        run: power::power,
    },
    Chore {
        word: "fuzz",
        takes: "[TARGET] [--inputs N] [--seed S]",
        does: "mutated inputs for all that reads what others wrote",
        run: fuzz::fuzz,
    },
    Chore { word: "e2e", takes: "[-- args]", does: "the screens in a real browser", run: e2e::e2e },
    Chore {
        word: "bindings",
        takes: "",
        does: "writes the TypeScript types that the screens use",
        run: |_| bindings::write(),
    },
    Chore {
        word: "figures",
        takes: "[--json] [--only NAME]",
        does: "measures what docs/figures.md promises",
        run: figures::figures,
    },
    Chore {
        word: "phone",
        takes: "android|ios",
        does: "how to run on a real phone, and what is missing for it here",
        run: phone::phone,
    },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((word, rest)) = args.split_first() else {
        help();
        return ExitCode::SUCCESS;
    };
    if word == keep::WORD {
        return keep::keep(rest);
    }
    if matches!(word.as_str(), "help" | "--help" | "-h") {
        help();
        return ExitCode::SUCCESS;
    }
    let Some(chore) = CHORES.iter().find(|chore| chore.word == word) else {
        eprintln!("There is no chore `{word}`.\n");
        help();
        return ExitCode::from(2);
    };
    let keeper = keep::start();
    let done = keeper.and_then(|_keeper| (chore.run)(rest));
    keep::sweep_own();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if error.downcast_ref::<test::Failed>().is_none() {
                eprintln!("\ncargo xtask {word}: {error:#}");
            }
            ExitCode::FAILURE
        }
    }
}

fn help() {
    println!("cargo xtask <command>\n");
    for Chore { word, takes, does, .. } in CHORES {
        println!("  {:<34} {does}", format!("{word} {takes}"));
    }
}
