use super::*;
use crate::id::{ChainHash, DeviceId, Epoch};
use crate::journal::{Genesis, Head};

#[test]
fn two_lives_of_one_phone_after_one_point_are_a_fork() {
    let device = DeviceId([1; 16]);
    let first = Genesis { device, epoch: Epoch::after(None, 1), after: None };
    let head = Head { epoch: first.epoch, seq: 9, hash: ChainHash([5; 32]) };
    let next = |roll, after| {
        let epoch = Epoch::after(Some(first.epoch), roll);
        Genesis { device, epoch, after: Some(after) }
    };
    let elsewhere = Genesis { device: DeviceId([2; 16]), ..next(4, head) };
    let honest = [first, next(2, head), elsewhere];
    assert_eq!(forks(&honest), []);
    let clone = next(3, head);
    let found = forks(honest.iter().chain([&clone, &clone]));
    assert_eq!((found.len(), found[0].epochs.len()), (1, 2));
    let branched_earlier = next(5, Head { seq: 8, ..head });
    assert_eq!(
        forks(&[first, next(2, head), branched_earlier]),
        [],
        "another point, another branch"
    );
}

#[test]
fn every_incident_has_a_word_of_its_own_and_a_time() {
    let words: std::collections::BTreeSet<_> = Incident::ALL.map(Incident::word).into();
    assert_eq!(words.len(), Incident::ALL.len());
    assert!(Incident::ALL.iter().all(|incident| incident.due_at(Timestamp(0)) > Timestamp(0)));
}
