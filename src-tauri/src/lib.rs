//! The field app's shell: a window, and forwarders between its page and the phone's engine.
//!
//! Nothing is decided here. A page asks through two commands, sees blobs through one address scheme
//! and hears of changes through one event; each of them is handed on as it is.

mod blob;
mod call;
mod engine;
mod shot;

use tauri::{Manager, RunEvent};

use engine::Engine;

/// Runs the app until its window closes.
///
/// # Panics
///
/// If the system has no web view to show the pages in: there is nothing left to run then.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
#[expect(clippy::expect_used, reason = "without a web view nobody is there to be told")]
pub fn run() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_waybill::init())
        .register_asynchronous_uri_scheme_protocol("pod", blob::answer)
        .invoke_handler(tauri::generate_handler![call::call, shot::take_shot])
        .setup(|app| {
            let engine = Engine::open(app.handle())?;
            engine.start(app.handle());
            app.manage(engine);
            Ok(())
        })
        .build(tauri::generate_context!())
        .expect("the system has a web view");
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Engine>().close();
        }
    });
}
