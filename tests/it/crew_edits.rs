//! What the crew writes in the plan: notes about sites, entrances, and jobs that came up at the door.

use serde_json::{Value, json};
use waybill_device::api::view::SetPlace;
use waybill_testkit::world::{TestPhone, World};

async fn run(phone: &TestPhone) -> Value {
    phone.ask("run", json!({ "run_id": "R1" })).await.unwrap()
}

/// Adds a job at the place of another one; answers its id.
async fn add_job(phone: &TestPhone, job: &str) -> Result<String, String> {
    let item = json!({ "text": "Empty pallets", "quantity": 3, "unit": "ea" });
    let add = json!({ "run_id": "R1", "kind": "collect", "same_place_as": job,
        "customer": "", "address_line": "", "city": "", "items": [item] });
    let added: Result<Value, _> = phone.ask("add_job", add).await;
    added.map(|added| added["job_id"].as_str().unwrap().to_owned()).map_err(|told| told.code)
}

async fn on(phone: &TestPhone, command: &str, job_id: &str, more: Value) -> Value {
    let mut args = json!({ "run_id": "R1", "job_id": job_id });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    phone.ask(command, args).await.unwrap()
}

fn stand_at(phone: &TestPhone, accuracy_m: u32) {
    let at = waybill_core::place::LatLon { lat_e6: 53_706_000, lon_e6: -1_484_000 };
    phone.phone.set_place(Some(SetPlace { at, accuracy_m })).unwrap();
}

#[tokio::test]
async fn what_the_crew_knows_of_a_site_reaches_the_office_and_the_other_phone() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let (one, other) =
        (world.phone("priya", "one").await.unwrap(), world.phone("priya", "other").await.unwrap());
    one.phone.set_airplane(true);
    stand_at(&one, 8);
    one.on_job("write_site_note", "R1-J001", json!({ "text": " Gate code 4711 " })).await.unwrap();
    one.on_job("propose_pin", "R1-J001", json!({})).await.unwrap();
    let one = one.kill_and_reopen().unwrap();
    assert_eq!(one.job("R1-J001").await.unwrap()["site_note"], "Gate code 4711");
    one.sync().await.unwrap();
    other.sync().await.unwrap();
    let at_other = other.job("R1-J001").await.unwrap();
    assert_eq!(
        (&at_other["site_note"], &at_other["pin"]["accuracy_m"]),
        (&json!("Gate code 4711"), &json!(8))
    );

    let page = world.job_page("R1", "R1-J001").unwrap();
    assert_eq!(page.site_note, "Gate code 4711");
    let pin = page.pin.unwrap();
    assert_ne!(page.address.at, Some(pin.at), "it is a proposal");
    let dan = world.sign_in("dan").await.unwrap();
    dan.patch("/v1/runs/R1/jobs/R1-J001", &json!({ "takes_pin": true })).await.unwrap();
    other.sync().await.unwrap();
    let at_other = other.job("R1-J001").await.unwrap();
    assert_eq!(at_other["address"]["at"], at_other["pin"]["at"], "the office took it over");
    let refused = dan.patch("/v1/runs/R1/jobs/R1-J002", &json!({ "takes_pin": true })).await;
    assert!(refused.unwrap_err().to_string().contains("takes_pin"), "there is none to take");
}

#[tokio::test]
async fn nobody_proposes_an_entrance_without_knowing_where_they_stand() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let refused = phone.on_job("propose_pin", "R1-J001", json!({})).await.unwrap_err();
    assert_eq!(refused.code, "place_unknown");
    stand_at(&phone, 101);
    assert_eq!(phone.job("R1-J001").await.unwrap()["may"]["propose_pin"], false);
    let refused = phone.on_job("propose_pin", "R1-J001", json!({})).await.unwrap_err();
    assert_eq!(refused.code, "place_unknown");
    let long = json!({ "text": "x".repeat(501) });
    let refused = phone.on_job("write_site_note", "R1-J001", long).await.unwrap_err();
    assert_eq!(refused.code, "text_too_long");
}

#[tokio::test]
async fn a_job_that_came_up_at_the_door_is_done_offline_and_billed_once_the_office_agrees() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    let own = add_job(&phone, "R1-J001").await.unwrap();
    let rows = run(&phone).await["jobs"].clone();
    assert_eq!((&rows[1]["job_id"], &rows[1]["added"]), (&json!(own), &json!("proposed")));
    assert_eq!(rows[1]["customer"], rows[0]["customer"], "at the same place");
    on(&phone, "arrive", &own, json!({})).await;
    let strokes = json!({ "width": 300, "height": 150, "strokes": [[[1, 2, 0], [4, 6, 16]]] });
    let sign = json!({ "name": "Amina", "role": "recipient", "strokes": strokes });
    on(&phone, "sign", &own, sign).await;
    on(&phone, "deliver", &own, json!({ "lines": [] })).await;

    phone.phone.set_airplane(false);
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["attention"], &trust["trouble"]), (&json!(0), &json!(null)));
    let page = world.job_page("R1", &own).unwrap();
    let cases: Vec<_> = page.cases.iter().map(|case| case.trigger.word()).collect();
    assert_eq!((page.status.word(), cases), ("delivered", vec!["job_added"]));
    assert_eq!(world.feed().unwrap().entries, [], "nobody has agreed to it");

    let dan = world.sign_in("dan").await.unwrap();
    dan.patch(&format!("/v1/runs/R1/jobs/{own}"), &json!({ "confirms": true })).await.unwrap();
    assert_eq!(world.feed().unwrap().entries.len(), 1);
    assert_eq!(world.job_page("R1", &own).unwrap().cases, []);
    phone.sync().await.unwrap();
    assert_eq!(run(&phone).await["jobs"][1]["added"], "confirmed");
}

#[tokio::test]
async fn a_crew_adds_twenty_jobs_and_no_more() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    for _ in 0..20 {
        add_job(&phone, "R1-J001").await.unwrap();
    }
    assert_eq!(add_job(&phone, "R1-J001").await, Err("run_full".to_owned()));
    let nameless = json!({ "run_id": "R1", "kind": "deliver", "same_place_as": null,
        "customer": "", "address_line": "", "city": "", "items": [] });
    let lou = world.phone("lou", "dock").await.unwrap();
    let told = lou.ask::<Value>("add_job", nameless.clone()).await.unwrap_err();
    assert_eq!(told.code, "role_not_allowed");
    let other = World::begin().await.unwrap();
    other.plan_run("R1", 1).await.unwrap();
    let phone = other.phone("priya", "van-7").await.unwrap();
    assert_eq!(phone.ask::<Value>("add_job", nameless).await.unwrap_err().code, "fields_invalid");
}

#[tokio::test]
async fn two_notes_about_one_site_are_a_case_until_somebody_writes_again() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.on_job("write_site_note", "R1-J001", json!({ "text": "Gate A" })).await.unwrap();
    let dan = world.sign_in("dan").await.unwrap();
    dan.patch("/v1/runs/R1/jobs/R1-J001", &json!({ "site_note": "Gate B" })).await.unwrap();
    phone.phone.set_airplane(false);
    phone.sync().await.unwrap();
    let cases = || world.job_page("R1", "R1-J001").unwrap().cases;
    assert_eq!(
        cases().iter().map(|case| case.trigger.word()).collect::<Vec<_>>(),
        ["plan_conflict"]
    );
    phone.on_job("write_site_note", "R1-J001", json!({ "text": "Gate A or B" })).await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(cases(), []);
    assert_eq!(world.job_page("R1", "R1-J001").unwrap().site_note, "Gate A or B");
}
