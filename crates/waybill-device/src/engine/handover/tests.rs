use std::sync::Arc;

use serde_json::{Value, json};

use crate::api::dispatch;
use crate::clock::{Clock, SystemDice};
use crate::engine::Engine;
use crate::engine::tests::{Ticking, open, phone};
use crate::problem::Problem;
use waybill_core::role::Role;

fn ask(engine: &mut Engine, command: &str, args: &Value) -> Result<Value, Problem> {
    dispatch(engine, command, args).unwrap()
}

fn on_job(engine: &mut Engine, command: &str, more: &Value) -> Result<Value, Problem> {
    let mut args = json!({ "run_id": "R1", "job_id": "J1" });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    ask(engine, command, &args)
}

fn code(result: Result<Value, Problem>) -> String {
    result.unwrap_err().code
}

#[test]
fn in_the_customers_hand_the_phone_lets_them_sign_and_nothing_else_even_after_a_kill() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    on_job(&mut engine, "arrive", &json!({})).unwrap();
    on_job(&mut engine, "hand_over", &json!({})).unwrap();
    for (command, more) in [
        ("deliver", json!({ "lines": [] })),
        ("fail", json!({ "reason": "closed", "note": "" })),
        ("run", json!({})),
        ("move_job", json!({ "behind": null })),
    ] {
        assert_eq!(code(on_job(&mut engine, command, &more)), "handed_over", "{command}");
    }
    let other = ask(&mut engine, "hand_over", &json!({ "run_id": "R1", "job_id": "J2" }));
    assert_eq!(code(other), "handed_over");
    drop(engine);
    let mut engine = open(&dir);
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"]["job_id"], "J1");
    let line = json!({ "item_id": "1", "delivered": 4, "refused": 1, "damaged": 0, "missing": 0 });
    let strokes = json!({ "width": 9, "height": 9, "strokes": [[[1, 2, 0], [3, 4, 9]]] });
    let sign = json!({ "name": "Amina", "role": "recipient", "strokes": strokes,
        "reservation": "box was open", "lines": [line], "language": "ar" });
    on_job(&mut engine, "sign", &sign).unwrap();
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"]["is_signed"], true);
    drop(engine);
    let mut engine = open(&dir);
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"]["is_signed"], true);
    ask(&mut engine, "take_back", &json!({ "code": "" })).unwrap();
    let job = on_job(&mut engine, "job", &json!({})).unwrap();
    assert_eq!(job["signature"]["reservation"], "box was open");
    assert_eq!(job["signature"]["lines"], json!([line]), "what they signed for is in the record");
    on_job(&mut engine, "deliver", &json!({ "lines": [line] })).unwrap();
}

#[test]
fn a_chosen_code_is_needed_and_guessing_it_takes_ever_longer() {
    let dir = phone(Role::Driver);
    let clock = Arc::new(Ticking::default());
    let open = || Engine::open(dir.path(), Arc::<Ticking>::clone(&clock), Arc::new(SystemDice));
    let mut engine = open().unwrap();
    for new in ["123", "123456789", "12a4"] {
        let refused = ask(&mut engine, "choose_code", &json!({ "new": new }));
        assert_eq!(code(refused), "fields_invalid", "{new}");
    }
    ask(&mut engine, "choose_code", &json!({ "new": "1111" })).unwrap();
    // Whoever holds the phone as its driver does may have forgotten the code.
    ask(&mut engine, "choose_code", &json!({ "new": "2580" })).unwrap();
    on_job(&mut engine, "hand_over", &json!({})).unwrap();
    let back = |engine: &mut Engine, code: &str| ask(engine, "take_back", &json!({ "code": code }));
    for _ in 0..4 {
        assert_eq!(code(back(&mut engine, "0000")), "driver_code_wrong");
    }
    assert_eq!(code(back(&mut engine, "0000")), "driver_code_wrong");
    drop(engine);
    let mut engine = open().unwrap();
    assert_eq!(code(back(&mut engine, "2580")), "too_many_tries", "a kill wins no more tries");
    // The clock of these tests goes on by a second at each look at it.
    let waited = (0..40).map(|_| back(&mut engine, "2580")).find(Result::is_ok);
    assert!(waited.is_some());
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"], Value::Null);
}

#[test]
fn a_forgotten_code_gives_the_phone_back_after_half_an_hour() {
    let dir = phone(Role::Driver);
    let clock = Arc::new(Ticking::default());
    let mut engine =
        Engine::open(dir.path(), Arc::<Ticking>::clone(&clock), Arc::new(SystemDice)).unwrap();
    ask(&mut engine, "choose_code", &json!({ "new": "2580" })).unwrap();
    on_job(&mut engine, "hand_over", &json!({})).unwrap();
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["has_code"], true);
    // The clock of these tests goes on by a second at each look at it.
    while clock.read().wall_ms < engine.handed.as_ref().unwrap().at.unwrap().plus_ms(30 * 60_000) {}
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["has_code"], false);
    ask(&mut engine, "take_back", &json!({ "code": "" })).unwrap();
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"], Value::Null);
}

#[test]
fn a_customer_sees_and_signs_nobody_elses_job() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    on_job(&mut engine, "hand_over", &json!({})).unwrap();
    for command in ["job", "sign", "not_sign", "save_draft", "hand_over"] {
        let other = ask(&mut engine, command, &json!({ "run_id": "R1", "job_id": "J2" }));
        assert_eq!(code(other), "handed_over", "{command}");
    }
}

#[test]
fn a_phone_is_taken_back_even_if_the_job_has_left_it_meanwhile() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    on_job(&mut engine, "hand_over", &json!({})).unwrap();
    engine.books.clear();
    assert_eq!(code(on_job(&mut engine, "job", &json!({}))), "job_unknown");
    ask(&mut engine, "take_back", &json!({ "code": "" })).unwrap();
    assert_eq!(ask(&mut engine, "start", &json!({})).unwrap()["handed"], Value::Null);
}

#[test]
fn who_does_not_sign_is_said_and_the_job_is_ready_with_that_difference() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    on_job(&mut engine, "arrive", &json!({})).unwrap();
    let not = json!({ "why": "refused", "name": "Amina Wright", "note": "in a hurry" });
    on_job(&mut engine, "not_sign", &not).unwrap();
    on_job(&mut engine, "deliver", &json!({ "lines": [] })).unwrap();
    let job = on_job(&mut engine, "job", &json!({})).unwrap();
    assert_eq!(job["readiness"]["verdict"], "ready_with_difference");
    assert_eq!(job["readiness"]["reasons"], json!([{ "code": "not_signed", "why": "refused" }]));
    assert_eq!(job["not_signed"]["name"], "Amina Wright");
}
