use super::*;

fn open(file: i32, path: &str) -> Act {
    Act::Open { file, path: path.into(), creates: true, empties: true, appends: false }
}

fn write(file: i32, bytes: &[u8]) -> Act {
    Act::Write { file, at: None, bytes: bytes.to_vec() }
}

/// The root folder, opened to be flushed.
fn folder(file: i32) -> Act {
    let path = PathBuf::new();
    Act::Open { file, path, creates: false, empties: false, appends: false }
}

fn disk(acts: &[Act]) -> Disk {
    let mut disk = Disk::holding(&Image::default()).unwrap();
    for act in acts {
        disk.take(act).unwrap();
    }
    disk
}

fn cut(disk: &Disk, loss: Loss, seed: u64) -> Image {
    disk.cut(loss, &SeededDice::new(seed))
}

#[test]
fn only_what_was_flushed_with_its_name_is_there_for_certain() {
    let (one, two) = (Act::Flush { file: 1 }, Act::Flush { file: 2 });
    let bytes_only = [open(1, "a"), write(1, b"whole"), one.clone()];
    assert!(cut(&disk(&bytes_only), Loss::Everything, 1).files.is_empty(), "its name is lost");
    let name_only = [open(1, "a"), write(1, b"whole"), folder(2), two.clone()];
    assert_eq!(cut(&disk(&name_only), Loss::Everything, 1).files[Path::new("a")], b"");
    let both = [open(1, "a"), write(1, b"whole"), one, folder(2), two];
    assert_eq!(cut(&disk(&both), Loss::Everything, 1).files[Path::new("a")], b"whole");
}

#[test]
fn a_rename_is_lost_or_done_and_never_half_done() {
    let flush = Act::Flush { file: 2 };
    let mut acts = vec![open(1, "fresh"), folder(2), flush];
    acts.push(Act::Rename { from: "fresh".into(), to: "name".into() });
    let disk = disk(&acts);
    let mut seen: Vec<_> = (0..50)
        .map(|seed| {
            let image = cut(&disk, Loss::Some { kept_percent: 50 }, seed);
            image.files.into_keys().collect::<Vec<_>>()
        })
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen, [[PathBuf::from("fresh")], [PathBuf::from("name")]]);
}

#[test]
fn a_torn_write_is_there_sector_by_sector() {
    let acts = [open(1, "a"), folder(2), Act::Flush { file: 2 }, write(1, &[7; 1_500])];
    let disk = disk(&acts);
    let torn = Loss::Torn { kept_percent: 50, sector: 512 };
    let lengths: std::collections::BTreeSet<_> = (0..60)
        .map(|seed| {
            let bytes = cut(&disk, torn, seed).files.remove(Path::new("a")).unwrap();
            bytes.chunks(512).filter(|sector| sector[0] == 7).count()
        })
        .collect();
    assert!(lengths.len() >= 3, "nothing, something and all of it: {lengths:?}");
}

#[test]
fn a_deaf_disk_forgets_the_log_and_nothing_else() {
    let acts = |name| {
        let (one, two) = (Act::Flush { file: 1 }, Act::Flush { file: 2 });
        [open(1, name), write(1, b"frame"), one, folder(2), two]
    };
    for (name, there) in [("db-wal", b"".as_slice()), ("db", b"frame")] {
        let mut disk = Disk::holding(&Image::default()).unwrap();
        disk.is_deaf_to_logs = true;
        for act in acts(name) {
            disk.take(&act).unwrap();
        }
        assert_eq!(cut(&disk, Loss::Everything, 1).files[Path::new(name)], there);
    }
}
