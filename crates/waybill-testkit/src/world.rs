//! A world for stories: a real hub on a port of its own, real phones, and a clock that stands still.
//!
//! Nothing runs by itself. A phone talks when it is told to, so a story never waits and never guesses.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use waybill_core::id::PersonId;
use waybill_core::role::Role;
use waybill_device::air::make_client;
use waybill_device::clock::SystemDice;
use waybill_device::host::Phone;
use waybill_device::problem::Problem;
use waybill_hub::api::view::{FeedView, Invite, JobPage, PutPerson, PutRun};
use waybill_hub::{Asker, Hub, HubOptions, PasswordCost};

use crate::clock::{MORNING, TestClock};
use crate::demo_day::DemoRun;

/// The day on which stories happen.
pub const DAY: &str = "2026-11-20";
/// The password of everybody in the office.
pub const PASSWORD: &str = "correct horse battery";

/// A hub with an office, and a folder for phones.
pub struct World {
    pub clock: Arc<TestClock>,
    pub hub: Hub,
    pub url: String,
    pub http: reqwest::Client,
    dir: TempDir,
    hub_dir: PathBuf,
    address: SocketAddr,
    server: Server,
}

/// The task that serves the hub; it ends with the world.
struct Server(tokio::task::JoinHandle<()>);

impl World {
    /// Begins a world: the depot `leeds` with the driver `priya`, the loader `lou`, and the office's
    /// `dan` (dispatcher), `fay` (finance) and `ada` (admin).
    pub async fn begin() -> anyhow::Result<Self> {
        let dir = tempfile::tempdir()?;
        let clock = Arc::new(TestClock::default());
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let hub_dir = dir.path().join("hub");
        let hub = open_hub(&hub_dir, address, &clock)?;
        people(&hub)?;
        let server = serve(listener, &hub);
        let (url, http) = (format!("http://{address}"), make_client(&[])?);
        Ok(Self { clock, hub, url, http, dir, hub_dir, address, server })
    }

    /// Stops the hub in the middle of whatever it does, and opens it again on the same folder.
    pub async fn restart_hub(self) -> anyhow::Result<Self> {
        let hub_dir = self.hub_dir.clone();
        self.replace_hub(hub_dir).await
    }

    /// Stops the hub for good and opens another, of another folder, under the same address.
    pub async fn replace_hub(self, hub_dir: PathBuf) -> anyhow::Result<Self> {
        let Self { clock, hub, url, http, dir, address, mut server, .. } = self;
        server.0.abort();
        // The task ends with the abort; that it was aborted is no news.
        drop((&mut server.0).await);
        drop(hub);
        let listener = tokio::net::TcpListener::bind(address).await?;
        let hub = open_hub(&hub_dir, address, &clock)?;
        let server = serve(listener, &hub);
        Ok(Self { clock, hub, url, http, dir, hub_dir, address, server })
    }

    /// Where the world keeps its things: the hub in `hub`, its backups in `backups`.
    pub fn folder(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Enrols a phone of somebody, and lets it talk once.
    pub async fn phone(&self, person: &str, name: &str) -> anyhow::Result<TestPhone> {
        let invite = Invite { person_id: person.parse()?, depot_id: "leeds".parse()? };
        let link = self.hub.invite(&Asker::Console, &invite)?.link;
        let mut phone = TestPhone::new(self.dir.path().join(name), Arc::clone(&self.clock))?;
        phone.start = phone.ask("enrol", json!({ "link": link, "device_name": name })).await?;
        Ok(phone)
    }

    /// Plans a run of so many jobs for `priya`, over HTTP as the office's own system would.
    pub async fn plan_run(&self, run_id: &str, jobs: usize) -> anyhow::Result<PutRun> {
        let run = demo_run(run_id, jobs)?;
        let dan = self.sign_in("dan").await?;
        dan.put(&format!("/v1/runs/{run_id}"), &run).await?;
        Ok(run)
    }

    /// Signs somebody in at the office.
    pub async fn sign_in(&self, login: &str) -> anyhow::Result<Office> {
        let office = Office { url: self.url.clone(), http: self.http.clone(), token: None };
        let body = json!({ "login": login, "password": PASSWORD });
        let session: Value = office.post("/v1/session", &body).await?;
        let token = session["token"].as_str().context("a session has a token")?.to_owned();
        Ok(Office { token: Some(token), ..office })
    }

    /// The feed from its beginning.
    pub fn feed(&self) -> anyhow::Result<FeedView> {
        Ok(self.hub.feed(&Asker::Console, 0, 1_000)?)
    }

    /// A job as the office sees it.
    pub fn job_page(&self, run_id: &str, job_id: &str) -> anyhow::Result<JobPage> {
        Ok(self.hub.job_page(&Asker::Console, &run_id.parse()?, &job_id.parse()?)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn open_hub(
    dir: &std::path::Path,
    address: SocketAddr,
    clock: &Arc<TestClock>,
) -> anyhow::Result<Hub> {
    let options = HubOptions {
        company: "Acme Deliveries".to_owned(),
        public_url: format!("http://{address}"),
        password_cost: PasswordCost::Light,
        backup_dir: dir.parent().map(|world| world.join("backups")),
        clock: Arc::<TestClock>::clone(clock),
        ..HubOptions::default()
    };
    Ok(Hub::open(dir, options)?)
}

fn serve(listener: tokio::net::TcpListener, hub: &Hub) -> Server {
    let router = hub.router();
    Server(tokio::spawn(async move {
        // It ends when the world does.
        drop(axum::serve(listener, router).await);
    }))
}

/// Puts the people of the demo company into a hub.
pub fn people(hub: &Hub) -> anyhow::Result<()> {
    let people = [
        ("priya", "Priya Nair", Role::Driver),
        ("tom", "Tomasz Wiśniewski", Role::Driver),
        ("lou", "Lou Bennett", Role::Loader),
        ("dan", "Dan Okafor", Role::Dispatcher),
        ("fay", "Fay Lindqvist", Role::Finance),
        ("ada", "Ada Moreau", Role::Admin),
    ];
    for (id, name, role) in people {
        let signs_in = !matches!(role, Role::Driver | Role::Loader);
        let person = PutPerson {
            name: name.to_owned(),
            role,
            depots: vec!["leeds".parse()?],
            login: signs_in.then(|| id.to_owned()),
            password: signs_in.then(|| PASSWORD.to_owned()),
        };
        hub.put_person(&Asker::Console, &id.parse::<PersonId>()?, &person)?;
    }
    Ok(())
}

/// A run of so many jobs for `priya`.
pub fn demo_run(run_id: &str, jobs: usize) -> anyhow::Result<PutRun> {
    let prefix = format!("{run_id}-J");
    let run = DemoRun {
        seed: 7,
        day: DAY,
        from: MORNING.plus_ms(3_600_000),
        jobs,
        depot_id: "leeds".parse()?,
        driver_id: "priya".parse()?,
        vehicle: "Van 7",
        prefix: &prefix,
    };
    Ok(run.put_run())
}

/// Somebody at the office, over HTTP.
#[derive(Clone)]
pub struct Office {
    url: String,
    http: reqwest::Client,
    token: Option<String>,
}

impl Office {
    /// Reads.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        self.send(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Puts.
    pub async fn put(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.http.put(format!("{}{path}", self.url)).json(body)).await
    }

    /// Changes.
    pub async fn patch(&self, path: &str, body: &impl Serialize) -> anyhow::Result<Value> {
        self.send(self.http.patch(format!("{}{path}", self.url)).json(body)).await
    }

    /// Posts.
    pub async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> anyhow::Result<T> {
        self.send(self.http.post(format!("{}{path}", self.url)).json(body)).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        request: reqwest::RequestBuilder,
    ) -> anyhow::Result<T> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        anyhow::ensure!(status.is_success(), "{status}: {text}");
        serde_json::from_str(if text.is_empty() { "null" } else { &text })
            .with_context(|| text.clone())
    }
}

/// A phone in a driver's hand, with a life of its own: it can be killed and opened again.
pub struct TestPhone {
    pub phone: Phone,
    pub start: Value,
    dir: PathBuf,
    clock: Arc<TestClock>,
}

impl TestPhone {
    fn new(dir: PathBuf, clock: Arc<TestClock>) -> anyhow::Result<Self> {
        let phone = open_phone(&dir, &clock)?;
        Ok(Self { phone, start: Value::Null, dir, clock })
    }

    /// Where the phone keeps its things.
    pub fn folder(&self) -> &std::path::Path {
        &self.dir
    }

    /// Kills the app and opens it again: nothing is closed, nothing is said goodbye to.
    pub fn kill_and_reopen(self) -> anyhow::Result<Self> {
        let Self { phone, dir, clock, .. } = self;
        drop(phone);
        Self::new(dir, clock)
    }

    /// Calls a command and reads its answer.
    pub async fn ask<T: DeserializeOwned>(&self, command: &str, args: Value) -> Result<T, Problem> {
        let answer = self.phone.call(command, args).await?;
        serde_json::from_value(answer)
            .map_err(|error| Problem::with(waybill_sync::code::Code::StoreFailed, error))
    }

    /// Calls a command about a job, with more arguments if it takes any.
    pub async fn on_job(&self, command: &str, job: &str, more: Value) -> Result<Value, Problem> {
        let mut args = json!({ "run_id": run_of(job), "job_id": job });
        if let (Some(args), Value::Object(more)) = (args.as_object_mut(), more) {
            args.extend(more);
        }
        self.phone.call(command, args).await
    }

    /// A job as the driver sees it.
    pub async fn job(&self, job: &str) -> Result<Value, Problem> {
        self.on_job("job", job, json!({})).await
    }

    /// What is safe where.
    pub async fn trust(&self) -> Result<Value, Problem> {
        self.phone.call("trust", json!({})).await
    }

    /// Talks to the hub until everything is said.
    pub async fn sync(&self) -> Result<Value, Problem> {
        self.phone.call("sync_now", json!({})).await
    }

    /// Takes a picture for a job.
    pub async fn photograph(&self, job: &str, seed: u8) -> Result<Value, Problem> {
        let shot = self.phone.put_shot(&crate::picture::png(seed, 320, 240))?;
        self.on_job("add_photo", job, json!({ "category": "goods", "shot": shot })).await
    }

    /// Lets the customer sign.
    pub async fn sign(&self, job: &str, name: &str) -> Result<Value, Problem> {
        let strokes = json!({ "width": 300, "height": 150,
            "strokes": [[[10, 20, 0], [40, 60, 16], [90, 30, 33]]] });
        self.on_job("sign", job, json!({ "name": name, "role": "recipient", "strokes": strokes }))
            .await
    }

    /// A whole plain delivery.
    pub async fn deliver(&self, job: &str) -> Result<Value, Problem> {
        self.on_job("arrive", job, json!({})).await?;
        self.photograph(job, 1).await?;
        self.sign(job, "Amina Wright").await?;
        self.on_job("deliver", job, json!({ "lines": [] })).await
    }
}

/// A run's jobs are named after it.
fn run_of(job: &str) -> &str {
    job.rsplit_once("-J").map_or(job, |(run, _)| run)
}

fn open_phone(dir: &std::path::Path, clock: &Arc<TestClock>) -> anyhow::Result<Phone> {
    // Real dice: no story depends on how they fall, and two opens must never fall alike.
    Ok(Phone::open_with(dir, Arc::<TestClock>::clone(clock), Arc::new(SystemDice))?)
}
