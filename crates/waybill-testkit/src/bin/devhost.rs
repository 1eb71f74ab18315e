//! One phone in a browser: `devhost --dir DIR [--port N] [--ui DIR] [--link LINK --name NAME]`.
//!
//! Prints `listening http://127.0.0.1:PORT` once it answers. Ctrl-C closes the phone cleanly; a kill
//! does to it what a kill does to a phone.

#![expect(clippy::print_stdout, reason = "the address is this program's answer")]

use std::path::PathBuf;

use anyhow::{Context, bail};
use serde_json::json;
use waybill_device::host::Phone;

struct Args {
    dir: PathBuf,
    port: u16,
    ui: PathBuf,
    /// Enrols the phone with an invitation before it is shown.
    link: Option<String>,
    name: String,
}

fn args() -> anyhow::Result<Args> {
    let ui = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist/field");
    let mut args =
        Args { dir: PathBuf::new(), port: 0, ui, link: None, name: "Browser phone".to_owned() };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} lacks its value"));
        match word.as_str() {
            "--dir" => args.dir = value()?.into(),
            "--port" => args.port = value()?.parse()?,
            "--ui" => args.ui = value()?.into(),
            "--link" => args.link = Some(value()?),
            "--name" => args.name = value()?,
            _ => bail!("devhost does not know {word}"),
        }
    }
    if args.dir.as_os_str().is_empty() {
        bail!("devhost needs --dir DIR, the folder in which the phone lives");
    }
    Ok(args)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let args = args()?;
    let phone = Phone::open(&args.dir)?;
    if let Some(link) = args.link {
        let start = phone.call("start", json!({})).await?;
        if start["crew"].is_null() {
            phone.call("enrol", json!({ "link": link, "device_name": args.name })).await?;
        }
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", args.port)).await?;
    let router = waybill_testkit::devhost::router(phone.clone(), &args.dir, args.ui);
    let courier = phone.clone();
    tokio::spawn(async move { courier.run_sync().await });
    println!("listening http://{}", listener.local_addr()?);
    let stop = stop();
    tokio::select! {
        served = axum::serve(listener, router) => served?,
        () = stop => {}
    }
    phone.close()?;
    Ok(())
}

async fn stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
