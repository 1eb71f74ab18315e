//! One delivery, all the way through the house.

use serde_json::json;
use waybill_core::readiness::ReadinessVerdict;
use waybill_testkit::world::World;

#[tokio::test]
async fn a_delivery_made_without_a_network_is_billable_once_the_network_is_back() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    assert_eq!(phone.start["runs"][0]["jobs"], 3, "the run came with the enrolment");

    phone.phone.set_airplane(true);
    phone.deliver("R1-J001").await.unwrap();
    let cut = phone.sync().await.unwrap_err();
    assert_eq!(cut.code, "hub_unreachable");
    let job = phone.job("R1-J001").await.unwrap();
    assert_eq!((&job["status"], &job["safety"]), (&json!("delivered"), &json!("phone")));
    assert_eq!(job["readiness"]["verdict"], "ready", "finance's answer is known at the door");

    let phone = phone.kill_and_reopen().unwrap();
    let again = phone.job("R1-J001").await.unwrap();
    assert_eq!(again, job, "killed and reopened, everything is there");
    assert_eq!(world.feed().unwrap().entries, []);

    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["jobs_on_phone"], &trust["jobs_at_office"]), (&json!(0), &json!(1)));
    assert_eq!((&trust["facts_waiting"], &trust["blobs_waiting"]), (&json!(0), &json!(0)));
    assert_eq!(phone.job("R1-J001").await.unwrap()["safety"], "office");

    let feed = world.feed().unwrap().entries;
    assert_eq!(feed.len(), 1);
    let entry = &feed[0];
    assert_eq!((entry.seq, entry.revision, entry.verdict), (1, 1, ReadinessVerdict::Ready));
    let photo = job["photos"][0]["blob"].as_str().unwrap();
    assert!(entry.proof.iter().any(|hash| hash == photo), "the proof is named by its hash");
    assert_eq!(entry.proof.len(), 2, "a photo and a signature");

    let before = phone.job("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(world.feed().unwrap().entries, feed, "a second sync changes nothing");
    assert_eq!(phone.job("R1-J001").await.unwrap(), before);
}

#[tokio::test]
async fn the_office_sees_the_proof_byte_for_byte_and_when_it_was_claimed_and_received() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.deliver("R1-J001").await.unwrap();
    world.clock.advance_ms(3 * 3_600_000);
    phone.phone.set_airplane(false);
    phone.sync().await.unwrap();

    let dan = world.sign_in("dan").await.unwrap();
    let page: serde_json::Value = dan.get("/v1/runs/R1/jobs/R1-J001").await.unwrap();
    let photo = page["photos"][0]["blob"].as_str().unwrap();
    let (at_phone, mime) = phone.phone.blob(photo).unwrap().unwrap();
    assert_eq!(mime, "image/jpeg");
    assert_eq!(page["photos"][0]["is_held"], true);
    let path = format!("{}/v1/runs/R1/jobs/R1-J001/blobs/{photo}", world.url);
    let nobody = world.http.get(&path).send().await.unwrap();
    assert_eq!(nobody.status(), 401, "evidence is for those who may see it");
    let blob = "R1-J001".parse().unwrap();
    let held = world
        .hub
        .blob(&waybill_hub::Asker::Console, &"R1".parse().unwrap(), &blob, photo.parse().unwrap())
        .unwrap();
    assert_eq!(held, (mime, at_phone));
    let arrived = &page["facts"][0];
    let lag = arrived["received_at_ms"].as_i64().unwrap() - arrived["at_ms"].as_i64().unwrap();
    assert!(lag >= 3 * 3_600_000, "late sync never rewrites the act's time: {lag} ms");
}

#[tokio::test]
async fn a_delivery_taken_back_after_it_was_billable_is_a_new_entry_and_never_a_second_invoice() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let saved = phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    phone
        .on_job("undo", "R1-J001", json!({ "fact_id": saved["fact_id"], "reason": "wrong door" }))
        .await
        .unwrap();
    phone.sync().await.unwrap();
    phone.on_job("deliver", "R1-J001", json!({ "lines": [] })).await.unwrap();
    phone.sync().await.unwrap();
    let feed = world.feed().unwrap().entries;
    let told: Vec<_> =
        feed.iter().map(|each| (each.revision, each.supersedes, each.verdict.word())).collect();
    assert_eq!(told, [(1, None, "ready"), (2, Some(1), "blocked"), (3, Some(2), "ready")]);
}

#[tokio::test]
async fn a_hub_that_restarts_in_the_middle_of_the_day_goes_on_where_it_was() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let world = world.restart_hub().await.unwrap();
    phone.deliver("R1-J002").await.unwrap();
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["jobs_at_office"], &trust["trouble"]), (&json!(2), &json!(null)));
    let seqs: Vec<_> = world.feed().unwrap().entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2]);
}
