//! The native bridge: what only the phone itself can do.
//!
//! One thing so far: a picture taken with the phone's camera, written by the camera straight into the
//! app's own storage and handed over as bytes. The native halves are in `android/` and `ios/`; a
//! desktop has none and says so. No page can reach the bridge; only the shell calls it. Nothing here
//! knows of jobs or proof.

use tauri::plugin::{Builder, TauriPlugin};
use tauri::{Manager, Runtime};

#[cfg(desktop)]
mod desktop;
mod error;
#[cfg(mobile)]
mod mobile;

#[cfg(desktop)]
pub use desktop::Bridge;
pub use error::Error;
#[cfg(mobile)]
pub use mobile::Bridge;

/// Finds the bridge of a running app.
pub trait BridgeExt<R: Runtime> {
    /// The bridge to the phone this app runs on.
    fn bridge(&self) -> &Bridge<R>;
}

impl<R: Runtime, M: Manager<R>> BridgeExt<R> for M {
    fn bridge(&self) -> &Bridge<R> {
        self.state::<Bridge<R>>().inner()
    }
}

/// The plugin as the shell installs it.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("waybill")
        .setup(|app, api| {
            app.manage(Bridge::open(&api)?);
            Ok(())
        })
        .build()
}
