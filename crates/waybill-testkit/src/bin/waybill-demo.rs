//! The main job on one machine: a hub with a day's work, and three phones in the browser.
//!
//! Everything lives in one folder that is begun anew at each start. Ctrl-C stops all of it.

#![expect(clippy::print_stdout, reason = "the links are this program's answer")]

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use waybill_core::time::Timestamp;
use waybill_hub::api::view::Invite;
use waybill_hub::{Asker, Hub, HubOptions};
use waybill_testkit::demo_day::{DemoRun, join};
use waybill_testkit::world::{PASSWORD, people};

/// Where the office is, unless something else is there already.
const HUB_PORT: u16 = 4000;
const PHONES: [(&str, &str, u16); 3] =
    [("priya", "Van 7", 4001), ("tom", "Van 8", 4002), ("lou", "Dock scanner", 4003)];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let dir = folder(std::env::args().nth(1).as_deref())?;
    let listener = bind(HUB_PORT).await?;
    let url = format!("http://{}", listener.local_addr()?);
    let options = HubOptions {
        company: "Acme Deliveries".to_owned(),
        public_url: url.clone(),
        ..HubOptions::default()
    };
    let hub = Hub::open(&dir.join("hub"), options)?;
    people(&hub)?;
    plan(&hub)?;
    let router = hub.router();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let mut phones = Vec::new();
    for (person, name, port) in PHONES {
        let invite = Invite { person_id: person.parse()?, depot_id: "leeds".parse()? };
        let link = hub.invite(&Asker::Console, &invite)?.link;
        phones.push(phone(&dir.join(person), name, &link, port).await?);
    }
    work_ahead(&phones.get(1).context("Tom has a phone")?.url).await?;
    tell(&url, &phones);
    tokio::signal::ctrl_c().await?;
    println!("\nStopping. Everything was on this machine only.");
    Ok(())
}

/// A folder of the demo's own, begun anew: the one that is named, or the usual one.
fn folder(named: Option<&str>) -> anyhow::Result<PathBuf> {
    let usual = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/demo");
    let dir = named.map_or_else(usual, |named| Path::new(named).join("demo"));
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

async fn bind(port: u16) -> anyhow::Result<tokio::net::TcpListener> {
    match tokio::net::TcpListener::bind(("127.0.0.1", port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => Ok(tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?),
    }
}

fn plan(hub: &Hub) -> anyhow::Result<()> {
    const HOUR_MS: i64 = 3_600_000;
    let now = hub.now();
    let from = Timestamp(now.0 - now.0.rem_euclid(HOUR_MS / 2) - HOUR_MS / 2);
    let day = now.rfc3339().context("today is in the calendar")?;
    let day = day.get(..10).context("a date has ten letters")?;
    let runs = [("LDS-7", "priya", "Van 7", 14, 7), ("LDS-8", "tom", "Van 8", 9, 11)];
    for (run_id, driver, vehicle, jobs, seed) in runs {
        let prefix = format!("{run_id}-");
        let (depot_id, driver_id) = ("leeds".parse()?, driver.parse()?);
        let run = DemoRun { seed, day, from, jobs, depot_id, driver_id, vehicle, prefix: &prefix };
        let mut run = run.put_run();
        // One customer has ordered three times.
        join(run.jobs.get_mut(4..7).context("the run is long enough")?);
        hub.put_run(&Asker::Console, &run_id.parse()?, &run)?;
    }
    Ok(())
}

struct Shown {
    name: &'static str,
    url: String,
    /// Killed when the demo ends, however it ends.
    _process: Child,
}

/// Starts one phone as a process of its own.
async fn phone(dir: &Path, name: &'static str, link: &str, port: u16) -> anyhow::Result<Shown> {
    let port = if bind(port).await?.local_addr()?.port() == port { port } else { 0 };
    let program = std::env::current_exe()?.with_file_name("devhost");
    let mut process = Command::new(program)
        .args(["--link", link, "--name", name, "--port", &port.to_string(), "--dir"])
        .arg(dir)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .context("failed to start devhost; `cargo xtask demo` builds it")?;
    let mut output = BufReader::new(process.stdout.take().context("it has an output")?).lines();
    let said = output.next_line().await?.context("the phone ended before it listened")?;
    let url = said.strip_prefix("listening ").context("the phone says where it is")?.to_owned();
    Ok(Shown { name, url, _process: process })
}

/// Lets Tom finish two jobs and fail one, so that the office has something to look at.
async fn work_ahead(url: &str) -> anyhow::Result<()> {
    let http = waybill_device::air::make_client(&[])?;
    let call = async |command: &str, args: serde_json::Value| {
        let answer = http.post(format!("{url}/ipc/{command}")).json(&args).send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{command}: {text}");
        Ok::<serde_json::Value, anyhow::Error>(serde_json::from_str(&text)?)
    };
    for (number, is_done) in [(1, true), (2, true), (3, false)] {
        let of = |more: serde_json::Value| {
            let mut args = json!({ "run_id": "LDS-8", "job_id": format!("LDS-8-{number:03}") });
            if let (Some(args), serde_json::Value::Object(more)) = (args.as_object_mut(), more) {
                args.extend(more);
            }
            args
        };
        call("arrive", of(json!({}))).await?;
        let picture = waybill_testkit::picture::png(number, 1_200, 900);
        let shot: serde_json::Value =
            http.post(format!("{url}/camera")).body(picture).send().await?.json().await?;
        let category = if is_done { "goods" } else { "place" };
        call("add_photo", of(json!({ "category": category, "shot": shot["shot"] }))).await?;
        if is_done {
            call(
                "sign",
                of(json!({ "name": "Amina Wright", "role": "recipient",
                "strokes": waybill_testkit::picture::autograph() })),
            )
            .await?;
            call("deliver", of(json!({ "lines": [] }))).await?;
        } else {
            // What the reason asks for before a visit is given up.
            call("contact", of(json!({ "channel": "call", "outcome": "no_answer" }))).await?;
            let note = "Shutters down, nobody answers the phone.";
            call("fail", of(json!({ "reason": "closed", "note": note }))).await?;
        }
    }
    call("sync_now", json!({})).await?;
    Ok(())
}

fn tell(office: &str, shown: &[Shown]) {
    println!("\nWaybill is running on this machine.\n");
    println!("  Office       {office}");
    println!("               sign in as dan (dispatcher), fay (finance) or ada (admin)");
    println!("               password: {PASSWORD}\n");
    for phone in shown {
        println!("  {:<12} {}/bench", phone.name, phone.url);
    }
    println!(
        "\nTry this: open Van 7, switch on airplane mode, deliver the first job with a photo and"
    );
    println!("a signature, switch airplane mode off again, and look at the feed in the office.");
    println!("Or load Van 7 with the dock scanner: a line is tapped where no scanner is at hand.");
    println!("Ctrl-C stops everything.");
}
