//! The office does not take what the crew wrote in the plan: the phone goes on from the office's plan,
//! and what the crew wanted is at the office as a fact.

use serde_json::{Value, json};
use waybill_core::id::Epoch;
use waybill_core::job::JobStanding;
use waybill_core::plan::{Actor, PlanDoc};
use waybill_core::time::Timestamp;
use waybill_hub::api::view::RunPage;
use waybill_hub::api::wish::OfficeWish;
use waybill_testkit::world::{TestPhone, World};

async fn run(phone: &TestPhone) -> Value {
    phone.ask("run", json!({ "run_id": "R1" })).await.unwrap()
}

async fn add_job(phone: &TestPhone) -> String {
    let item = json!({ "text": "Empty pallets", "quantity": 3, "unit": "ea" });
    let add = json!({ "run_id": "R1", "kind": "collect", "same_place_as": "R1-J001",
        "customer": "", "address_line": "", "city": "", "items": [item] });
    let added: Value = phone.ask("add_job", add).await.unwrap();
    added["job_id"].as_str().unwrap().to_owned()
}

fn order(run: &Value) -> Vec<String> {
    let jobs = run["jobs"].as_array().unwrap();
    jobs.iter().map(|job| job["job_id"].as_str().unwrap().to_owned()).collect()
}

/// What the crew wanted of a job, as its page at the office tells it.
fn wanted(world: &World, job: &str) -> Vec<OfficeWish> {
    let page = world.job_page("R1", job).unwrap();
    page.facts.into_iter().flat_map(|fact| fact.wishes).collect()
}

/// Two phones of one crew that together add more jobs than a crew may.
async fn two_crews_over_the_limit(world: &World) -> (TestPhone, TestPhone) {
    let (one, other) =
        (world.phone("priya", "one").await.unwrap(), world.phone("priya", "other").await.unwrap());
    for phone in [&one, &other] {
        for _ in 0..15 {
            add_job(phone).await;
        }
    }
    (one, other)
}

#[tokio::test]
async fn a_phone_whose_change_is_refused_ends_with_the_offices_plan_and_its_wish_there() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let (one, other) = two_crews_over_the_limit(&world).await;
    one.sync().await.unwrap();
    let note = json!({ "text": "Gate code 4711" });
    other.on_job("write_site_note", "R1-J002", note.clone()).await.unwrap();
    other.on_job("move_job", "R1-J002", json!({ "behind": null })).await.unwrap();
    other.on_job("arrive", "R1-J002", json!({})).await.unwrap();
    other.sync().await.unwrap();

    // Of a crew's changes all or none are taken: the phone holds what the office holds.
    assert_eq!(order(&run(&other).await), order(&run(&one).await));
    assert_eq!(other.job("R1-J002").await.unwrap()["status"], "arrived", "facts are no edits");
    // What the crew wanted is told where the office looks.
    let behind = OfficeWish::Behind { job_id: None };
    let text = "Gate code 4711".to_owned();
    assert_eq!(wanted(&world, "R1-J002"), [behind, OfficeWish::SiteNote { text }]);
    let dan = world.sign_in("dan").await.unwrap();
    let page: RunPage = dan.get("/v1/runs/R1").await.unwrap();
    assert_eq!(page.facts.len(), 15, "each job that was not taken is told");
    assert!(
        page.facts.iter().all(|fact| fact.kind == "plan_refused" && fact.text == "plan_too_large")
    );
    assert!(
        matches!(&page.facts[0].wishes[0], OfficeWish::Job { goods, .. } if goods[0] == "3 ea Empty pallets")
    );

    // Nothing is told twice, and later edits work, also after a kill.
    let other = other.kill_and_reopen().unwrap();
    other.on_job("write_site_note", "R1-J002", note).await.unwrap();
    let trust = other.sync().await.unwrap();
    assert_eq!((&trust["facts_waiting"], &trust["trouble"]), (&json!(0), &json!(null)));
    assert_eq!(world.job_page("R1", "R1-J002").unwrap().site_note, "Gate code 4711");
    assert_eq!(wanted(&world, "R1-J002").len(), 2);
}

#[tokio::test]
async fn what_was_captured_on_a_job_that_was_not_taken_counts_once_the_office_plans_it() {
    let world = World::begin().await.unwrap();
    let planned = world.plan_run("R1", 1).await.unwrap();
    let (one, other) = two_crews_over_the_limit(&world).await;
    one.sync().await.unwrap();
    let jobs = run(&other).await["jobs"].clone();
    let own = jobs[1]["job_id"].as_str().unwrap().to_owned();
    other.ask::<Value>("arrive", json!({ "run_id": "R1", "job_id": own })).await.unwrap();
    let trust = other.sync().await.unwrap();
    assert_eq!(trust["attention"], 1, "it waits at the office for its job, and the phone says so");

    let mut again = planned;
    let mut put = again.jobs[0].clone();
    put.job_id = own.parse().unwrap();
    again.jobs.push(put);
    let dan = world.sign_in("dan").await.unwrap();
    dan.put("/v1/runs/R1", &again).await.unwrap();
    assert_eq!(world.job_page("R1", &own).unwrap().status.word(), "arrived");
    let trust = other.sync().await.unwrap();
    assert_eq!((&trust["attention"], &trust["facts_waiting"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn of_a_run_that_went_to_somebody_else_the_crews_wish_stays_with_the_office() {
    let world = World::begin().await.unwrap();
    let mut planned = world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.on_job("write_site_note", "R1-J001", json!({ "text": "Gate code 4711" })).await.unwrap();
    planned.driver_id = "tom".parse().unwrap();
    let dan = world.sign_in("dan").await.unwrap();
    dan.put("/v1/runs/R1", &planned).await.unwrap();
    let phone = phone.kill_and_reopen().unwrap();
    phone.sync().await.unwrap();
    let text = "Gate code 4711".to_owned();
    assert_eq!(wanted(&world, "R1-J001"), [OfficeWish::SiteNote { text }]);
    phone.sync().await.unwrap();
    let gone = phone.ask::<Value>("run", json!({ "run_id": "R1" })).await.unwrap_err();
    assert_eq!(gone.code, "run_unknown");
    assert_eq!(phone.trust().await.unwrap()["facts_waiting"], 0);
    assert_eq!(wanted(&world, "R1-J001").len(), 1, "told once");
}

#[tokio::test]
async fn a_day_of_a_thousand_reorders_goes_in_pieces_and_holds_nothing_up() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    for turn in 0..1_005 {
        let (moved, behind) =
            if turn % 2 == 0 { ("R1-J003", "R1-J001") } else { ("R1-J002", "R1-J001") };
        phone.on_job("move_job", moved, json!({ "behind": behind })).await.unwrap();
    }
    phone.on_job("arrive", "R1-J001", json!({})).await.unwrap();
    phone.phone.set_airplane(false);
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["facts_waiting"], &trust["trouble"]), (&json!(0), &json!(null)));
    let dan = world.sign_in("dan").await.unwrap();
    let page: RunPage = dan.get("/v1/runs/R1").await.unwrap();
    let order: Vec<_> = page.jobs.iter().map(|job| job.job_id.as_str()).collect();
    assert_eq!(order, ["R1-J001", "R1-J003", "R1-J002"]);
    assert_eq!(page.facts, [], "nothing was refused");
}

#[tokio::test]
async fn a_phone_that_writes_what_it_may_not_changes_nobody_elses_plan_and_heals() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let (bad, good) =
        (world.phone("priya", "bad").await.unwrap(), world.phone("priya", "good").await.unwrap());
    let before = order(&run(&good).await);
    let device = bad.start["crew"]["device_id"].as_str().unwrap().parse().unwrap();
    let dir = bad.folder().to_owned();
    bad.phone.close().unwrap();
    // Somebody takes the app apart and cancels a job in its plan, under the phone's own name.
    let store = rusqlite::Connection::open(dir.join("waybill.db")).unwrap();
    let held: Vec<u8> =
        store.query_row("SELECT document FROM plans", [], |row| row.get(0)).unwrap();
    let actor = Actor::device(device, Epoch::after(None, 9));
    let mut plan = PlanDoc::load(&actor, &held).unwrap();
    let job_id = "R1-J001".parse().unwrap();
    plan.set_standing(&job_id, JobStanding::Cancelled, Timestamp(1)).unwrap();
    plan.write_site_note(&job_id, "free of charge", Timestamp(1)).unwrap();
    store.execute("UPDATE plans SET document = ?", [plan.save()]).unwrap();
    drop(store);

    let bad = bad.kill_and_reopen().unwrap();
    assert_eq!(bad.job("R1-J001").await.unwrap()["standing"], "cancelled");
    bad.sync().await.unwrap();
    good.sync().await.unwrap();
    for phone in [&bad, &good] {
        let job = phone.job("R1-J001").await.unwrap();
        assert_eq!((&job["standing"], &job["site_note"]), (&json!("planned"), &json!("")));
        assert_eq!(order(&run(phone).await), before);
    }
    let text = "free of charge".to_owned();
    assert_eq!(
        wanted(&world, "R1-J001"),
        [OfficeWish::SiteNote { text }],
        "what it said is on record"
    );
    // Its facts go on as before.
    bad.deliver("R1-J001").await.unwrap();
    bad.sync().await.unwrap();
    assert_eq!(world.feed().unwrap().entries.len(), 1);
}
