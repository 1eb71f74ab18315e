//! The phone's engine as the shell holds it: opened once, told on, closed at the end.

use std::path::PathBuf;

use anyhow::Context;
use tauri::{AppHandle, Emitter, Manager};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use waybill_device::api::view::Topic;
use waybill_device::host::Phone;
use waybill_device::problem::Problem;

/// Names the folder of the engine; without it the system's folder for this app is used.
const DIR: &str = "WAYBILL_DIR";

/// What a page reads again when nobody can say what has changed.
const EVERYTHING: [Topic; 4] = [Topic::Start, Topic::Run, Topic::Job, Topic::Trust];

/// The engine, or why there is none. A page that asks is told: the window opens in either case.
pub(crate) struct Engine(Result<Phone, Problem>);

impl Engine {
    /// Opens the engine in this app's folder.
    pub(crate) fn open(app: &AppHandle) -> anyhow::Result<Self> {
        let dir = match std::env::var_os(DIR) {
            Some(dir) => PathBuf::from(dir),
            None => app.path().app_data_dir().context("the system names no folder for this app")?,
        };
        let phone = Phone::open(&dir);
        if let Err(problem) = &phone {
            tracing::error!(code = problem.code, detail = problem.detail, "No engine.");
        }
        Ok(Self(phone))
    }

    /// Starts what goes on by itself: the way to the hub, and telling the page of changes.
    pub(crate) fn start(&self, app: &AppHandle) {
        let Ok(phone) = &self.0 else { return };
        tauri::async_runtime::spawn(tell(app.clone(), phone.changes()));
        let phone = phone.clone();
        tauri::async_runtime::spawn(async move { phone.run_sync().await });
    }

    /// The engine, for one question.
    pub(crate) fn phone(&self) -> Result<Phone, Problem> {
        self.0.clone()
    }

    /// Ends what goes on by itself; whatever was called saved is on disk already.
    pub(crate) fn close(&self) {
        if let Ok(phone) = &self.0
            && let Err(problem) = phone.close()
        {
            tracing::error!(code = problem.code, detail = problem.detail, "Not closed cleanly.");
        }
    }
}

/// Hands each topic on to the page.
async fn tell(app: AppHandle, mut changes: Receiver<Topic>) {
    loop {
        let topics = match changes.recv().await {
            Ok(topic) => vec![topic],
            // Too many at once for us to have heard each: then everything may have changed.
            Err(RecvError::Lagged(_)) => EVERYTHING.to_vec(),
            Err(RecvError::Closed) => return,
        };
        for topic in topics {
            if let Err(error) = app.emit("changed", topic) {
                tracing::debug!(%error, "The page was not told.");
            }
        }
    }
}
