//! The bridge on a desktop: there is nothing on the other side.

use std::marker::PhantomData;

use tauri::Runtime;
use tauri::plugin::PluginApi;

use crate::Error;

/// The bridge to the phone this app runs on.
pub struct Bridge<R: Runtime>(PhantomData<fn() -> R>);

impl<R: Runtime> Bridge<R> {
    #[expect(clippy::unnecessary_wraps, reason = "the mobile half of this pair can fail")]
    pub(crate) fn open<C: serde::de::DeserializeOwned>(
        _api: &PluginApi<R, C>,
    ) -> Result<Self, Error> {
        Ok(Self(PhantomData))
    }

    /// Takes a picture with the phone's camera; a desktop has none.
    #[expect(clippy::unused_async, reason = "the mobile half of this pair waits for the camera")]
    pub async fn take_shot(&self) -> Result<Vec<u8>, Error> {
        Err(Error::NoCamera)
    }
}
