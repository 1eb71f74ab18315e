//! `waybill`: the hub as one binary.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use waybill_core::id::{JobId, RunId};
use waybill_core::role::Role;
use waybill_hub::api::view::PutPerson;
use waybill_hub::{Asker, Hub, HubOptions, RESCUE_BYTES_MAX};

const USAGE: &str = "\
waybill init     --dir DIR --company NAME --admin-login LOGIN [--depot ID]...
    begins a store; the password is in WAYBILL_ADMIN_PASSWORD or on standard input
waybill serve    --dir DIR [--listen 127.0.0.1:4000] [--public-url URL] [--company NAME] [--backup-dir DIR]
    serves phones and the office; a backup that an admin asks for goes into the folder of backups
waybill backup   --dir DIR --to DIR
    takes a backup of a store that is not served; while it is, ask with POST /v1/backup
waybill restore  --from BACKUP --dir DIR
    makes a store of a backup in an empty folder; phones then send what it lacks
waybill restored --dir DIR
    says that the store's files were copied back by hand, so that phones send what it lacks
waybill rebuild  --dir DIR [--check]
    folds every view again from plans and facts; a check only lists what differs, and then fails
waybill gaps     --dir DIR
    lists as JSON what the store knows of and does not hold
waybill rescue   --dir DIR --file FILE
    takes in what a phone that will never sync again wrote into a rescue file
waybill bundle   --dir DIR --run RUN --job JOB --out FILE
    writes everything about a job into one signed file, for `waybill-verify` anywhere
waybill explain  --dir DIR --run RUN --job JOB
    says who did what and when about a job, what the hub made of it, and why
";

/// Options that say all by being there.
const FLAGS: &[&str] = &["check"];

/// How long requests that are under way have to end.
const GRACE: Duration = Duration::from_secs(5);

/// What was written behind the command: pairs of a name and a value.
struct Options(Vec<(String, String)>);

impl Options {
    fn read(mut words: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut pairs = Vec::new();
        while let Some(word) = words.next() {
            let name = word
                .strip_prefix("--")
                .with_context(|| format!("{word} is no option\n\n{USAGE}"))?;
            let value = if FLAGS.contains(&name) { Some(String::new()) } else { words.next() };
            let value = value.with_context(|| format!("--{name} needs a value\n\n{USAGE}"))?;
            pairs.push((name.to_owned(), value));
        }
        Ok(Self(pairs))
    }

    fn all(&mut self, name: &str) -> Vec<String> {
        let taken = self.0.extract_if(.., |(each, _)| each == name);
        taken.map(|(_, value)| value).collect()
    }

    fn one(&mut self, name: &str) -> Option<String> {
        self.all(name).pop()
    }

    fn needed(&mut self, name: &str) -> anyhow::Result<String> {
        self.one(name).with_context(|| format!("--{name} is missing\n\n{USAGE}"))
    }

    fn end(self) -> anyhow::Result<()> {
        match self.0.first() {
            Some((name, _)) => bail!("--{name} is no option here\n\n{USAGE}"),
            None => Ok(()),
        }
    }
}

fn main() -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env();
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let options = Options::read(words)?;
    match command.as_str() {
        "init" => init(options),
        "serve" => serve(options),
        "backup" => backup(options),
        "restore" => restore(options),
        "restored" => restored(options),
        "rebuild" => rebuild(options),
        "gaps" => gaps(options),
        "rescue" => rescue(options),
        "bundle" => bundle(options),
        "explain" => explain_job(options),
        _ => bail!("{USAGE}"),
    }
}

fn init(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    let company = options.needed("company")?;
    let login = options.needed("admin-login")?;
    let mut depots = options.all("depot");
    options.end()?;
    if depots.is_empty() {
        depots.push("main".to_owned());
    }
    let depots = depots.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    let password = match std::env::var("WAYBILL_ADMIN_PASSWORD") {
        Ok(password) => password,
        Err(_) => std::io::read_to_string(std::io::stdin())?.trim_end().to_owned(),
    };
    let hub = Hub::open(&dir, HubOptions { company, ..HubOptions::default() })?;
    let admin = PutPerson {
        name: login.clone(),
        role: Role::Admin,
        depots,
        login: Some(login),
        password: Some(password),
    };
    hub.put_person(&Asker::Console, &"admin".parse()?, &admin).map_err(|error| explain(&error))?;
    say(&format!("The store of {} is in {}.", hub.company(), dir.display()))
}

fn restored(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    options.end()?;
    let hub = Hub::open(&dir, HubOptions { is_restored: true, ..HubOptions::default() })?;
    say(&format!("The store is in its life number {}.", hub.store_mark().epoch))
}

fn backup(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    let to = PathBuf::from(options.needed("to")?);
    options.end()?;
    let taken = open_known(&dir)?.backup_to(&Asker::Console, &to)?;
    say(&format!("The backup is in {}.", to.join(&taken.name).display()))?;
    let missing = taken.manifest.blobs_missing.len();
    anyhow::ensure!(missing == 0, "{missing} blobs are missing in the store and in the backup");
    Ok(())
}

fn restore(mut options: Options) -> anyhow::Result<()> {
    let from = PathBuf::from(options.needed("from")?);
    let dir = PathBuf::from(options.needed("dir")?);
    options.end()?;
    let HubOptions { clock, dice, .. } = HubOptions::default();
    let restored = waybill_hub::restore(&from, &dir, &*clock, &*dice)?;
    let hub = open_known(&dir)?;
    // Evidence that did not come back may be what something was billed on.
    let differences = if restored.blobs_missing.is_empty() { 0 } else { hub.rebuild()?.len() };
    say(&format!(
        "The store is in its life number {}. {} blobs are missing, {differences} views changed.",
        restored.store_epoch,
        restored.blobs_missing.len()
    ))
}

fn rebuild(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    let is_check = options.one("check").is_some();
    options.end()?;
    let hub = open_known(&dir)?;
    let differences = if is_check { hub.check_views()? } else { hub.rebuild()? };
    for difference in &differences {
        say(&difference.to_string())?;
    }
    anyhow::ensure!(!is_check || differences.is_empty(), "{} views differ", differences.len());
    Ok(())
}

fn gaps(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    options.end()?;
    say(&serde_json::to_string_pretty(&open_known(&dir)?.gaps()?)?)
}

fn rescue(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    let file = PathBuf::from(options.needed("file")?);
    options.end()?;
    let bytes = std::fs::metadata(&file).with_context(|| format!("reading {}", file.display()))?;
    anyhow::ensure!(bytes.len() <= RESCUE_BYTES_MAX, "{} is too large", file.display());
    let rescued = open_known(&dir)?.rescue(&Asker::Console, &std::fs::read(&file)?)?;
    say(&format!(
        "Of device {}: {} messages and {} blobs taken; {} facts wait for somebody to look.",
        rescued.device, rescued.messages, rescued.blobs, rescued.doubted
    ))?;
    for refused in &rescued.refused {
        say(&format!("Not taken: {refused}"))?;
    }
    anyhow::ensure!(rescued.is_whole, "the file is not there to its end: ask for it again");
    anyhow::ensure!(rescued.refused.is_empty(), "something was not taken");
    Ok(())
}

fn bundle(mut options: Options) -> anyhow::Result<()> {
    let out = PathBuf::from(options.needed("out")?);
    let (hub, run_id, job_id) = job_of(options)?;
    let bytes = hub.bundle(&Asker::Console, &run_id, &job_id)?;
    std::fs::write(&out, bytes).with_context(|| format!("writing {}", out.display()))?;
    say(&format!("The bundle is {}. This hub's key is {}", out.display(), hub.key().to_text()))
}

/// Who did what and when is said from the job's bundle, checked first: what everybody else reads in it.
fn explain_job(options: Options) -> anyhow::Result<()> {
    let (hub, run_id, job_id) = job_of(options)?;
    let bytes = hub.bundle(&Asker::Console, &run_id, &job_id)?;
    match waybill_sync::bundle::verify(&bytes, Some(hub.key())) {
        Ok(findings) => findings.lines().iter().try_for_each(|line| say(line))?,
        Err(faults) => {
            let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
            bail!("the store does not hold what phones sealed: {}", faults.join("; "))
        }
    }
    say("\nWhy, by the rules of this version, as if all evidence were held:")?;
    let lines = hub.explain(&Asker::Console, &run_id, &job_id)?;
    lines.iter().try_for_each(|line| say(&format!("  {line}")))
}

/// The hub and the job that the options name.
fn job_of(mut options: Options) -> anyhow::Result<(Hub, RunId, JobId)> {
    let dir = PathBuf::from(options.needed("dir")?);
    let (run_id, job_id) = (options.needed("run")?.parse()?, options.needed("job")?.parse()?);
    options.end()?;
    Ok((open_known(&dir)?, run_id, job_id))
}

/// Opens a store that is there; a slip in a path must not begin another.
fn open_known(dir: &Path) -> anyhow::Result<Hub> {
    anyhow::ensure!(dir.join("hub.db").exists(), "there is no store in {}", dir.display());
    Ok(Hub::open(dir, HubOptions::default())?)
}

fn serve(mut options: Options) -> anyhow::Result<()> {
    let dir = PathBuf::from(options.needed("dir")?);
    let listen = options.one("listen").unwrap_or_else(|| "127.0.0.1:4000".to_owned());
    let listen: SocketAddr = listen.parse().context("--listen needs an address and a port")?;
    let public_url = options.one("public-url").unwrap_or_else(|| format!("http://{listen}"));
    let usual = HubOptions::default();
    let company = options.one("company").unwrap_or(usual.company.clone());
    let backup_dir = options.one("backup-dir").map(PathBuf::from);
    options.end()?;
    let hub = Hub::open(&dir, HubOptions { company, public_url, backup_dir, ..usual })?;
    if hub.people()?.people.is_empty() {
        tracing::warn!("Nobody can sign in here yet: `waybill init` names the first.");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen).await?;
        tracing::info!(address = %listener.local_addr()?, "The hub is open.");
        let served = axum::serve(listener, hub.router()).with_graceful_shutdown(told_to_stop());
        tokio::select! {
            ended = served.into_future() => Ok(ended?),
            () = overdue() => Ok(()),
            () = hub.keep_looking() => Ok(()),
        }
    })
}

/// Ends a while after that: a browser that listens for changes never hangs up by itself.
async fn overdue() {
    told_to_stop().await;
    tokio::time::sleep(GRACE).await;
}

/// Ends when the machine or whoever sits at it says so.
async fn told_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
            return;
        }
    }
    // Without a way to be told, the process ends when it is killed; every commit is on the disk.
    if interrupt.await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn explain(error: &waybill_hub::HubError) -> anyhow::Error {
    let mut text = error.to_string();
    if let waybill_hub::HubError::Fields(faults) = error {
        for fault in faults {
            let _written = write!(text, "; {}: {}", fault.field, fault.code);
        }
    }
    anyhow::Error::msg(text)
}

fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
