//! The office changes the rules in the middle of the day.

use serde_json::{Value, json};
use waybill_core::policy::Policy;
use waybill_core::proof::{Need, ProofRule};
use waybill_hub::Asker;
use waybill_testkit::world::World;

/// The rules in force, but with a photo that is needed.
fn stricter(world: &World) -> Policy {
    let newest = world.hub.policy().unwrap();
    let proof = ProofRule { photo: Need::Required, ..newest.proof };
    Policy { version: newest.version + 1, proof, ..newest }
}

/// What a phone and the office say about a job: whether it may be billed, and whether a photo is needed.
async fn verdicts(
    world: &World,
    phone: &waybill_testkit::world::TestPhone,
    job: &str,
) -> [Value; 2] {
    let view = phone.job(job).await.unwrap();
    let page = world.job_page("R1", job).unwrap();
    [view["readiness"]["verdict"].clone(), json!(page.readiness.verdict.word())]
}

#[tokio::test]
async fn what_was_done_by_the_older_rules_stays_right_on_every_phone_and_at_the_office() {
    let world = World::begin().await.unwrap();
    let mut run = world.plan_run("R1", 3).await.unwrap();
    run.jobs.iter_mut().for_each(|job| job.spec.proof = None);
    world.hub.put_run(&Asker::Console, &"R1".parse().unwrap(), &run).unwrap();
    let phone = world.phone("priya", "van-7").await.unwrap();
    phone.on_job("arrive", "R1-J001", json!({})).await.unwrap();
    phone.sign("R1-J001", "Amina Wright").await.unwrap();
    phone.on_job("deliver", "R1-J001", json!({ "lines": [] })).await.unwrap();

    // Twice, so that the phone has to hear of a version that is not in force any more either.
    for _ in 0..2 {
        world.hub.put_policy(&Asker::Console, &stricter(&world)).unwrap();
    }
    phone.sync().await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(verdicts(&world, &phone, "R1-J001").await, ["ready", "ready"]);

    // What is done from now on goes by the newest; a phone that comes to it late agrees on both.
    phone.on_job("arrive", "R1-J002", json!({})).await.unwrap();
    phone.sign("R1-J002", "Amina Wright").await.unwrap();
    phone.on_job("deliver", "R1-J002", json!({ "lines": [] })).await.unwrap();
    phone.sync().await.unwrap();
    assert_eq!(verdicts(&world, &phone, "R1-J002").await, ["blocked", "blocked"]);
    let late = world.phone("priya", "van-7-spare").await.unwrap();
    late.sync().await.unwrap();
    for (job, verdict) in [("R1-J001", "ready"), ("R1-J002", "blocked")] {
        assert_eq!(verdicts(&world, &late, job).await, [verdict, verdict], "{job}");
    }
    let phone = phone.kill_and_reopen().unwrap();
    assert_eq!(
        verdicts(&world, &phone, "R1-J001").await,
        ["ready", "ready"],
        "and so after a kill"
    );
}
