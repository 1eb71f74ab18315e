//! A phone's disk fails: its store is damaged, it can never sync again, or it lets go of what it should.

use std::path::Path;

use serde_json::{Value, json};
use waybill_hub::clock::{Clock, SystemDice};
use waybill_hub::{Asker, restore};
use waybill_testkit::world::{TestPhone, World};

const DAY_MS: i64 = 86_400_000;

/// Overwrites every page of a table, or of its facts, with nonsense: all that is behind the first one.
fn wreck(phone: &Path) {
    let path = phone.join("waybill.db");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.iter_mut().skip(100).for_each(|byte| *byte = 0xa5);
    std::fs::write(&path, bytes).unwrap();
    for tail in ["-wal", "-shm"] {
        drop(std::fs::remove_file(phone.join(format!("waybill.db{tail}"))));
    }
}

fn status(job: &Value) -> &str {
    job["status"].as_str().unwrap()
}

fn billed(world: &World) -> Vec<(String, &'static str)> {
    let entries = world.feed().unwrap().entries.into_iter();
    entries.map(|entry| (entry.job_id.to_string(), entry.verdict.word())).collect()
}

#[tokio::test]
async fn a_phone_that_lost_all_it_had_gets_its_own_work_back_from_the_hub() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    phone.phone.close().unwrap();
    wreck(phone.folder());
    let phone = phone.kill_and_reopen().unwrap();
    let trust = phone.trust().await.unwrap();
    assert_eq!(trust["salvage"]["is_healing"], true, "{trust}");

    phone.sync().await.unwrap();
    let job = phone.job("R1-J001").await.unwrap();
    assert_eq!(status(&job), "delivered", "a delivered job is not open again");
    assert_eq!((&job["safety"], &job["facts"][0]["is_own"]), (&json!("office"), &json!(true)));
    let trust = phone.trust().await.unwrap();
    assert_eq!(
        (&trust["salvage"]["is_healing"], &trust["jobs_at_office"]),
        (&json!(false), &json!(1))
    );
    let again = phone.on_job("deliver", "R1-J001", json!({ "lines": [] })).await;
    assert_eq!(again.unwrap_err().code, "already_done");

    // And the phone goes on as itself, in an epoch behind those that it lost.
    phone.deliver("R1-J002").await.unwrap();
    phone.sync().await.unwrap();
    let page = world.job_page("R1", "R1-J002").unwrap();
    assert_eq!(page.readiness.verdict.word(), "ready");
    let epoch = |page: &waybill_hub::api::view::JobPage| {
        let id: waybill_core::id::FactId = page.facts[0].fact_id.parse().unwrap();
        id.epoch
    };
    assert!(epoch(&page) > epoch(&world.job_page("R1", "R1-J001").unwrap()));
    let phone = phone.kill_and_reopen().unwrap();
    assert_eq!(status(&phone.job("R1-J001").await.unwrap()), "delivered", "it was kept");
}

/// Finds a fact's bytes in the store and turns one bit of them.
fn turn_a_bit(phone: &Path, words: &str) {
    let path = phone.join("waybill.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let found = bytes.windows(words.len()).position(|window| window == words.as_bytes());
    bytes[found.unwrap()] ^= 1;
    std::fs::write(&path, bytes).unwrap();
}

#[tokio::test]
async fn what_was_written_behind_a_lost_fact_still_reaches_the_office_if_the_office_has_that_fact()
{
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.on_job("note", "R1-J001", json!({ "text": "the gate is locked" })).await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    phone.deliver("R1-J002").await.unwrap();
    let before = phone.trust().await.unwrap();
    phone.phone.close().unwrap();
    turn_a_bit(phone.folder(), "the gate is locked");
    // Closed cleanly, a store is believed; killed once, it is looked through.
    let phone = phone.kill_and_reopen().unwrap().kill_and_reopen().unwrap();
    let salvage = phone.trust().await.unwrap()["salvage"].clone();
    assert_eq!((&salvage["facts"], &salvage["facts_lost"]), (&json!(8), &json!(1)), "{before}");

    phone.sync().await.unwrap();
    let trust = phone.trust().await.unwrap();
    let waiting = (&trust["facts_waiting"], &trust["blobs_waiting"], &trust["attention"]);
    assert_eq!(waiting, (&json!(0), &json!(0), &json!(0)), "{trust}");
    let ready = ("R1-J002".to_owned(), "ready");
    assert!(billed(&world).contains(&ready), "{:?}", billed(&world));
    assert_eq!(phone.job("R1-J001").await.unwrap()["facts"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn what_a_phone_that_can_never_sync_had_is_taken_from_its_rescue_file() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.deliver("R1-J001").await.unwrap();
    let phone = phone.kill_and_reopen().unwrap();
    phone.phone.set_airplane(true);
    phone.on_job("arrive", "R1-J002", json!({})).await.unwrap();
    let rescue: Value = phone.ask("rescue", json!({})).await.unwrap();
    let told = (&rescue["facts"], &rescue["blobs"], &rescue["blobs_left_out"]);
    assert_eq!(told, (&json!(5), &json!(2), &json!(0)));
    let trust = phone.trust().await.unwrap();
    assert_eq!(trust["facts_waiting"], 5, "only a receipt makes something safe");

    let file = std::fs::read(rescue["path"].as_str().unwrap()).unwrap();
    let rescued = world.hub.rescue(&Asker::Console, &file).unwrap();
    assert_eq!((rescued.messages, rescued.blobs, rescued.is_whole), (1, 2, true));
    assert_eq!(rescued.refused, Vec::<String>::new());
    assert_eq!(billed(&world), [("R1-J001".to_owned(), "ready")]);
    // Twice is once, and so is a phone that comes back after all.
    world.hub.rescue(&Asker::Console, &file).unwrap();
    phone.phone.set_airplane(false);
    phone.sync().await.unwrap();
    assert_eq!(billed(&world).len(), 1);
    assert_eq!(phone.trust().await.unwrap()["facts_waiting"], 0);
}

#[tokio::test]
async fn a_rescue_file_that_somebody_changed_or_broke_brings_in_nothing_false() {
    let (world, other) = (World::begin().await.unwrap(), World::begin().await.unwrap());
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.phone.set_airplane(true);
    phone.deliver("R1-J001").await.unwrap();
    let rescue: Value = phone.ask("rescue", json!({})).await.unwrap();
    let file = std::fs::read(rescue["path"].as_str().unwrap()).unwrap();
    let foreign = other.hub.rescue(&Asker::Console, &file).unwrap_err();
    assert_eq!(foreign.to_string(), "refused with not_enrolled");

    let mut forged = file.clone();
    let at = forged.windows(2).position(|window| window == b"\xff\xd8").unwrap();
    forged[at + 40] ^= 1;
    let rescued = world.hub.rescue(&Asker::Console, &forged).unwrap();
    assert_eq!(rescued.blobs, 1, "the signature is sound");
    assert!(rescued.refused[0].contains("blob_hash_wrong"), "{:?}", rescued.refused);
    let broken = world.hub.rescue(&Asker::Console, &file[..file.len() - 100]).unwrap();
    assert!(!broken.is_whole && broken.messages == 1);
    assert_eq!(billed(&world), [], "the photo is still away");
    world.hub.rescue(&Asker::Console, &file).unwrap();
    assert_eq!(billed(&world).last().unwrap().1, "ready");
}

#[tokio::test]
async fn damage_that_is_met_in_the_middle_of_the_day_costs_a_tap_and_no_work() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.on_job("save_draft", "R1-J002", json!({ "draft": "half a stroke" })).await.unwrap();
    phone.phone.close().unwrap();
    let path = phone.folder().join("waybill.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let draft = bytes.windows(13).position(|window| window == b"half a stroke").unwrap();
    let page = draft / 4096 * 4096;
    bytes[page..page + 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    // It was closed, so nothing is looked through; the first who reads a draft meets it.
    let phone = phone.kill_and_reopen().unwrap();
    assert_eq!(phone.trust().await.unwrap()["salvage"], Value::Null);
    assert_eq!(phone.job("R1-J002").await.unwrap_err().code, "store_damaged");
    let trust = phone.trust().await.unwrap();
    assert_eq!((&trust["salvage"]["facts"], &trust["facts_waiting"]), (&json!(4), &json!(4)));
    assert_eq!(status(&phone.job("R1-J002").await.unwrap()), "planned");
    phone.deliver("R1-J002").await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(billed(&world).len(), 2, "what was captured before and after is at the office");
}

async fn back_up(world: &World) -> Value {
    world.clock.advance_ms(60_000);
    let ada = world.sign_in("ada").await.unwrap();
    let backup = ada.post("/v1/backup", &json!(null)).await.unwrap();
    world.clock.advance_ms(60_000);
    backup
}

fn kept(phone: &TestPhone) -> usize {
    std::fs::read_dir(phone.folder().join("blobs")).unwrap().count()
}

#[tokio::test]
async fn evidence_goes_only_when_it_is_received_backed_up_and_its_run_is_over() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(kept(&phone), 2, "received, and in no backup");
    let backup = back_up(&world).await;
    phone.sync().await.unwrap();
    assert_eq!(kept(&phone), 2, "in a backup, and the run goes on");

    // Killed and opened again, the phone writes in another epoch what no backup holds.
    let phone = phone.kill_and_reopen().unwrap();
    phone.photograph("R1-J002", 2).await.unwrap();
    phone.deliver("R1-J002").await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(
        kept(&phone),
        3,
        "both jobs have one more photo, and one signature looks like the other"
    );
    world.clock.advance_ms(5 * DAY_MS);
    phone.sync().await.unwrap();
    assert!(phone.job("R1-J001").await.is_err(), "the run has left the phone");
    assert_eq!(
        kept(&phone),
        3,
        "each of these is named by the second job, and that is in no backup"
    );

    // The hub is lost and comes back from the backup: all that it lacks is still here.
    let from = world.folder().join("backups").join(backup["name"].as_str().unwrap());
    let to = world.folder().join("another-machine");
    let clock: &dyn Clock = &*world.clock;
    restore(&from, &to, clock, &SystemDice).unwrap();
    let world = world.replace_hub(to).await.unwrap();
    phone.sync().await.unwrap();
    let page = world.job_page("R1", "R1-J002").unwrap();
    assert_eq!(page.readiness.verdict.word(), "ready", "facts and evidence came again");

    back_up(&world).await;
    phone.sync().await.unwrap();
    assert_eq!(kept(&phone), 0, "now nothing is needed any more");
    let phone = phone.kill_and_reopen().unwrap();
    assert_eq!(phone.trust().await.unwrap()["facts_waiting"], 0);
    phone.sync().await.unwrap();
    assert_eq!(world.job_page("R1", "R1-J002").unwrap().readiness.verdict.word(), "ready");
}
