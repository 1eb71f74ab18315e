use serde_json::{Value, json};

use crate::api::dispatch;
use crate::engine::Engine;
use crate::engine::tests::{open, phone};
use waybill_core::job::JobStanding;
use waybill_core::role::Role;

fn job(engine: &mut Engine, command: &str) -> Value {
    dispatch(engine, command, &json!({ "run_id": "R1", "job_id": "J1" })).unwrap().unwrap()
}

#[test]
fn what_the_office_changed_is_a_card_until_it_is_read_and_a_kill_forgets_nothing() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    assert!(job(&mut engine, "job")["change"].is_null(), "a run comes as it is");
    let change = |engine: &mut Engine| {
        let book = engine.books.values_mut().next().unwrap();
        book.plan.jobs[0].spec.address.line1 = "64 Northgate".to_owned();
        book.plan.jobs[0].standing = JobStanding::Cancelled;
    };
    change(&mut engine);
    let card = job(&mut engine, "job")["change"].clone();
    assert_eq!(card["changes"], json!(["cancelled", "address"]));
    assert_ne!(card["before"]["address"]["line1"], "64 Northgate");
    let run = dispatch(&mut engine, "run", &json!({ "run_id": "R1" })).unwrap().unwrap();
    assert_eq!(run["jobs"][0]["changes"], json!(["cancelled", "address"]));
    job(&mut engine, "see_change");
    assert!(job(&mut engine, "job")["change"].is_null());
    drop(engine);
    let mut engine = open(&dir);
    change(&mut engine);
    assert!(job(&mut engine, "job")["change"].is_null(), "it was read before the kill");
}

#[test]
fn who_only_loads_is_shown_no_cards() {
    let dir = phone(Role::Loader);
    let mut engine = open(&dir);
    let book = engine.books.values_mut().next().unwrap();
    book.plan.jobs[0].note = "Mind the dog".to_owned();
    assert!(job(&mut engine, "job")["change"].is_null());
}
