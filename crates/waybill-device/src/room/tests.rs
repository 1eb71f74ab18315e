use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// A disk that has what a test says: with nothing it is full, and with everything it is read-only.
#[derive(Default)]
struct Told(AtomicU64);

const READ_ONLY: u64 = u64::MAX;

impl Disk for Told {
    fn free_bytes(&self, _: &Path) -> io::Result<u64> {
        Ok(self.0.load(Ordering::SeqCst))
    }

    fn probe(&self, _: &Path) -> io::Result<()> {
        match self.0.load(Ordering::SeqCst) {
            READ_ONLY => Err(ErrorKind::ReadOnlyFilesystem.into()),
            0 => Err(ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }
}

fn room(free: u64) -> (tempfile::TempDir, Arc<Told>, Room) {
    let (dir, disk) = (tempfile::tempdir().unwrap(), Arc::new(Told(AtomicU64::new(free))));
    let room = Room::open(dir.path(), Arc::<Told>::clone(&disk));
    (dir, disk, room)
}

fn full() -> StoreError {
    StoreError::Io(ErrorKind::StorageFull.into())
}

#[test]
fn what_is_left_is_said_before_it_is_needed() {
    let (_dir, disk, mut room) = room(10 * LOW_BYTES);
    let mut health = |free| {
        disk.0.store(free, Ordering::SeqCst);
        room.look();
        room.health()
    };
    assert_eq!(health(LOW_BYTES), StoreHealth::Good);
    assert_eq!(health(LOW_BYTES - 1), StoreHealth::Low);
    assert_eq!(health(FULL_BYTES - 1), StoreHealth::Full);
    assert_eq!(health(0), StoreHealth::Full);
    assert_eq!(health(READ_ONLY), StoreHealth::ReadOnly);
    assert_eq!(health(LOW_BYTES), StoreHealth::Good, "and it is said when it is over");
}

#[test]
fn the_reserve_is_really_taken_from_the_disk() {
    let (dir, _disk, _room) = room(10 * LOW_BYTES);
    let file = fs::metadata(dir.path().join("reserve")).unwrap();
    assert_eq!(file.len(), RESERVE_BYTES);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert!(file.blocks() * 512 >= RESERVE_BYTES, "a file with a hole holds nothing back");
    }
}

#[test]
fn a_full_disk_gives_the_reserve_back_once_and_takes_it_again_when_there_is_space() {
    let (dir, disk, mut room) = room(10 * LOW_BYTES);
    let reserve = dir.path().join("reserve");
    assert!(!room.is_spent());
    assert!(room.makes_way(&full()), "try again: there is room now");
    assert!(!reserve.exists());
    assert!(room.is_spent());
    assert!(!room.makes_way(&full()), "there is nothing more to give back");
    assert_eq!(room.health(), StoreHealth::Full);
    disk.0.store(RESERVE_BYTES + RESERVE_AGAIN_BYTES - 1, Ordering::SeqCst);
    room.look();
    assert!(!reserve.exists() && room.is_spent(), "not from what a delivery needs");
    disk.0.store(RESERVE_BYTES + RESERVE_AGAIN_BYTES, Ordering::SeqCst);
    room.look();
    assert!(reserve.exists() && !room.is_spent());
}

#[test]
fn what_is_no_want_of_space_costs_no_reserve() {
    let (dir, _disk, mut room) = room(10 * LOW_BYTES);
    assert!(!room.makes_way(&StoreError::Io(ErrorKind::NotFound.into())));
    assert!(!room.makes_way(&StoreError::Io(ErrorKind::ReadOnlyFilesystem.into())));
    assert!(dir.path().join("reserve").exists());
    assert_eq!(room.health(), StoreHealth::ReadOnly);
}

#[test]
fn the_systems_disk_says_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    assert!(SystemDisk.free_bytes(dir.path()).unwrap() > 0);
    SystemDisk.probe(dir.path()).unwrap();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "a probe leaves nothing behind");
    assert!(SystemDisk.probe(&dir.path().join("nowhere")).is_err());
}
