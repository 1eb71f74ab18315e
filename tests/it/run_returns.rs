//! A run leaves a phone and comes back: whatever happened meanwhile, and whoever did it, the phone shows
//! everything.

use serde_json::{Value, json};
use waybill_hub::api::view::PutRun;
use waybill_testkit::world::{TestPhone, World, demo_run};

/// When the phone hears that the run has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hears {
    BeforeTheWork,
    AfterTheWork,
    /// It hears of nothing before the run is back.
    Never,
}

const HEARS: [Hears; 3] = [Hears::BeforeTheWork, Hears::AfterTheWork, Hears::Never];

async fn give(world: &World, driver: &str) {
    let run = PutRun { driver_id: driver.parse().unwrap(), ..demo_run("R1", 4).unwrap() };
    let dan = world.sign_in("dan").await.unwrap();
    dan.put("/v1/runs/R1", &run).await.unwrap();
}

/// What a screen shows of every job: its status, how many facts and photos, and where it is safe.
async fn shown(phone: &TestPhone) -> Vec<(String, usize, usize, String)> {
    let mut shown = Vec::new();
    for number in 1..=4 {
        let job: Value = phone.job(&format!("R1-J00{number}")).await.unwrap();
        let word = |name: &str| job[name].as_str().unwrap().to_owned();
        let count = |name: &str| job[name].as_array().unwrap().len();
        shown.push((word("status"), count("facts"), count("photos"), word("safety")));
    }
    shown
}

fn delivered() -> (String, usize, usize, String) {
    ("delivered".to_owned(), 4, 1, "office".to_owned())
}

/// What a mate did is at the office, and nothing of it is this phone's to keep.
fn delivered_by_a_mate() -> (String, usize, usize, String) {
    ("delivered".to_owned(), 4, 1, "nothing".to_owned())
}

fn untouched() -> (String, usize, usize, String) {
    ("planned".to_owned(), 0, 0, "nothing".to_owned())
}

/// A run goes to Tom and comes back. `waits` leaves a delivery on the phone that nobody has been told.
async fn there_and_back(hears: Hears, waits: bool, works: bool) {
    let case = format!("hears {hears:?}, waits {waits}, works {works}");
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 4).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let mate = world.phone("tom", "van-8").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    if waits {
        // The photo is taken and its delivery is not: an evidence that the hub does not have keeps a run here.
        phone.phone.set_airplane(true);
        phone.deliver("R1-J002").await.unwrap();
        phone.phone.set_airplane(false);
    }
    give(&world, "tom").await;
    if hears == Hears::BeforeTheWork {
        phone.sync().await.unwrap();
    }
    if works {
        mate.sync().await.unwrap();
        mate.deliver("R1-J003").await.unwrap();
        mate.sync().await.unwrap();
    }
    if hears == Hears::AfterTheWork {
        phone.sync().await.unwrap();
    }
    give(&world, "priya").await;
    phone.sync().await.unwrap();
    let second = if waits { delivered() } else { untouched() };
    let third = if works { delivered_by_a_mate() } else { untouched() };
    let all = [delivered(), second, third, untouched()];
    assert_eq!(shown(&phone).await, all, "{case}");
    let phone = phone.kill_and_reopen().unwrap();
    phone.sync().await.unwrap();
    assert_eq!(shown(&phone).await, all, "{case}: opened again");
    let again = phone.on_job("deliver", "R1-J001", json!({ "lines": [] })).await;
    assert_eq!(again.unwrap_err().code, "already_done", "{case}");
    assert_eq!(world.hub.check_views().unwrap(), [], "{case}");
}

#[tokio::test]
async fn a_run_that_nobody_worked_on_comes_back_as_it_was() {
    for hears in HEARS {
        for waits in [false, true] {
            there_and_back(hears, waits, false).await;
        }
    }
}

#[tokio::test]
async fn a_run_that_a_mate_worked_on_comes_back_with_the_work_of_both() {
    for hears in HEARS {
        for waits in [false, true] {
            there_and_back(hears, waits, true).await;
        }
    }
}

#[tokio::test]
async fn a_run_that_the_phone_had_let_go_of_comes_back_with_what_the_phone_did() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 4).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    // The newest epoch is never let go of: another begins, about another run.
    world.plan_run("R2", 1).await.unwrap();
    let phone = phone.kill_and_reopen().unwrap();
    phone.sync().await.unwrap();
    phone.deliver("R2-J001").await.unwrap();
    phone.sync().await.unwrap();
    world.clock.advance_ms(60_000);
    let ada = world.sign_in("ada").await.unwrap();
    ada.post::<Value>("/v1/backup", &json!(null)).await.unwrap();
    world.clock.advance_ms(60_000);
    give(&world, "tom").await;
    phone.sync().await.unwrap();
    assert_eq!(phone.job("R1-J001").await.unwrap_err().code, "job_unknown");
    let kept = std::fs::read_dir(phone.folder().join("blobs")).unwrap().count();
    assert_eq!(kept, 2, "only what is about the other run");

    give(&world, "priya").await;
    phone.sync().await.unwrap();
    let all = [delivered(), untouched(), untouched(), untouched()];
    assert_eq!(shown(&phone).await, all);
    let again = phone.on_job("deliver", "R1-J001", json!({ "lines": [] })).await;
    assert_eq!(again.unwrap_err().code, "already_done");
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["facts_waiting"], &trust["blobs_waiting"]), (&json!(0), &json!(0)));
}
