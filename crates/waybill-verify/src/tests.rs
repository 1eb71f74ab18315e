use super::*;
use waybill_sync::key::HubKey;

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn the_words_behind_the_name_are_read_or_refused() {
    let key = HubKey::from_secret(&[1; 32]).public();
    let named = format!("a.waybill --hub-key {} --extract out", key.to_text());
    let (bundle, extract) = (PathBuf::from("a.waybill"), Some(PathBuf::from("out")));
    let request = Request { bundle, hub_key: Some(key), extract };
    assert_eq!(Request::read(words(&named)).unwrap(), request);
    for wrong in ["--hub-key", "a b", "--hub-key x a", "--what a", "--extract d"] {
        assert!(Request::read(words(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_no_bundle_is_not_ok_and_what_is_not_there_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let bundle = dir.path().join("a.waybill");
    let request = Request { bundle, hub_key: None, extract: None };
    assert!(run(&request, &mut Vec::new()).is_err(), "there is no file");
    fs::write(&request.bundle, b"<html>").unwrap();
    let mut out = Vec::new();
    assert!(!run(&request, &mut out).unwrap());
    assert_eq!(out, b"NOT OK: this is not a bundle, or not a whole one\n");
}
