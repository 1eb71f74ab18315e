//! What makes this install this install: its key, who enrolled it, and a mark that no backup carries.
//!
//! These are files of their own beside the store, so that a damaged store costs no enrolment. On a
//! phone the shell keeps the key in the system's keystore and hands it in; this file keystore is the
//! counterpart for desktops and browsers.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use waybill_core::id::{DepotId, DeviceId, PersonId};
use waybill_core::role::Role;
use waybill_sync::key::{DeviceKey, HubPublic};

use crate::clock::{Dice, roll};
use crate::store::StoreError;

/// The file with the mark of the last life; it once had one mark for all lives of an install.
const LIFE: &str = "install.id";

/// Who holds this phone and which hub it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crew {
    device_id: String,
    hub_key: String,
    pub hub_url: String,
    pub token: String,
    pub company: String,
    pub depot_id: DepotId,
    pub person_id: PersonId,
    pub person_name: String,
    pub role: Role,
    pub device_name: String,
}

impl Crew {
    /// Puts together what the hub answered to an enrolment.
    pub fn new(
        device: DeviceId,
        hub_key: HubPublic,
        hub_url: String,
        device_name: String,
        enrolled: waybill_sync::enrol::Enrolled,
    ) -> Self {
        Self {
            device_id: device.to_string(),
            hub_key: hub_key.to_text(),
            hub_url,
            token: enrolled.token,
            company: enrolled.company,
            depot_id: enrolled.depot_id,
            person_id: enrolled.person_id,
            person_name: enrolled.person_name,
            role: enrolled.role,
            device_name,
        }
    }

    /// This device's id, and the hub's key; `None` if the file was tampered with.
    pub fn keys(&self) -> Option<(DeviceId, HubPublic)> {
        Some((self.device_id.parse().ok()?, HubPublic::from_text(&self.hub_key).ok()?))
    }
}

/// The folder of secrets.
#[derive(Debug)]
pub struct Vault {
    folder: PathBuf,
}

impl Vault {
    /// Opens the folder, or makes it, for nobody's eyes but the app's.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        restrict(folder, 0o700)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// The device's key, made on first use.
    pub fn device_key(&self, dice: &dyn Dice) -> Result<DeviceKey, StoreError> {
        let path = self.folder.join("device.key");
        if let Some(bytes) = read(&path)? {
            let secret: [u8; 32] =
                bytes.as_slice().try_into().map_err(|_| StoreError::Length("device key"))?;
            return DeviceKey::from_secret(&secret).map_err(|_| StoreError::Length("device key"));
        }
        loop {
            let secret = roll::<32>(dice);
            if let Ok(key) = DeviceKey::from_secret(&secret) {
                write(&path, &secret)?;
                return Ok(key);
            }
        }
    }

    /// Who holds this phone, once it is enrolled.
    pub fn crew(&self) -> Result<Option<Crew>, StoreError> {
        let bytes = read(&self.folder.join("crew.json"))?;
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// Remembers who holds this phone.
    pub fn set_crew(&self, crew: &Crew) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec_pretty(crew).map_err(std::io::Error::other)?;
        write(&self.folder.join("crew.json"), &bytes)
    }

    /// The mark of this install's last life. A store that was restored or cloned carries another.
    pub fn life(&self) -> Result<Option<Vec<u8>>, StoreError> {
        read(&self.folder.join(LIFE))
    }

    /// Begins another life.
    pub fn set_life(&self, life: &[u8]) -> Result<(), StoreError> {
        write(&self.folder.join(LIFE), life)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StoreError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Writes a file whole or not at all: beside it, flushed, renamed, and the folder flushed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let fresh = path.with_extension("fresh");
    let mut file = fs::File::create(&fresh)?;
    restrict(&fresh, 0o600)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    flush_folder_of(path)
}

/// Makes a rename in a folder durable, where the system needs telling.
pub(crate) fn flush_folder_of(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Makes a folder where there is none. A folder's own name is lost in a power cut, with all that was
/// flushed inside, until the folder around it is flushed; only then is anything put into it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), StoreError> {
    match fs::read_dir(folder).map(|mut inside| inside.next().is_some()) {
        Ok(true) => return Ok(()),
        // Whoever made it may have been killed before it was flushed.
        Ok(false) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {
            if let Some(around) = folder.parent().filter(|around| !around.as_os_str().is_empty()) {
                make_folder(around)?;
            }
            fs::create_dir(folder)?;
        }
        Err(error) => return Err(error.into()),
    }
    match flush_folder_of(folder) {
        // The system keeps what it has put our folder into to itself, and has seen to it.
        Err(StoreError::Io(error)) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        flushed => flushed,
    }
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> Result<(), StoreError> {
    Ok(())
}
