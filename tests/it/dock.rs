//! A vehicle is loaded by two people with two scanners and no network, signed for, and leaves.

use serde_json::{Value, json};
use waybill_core::policy::{DepartureRule, Policy};
use waybill_core::role::Role;
use waybill_hub::Asker;
use waybill_hub::api::view::PutRun;
use waybill_testkit::world::{TestPhone, World};

/// Two jobs: five boxes that look alike, and one parcel; then two boxes of the same.
async fn plan(world: &World) -> PutRun {
    let mut run = world.plan_run("R1", 2).await.unwrap();
    for job in &mut run.jobs {
        job.spec.items.truncate(1);
        "BOX".clone_into(&mut job.spec.items[0].code);
    }
    let parcel = waybill_core::job::Item {
        item_id: "parcel".parse().unwrap(),
        quantity: 1,
        code: "PARCEL-1".to_owned(),
        ..run.jobs[0].spec.items[0].clone()
    };
    run.jobs[0].spec.items[0].quantity = 5;
    run.jobs[0].spec.items.push(parcel);
    run.jobs[1].spec.items[0].quantity = 2;
    world.hub.put_run(&Asker::Console, &"R1".parse().unwrap(), &run).unwrap();
    run
}

fn both_sign(world: &World, cut_off: Option<&str>) {
    let newest = world.hub.policy().unwrap();
    let departure = DepartureRule {
        loaded: true,
        loader_signs: true,
        driver_signs: true,
        cut_off: cut_off.map(str::to_owned),
        overridden_by: vec![Role::Driver],
    };
    let policy = Policy { version: newest.version + 1, departure, ..newest };
    world.hub.put_policy(&Asker::Console, &policy).unwrap();
}

async fn scan(phone: &TestPhone, code: &str) -> Value {
    phone
        .ask("scan_aboard", json!({ "run_id": "R1", "code": code, "by_hand": null }))
        .await
        .unwrap()
}

async fn dock(phone: &TestPhone) -> Value {
    phone.ask("dock", json!({ "run_id": "R1" })).await.unwrap()
}

async fn seal(phone: &TestPhone, role: &str, name: &str) -> Value {
    let strokes = json!({ "width": 300, "height": 150, "strokes": [[[10, 20, 0], [40, 60, 16]]] });
    let manifest = dock(phone).await["manifest"].clone();
    let seal = json!({ "run_id": "R1", "manifest": manifest, "seal": "S-77", "name": name,
        "role": role, "strokes": strokes });
    phone.ask("seal_load", seal).await.unwrap()
}

#[tokio::test]
async fn two_scanners_without_a_network_fill_one_vehicle_and_agree_afterwards() {
    let world = World::begin().await.unwrap();
    plan(&world).await;
    let (one, other) =
        (world.phone("lou", "dock-1").await.unwrap(), world.phone("lou", "dock-2").await.unwrap());
    let first = scan(&one, "BOX").await;
    assert_eq!((&first["outcome"], &first["job_id"]), (&json!("taken"), &json!("R1-J002")));
    assert_eq!(
        (&first["have"], &first["quantity"]),
        (&json!(1), &json!(2)),
        "the last job goes in first"
    );
    for (phone, codes) in
        [(&one, ["BOX", "BOX", "BOX", "PARCEL-1"].as_slice()), (&other, ["PARCEL-1"].as_slice())]
    {
        for code in codes {
            assert_eq!(scan(phone, code).await["outcome"], "taken", "{code}");
        }
    }
    assert_eq!(scan(&one, "PARCEL-1").await["outcome"], "again");
    assert_eq!(scan(&one, "NOTHING").await["outcome"], "unexpected");
    for _ in 0..2 {
        one.sync().await.unwrap();
        other.sync().await.unwrap();
    }
    let [at_one, at_other] = [dock(&one).await, dock(&other).await];
    assert_eq!(at_one, at_other, "both scanners say the same");
    assert_eq!((&at_one["units"], &at_one["units_ordered"]), (&json!(5), &json!(8)));
    assert_eq!(at_one["lacks"], json!(["not_loaded"]));
    for _ in 0..3 {
        assert_eq!(scan(&other, "BOX").await["outcome"], "taken");
    }
    assert_eq!(scan(&other, "BOX").await["outcome"], "enough");
    let whole = dock(&other).await;
    assert_eq!((&whole["jobs_whole"], &whole["lacks"]), (&json!(2), &json!([])));
    other.sync().await.unwrap();
    let driver = world.phone("priya", "van-7").await.unwrap();
    assert_eq!(driver.job("R1-J001").await.unwrap()["status"], "loaded");
}

#[tokio::test]
async fn what_was_not_loaded_is_said_before_the_vehicle_leaves_and_the_office_hears_of_it() {
    let world = World::begin().await.unwrap();
    plan(&world).await;
    let loader = world.phone("lou", "dock-1").await.unwrap();
    for code in ["BOX", "BOX", "BOX", "BOX", "PARCEL-1"] {
        scan(&loader, code).await;
    }
    let differ = |difference: &str, quantity: u32| json!({ "item_id": "1", "difference": difference, "quantity": quantity, "note": "wet" });
    loader.on_job("differ", "R1-J001", differ("damaged", 2)).await.unwrap();
    loader.on_job("differ", "R1-J001", differ("short", 1)).await.unwrap();
    loader.photograph("R1-J001", 3).await.unwrap();
    assert_eq!(dock(&loader).await["lacks"], json!([]), "it is said what became of every box");
    loader.sync().await.unwrap();
    let page = world.job_page("R1", "R1-J001").unwrap();
    let cases: Vec<_> = page.cases.iter().map(|case| case.trigger.word()).collect();
    assert_eq!(cases, ["over_or_short"]);
}

#[tokio::test]
async fn the_gate_holds_until_both_have_signed_or_somebody_answers_for_it() {
    let world = World::begin().await.unwrap();
    plan(&world).await;
    both_sign(&world, None);
    let loader = world.phone("lou", "dock-1").await.unwrap();
    let driver = world.phone("priya", "van-7").await.unwrap();
    for code in ["BOX", "BOX", "BOX", "BOX", "BOX", "BOX", "BOX", "PARCEL-1"] {
        assert_eq!(scan(&loader, code).await["outcome"], "taken");
    }
    let depart = |reason: &str| json!({ "run_id": "R1", "reason": reason });
    let held = loader.ask::<Value>("depart", depart("hurry")).await.unwrap_err();
    assert_eq!(held.code, "role_not_allowed", "a loader does not answer for that here");
    seal(&loader, "loader", "Lou Bennett").await;
    loader.sync().await.unwrap();
    driver.sync().await.unwrap();
    assert_eq!(dock(&driver).await["lacks"], json!(["driver_unsigned"]));
    let held = driver.ask::<Value>("depart", depart("")).await.unwrap_err();
    assert_eq!(held.code, "departure_held");
    seal(&driver, "driver", "Priya Nair").await;
    assert_eq!(dock(&driver).await["lacks"], json!([]));
    driver.ask::<Value>("depart", depart("")).await.unwrap();
    let again = driver.ask::<Value>("depart", depart("")).await.unwrap_err();
    assert_eq!(again.code, "already_done");
    driver.sync().await.unwrap();
    loader.sync().await.unwrap();
    assert!(dock(&loader).await["departed"]["at"].is_number());
    let page = world.hub.run_page(&Asker::Console, &"R1".parse().unwrap()).unwrap();
    let mut kinds: Vec<_> = page.facts.iter().map(|fact| fact.kind.as_str()).collect();
    // The clock of a story stands still: all of it happened at one moment.
    kinds.sort_unstable();
    assert_eq!(kinds, ["departed", "load_sealed", "load_sealed"]);
}

#[tokio::test]
async fn a_seal_is_broken_by_what_is_loaded_after_it_and_the_driver_leaves_with_a_reason() {
    let world = World::begin().await.unwrap();
    plan(&world).await;
    both_sign(&world, Some("00:01"));
    let loader = world.phone("lou", "dock-1").await.unwrap();
    let driver = world.phone("priya", "van-7").await.unwrap();
    scan(&loader, "PARCEL-1").await;
    let shown = dock(&loader).await["manifest"].clone();
    seal(&loader, "loader", "Lou Bennett").await;
    scan(&loader, "BOX").await;
    let strokes = json!({ "width": 3, "height": 1, "strokes": [[[1, 2, 0], [4, 6, 16]]] });
    let stale = json!({ "run_id": "R1", "manifest": shown, "seal": "", "name": "Lou",
        "role": "loader", "strokes": strokes });
    let refused = loader.ask::<Value>("seal_load", stale).await.unwrap_err();
    assert_eq!(refused.code, "out_of_turn", "nobody signs for what they have not seen");
    loader.sync().await.unwrap();
    driver.sync().await.unwrap();
    let view = dock(&driver).await;
    let all =
        json!(["not_loaded", "loader_unsigned", "driver_unsigned", "changed", "past_cut_off"]);
    assert_eq!(view["lacks"], all);
    assert_eq!(
        (&view["seals"][0]["is_current"], &view["may_override"]),
        (&json!(false), &json!(true))
    );
    let depart = json!({ "run_id": "R1", "reason": "the rest follows with van 9" });
    driver.ask::<Value>("depart", depart).await.unwrap();
    let departed = dock(&driver.kill_and_reopen().unwrap()).await["departed"].clone();
    assert_eq!(
        (&departed["lacks"], &departed["reason"]),
        (&all, &json!("the rest follows with van 9"))
    );
}

#[tokio::test]
async fn at_the_door_a_parcel_of_another_job_is_said_and_does_not_count() {
    let world = World::begin().await.unwrap();
    plan(&world).await;
    let phone = world.phone("priya", "van-7").await.unwrap();
    let scan =
        |code: &str, is_typed: bool| json!({ "code": code, "quantity": 1, "is_typed": is_typed });
    phone.on_job("arrive", "R1-J002", json!({})).await.unwrap();
    let other = phone.on_job("scan", "R1-J002", scan("PARCEL-1", false)).await.unwrap();
    assert_eq!((&other["outcome"], &other["job_id"]), (&json!("other_job"), &json!("R1-J001")));
    assert_eq!(other["fact_id"], Value::Null);
    for (have, outcome) in [(1, "taken"), (2, "taken"), (2, "enough")] {
        let seen = phone.on_job("scan", "R1-J002", scan("BOX\r\n", false)).await.unwrap();
        assert_eq!((&seen["outcome"], &seen["have"]), (&json!(outcome), &json!(have)));
    }
    let strange = phone.on_job("scan", "R1-J002", scan("TORN", true)).await.unwrap();
    assert_eq!(strange["outcome"], "unexpected");
    assert!(strange["fact_id"].is_string(), "who types it vouches for it");
    assert_eq!(phone.job("R1-J002").await.unwrap()["items"][0]["scanned"], 2);
}
