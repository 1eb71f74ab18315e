//! The hub's machine is lost, and another one begins with a backup.

use std::path::PathBuf;

use serde_json::{Value, json};
use waybill_hub::clock::{Clock, SystemDice};
use waybill_hub::{Asker, HubError, restore};
use waybill_testkit::world::{TestPhone, World};

/// Asks the running hub for a backup, as an admin's program would.
async fn back_up(world: &World) -> Value {
    let ada = world.sign_in("ada").await.unwrap();
    ada.post("/v1/backup", &json!(null)).await.unwrap()
}

/// The machine is gone: an empty one gets the backup and the old one's address.
async fn lose_the_machine(world: World, backup: &Value) -> World {
    let from = world.folder().join("backups").join(backup["name"].as_str().unwrap());
    let to = world.folder().join("another-machine");
    let clock: &dyn Clock = &*world.clock;
    let restored = restore(&from, &to, clock, &SystemDice).unwrap();
    assert_eq!(restored.blobs_missing, []);
    world.replace_hub(to).await.unwrap()
}

async fn deliver_and_sync(phone: &TestPhone, jobs: &[&str]) {
    for job in jobs {
        phone.deliver(job).await.unwrap();
    }
    phone.sync().await.unwrap();
}

/// What is billed: each entry by what it bills, without the numbers that a hub gave it.
fn billed(world: &World) -> Vec<(String, u32, &'static str, String)> {
    let entries = world.feed().unwrap().entries;
    let row = |entry: waybill_hub::api::view::FeedEntry| {
        (entry.job_id.to_string(), entry.revision, entry.verdict.word(), entry.content)
    };
    let mut billed: Vec<_> = entries.into_iter().map(row).collect();
    billed.sort();
    billed
}

fn facts(world: &World, job: &str) -> Vec<String> {
    let page = world.job_page("R1", job).unwrap();
    page.facts.into_iter().map(|fact| fact.fact_id).collect()
}

#[tokio::test]
async fn a_hub_restored_from_a_backup_gets_everything_back_from_the_phones_once() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 4).await.unwrap();
    let (phone, mate) = (
        world.phone("priya", "van-7").await.unwrap(),
        world.phone("priya", "spare").await.unwrap(),
    );
    deliver_and_sync(&phone, &["R1-J001"]).await;
    world.clock.advance_ms(60_000);
    let backup = back_up(&world).await;
    assert_eq!(
        (&backup["manifest"]["feed_seq"], &backup["manifest"]["blobs"]),
        (&json!(1), &json!(2))
    );

    world.clock.advance_ms(60_000);
    deliver_and_sync(&mate, &["R1-J003"]).await;
    deliver_and_sync(&phone, &["R1-J002"]).await;
    phone.deliver("R1-J004").await.unwrap();
    let before = billed(&world);
    let facts_before: Vec<_> =
        ["R1-J001", "R1-J002", "R1-J003"].map(|job| facts(&world, job)).into();
    assert_eq!(before.len(), 3);

    let world = lose_the_machine(world, &backup).await;
    assert_eq!(billed(&world).len(), 1, "what came after the backup is not here yet");
    let gaps: Value = serde_json::to_value(world.hub.gaps().unwrap()).unwrap();
    let silent: Vec<_> =
        gaps["devices"].as_array().unwrap().iter().map(|each| &each["name"]).collect();
    assert_eq!(silent.len(), 2, "nobody has spoken to the new machine yet: {silent:?}");

    // A phone is not asked to do anything: it talks as it always does.
    for phone in [&phone, &mate, &phone] {
        let trust = phone.sync().await.unwrap();
        assert_eq!(
            (&trust["facts_waiting"], &trust["blobs_waiting"], &trust["trouble"]),
            (&json!(0), &json!(0), &json!(null))
        );
    }
    let mut after = billed(&world);
    after.retain(|(job, ..)| job != "R1-J004");
    assert_eq!(after, before, "nothing is lost and nothing is billed twice");
    assert_eq!(billed(&world).len(), 4, "and the delivery that was on its way came too");
    let facts_after: Vec<_> =
        ["R1-J001", "R1-J002", "R1-J003"].map(|job| facts(&world, job)).into();
    assert_eq!(facts_after, facts_before);
    let seqs: Vec<_> = world.feed().unwrap().entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4], "the feed has no hole");
    let gaps = world.hub.gaps().unwrap();
    assert_eq!((gaps.devices, gaps.blobs), (vec![], vec![]));
    assert_eq!(world.hub.check_views().unwrap(), []);
    assert_eq!(phone.job("R1-J002").await.unwrap()["safety"], "office");
}

#[tokio::test]
async fn a_backup_taken_while_phones_talk_is_one_moment_and_moves_the_watermark() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 6).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    assert_eq!(world.hub.gaps().unwrap().backed_up_to_ms, None);
    world.clock.advance_ms(1_000);
    let load = async {
        for job in 1..=6 {
            deliver_and_sync(&phone, &[&format!("R1-J00{job}")]).await;
        }
    };
    let backups = async {
        let mut taken = Vec::new();
        for _ in 0..4 {
            world.clock.advance_ms(1_000);
            taken.push(back_up(&world).await);
        }
        taken
    };
    let ((), taken) = tokio::join!(load, backups);
    let newest = taken.last().unwrap()["manifest"]["taken_at_ms"].as_i64().unwrap();
    let watermark = world.hub.gaps().unwrap().backed_up_to_ms.unwrap();
    assert_eq!(watermark.0, newest);
    for (at, backup) in taken.iter().enumerate() {
        let from = world.folder().join("backups").join(backup["name"].as_str().unwrap());
        let to = world.folder().join(format!("try-{at}"));
        let clock: &dyn Clock = &*world.clock;
        let restored = restore(&from, &to, clock, &SystemDice).unwrap();
        assert_eq!(restored.blobs_missing, []);
        let hub = waybill_hub::Hub::open(&to, waybill_hub::HubOptions::default()).unwrap();
        assert_eq!(
            hub.check_views().unwrap(),
            [],
            "facts and what follows from them are one moment"
        );
        let feed = hub.feed(&Asker::Console, 0, 100).unwrap();
        let seqs: Vec<_> = feed.entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(json!(seqs.len()), backup["manifest"]["feed_seq"]);
    }
}

#[tokio::test]
async fn a_reader_of_the_feed_whom_a_restore_left_ahead_is_told_where_to_go_on() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 3).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    deliver_and_sync(&phone, &["R1-J001"]).await;
    world.clock.advance_ms(60_000);
    let backup = back_up(&world).await;
    deliver_and_sync(&phone, &["R1-J002"]).await;
    let fay = world.sign_in("fay").await.unwrap();
    let read: Value = fay.get("/v1/feed?after=0").await.unwrap();
    let (life, next) = (read["store_epoch"].as_u64().unwrap(), read["next"].as_i64().unwrap());
    assert_eq!((life, next), (1, 2));

    let world = lose_the_machine(world, &backup).await;
    let fay = world.sign_in("fay").await.unwrap();
    let ask = async |life: u64, after: i64| {
        let path = format!("/v1/feed?after={after}&store_epoch={life}");
        fay.get::<Value>(&path).await.map_err(|error| error.to_string())
    };
    let told = ask(life, next).await.unwrap_err();
    assert!(told.starts_with("409") && told.contains("feed_restored"), "{told}");
    let told: Value = serde_json::from_str(told.split_once(": ").unwrap().1).unwrap();
    assert_eq!(told["feed"]["after"], 1, "entry 1 was in the backup");
    let new_life = told["feed"]["store_epoch"].as_u64().unwrap();
    assert!(new_life > life);

    // Number 2 is given out again, to something else; who asked in the old life is still told.
    deliver_and_sync(&phone, &["R1-J003"]).await;
    assert!(ask(life, next).await.is_err(), "a number alone does not name an entry");
    assert!(ask(life, 1).await.is_ok(), "who is not ahead just goes on");
    assert!(ask(77, 1).await.is_err(), "a life that nobody here knows of");
    let read_on = ask(new_life, 1).await.unwrap();
    let entries = read_on["entries"].as_array().unwrap();
    let lives: Vec<_> =
        entries.iter().map(|entry| entry["store_epoch"].as_u64().unwrap()).collect();
    assert_eq!(lives, [new_life, new_life]);
    let again = entries.iter().find(|entry| entry["job_id"] == "R1-J002").unwrap();
    assert_eq!(again["content"], read["entries"][1]["content"], "the same bill has the same name");
}

#[tokio::test]
async fn what_the_office_planned_after_the_backup_comes_back_when_it_is_said_again() {
    let world = World::begin().await.unwrap();
    world.plan_run("R0", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    world.clock.advance_ms(60_000);
    let backup = back_up(&world).await;
    world.plan_run("R1", 2).await.unwrap();
    let dan = world.sign_in("dan").await.unwrap();
    dan.patch("/v1/runs/R0/jobs/R0-J001", &json!({ "note": "ring twice" })).await.unwrap();
    phone.sync().await.unwrap();
    deliver_and_sync(&phone, &["R1-J001"]).await;

    let world = lose_the_machine(world, &backup).await;
    let trust = phone.sync().await.unwrap();
    assert!(trust["attention"].as_u64().unwrap() > 0, "the facts wait for their run: {trust}");
    assert_eq!(phone.job("R1-J001").await.unwrap()["status"], "delivered");
    world.plan_run("R1", 2).await.unwrap();
    for _ in 0..3 {
        phone.sync().await.unwrap();
    }
    let trust = phone.sync().await.unwrap();
    assert_eq!((&trust["attention"], &trust["trouble"]), (&json!(0), &json!(null)));
    assert_eq!(world.job_page("R1", "R1-J001").unwrap().readiness.verdict.word(), "ready");
    deliver_and_sync(&phone, &["R1-J002", "R0-J001"]).await;
    assert_eq!(billed(&world).len(), 3);
    let note = world.job_page("R0", "R0-J001").unwrap().note;
    assert_eq!(
        phone.job("R0-J001").await.unwrap()["note"],
        json!(note),
        "both have one plan again"
    );
}

#[tokio::test]
async fn a_backup_that_was_touched_and_a_folder_that_is_in_use_are_refused() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 1).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    deliver_and_sync(&phone, &["R1-J001"]).await;
    let backup = back_up(&world).await;
    let from = world.folder().join("backups").join(backup["name"].as_str().unwrap());
    let clock: &dyn Clock = &*world.clock;
    let into = |to: PathBuf| restore(&from, &to, clock, &SystemDice);
    assert!(matches!(into(world.folder().join("hub")), Err(HubError::Locked)));
    into(world.folder().join("one")).unwrap();
    assert!(matches!(into(world.folder().join("one")), Err(HubError::NotEmpty)));

    // Evidence whose bytes are not what its name says does not come back, and is listed by hash.
    let photo =
        phone.job("R1-J001").await.unwrap()["photos"][0]["blob"].as_str().unwrap().to_owned();
    let (folder, rest) = photo.split_at(2);
    let file = from.join("blobs").join(folder).join(rest);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(&file, b"something else").unwrap();
    let restored = into(world.folder().join("two")).unwrap();
    assert_eq!(
        restored.blobs_missing.iter().map(ToString::to_string).collect::<Vec<_>>(),
        std::slice::from_ref(&photo)
    );
    let options = waybill_hub::HubOptions::default();
    let hub = waybill_hub::Hub::open(&world.folder().join("two"), options).unwrap();
    assert_eq!(hub.rebuild().unwrap().len(), 2, "the job's state, and the feed behind it");
    let gaps = hub.gaps().unwrap();
    assert_eq!(gaps.blobs.iter().map(|gap| gap.hash.clone()).collect::<Vec<_>>(), [photo]);
    assert_eq!(gaps.backed_up_to_ms, None, "with evidence missing nothing counts as backed up");

    let database = from.join("hub.db");
    let mut bytes = std::fs::read(&database).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&database, bytes).unwrap();
    assert!(matches!(into(world.folder().join("three")), Err(HubError::Damaged(_))));
    let begun = world.folder().join("three/hub.db");
    assert!(!begun.exists(), "a restore that broke off leaves no store behind");
}
