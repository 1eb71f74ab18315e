use waybill_core::journal::blob_hash;

use crate::blobs::blob_path;
use crate::hub::Asker;
use crate::testing::{PHOTO, STROKES, World, arrived, delivered, photo, run, signed};

fn world() -> (World, crate::testing::Phone) {
    let world = World::new();
    world.put_run(&run(&["J1"]));
    let mut phone = world.phone("dora", 5);
    for body in [arrived(), signed(), photo(), delivered()] {
        phone.record(&body);
    }
    phone.sync(&world);
    phone.upload(&world, STROKES).unwrap();
    phone.upload(&world, PHOTO).unwrap();
    (world, phone)
}

#[test]
fn a_receipt_says_what_is_in_a_backup_once_there_is_one() {
    let (world, phone) = world();
    let first = phone.receipt(&phone.sync(&world));
    assert_eq!(first.backed_up_to, None);
    world.pass(1);
    let taken = world.hub.backup_to(&Asker::Console, &world.dir.path().join("backups")).unwrap();
    world.pass(1);
    let second = phone.receipt(&phone.sync(&world));
    assert_eq!(second.backed_up_to, Some(taken.manifest.taken_at_ms));
    assert!(second.backed_up_to > Some(first.at), "what the first receipt named is in it");
    assert!(second.backed_up_to < Some(second.at), "what came since is not");
    assert_eq!((taken.manifest.facts, taken.manifest.blobs), (4, 2));
}

#[test]
fn a_backup_that_lacks_evidence_says_so_and_lets_no_phone_forget_any() {
    let (world, phone) = world();
    let lost = blob_hash(PHOTO);
    std::fs::remove_file(blob_path(world.dir.path(), lost)).unwrap();
    let taken = world.hub.backup_to(&Asker::Console, &world.dir.path().join("backups")).unwrap();
    assert_eq!(taken.manifest.blobs_missing, [lost.to_string()]);
    assert_eq!(phone.receipt(&phone.sync(&world)).backed_up_to, None);
    let gaps = world.hub.gaps().unwrap();
    let told: Vec<_> = gaps.blobs.iter().map(|gap| (gap.hash.clone(), gap.is_file_lost)).collect();
    assert_eq!(told, [(lost.to_string(), true)]);
}

#[test]
fn an_epoch_that_a_later_one_goes_on_from_is_missed() {
    let (world, mut phone) = world();
    // The phone had a second life of four facts, and began a third after it; the second never came.
    let second = waybill_core::id::Epoch::after(Some(phone.genesis.epoch), 2);
    let third = waybill_core::id::Epoch::after(Some(second), 3);
    let after = waybill_core::journal::Head { epoch: second, seq: 4, ..phone.head() };
    phone.genesis =
        waybill_core::journal::Genesis { epoch: third, after: Some(after), ..phone.genesis };
    phone.facts.clear();
    phone.record(&arrived());
    phone.sync(&world);
    let gaps = world.hub.gaps().unwrap().devices;
    let epochs: Vec<_> = gaps.iter().flat_map(|gap| gap.epochs.clone()).collect();
    let told: Vec<_> = epochs.iter().map(|gap| (gap.held_seq, gap.named_seq)).collect();
    assert_eq!(told, [(0, 4)]);
    assert_eq!(epochs[0].epoch, second.to_string());
}
