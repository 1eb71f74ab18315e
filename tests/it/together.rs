//! Several orders of one customer at one door: done at once, proved and billed one by one.

use serde_json::{Value, json};
use waybill_testkit::demo_day::join;
use waybill_testkit::world::{TestPhone, World, demo_run};

const JOBS: [&str; 3] = ["R1-J001", "R1-J002", "R1-J003"];

/// A phone at a door with three orders, cut off from the office.
async fn at_the_door(world: &World) -> TestPhone {
    let mut run = demo_run("R1", 4).unwrap();
    join(&mut run.jobs[..3]);
    world.sign_in("dan").await.unwrap().put("/v1/runs/R1", &run).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let others = json!({ "together": [JOBS[1], JOBS[2]] });
    phone.on_job("arrive", JOBS[0], others).await.unwrap();
    phone
}

fn signature(others: &[&str]) -> Value {
    let strokes = json!({ "width": 300, "height": 150, "strokes": [[[10, 20, 0], [40, 60, 16]]] });
    let with = with(others);
    json!({ "name": "Amina", "role": "recipient", "strokes": strokes, "together": with })
}

fn with(others: &[&str]) -> Vec<Value> {
    others.iter().map(|job_id| json!({ "job_id": job_id, "lines": [] })).collect()
}

#[tokio::test]
async fn one_signature_is_the_proof_of_each_order_and_each_is_billed() {
    let world = World::begin().await.unwrap();
    let phone = at_the_door(&world).await;
    phone.on_job("sign", JOBS[0], signature(&JOBS[1..])).await.unwrap();
    let phone = phone.kill_and_reopen().unwrap();
    let deliver = json!({ "lines": [], "together": with(&JOBS[1..]) });
    phone.on_job("deliver", JOBS[0], deliver).await.unwrap();
    phone.sync().await.unwrap();
    let entries = world.feed().unwrap().entries;
    let mut told: Vec<_> =
        entries.iter().map(|entry| (entry.job_id.as_str(), entry.verdict.word())).collect();
    told.sort_unstable();
    assert_eq!(told, JOBS.map(|job_id| (job_id, "ready")));
    let proof = &entries[0].proof;
    assert_eq!(proof.len(), 1, "the signature is sent once");
    assert!(entries.iter().all(|entry| entry.proof == *proof), "and proves each of them");
}

#[tokio::test]
async fn an_order_that_the_office_takes_away_meanwhile_is_named_and_the_others_go_on() {
    let world = World::begin().await.unwrap();
    let phone = at_the_door(&world).await;
    let dan = world.sign_in("dan").await.unwrap();
    let path = format!("/v1/runs/R1/jobs/{}", JOBS[1]);
    dan.patch(&path, &json!({ "standing": "cancelled" })).await.unwrap();
    phone.sync().await.unwrap();
    let refused = phone.on_job("sign", JOBS[0], signature(&JOBS[1..])).await.unwrap_err();
    let order = phone.job(JOBS[1]).await.unwrap()["order"].as_str().unwrap().to_owned();
    assert_eq!((refused.code.as_str(), refused.order), ("not_together", Some(order)));
    assert_eq!(phone.job(JOBS[0]).await.unwrap()["signature"], Value::Null, "nothing was signed");
    phone.on_job("sign", JOBS[0], signature(&JOBS[2..])).await.unwrap();
    let deliver = json!({ "lines": [], "together": with(&JOBS[2..]) });
    phone.on_job("deliver", JOBS[0], deliver).await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(world.feed().unwrap().entries.len(), 2);
}
