use std::fs;

use waybill_core::journal::blob_hash;
use waybill_sync::code::Code;

use super::{Progress, blob_path};
use crate::testing::{PHOTO, Phone, World, photo, run};

/// A phone that has named its photo and begun to send it.
fn begun() -> (World, Phone) {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    phone.record(&photo());
    phone.sync(&world);
    world.hub.begin_blob(phone.device, blob_hash(PHOTO), PHOTO.len() as u64).unwrap();
    (world, phone)
}

#[test]
fn an_upload_that_broke_off_before_it_was_taken_is_taken_when_it_is_asked_about() {
    let (world, phone) = begun();
    let hash = blob_hash(PHOTO);
    fs::write(world.hub.part(phone.device, hash), PHOTO).unwrap();
    let size = PHOTO.len() as u64;
    let progress = world.hub.blob_progress(phone.device, hash).unwrap();
    assert_eq!(progress, Progress { offset: size, size });
    assert_eq!(world.hub.read_blob(hash).unwrap(), PHOTO, "what is called whole is held");
    assert!(!world.hub.part(phone.device, hash).exists());
    let again = world.hub.blob_progress(phone.device, hash).unwrap();
    assert_eq!(again, Progress { offset: size, size });
}

#[test]
fn an_upload_that_cannot_be_taken_is_not_called_whole() {
    let (world, phone) = begun();
    let hash = blob_hash(PHOTO);
    let part = world.hub.part(phone.device, hash);
    fs::write(&part, PHOTO).unwrap();
    // A file stands where the blob's folder would be.
    let folder = blob_path(world.dir.path(), hash).parent().unwrap().to_owned();
    fs::create_dir_all(folder.parent().unwrap()).unwrap();
    fs::write(&folder, b"in the way").unwrap();
    assert!(world.hub.blob_progress(phone.device, hash).is_err());
    fs::remove_file(&folder).unwrap();
    assert!(world.hub.blob_progress(phone.device, hash).is_ok(), "nothing was lost by it");

    let (world, phone) = begun();
    fs::write(world.hub.part(phone.device, hash), vec![0; PHOTO.len()]).unwrap();
    let spoiled = world.hub.blob_progress(phone.device, hash).unwrap_err();
    assert_eq!(spoiled.code(), Code::BlobHashWrong);
}
