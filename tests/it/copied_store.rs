//! A phone gets an older copy of its own store: what it told the hub since comes back, and until then it
//! says that something may be missing.

use std::path::Path;

use serde_json::{Value, json};
use waybill_testkit::world::{TestPhone, World};

/// The store and the evidence, as a backup of a phone has them. The vault is in no backup.
fn copy(from: &Path, to: &Path) {
    for folder in ["", "blobs", "shots"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
        for file in std::fs::read_dir(from.join(folder)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name();
            if file.file_type().unwrap().is_file() && name != "waybill.db-shm" && name != "reserve"
            {
                std::fs::copy(file.path(), to.join(folder).join(name)).unwrap();
            }
        }
    }
}

/// Closes the phone, puts an older copy in the place of its store, and opens it.
fn put_back(phone: TestPhone, older: &Path) -> TestPhone {
    phone.phone.close().unwrap();
    for name in ["waybill.db", "waybill.db-wal", "waybill.db-shm"] {
        drop(std::fs::remove_file(phone.folder().join(name)));
    }
    std::fs::remove_dir_all(phone.folder().join("blobs")).unwrap();
    copy(older, phone.folder());
    phone.kill_and_reopen().unwrap()
}

fn billed(world: &World) -> Vec<(String, &'static str, Option<i64>)> {
    let entries = world.feed().unwrap().entries.into_iter();
    entries
        .map(|entry| (entry.job_id.to_string(), entry.verdict.word(), entry.supersedes))
        .collect()
}

fn ready(job: &str) -> (String, &'static str, Option<i64>) {
    (job.to_owned(), "ready", None)
}

/// A day with a backup in it: one job is done before, one is done and one fails after it.
async fn day(world: &World, is_closed: bool) -> (TestPhone, std::path::PathBuf) {
    world.plan_run("R1", 5).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let older = world.folder().join("older");
    if is_closed {
        phone.phone.close().unwrap();
    }
    copy(phone.folder(), &older);
    let phone = phone.kill_and_reopen().unwrap();
    phone.deliver("R1-J002").await.unwrap();
    let why = json!({ "reason": "nobody_there", "note": "rang twice", "anyway": "office_said" });
    phone.on_job("arrive", "R1-J003", json!({})).await.unwrap();
    phone.on_job("fail", "R1-J003", why).await.unwrap();
    phone.sync().await.unwrap();
    (phone, older)
}

#[tokio::test]
async fn a_phone_with_an_older_copy_of_its_store_hears_what_it_did_since() {
    for (is_closed, is_new_install) in [(false, true), (false, false), (true, true), (true, false)]
    {
        let world = World::begin().await.unwrap();
        let (phone, older) = day(&world, is_closed).await;
        let phone = put_back(phone, &older);
        let phone = if is_new_install {
            std::fs::remove_file(phone.folder().join("vault/install.id")).unwrap();
            put_back(phone, &older)
        } else {
            phone
        };
        assert_eq!(phone.trust().await.unwrap()["is_copy"], true);
        assert_eq!(phone.job("R1-J002").await.unwrap()["status"], "planned");
        // It is said until the office has answered, whatever happens to the app.
        let phone = phone.kill_and_reopen().unwrap();
        assert_eq!(phone.trust().await.unwrap()["is_copy"], true);

        let trust = phone.sync().await.unwrap();
        let quiet = (&trust["is_copy"], &trust["facts_waiting"], &trust["attention"]);
        assert_eq!(quiet, (&json!(false), &json!(0), &json!(0)), "{trust}");
        let done = phone.job("R1-J002").await.unwrap();
        assert_eq!((&done["status"], &done["safety"]), (&json!("delivered"), &json!("office")));
        assert_eq!(done["photos"].as_array().unwrap().len(), 1);
        assert_eq!(phone.job("R1-J003").await.unwrap()["status"], "failed");
        let again = phone.on_job("deliver", "R1-J002", json!({ "lines": [] })).await;
        assert_eq!(again.unwrap_err().code, "already_done");

        phone.deliver("R1-J005").await.unwrap();
        phone.sync().await.unwrap();
        let phone = phone.kill_and_reopen().unwrap();
        assert_eq!(phone.trust().await.unwrap()["is_copy"], false);
        assert_eq!(phone.job("R1-J002").await.unwrap()["status"], "delivered", "it was kept");
        let mut billed = billed(&world);
        billed.retain(|(_, verdict, _)| *verdict == "ready");
        let jobs = ["R1-J001", "R1-J002", "R1-J005"];
        assert_eq!(billed, jobs.map(ready), "closed {is_closed}, new {is_new_install}");
        assert_eq!(world.hub.check_views().unwrap(), []);
    }
}

#[tokio::test]
async fn who_delivers_again_before_the_office_has_answered_was_told_and_is_billed_once() {
    let world = World::begin().await.unwrap();
    let (phone, older) = day(&world, false).await;
    let phone = put_back(phone, &older);
    phone.phone.set_airplane(true);
    assert_eq!(phone.trust().await.unwrap()["is_copy"], true, "the phone says it before");
    phone.deliver("R1-J002").await.unwrap();
    phone.phone.set_airplane(false);
    for _ in 0..2 {
        let trust = phone.sync().await.unwrap();
        assert_eq!((&trust["facts_waiting"], &trust["is_copy"]), (&json!(0), &json!(false)));
    }
    let entries = world.feed().unwrap().entries;
    let of_job: Vec<_> =
        entries.iter().filter(|entry| entry.job_id.as_str() == "R1-J002").collect();
    // A later entry takes the place of the one before it: never do two of them stand.
    for (before, after) in of_job.iter().zip(of_job.iter().skip(1)) {
        assert_eq!(after.supersedes, Some(before.seq));
    }
    let page = world.job_page("R1", "R1-J002").unwrap();
    let here = phone.job("R1-J002").await.unwrap();
    assert_eq!(here["facts"].as_array().unwrap().len(), page.facts.len(), "both know all of it");
    assert_eq!(page.facts.iter().filter(|fact| fact.kind == "delivered").count(), 2);
}

#[tokio::test]
async fn a_copy_that_is_put_back_under_the_running_app_is_known_with_the_first_answer() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    let older = world.folder().join("older");
    copy(phone.folder(), &older);
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let phone = put_back(phone, &older);
    phone.sync().await.unwrap();
    assert_eq!(phone.job("R1-J001").await.unwrap()["status"], "delivered");
    assert_eq!(billed(&world), [ready("R1-J001")]);
}

#[tokio::test]
async fn an_app_that_was_only_killed_is_no_copy_and_hears_nothing_twice() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.deliver("R1-J001").await.unwrap();
    phone.sync().await.unwrap();
    let phone = phone.kill_and_reopen().unwrap();
    let trust = phone.trust().await.unwrap();
    assert_eq!((&trust["is_copy"], &trust["salvage"]), (&json!(false), &Value::Null));
    phone.sync().await.unwrap();
    let facts = phone.job("R1-J001").await.unwrap()["facts"].as_array().unwrap().len();
    assert_eq!(facts, 4);
    assert_eq!(billed(&world), [ready("R1-J001")]);
}
