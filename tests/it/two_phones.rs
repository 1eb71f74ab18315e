//! Two phones with one run, neither of which sees the other.

use serde_json::json;
use waybill_testkit::world::World;

#[tokio::test]
async fn two_outcomes_of_one_job_stand_side_by_side_and_finance_waits() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let (one, other) =
        (world.phone("priya", "one").await.unwrap(), world.phone("priya", "other").await.unwrap());
    one.deliver("R1-J001").await.unwrap();
    other.on_job("fail", "R1-J001", json!({ "reason": "out_of_time", "note": "" })).await.unwrap();
    one.sync().await.unwrap();
    assert_eq!(world.feed().unwrap().entries.len(), 1);
    other.sync().await.unwrap();
    one.sync().await.unwrap();

    let at_one = one.job("R1-J001").await.unwrap();
    let at_other = other.job("R1-J001").await.unwrap();
    assert_eq!(at_one["readiness"], at_other["readiness"], "both phones say the same");
    assert_eq!(at_one["readiness"]["reasons"][0]["code"], "two_outcomes");
    let feed = world.feed().unwrap().entries;
    let told: Vec<_> = feed.iter().map(|each| (each.revision, each.verdict.word())).collect();
    assert_eq!(told, [(1, "ready"), (2, "blocked")]);
}

#[tokio::test]
async fn a_phone_that_joins_late_learns_what_others_did_before() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let one = world.phone("priya", "one").await.unwrap();
    one.deliver("R1-J001").await.unwrap();
    one.sync().await.unwrap();
    let late = world.phone("priya", "late").await.unwrap();
    let job = late.job("R1-J001").await.unwrap();
    assert_eq!((&job["status"], &job["safety"]), (&json!("delivered"), &json!("nothing")));
}
