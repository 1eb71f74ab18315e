//! The door with a lock: who may come in, and with what.

use serde_json::json;
use waybill_hub::Asker;
use waybill_hub::api::view::Invite;
use waybill_testkit::world::World;

#[tokio::test]
async fn a_code_enrols_one_phone_once_and_for_a_short_time() {
    let world = World::begin().await.unwrap();
    let invite = || {
        let (person_id, depot_id) = ("priya".parse().unwrap(), "leeds".parse().unwrap());
        world.hub.invite(&Asker::Console, &Invite { person_id, depot_id }).unwrap()
    };
    let first = invite();
    assert!(first.qr_svg.contains("<svg"), "the code is shown as a QR");
    let dir = tempfile::tempdir().unwrap();
    let open = |name: &str| waybill_device::host::Phone::open(&dir.path().join(name)).unwrap();
    let enrol = |link: &str| json!({ "link": link, "device_name": "Van 7" });

    let phone = open("one");
    phone.call("enrol", enrol(&first.link)).await.unwrap();
    let twice = open("two").call("enrol", enrol(&first.link)).await.unwrap_err();
    assert_eq!(twice.code, "code_invalid");
    let again = phone.call("enrol", enrol(&invite().link)).await.unwrap_err();
    assert_eq!(again.code, "already_enrolled");

    let late = invite();
    world.clock.advance_ms(16 * 60_000);
    let expired = open("three").call("enrol", enrol(&late.link)).await.unwrap_err();
    assert_eq!(expired.code, "code_expired");
    let nonsense = open("four").call("enrol", enrol("https://elsewhere")).await.unwrap_err();
    assert_eq!(nonsense.code, "link_invalid");
}

#[tokio::test]
async fn a_hub_with_another_key_than_the_code_says_is_not_believed() {
    let world = World::begin().await.unwrap();
    let (person_id, depot_id) = ("priya".parse().unwrap(), "leeds".parse().unwrap());
    let link = world.hub.invite(&Asker::Console, &Invite { person_id, depot_id }).unwrap().link;
    let mut link = waybill_sync::enrol::Link::from_text(&link).unwrap();
    link.hub_key = waybill_sync::key::HubKey::from_secret(&[66; 32]).public();
    let dir = tempfile::tempdir().unwrap();
    let phone = waybill_device::host::Phone::open(dir.path()).unwrap();
    let args = json!({ "link": link.to_text(), "device_name": "Van 7" });
    assert_eq!(phone.call("enrol", args).await.unwrap_err().code, "key_mismatch");
}

#[tokio::test]
async fn a_revoked_phone_is_shut_out_and_keeps_what_it_captured() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    let device = phone.start["crew"]["device_id"].as_str().unwrap().parse().unwrap();
    world.hub.revoke(&Asker::Console, device).unwrap();
    assert_eq!(phone.sync().await.unwrap_err().code, "device_revoked");
    let phone = phone.kill_and_reopen().unwrap();
    let job = phone.job("R1-J001").await.unwrap();
    assert_eq!((&job["status"], &job["safety"]), (&json!("delivered"), &json!("phone")));
    assert_eq!(world.feed().unwrap().entries, []);
}

#[tokio::test]
async fn a_driver_sees_only_runs_of_their_own() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let tom = world.phone("tom", "van-8").await.unwrap();
    assert_eq!(tom.start["runs"], json!([]));
    let unknown = tom.on_job("arrive", "R1-J001", json!({})).await.unwrap_err();
    assert_eq!(unknown.code, "job_unknown");
}

#[tokio::test]
async fn nobody_gets_in_without_a_name() {
    let world = World::begin().await.unwrap();
    for path in ["/v1/runs", "/v1/feed", "/v1/people", "/v1/devices", "/v1/changes"] {
        let answer = world.http.get(format!("{}{path}", world.url)).send().await.unwrap();
        assert_eq!(answer.status(), 401, "{path}");
    }
    let wrong = json!({ "login": "dan", "password": "guess" });
    let answer =
        world.http.post(format!("{}/v1/session", world.url)).json(&wrong).send().await.unwrap();
    let problem: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(problem["code"], "sign_in_wrong");
}
