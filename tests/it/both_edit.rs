//! Office and crew change one plan at the same time.

use serde_json::json;
use waybill_testkit::world::World;

fn order(run: &serde_json::Value) -> Vec<String> {
    let jobs = run["jobs"].as_array().unwrap();
    jobs.iter().map(|job| job["job_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_office_moves_a_window_while_the_driver_reorders_and_both_survive() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.on_job("move_job", "R1-J003", json!({ "behind": null })).await.unwrap();

    let dan = world.sign_in("dan").await.unwrap();
    let window = json!({ "from_ms": 1_795_170_000_000_i64, "to_ms": 1_795_173_600_000_i64 });
    dan.patch("/v1/runs/R1/jobs/R1-J003", &json!({ "window": window })).await.unwrap();

    let phone = phone.kill_and_reopen().unwrap();
    let trust = phone.sync().await.unwrap();
    assert_eq!(trust["trouble"], json!(null));
    let on_phone = phone.ask::<serde_json::Value>("run", json!({ "run_id": "R1" })).await.unwrap();
    assert_eq!(order(&on_phone), ["R1-J003", "R1-J001", "R1-J002"]);
    assert_eq!(on_phone["jobs"][0]["window"], window);
    let at_office: serde_json::Value = dan.get("/v1/runs/R1").await.unwrap();
    assert_eq!(order(&at_office), order(&on_phone));
    assert_eq!(at_office["jobs"][0]["window"], window);
}

#[tokio::test]
async fn planning_the_same_run_again_changes_nothing_not_even_what_the_office_edited_since() {
    let world = World::begin().await.unwrap();
    let run = world.plan_run("R1", 2).await.unwrap();
    let dan = world.sign_in("dan").await.unwrap();
    dan.patch("/v1/runs/R1/jobs/R1-J001", &json!({ "note": "Use the side gate" })).await.unwrap();
    let answer = dan.put("/v1/runs/R1", &run).await.unwrap();
    assert_eq!(answer["is_changed"], false);
    let page = world.job_page("R1", "R1-J001").unwrap();
    assert_eq!(page.note, "Use the side gate");
}

#[tokio::test]
async fn what_the_office_cancels_while_the_driver_delivers_stays_delivered_and_is_a_case() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.deliver("R1-J001").await.unwrap();
    let dan = world.sign_in("dan").await.unwrap();
    dan.patch("/v1/runs/R1/jobs/R1-J001", &json!({ "standing": "cancelled" })).await.unwrap();
    phone.phone.set_airplane(false);
    phone.sync().await.unwrap();
    let page = world.job_page("R1", "R1-J001").unwrap();
    assert_eq!(page.status.word(), "delivered");
    let cases: Vec<_> = page.cases.iter().map(|case| case.trigger.word()).collect();
    assert_eq!(cases, ["delivered_after_cancel"]);
    assert_eq!(world.feed().unwrap().entries, [], "finance waits for somebody's decision");
    assert_eq!(phone.job("R1-J001").await.unwrap()["standing"], "cancelled");
}
