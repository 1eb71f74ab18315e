//! What happens to a run beside its jobs reaches somebody at the office who owns it.

use serde_json::{Value, json};
use waybill_core::day::VEHICLE_POINTS;
use waybill_testkit::clock::MORNING;
use waybill_testkit::world::{TestPhone, World};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// The vehicle is looked over, and one thing is wrong with it.
async fn check_vehicle(phone: &TestPhone) {
    let answer = |point: &str| {
        let note = if point == "tyres" { "front left is bald" } else { "" };
        json!({ "point": point, "is_good": note.is_empty(), "note": note })
    };
    let answers: Vec<_> = VEHICLE_POINTS.iter().map(|point| answer(point)).collect();
    let check = json!({ "run_id": "R1", "answers": answers, "odometer_km": 81_204 });
    phone.ask::<Value>("check_vehicle", check).await.unwrap();
}

/// The matters of a queue, and when each is due after the morning.
fn due(queue: &Value) -> Vec<(&str, i64)> {
    let entries = queue["entries"].as_array().unwrap().iter();
    let told = entries.map(|entry| {
        let word = entry["thing"]["matter"]["matter"].as_str().unwrap();
        (word, entry["due_at_ms"].as_i64().unwrap() - MORNING.0)
    });
    told.collect()
}

#[tokio::test]
async fn what_a_driver_reports_offline_is_the_dispatchers_from_the_moment_it_happened() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    world.clock.advance_ms(5 * MINUTE_MS);
    check_vehicle(&phone).await;
    world.clock.advance_ms(15 * MINUTE_MS);
    let late = json!({ "preset": "running_late", "text": "roadworks" });
    phone.on_job("message", "R1-J002", late).await.unwrap();
    world.clock.advance_ms(2 * HOUR_MS);
    phone.sync().await.unwrap();

    let (dan, fay) = (world.sign_in("dan").await.unwrap(), world.sign_in("fay").await.unwrap());
    let queue: Value = dan.get("/v1/queue").await.unwrap();
    let both = [("vehicle_defect", 5 * MINUTE_MS + HOUR_MS), ("message", 20 * MINUTE_MS + HOUR_MS)];
    assert_eq!(due(&queue), both, "due from the act, however late it was heard");
    let [defect, message] = [&queue["entries"][0], &queue["entries"][1]];
    assert_eq!(defect["thing"]["matter"]["text"], "tyres: front left is bald");
    assert_eq!((&defect["job"], &defect["owner"]), (&Value::Null, &json!("dispatcher")));
    assert_eq!(message["job"]["job_id"], "R1-J002");
    assert_eq!(message["thing"]["matter"]["text"], "running_late: roadworks");
    assert_eq!(message["thing"]["matter"]["by"]["name"], "Priya Nair");

    let fact_id = defect["thing"]["matter"]["fact_id"].clone();
    let close = json!({ "fact_id": fact_id, "note": "Van 9 takes over at the depot." });
    let path = "/v1/runs/R1/matters/close";
    let refused = fay.post::<Value>(path, &close).await.unwrap_err().to_string();
    assert!(refused.contains("not_allowed"), "{refused}");
    let wordless = json!({ "fact_id": fact_id, "note": " " });
    let refused = dan.post::<Value>(path, &wordless).await.unwrap_err().to_string();
    assert!(refused.contains("fields_invalid") && refused.contains("missing"), "{refused}");
    let left: Value = dan.get("/v1/queue").await.unwrap();
    assert_eq!(due(&left), both, "what was refused closed nothing");
    dan.post::<Value>(path, &close).await.unwrap();
    let left: Value = dan.get("/v1/queue").await.unwrap();
    assert_eq!(due(&left), both[1..]);

    world.clock.advance_ms(HOUR_MS);
    let phone = phone.kill_and_reopen().unwrap();
    phone.sync().await.unwrap();
    assert_eq!(world.hub.rebuild().unwrap(), []);
    let world = world.restart_hub().await.unwrap();
    let again: Value = dan.get("/v1/queue").await.unwrap();
    assert_eq!(again["entries"], left["entries"], "nothing is opened again");
    let page: Value = dan.get("/v1/runs/R1").await.unwrap();
    assert_eq!((&page["run"]["matters"], &page["run"]["cases"]), (&json!(1), &json!(0)));
    assert_eq!(page["day"]["checks"][0]["odometer_km"], 81_204);
    let closing = &page["matters"][0]["closing"];
    assert_eq!((&closing["by"], &closing["note"]), (&json!("Dan Okafor"), &close["note"]));
    drop(world);
}
