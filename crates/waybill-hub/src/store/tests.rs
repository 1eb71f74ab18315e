use crate::hub::{Hub, HubOptions};
use crate::testing::options;

#[test]
fn a_store_keeps_its_name_and_its_key() {
    let dir = tempfile::tempdir().unwrap();
    let open = |restored| {
        let hub = Hub::open(dir.path(), HubOptions { is_restored: restored, ..options() }).unwrap();
        (hub.key(), hub.store_mark())
    };
    let (key, mark) = open(false);
    assert_eq!(open(false), (key, mark));
    let (same_key, restored) = open(true);
    assert_eq!((same_key, restored.store), (key, mark.store));
    assert!(restored.epoch > mark.epoch, "a restored store is another life of the same");
}
