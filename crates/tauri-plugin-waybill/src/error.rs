//! Why the phone could not do what was asked.

/// Why the phone could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This machine has no camera of its own; a picture comes from the page.
    #[error("this machine has no camera of its own")]
    NoCamera,
    /// The native half refused, or the person closed the camera without a picture.
    #[cfg(mobile)]
    #[error("the camera gave no picture: {0}")]
    Native(#[from] tauri::plugin::mobile::PluginInvokeError),
    /// The picture was taken, but its file cannot be read.
    #[cfg(mobile)]
    #[error("could not read the picture: {0}")]
    Picture(#[from] std::io::Error),
}
