//! The app's own window, driven as a person would: by what is on the screen.
//!
//! WebKit's driver starts the built app itself, which takes over the driver's environment. Nothing is
//! waited for by the clock: each step waits for what must appear.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tokio::process::{Child, Command};

/// The built app.
const APP: &str = env!("CARGO_BIN_EXE_waybill-field");
/// Longer than any step takes; a step that takes so long will never be done.
const PATIENCE: Duration = Duration::from_mins(1);

/// One running app.
pub(crate) struct Window {
    client: Client,
    dir: PathBuf,
    // Held so that it ends with the window.
    _driver: Child,
}

impl Window {
    /// Opens the app on a folder.
    pub(crate) async fn open(dir: &Path) -> Self {
        let port = free_port();
        let driver = Command::new("WebKitWebDriver")
            .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WAYBILL_DIR", dir)
            .env("LANG", "C.UTF-8")
            // There is no accessibility bus on a build machine; looking for it takes seconds.
            .env("NO_AT_BRIDGE", "1")
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("WebKitWebDriver is installed (cargo xtask test does it)");
        let client = connect(&format!("http://127.0.0.1:{port}")).await;
        Self { client, dir: dir.to_path_buf(), _driver: driver }
    }

    /// Waits for something on the screen, by its name and, if given, its code.
    pub(crate) async fn see(&self, what: &str) -> Element {
        let (name, code) = what.split_once('=').unwrap_or((what, ""));
        let code = if code.is_empty() { String::new() } else { format!("[data-code=\"{code}\"]") };
        let css = format!("[data-test=\"{name}\"]{code}");
        let wait = self.client.wait().at_most(PATIENCE);
        match wait.for_element(Locator::Css(&css)).await {
            Ok(element) => element,
            Err(error) => {
                let picture = self.picture("missing").await;
                panic!("never saw {what}: {error}; the screen is in {}", picture.display())
            }
        }
    }

    /// Whether something is on the screen now.
    pub(crate) async fn sees(&self, name: &str) -> bool {
        self.client.find(Locator::Css(&format!("[data-test=\"{name}\"]"))).await.is_ok()
    }

    /// Taps something, once it has come to rest: a page that is still filling moves things about.
    pub(crate) async fn tap(&self, name: &str) {
        let mut tick = tokio::time::interval(Duration::from_millis(100));
        let mut before = None;
        let element = loop {
            let element = self.see(name).await;
            tick.tick().await;
            match element.rectangle().await {
                Ok(place) if before == Some(place) => break element,
                place => before = place.ok(),
            }
        };
        if let Err(error) = element.click().await {
            let picture = self.picture("untappable").await;
            panic!("could not tap {name}: {error}; the screen is in {}", picture.display())
        }
    }

    /// Writes into a field; into a file field, the path of a file.
    pub(crate) async fn write(&self, name: &str, text: &str) {
        self.see(name).await.send_keys(text).await.expect("the field takes keys");
    }

    /// Waits until something on the screen begins with these words.
    pub(crate) async fn reads(&self, name: &str, words: &str) {
        let reads = self.until(async || match self.see(name).await.text().await {
            Ok(text) => text.trim().starts_with(words),
            // It was drawn anew in between.
            Err(_) => false,
        });
        if !reads.await {
            let picture = self.picture("unread").await;
            panic!("{name} never said {words}; the screen is in {}", picture.display())
        }
    }

    /// Draws a stroke across something.
    pub(crate) async fn draw(&self, name: &str) {
        let (left, top, width, height) =
            self.see(name).await.rectangle().await.expect("it has a place");
        let at = |x: f64, y: f64| ((left + width * x).round(), (top + height * y).round());
        let (start_x, start_y) = at(0.2, 0.4);
        let begin = PointerAction::MoveTo { duration: None, x: start_x, y: start_y };
        let mut pen = MouseActions::new("pen".to_owned())
            .then(begin)
            .then(PointerAction::Down { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
        for (across, down) in [(0.35, 0.6), (0.5, 0.3), (0.65, 0.6), (0.8, 0.4)] {
            let (x, y) = at(across, down);
            let slowly = Some(Duration::from_millis(40));
            pen = pen.then(PointerAction::MoveTo { duration: slowly, x, y });
        }
        let pen = pen.then(PointerAction::Up { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
        self.client.perform_actions(pen).await.expect("the window takes strokes");
    }

    /// Holds something, for longer than it has to be held: a finger that slides a little on it.
    pub(crate) async fn hold(&self, name: &str) {
        const HELD: Duration = Duration::from_millis(1_500);
        let (left, top, width, height) =
            self.see(name).await.rectangle().await.expect("it has a place");
        let (x, y) = ((left + width / 2.0).round(), (top + height / 2.0).round());
        let finger = MouseActions::new("finger".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: fantoccini::actions::MOUSE_BUTTON_LEFT })
            .then(PointerAction::MoveTo { duration: Some(HELD), x: x + 4.0, y })
            .then(PointerAction::Up { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
        self.client.perform_actions(finger).await.expect("the window takes fingers");
    }

    /// Waits until the picture inside something has been shown.
    pub(crate) async fn see_picture(&self, name: &str) {
        let script =
            "const picture = document.querySelector(`[data-test=\"${arguments[0]}\"] img`);
             return picture !== null && picture.complete && picture.naturalWidth > 0;";
        let shown = self.until(async || {
            let said = self.client.execute(script, vec![json!(name)]).await;
            said.is_ok_and(|said| said == true)
        });
        assert!(shown.await, "the picture of {name} never came");
    }

    /// Kills the app as a power cut would: it is told nothing.
    pub(crate) async fn kill(self) {
        let process = app_process(&self.dir).expect("the app is running");
        let killed = Command::new("kill").args(["-KILL", &process]).status().await;
        assert!(killed.is_ok_and(|status| status.success()), "the app could not be killed");
        let gone = self.until(async || app_process(&self.dir).is_none()).await;
        assert!(gone, "the app outlived its kill");
    }

    /// Takes a picture of the window and answers where it lies.
    pub(crate) async fn picture(&self, name: &str) -> PathBuf {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("window-{name}.png"));
        if let Ok(png) = self.client.screenshot().await {
            std::fs::write(&path, png).expect("the picture can be written");
        }
        path
    }

    async fn until(&self, holds: impl AsyncFn() -> bool) -> bool {
        let mut tick = tokio::time::interval(Duration::from_millis(50));
        let watch = async {
            while !holds().await {
                tick.tick().await;
            }
        };
        tokio::time::timeout(PATIENCE, watch).await.is_ok()
    }
}

async fn connect(driver: &str) -> Client {
    let options = json!({ "webkitgtk:browserOptions": { "binary": APP, "args": [] } });
    let capabilities = options.as_object().expect("an object").clone();
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let mut last = None;
    let begun = tokio::time::Instant::now();
    while begun.elapsed() < PATIENCE {
        let mut builder = ClientBuilder::new(HttpConnector::new());
        match builder.capabilities(capabilities.clone()).connect(driver).await {
            Ok(client) => return client,
            // It has not opened its port yet.
            Err(error) => last = Some(error),
        }
        tick.tick().await;
    }
    panic!("no window: {last:?}")
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

/// The number of the app's process: the one that runs our program on this folder.
fn app_process(dir: &Path) -> Option<String> {
    let mark = format!("WAYBILL_DIR={}", dir.display());
    std::fs::read_dir("/proc").ok()?.flatten().find_map(|entry| {
        let program = std::fs::read_link(entry.path().join("exe")).ok()?;
        let environment = std::fs::read(entry.path().join("environ")).ok()?;
        let is_it = program == Path::new(APP)
            && environment.split(|byte| *byte == 0).any(|one| one == mark.as_bytes());
        is_it.then(|| entry.file_name().to_string_lossy().into_owned())
    })
}
