//! Bad input has a stable code and loses nothing.

use serde_json::json;
use waybill_device::host::Phone;
use waybill_sync::limits::BODY_BYTES_MAX;
use waybill_testkit::world::{TestPhone, World};

/// What the hub answers to a body that a phone's token came with.
async fn post(world: &World, phone: &TestPhone, body: Vec<u8>) -> (u16, String) {
    let crew = std::fs::read(phone.folder().join("vault/crew.json")).unwrap();
    let crew: serde_json::Value = serde_json::from_slice(&crew).unwrap();
    let request = world.http.post(format!("{}/v1/sync", world.url));
    let request = request.bearer_auth(crew["token"].as_str().unwrap()).body(body);
    let answer = request
        .header("content-type", "application/cbor")
        .header("content-encoding", "zstd")
        .send()
        .await
        .unwrap();
    let status = answer.status().as_u16();
    let problem: serde_json::Value = answer.json().await.unwrap_or_default();
    (status, problem["code"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_malformed_or_oversized_body_is_refused_and_the_next_honest_one_is_taken() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    let told = post(&world, &phone, b"<html>".to_vec()).await;
    assert_eq!(told, (400, "body_malformed".to_owned()));
    let told = post(&world, &phone, vec![0; BODY_BYTES_MAX + 1]).await;
    assert_eq!(told, (413, "body_too_large".to_owned()));
    let bomb = waybill_sync::envelope::pack(&vec![0_u8; 8 * 1024 * 1024]);
    assert_eq!(post(&world, &phone, bomb).await, (413, "body_too_large".to_owned()));
    phone.sync().await.unwrap();
    assert_eq!(world.feed().unwrap().entries.len(), 1, "nothing was lost by it");
}

#[tokio::test]
async fn a_journal_that_its_phone_did_not_sign_is_kept_apart_and_stays_on_the_phone() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    // Another key than the one that was enrolled: what a thief of the token would have.
    let dir = phone.folder().to_owned();
    phone.phone.close().unwrap();
    let honest = std::fs::read(dir.join("vault/device.key")).unwrap();
    std::fs::write(dir.join("vault/device.key"), [9; 32]).unwrap();
    let forged = phone.kill_and_reopen().unwrap();
    let trust = forged.sync().await.unwrap();
    assert_eq!(trust["trouble"], "seal_invalid");
    assert!(trust["attention"].as_u64().unwrap() > 0);
    assert_eq!(world.feed().unwrap().entries, []);
    assert_eq!(forged.job("R1-J001").await.unwrap()["safety"], "attention");

    forged.phone.close().unwrap();
    std::fs::write(dir.join("vault/device.key"), honest).unwrap();
    let phone = forged.kill_and_reopen().unwrap();
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["attention"], &trust["trouble"]), (&json!(0), &json!(null)));
    assert_eq!(world.feed().unwrap().entries.len(), 1, "with the right key it is taken after all");
}

#[tokio::test]
async fn a_photo_that_is_no_image_is_refused_and_the_job_goes_on() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let shot = phone.phone.put_shot(b"%PDF-1.7 not a photo").unwrap();
    let args = json!({ "category": "goods", "shot": shot });
    let refused = phone.on_job("add_photo", "R1-J001", args).await.unwrap_err();
    assert_eq!(refused.code, "photo_unreadable");
    let args = json!({ "category": "goods", "shot": "../vault/device.key" });
    let refused = phone.on_job("add_photo", "R1-J001", args).await.unwrap_err();
    assert_eq!(refused.code, "shot_unknown");
    phone.deliver("R1-J001").await.unwrap();
}

#[tokio::test]
async fn a_store_of_a_newer_app_is_refused_and_left_alone() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    let dir = phone.folder().to_owned();
    phone.phone.close().unwrap();
    let path = dir.join("waybill.db");
    let edit = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute(sql, []).unwrap();
    edit("INSERT INTO refinery_schema_history VALUES (99, 'future', '2030-01-01T00:00:00Z', '0')");
    let refused = Phone::open(&dir).map(drop).unwrap_err();
    assert_eq!(refused.code, "store_newer");
    edit("DELETE FROM refinery_schema_history WHERE version = 99");
    let phone = phone.kill_and_reopen().unwrap();
    assert_eq!(phone.job("R1-J001").await.unwrap()["status"], "delivered", "nothing was lost");
}

#[tokio::test]
async fn a_run_with_faults_is_refused_field_by_field_and_nothing_of_it_is_kept() {
    let world = World::begin().await.unwrap();
    let mut run = waybill_testkit::world::demo_run("R1", 2).unwrap();
    run.jobs[1].spec.items[0].quantity = 0;
    run.jobs[1].spec.customer.name = String::new();
    let dan = world.sign_in("dan").await.unwrap();
    let refused = dan.put("/v1/runs/R1", &run).await.unwrap_err().to_string();
    for part in
        ["422", "fields_invalid", "jobs/1/spec/items/0/quantity", "jobs/1/spec/customer/name"]
    {
        assert!(refused.contains(part), "{part} is missing in {refused}");
    }
    assert!(dan.get::<serde_json::Value>("/v1/runs/R1").await.is_err(), "half a run is no run");
}
