//! The bridge on a phone: asks the native half and waits for its answer.

#![cfg_attr(
    target_os = "ios",
    expect(unsafe_code, reason = "the entry into the Swift half is a foreign function")
)]

use std::path::PathBuf;

use serde::Deserialize;
use tauri::Runtime;
use tauri::plugin::{PluginApi, PluginHandle};

use crate::Error;

#[cfg(target_os = "ios")]
tauri::ios_plugin_binding!(init_plugin_waybill);

/// The bridge to the phone this app runs on.
pub struct Bridge<R: Runtime>(PluginHandle<R>);

/// What the native half answers: a file in the app's own storage.
#[derive(Deserialize)]
struct Shot {
    path: PathBuf,
}

impl<R: Runtime> Bridge<R> {
    pub(crate) fn open<C: serde::de::DeserializeOwned>(
        api: &PluginApi<R, C>,
    ) -> Result<Self, Error> {
        #[cfg(target_os = "android")]
        let native = api.register_android_plugin("app.waybill.plugin", "WaybillPlugin")?;
        #[cfg(target_os = "ios")]
        let native = api.register_ios_plugin(init_plugin_waybill)?;
        Ok(Self(native))
    }

    /// Opens the camera and answers the bytes of the picture that was taken.
    ///
    /// The file goes only after its bytes are in hand: a kill in between loses nothing.
    pub async fn take_shot(&self) -> Result<Vec<u8>, Error> {
        let shot: Shot = self.0.run_mobile_plugin_async("takeShot", ()).await?;
        let bytes = std::fs::read(&shot.path)?;
        std::fs::remove_file(&shot.path)?;
        Ok(bytes)
    }
}
