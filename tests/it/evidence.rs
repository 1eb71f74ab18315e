//! Evidence that convinces somebody who trusts neither phone nor hub.

use std::path::{Path, PathBuf};

use waybill_hub::Asker;
use waybill_sync::bundle::{Fault, Findings, MEDIA_TYPE, verify};
use waybill_sync::key::HubPublic;
use waybill_testkit::world::{PASSWORD, World};
use waybill_verify::{Request, run};

/// A bundle as a hub made it on 2026-11-20, and that hub's key. It stays as it is: what was handed out
/// then must hold for ever.
const FIRST: &[u8] = include_bytes!("../golden/bundle-1.waybill");
const FIRST_KEY: &str = "G-R-OWYtHwhfy6TfbDdNmqJHLwMBAEKjdey3l0HN2vo";

fn bundle(world: &World) -> Vec<u8> {
    let (run_id, job_id) = ("R1".parse().unwrap(), "R1-J001".parse().unwrap());
    world.hub.bundle(&Asker::Console, &run_id, &job_id).unwrap()
}

fn kinds(findings: &Findings) -> Vec<&'static str> {
    findings.told.iter().map(|told| told.fact.body().word()).collect()
}

/// What the program says, and whether it ends well.
fn program(bundle: &Path, hub_key: Option<HubPublic>, extract: Option<PathBuf>) -> (bool, String) {
    let mut out = Vec::new();
    let request = Request { bundle: bundle.to_owned(), hub_key, extract };
    let is_sound = run(&request, &mut out).unwrap();
    (is_sound, String::from_utf8(out).unwrap())
}

/// Where the bytes of a photo begin in a bundle.
fn place_of(bundle: &[u8], photo: &[u8]) -> usize {
    bundle.windows(photo.len()).position(|window| window == photo).unwrap()
}

#[tokio::test]
async fn a_delivery_is_proved_offline_and_shows_nothing_of_other_jobs() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J002").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.deliver("R1-J003").await.unwrap();
    phone.sync().await.unwrap();

    let bytes = bundle(&world);
    let findings = verify(&bytes, Some(world.hub.key())).unwrap();
    assert_eq!(kinds(&findings), ["arrived", "photo_taken", "signed", "delivered"]);
    assert!(findings.hidden >= 8, "the other two jobs are digests: {}", findings.hidden);
    for other in ["R1-J002", "R1-J003"] {
        let is_named = bytes.windows(other.len()).any(|window| window == other.as_bytes());
        assert!(!is_named, "{other} is nobody's business");
    }
    let entry = &world.feed().unwrap().entries;
    let entry = entry.iter().find(|entry| entry.job_id.as_str() == "R1-J001").unwrap();
    let told = findings.manifest.judged.entry.as_ref().unwrap();
    assert_eq!((told.seq, told.verdict.as_str()), (entry.seq, "ready"));

    let dir = tempfile::tempdir().unwrap();
    let (file, photos) = (dir.path().join("job.waybill"), dir.path().join("photos"));
    std::fs::write(&file, &bytes).unwrap();
    let (is_sound, said) = program(&file, Some(world.hub.key()), Some(photos.clone()));
    assert!(is_sound, "{said}");
    for part in ["Acme Deliveries", "Priya Nair", "Amina Wright signed", "\nOK: every chain"] {
        assert!(said.contains(part), "{part} is missing in {said}");
    }
    let job = phone.job("R1-J001").await.unwrap();
    let photo = job["photos"][0]["blob"].as_str().unwrap();
    let (at_phone, _) = phone.phone.blob(photo).unwrap().unwrap();
    assert_eq!(std::fs::read(photos.join(format!("{photo}.jpg"))).unwrap(), at_phone);
}

#[tokio::test]
async fn a_job_of_two_phones_is_proved_by_both() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let (one, other) =
        (world.phone("priya", "one").await.unwrap(), world.phone("priya", "other").await.unwrap());
    one.deliver("R1-J001").await.unwrap();
    let more = serde_json::json!({ "reason": "out_of_time", "note": "" });
    other.on_job("fail", "R1-J001", more).await.unwrap();
    one.sync().await.unwrap();
    // Killed and opened again, a phone goes on in a new epoch of its journal.
    let one = one.kill_and_reopen().unwrap();
    one.photograph("R1-J001", 2).await.unwrap();
    one.sync().await.unwrap();
    other.sync().await.unwrap();

    let findings = verify(&bundle(&world), Some(world.hub.key())).unwrap();
    let names: Vec<_> = findings.manifest.devices.iter().map(|named| &named.name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(findings.manifest.journals.len(), 3, "one phone wrote in two epochs");
    assert!(kinds(&findings).contains(&"failed") && kinds(&findings).contains(&"delivered"));
    assert_eq!(findings.evidence.len(), 3, "two photos and a signature");
    assert_eq!(findings.manifest.judged.verdict, "blocked");
}

#[tokio::test]
async fn one_bit_of_a_photo_is_found_and_named() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let mut bytes = bundle(&world);
    let findings = verify(&bytes, None).unwrap();
    assert!(!findings.is_hub_trusted);
    let photo = findings.evidence.iter().find(|piece| piece.mime == "image/jpeg").unwrap();
    let at = place_of(&bytes, &photo.bytes) + photo.bytes.len() / 2;
    bytes[at] ^= 4;
    assert_eq!(verify(&bytes, None), Err(vec![Fault::BlobChanged(photo.hash)]));

    let dir = tempfile::tempdir().unwrap();
    let (file, photos) = (dir.path().join("job.waybill"), dir.path().join("photos"));
    std::fs::write(&file, &bytes).unwrap();
    let (is_sound, said) = program(&file, None, Some(photos.clone()));
    assert!(!is_sound);
    assert!(said.starts_with(&format!("NOT OK: evidence {} is not what", photo.hash)), "{said}");
    assert!(!photos.exists(), "nothing is written of what does not hold");
}

#[tokio::test]
async fn a_bundle_of_another_hub_is_refused_when_the_key_is_known() {
    let (world, other) = (World::begin().await.unwrap(), World::begin().await.unwrap());
    assert_ne!(world.hub.key(), other.hub.key());
    other.plan_run("R1", 1).await.unwrap();
    let phone = other.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let forged = bundle(&other);
    assert!(verify(&forged, Some(other.hub.key())).is_ok());
    assert_eq!(verify(&forged, Some(world.hub.key())), Err(vec![Fault::OtherHub]));
}

#[tokio::test]
async fn a_bundle_comes_from_the_office_to_those_who_may_see_the_job() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let empty = verify(&bundle(&world), Some(world.hub.key())).unwrap();
    assert_eq!((empty.told.len(), empty.manifest.judged.status.as_str()), (0, "planned"));

    let path = format!("{}/v1/runs/R1/jobs/R1-J001/bundle", world.url);
    let nobody = world.http.get(&path).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let body = serde_json::json!({ "login": "fay", "password": PASSWORD });
    let session = world.http.post(format!("{}/v1/session", world.url)).json(&body).send();
    let session: serde_json::Value = session.await.unwrap().json().await.unwrap();
    let token = session["token"].as_str().unwrap();
    let answer = world.http.get(&path).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], MEDIA_TYPE);
    let name = "attachment; filename=\"R1_R1-J001.waybill\"";
    assert_eq!(answer.headers()["content-disposition"], name);
    let findings = verify(&answer.bytes().await.unwrap(), Some(world.hub.key())).unwrap();
    assert_eq!(findings.manifest.job_id.as_str(), "R1-J001");
}

#[test]
fn a_bundle_that_was_handed_out_long_ago_still_holds() {
    let key = HubPublic::from_text(FIRST_KEY).unwrap();
    let findings = verify(FIRST, Some(key)).unwrap();
    assert_eq!(kinds(&findings), ["arrived", "photo_taken", "signed", "delivered"]);
    assert_eq!((findings.hidden, findings.evidence.len()), (4, 2));
}

#[tokio::test]
async fn the_rules_say_why_a_job_stands_where_it_stands() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let (run_id, job_id) = ("R1".parse().unwrap(), "R1-J001".parse().unwrap());
    let lines = world.hub.explain(&Asker::Console, &run_id, &job_id).unwrap();
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert!(lines[0].contains("arrived"), "{lines:?}");
    assert!(lines.iter().any(|line| line == "the job is delivered"), "{lines:?}");
    assert!(lines.iter().any(|line| line.starts_with("finance: ready")), "{lines:?}");
}
