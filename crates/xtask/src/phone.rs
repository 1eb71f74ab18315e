//! How to run on a real phone, and what is missing for it on this machine.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::run::call;

/// A thing a phone build needs: whether it is here, and how it is got.
struct Want {
    here: bool,
    what: &'static str,
}

/// Says what is missing for a phone, or the command that runs the app on it.
pub(crate) fn phone(args: &[String]) -> Result<()> {
    let (wants, system) = match args {
        [one] if one == "android" => (android(), "android"),
        [one] if one == "ios" => (ios(), "ios"),
        _ => bail!("say which: `phone android` or `phone ios`"),
    };
    let missing: Vec<_> = wants.iter().filter(|want| !want.here).collect();
    if missing.is_empty() {
        println!("All is here. The first time, write the native project:");
        println!("  cargo tauri {system} init");
        println!("Then, with a phone on the cable:");
        println!("  npm --prefix ui run build && cargo tauri {system} dev");
        return Ok(());
    }
    println!("Missing on this machine for {system}:");
    for want in missing {
        println!("  {}", want.what);
    }
    bail!("this machine cannot build for {system} yet")
}

fn android() -> Vec<Want> {
    vec![
        tauri_cli(),
        Want {
            here: call("java", &["-version"]).quietly(),
            what: "a JDK, version 17 or newer (apt: openjdk-17-jdk-headless)",
        },
        Want {
            here: folder("ANDROID_HOME"),
            what: "the Android SDK with platform 36 and build tools; set ANDROID_HOME to it",
        },
        Want {
            here: folder("NDK_HOME"),
            what: "the Android NDK r28 or newer (16 KiB pages); set NDK_HOME to it",
        },
        rust_target("aarch64-linux-android"),
    ]
}

fn ios() -> Vec<Want> {
    vec![
        Want { here: cfg!(target_os = "macos"), what: "a Mac: Apple's tools run nowhere else" },
        tauri_cli(),
        Want { here: call("xcodebuild", &["-version"]).quietly(), what: "Xcode" },
        rust_target("aarch64-apple-ios"),
    ]
}

fn tauri_cli() -> Want {
    Want {
        here: call("cargo", &["tauri", "--version"]).quietly(),
        what: "Tauri's tool: cargo install tauri-cli --version '^2' --locked",
    }
}

fn rust_target(target: &'static str) -> Want {
    let installed = call("rustc", &["--print", "target-libdir", "--target", target]).text();
    Want {
        here: installed.is_ok_and(|dir| PathBuf::from(dir.trim()).is_dir()),
        what: match target {
            "aarch64-linux-android" => "Rust's library: rustup target add aarch64-linux-android",
            _ => "Rust's library: rustup target add aarch64-apple-ios aarch64-apple-ios-sim",
        },
    }
}

fn folder(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|path| PathBuf::from(path).is_dir())
}
