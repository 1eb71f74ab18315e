//! Transactions: whole or not at all, one moment, one writer, on the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::{Ground, count, counted, note};
use crate::error::HubError;
use crate::store::{Fault, read, values, write};

pub(in crate::store) fn a_write_that_fails_leaves_nothing(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let failed = write(&*database, |tx| {
        note(tx, "lost")?;
        Err::<(), _>(HubError::Dice)
    });
    assert!(failed.is_err());
    assert_eq!(count(&*database), 0, "a write that failed is seen");
    write(&*database, |tx| note(tx, "kept")).unwrap();
    assert_eq!(count(&*database), 1, "a write that failed keeps the next one out");
}

pub(in crate::store) fn a_write_that_panics_leaves_nothing(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let broken = catch_unwind(AssertUnwindSafe(|| {
        write(&*database, |tx| {
            note(tx, "lost")?;
            assert_eq!(counted(tx, "SELECT COUNT(*) FROM audit", values![])?, 2, "on purpose");
            Ok::<_, HubError>(())
        })
    }));
    assert!(broken.is_err());
    assert_eq!(count(&*database), 0, "a write that panicked is seen");
    write(&*database, |tx| note(tx, "kept")).unwrap();
    assert_eq!(count(&*database), 1, "a write that panicked keeps the next one out");
}

pub(in crate::store) fn a_commit_is_there_when_the_database_is_opened_again(ground: &impl Ground) {
    for round in 1..=3 {
        let database = ground.database().unwrap();
        write(&*database, |tx| note(tx, "kept")).unwrap();
        drop(database);
        assert_eq!(count(&*ground.database().unwrap()), round);
    }
}

pub(in crate::store) fn a_read_sees_one_moment_while_a_write_goes_on(ground: &impl Ground) {
    let database = ground.database().unwrap();
    write(&*database, |tx| note(tx, "first")).unwrap();
    let notes = |tx: &crate::store::Tx<'_>| {
        counted(tx, "SELECT COUNT(*) FROM audit WHERE act = $1", values!["note"])
    };
    read(&*database, |tx| {
        assert_eq!(notes(tx)?, 1);
        write(&*database, |tx| {
            note(tx, "second")?;
            assert_eq!(notes(tx)?, 2, "a write does not see what it wrote");
            assert_eq!(count(&*database), 1, "what is not committed is seen");
            Ok::<_, HubError>(())
        })?;
        assert_eq!(notes(tx)?, 1, "a read saw two moments");
        Ok::<_, HubError>(())
    })
    .unwrap();
    assert_eq!(count(&*database), 2);
}

pub(in crate::store) fn writes_wait_for_each_other_and_none_is_lost(ground: &impl Ground) {
    const WRITERS: usize = 4;
    const WRITES: usize = 10;
    let (first, second) = (ground.database().unwrap(), ground.database().unwrap());
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            // Half of them are another process as far as the database can tell.
            let database = if writer % 2 == 0 { &*first } else { &*second };
            scope.spawn(move || {
                for _ in 0..WRITES {
                    write(database, |tx| {
                        // Whoever reads what another is about to change loses one of the two.
                        let seen = counted(tx, "SELECT COUNT(*) FROM audit", values![])?;
                        note(tx, &seen.to_string())
                    })
                    .unwrap();
                }
            });
        }
    });
    read(&*first, |tx| {
        let kinds = counted(tx, "SELECT COUNT(DISTINCT about) FROM audit", values![])?;
        assert_eq!(usize::try_from(kinds).unwrap(), WRITERS * WRITES, "two writes saw the same");
        Ok::<_, HubError>(())
    })
    .unwrap();
}

pub(in crate::store) fn who_does_not_wait_is_told_that_it_is_busy(ground: &impl Ground) {
    let (patient, impatient) = (ground.database().unwrap(), ground.impatient());
    let writing = patient.begin_write().unwrap();
    let refused = impatient.begin_write().err().expect("two write at once");
    assert_eq!(refused.fault, Fault::Busy);
    assert_eq!(HubError::from(refused).code().word(), "store_busy");
    assert_eq!(count(&*impatient), 0, "a reader waits for the writer");
    drop(writing);
    write(&*impatient, |tx| note(tx, "now")).unwrap();
}

pub(in crate::store) fn a_second_hub_is_turned_away(ground: &impl Ground) {
    let first = ground.store().unwrap();
    assert!(matches!(ground.store().err().unwrap(), HubError::Locked));
    drop(first);
    assert!(ground.store().is_ok());
}

pub(in crate::store) fn a_database_of_a_newer_hub_is_refused(ground: &impl Ground) {
    write(&*ground.database().unwrap(), |tx| note(tx, "old")).unwrap();
    ground.outgrow();
    let refused = ground.database().err().unwrap();
    assert_eq!(refused.code().word(), "store_newer");
}

pub(in crate::store) fn a_copy_taken_while_others_write_is_one_moment(ground: &impl Ground) {
    let database = ground.database().unwrap();
    let pair = || {
        write(&*database, |tx| {
            note(tx, "left")?;
            note(tx, "right")
        })
        .unwrap();
    };
    pair();
    let is_copied = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = scope.spawn(|| {
            while !is_copied.load(Ordering::Relaxed) {
                pair();
            }
        });
        let copy = database.copy_to(&ground.copy_file());
        is_copied.store(true, Ordering::Relaxed);
        writer.join().unwrap();
        let copy = copy.unwrap();
        let copied = count(&*copy);
        assert!(copied >= 2 && copied % 2 == 0, "a copy has half a transaction: {copied} rows");
        copy.close().unwrap();
        let opened = ground.open_copy();
        assert_eq!(count(&*opened), copied, "a copy that was closed has lost something");
        write(&*opened, |tx| note(tx, "on")).unwrap();
        assert_eq!(count(&*opened), copied + 1, "a copy is not apart from its store");
    });
    assert_eq!(count(&*database) % 2, 0);
}
