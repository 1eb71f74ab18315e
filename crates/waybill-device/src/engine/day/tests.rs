use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::dispatch;
use crate::engine::Engine;
use crate::engine::tests::{open, phone};
use crate::problem::Problem;
use waybill_core::day::VEHICLE_POINTS;
use waybill_core::role::Role;

fn on_run(engine: &mut Engine, command: &str, more: &Value) -> Result<Value, Problem> {
    let mut args = json!({ "run_id": "R1" });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    dispatch(engine, command, &args).unwrap()
}

fn day(engine: &mut Engine) -> Value {
    on_run(engine, "day", &json!({})).unwrap()
}

fn code(result: Result<Value, Problem>) -> String {
    result.unwrap_err().code
}

fn answers(bad: &str, note: &str) -> Value {
    let answer = |point: &&str| {
        let is_bad = *point == bad;
        json!({ "point": point, "is_good": !is_bad, "note": if is_bad { note } else { "" } })
    };
    VEHICLE_POINTS.iter().map(answer).collect()
}

#[test]
fn a_vehicle_is_looked_at_point_by_point_and_what_is_wrong_is_said() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    assert_eq!(on_run(&mut engine, "run", &json!({})).unwrap()["is_vehicle_checked"], false);
    let check = |engine: &mut Engine, answers: &Value, km: u32| {
        on_run(engine, "check_vehicle", &json!({ "answers": answers, "odometer_km": km }))
    };
    assert_eq!(code(check(&mut engine, &json!([]), 1)), "fields_invalid", "every point");
    assert_eq!(code(check(&mut engine, &answers("tyres", " "), 1)), "fields_invalid", "says what");
    assert_eq!(code(check(&mut engine, &answers("", ""), 10_000_000)), "fields_invalid");
    check(&mut engine, &answers("tyres", "rear left is flat"), 81_230).unwrap();
    drop(engine);
    let mut engine = open(&dir);
    let check = day(&mut engine)["check"].clone();
    assert_eq!(check["odometer_km"], 81_230);
    assert_eq!(check["defects"].as_array().unwrap().len(), 1);
    assert_eq!(check["defects"][0]["note"], "rear left is flat");
    assert_eq!(on_run(&mut engine, "run", &json!({})).unwrap()["is_vehicle_checked"], true);
}

#[test]
fn a_break_begins_once_and_ends_once_even_over_a_kill() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    assert_eq!(code(on_run(&mut engine, "end_break", &json!({}))), "out_of_turn");
    on_run(&mut engine, "begin_break", &json!({})).unwrap();
    assert_eq!(code(on_run(&mut engine, "begin_break", &json!({}))), "already_done");
    drop(engine);
    let mut engine = open(&dir);
    assert!(!day(&mut engine)["resting"].is_null());
    on_run(&mut engine, "end_break", &json!({})).unwrap();
    let day = day(&mut engine);
    assert!(day["resting"].is_null());
    assert_eq!(day["breaks"].as_array().unwrap().len(), 1);
}

#[test]
fn words_for_the_office_are_kept_until_it_has_them() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let say = |engine: &mut Engine, preset: &str, text: &str, job: Value| {
        on_run(engine, "message", &json!({ "preset": preset, "text": text, "job_id": job }))
    };
    assert_eq!(code(say(&mut engine, "", "  ", Value::Null)), "fields_invalid");
    assert_eq!(code(say(&mut engine, "weather", "", Value::Null)), "fields_invalid");
    assert_eq!(code(say(&mut engine, "call_me", "", json!("J9"))), "job_unknown");
    say(&mut engine, "running_late", "20 minutes", Value::Null).unwrap();
    say(&mut engine, "", "Gate is shut", json!("J1")).unwrap();
    let messages = day(&mut engine)["messages"].clone();
    assert_eq!(messages[0]["text"], "Gate is shut");
    assert_eq!(
        (&messages[1]["preset"], &messages[1]["safety"]),
        (&json!("running_late"), &json!("phone"))
    );
}

fn settle(
    engine: &mut Engine,
    digest: &Value,
    counted: &Value,
    note: &str,
) -> Result<Value, Problem> {
    let strokes = json!({ "width": 9, "height": 9, "strokes": [[[1, 1, 0], [5, 5, 9]]] });
    on_run(
        engine,
        "debrief",
        &json!({ "digest": digest, "counted": counted, "note": note, "name": "Ann", "role": "driver", "strokes": strokes }),
    )
}

/// A delivery of which one unit was refused.
fn refused_one(engine: &mut Engine) {
    let on_job = |engine: &mut Engine, command: &str, more: &Value| {
        let mut args = json!({ "job_id": "J1" });
        args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        on_run(engine, command, &args).unwrap()
    };
    on_job(engine, "load", &json!({}));
    on_job(engine, "arrive", &json!({}));
    let item = on_job(engine, "job", &json!({}))["items"][0].clone();
    let line = json!({ "item_id": item["item_id"], "delivered": item["quantity"].as_u64().unwrap() - 1,
        "refused": 1, "damaged": 0, "missing": 0, "why": "one too many" });
    on_job(engine, "deliver", &json!({ "lines": [line] }));
}

#[test]
fn what_was_not_left_with_anybody_is_counted_back_in_and_two_people_sign_for_the_day() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    refused_one(&mut engine);
    let before = day(&mut engine);
    let back = &before["back"][0];
    assert_eq!((&back["job_id"], &back["lines"][0]["expected"]), (&json!("J1"), &json!(1)));
    settle(&mut engine, &before["digest"], &json!([]), "").unwrap();
    let line = json!({ "item_id": back["lines"][0]["item_id"], "quantity": 1 });
    let count = |engine: &mut Engine, lines: Value| {
        on_run(engine, "check_in", &json!({ "job_id": "J1", "lines": lines }))
    };
    assert_eq!(code(count(&mut engine, json!([]))), "fields_invalid");
    assert_eq!(code(count(&mut engine, json!([line, line]))), "fields_invalid");
    count(&mut engine, json!([{ "item_id": line["item_id"], "quantity": 3 }])).unwrap();
    count(&mut engine, json!([line])).unwrap();
    let after = day(&mut engine);
    assert_eq!(
        after["back"][0]["lines"][0]["checked_in"], 1,
        "counted again: the newer count holds"
    );
    assert_eq!(after["debriefs"][0]["is_current"], false, "what was signed for is not so any more");
    assert_eq!(code(settle(&mut engine, &before["digest"], &json!([]), "")), "out_of_turn");
    let more = json!([{ "minor": 500, "currency": "GBP" }]);
    assert_eq!(code(settle(&mut engine, &after["digest"], &more, "")), "fields_invalid");
    settle(&mut engine, &after["digest"], &more, "found in the cab").unwrap();
    assert_eq!(day(&mut engine)["debriefs"][1]["is_current"], true);
}

#[test]
fn a_seal_or_a_departure_is_taken_back_with_a_reason_and_only_once() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    on_run(&mut engine, "depart", &json!({ "reason": "customer waits" })).unwrap();
    let departed = on_run(&mut engine, "dock", &json!({})).unwrap()["departed"].clone();
    let undo = json!({ "fact_id": departed["fact_id"], "reason": "not yet" });
    on_run(&mut engine, "undo_of_run", &undo).unwrap();
    assert!(on_run(&mut engine, "dock", &json!({})).unwrap()["departed"].is_null());
    assert_eq!(code(on_run(&mut engine, "undo_of_run", &undo)), "nothing_to_undo");
    on_run(&mut engine, "depart", &json!({ "reason": "now" })).unwrap();
}

#[test]
fn who_signs_out_sees_nothing_more_and_loses_nothing() {
    let dir: TempDir = phone(Role::Driver);
    let mut engine = open(&dir);
    refused_one(&mut engine);
    let left = dispatch(&mut engine, "sign_out", &json!({})).unwrap().unwrap();
    assert_eq!(left["facts_waiting"], 3);
    drop(engine);
    let mut engine = open(&dir);
    assert_eq!(code(on_run(&mut engine, "run", &json!({}))), "signed_out");
    let start = dispatch(&mut engine, "start", &json!({})).unwrap().unwrap();
    assert!(
        start["runs"].as_array().unwrap().is_empty() && start["signed_out"]["asks_code"] == false
    );
    assert_eq!(engine.ask().unwrap().epochs.len(), 1, "it goes on sending");
    dispatch(&mut engine, "sign_in", &json!({ "code": "" })).unwrap().unwrap();
    assert_eq!(day(&mut engine)["unsent"], 3);
}

#[test]
fn the_ledger_names_every_position_and_photo() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let ledger = |engine: &mut Engine| dispatch(engine, "ledger", &json!({})).unwrap().unwrap();
    refused_one(&mut engine);
    assert_eq!(ledger(&mut engine)["positions"], 0, "nobody knew where it was");
    engine.keep_photo(&crate::engine::tests::photo("J2")).unwrap();
    let ledger = ledger(&mut engine);
    assert_eq!((&ledger["photos"], &ledger["rows"][0]["kind"]), (&json!(1), &json!("photo_taken")));
    assert!(ledger["photo_bytes"].as_u64().unwrap() > 0);
}
