use serde_json::{Value, json};
use waybill_core::id::Epoch;
use waybill_core::role::Role;

use crate::api::dispatch;
use crate::engine::Engine;
use crate::engine::tests::{open, phone};
use crate::problem::Problem;

fn ask(engine: &mut Engine, command: &str, more: &Value) -> Result<Value, Problem> {
    let mut args = json!({ "run_id": "R1", "job_id": "J1" });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    dispatch(engine, command, &args).unwrap()
}

fn job(engine: &mut Engine, job_id: &str) -> Value {
    ask(engine, "job", &json!({ "job_id": job_id })).unwrap()
}

fn refused(engine: &mut Engine, command: &str, more: &Value) -> (String, Option<String>) {
    let problem = ask(engine, command, more).unwrap_err();
    (problem.code, problem.order)
}

fn signature(together: &Value) -> Value {
    let strokes = json!({ "width": 9, "height": 9, "strokes": [[[1, 2, 0], [3, 4, 9]]] });
    json!({ "name": "Amina", "role": "recipient", "strokes": strokes, "together": together })
}

fn refused_one() -> Value {
    json!({ "item_id": "1", "delivered": 4, "refused": 1, "damaged": 0, "missing": 0 })
}

fn facts(engine: &Engine) -> usize {
    engine.store.own_facts().unwrap().len()
}

#[test]
fn one_arrival_one_signature_and_one_hand_over_are_a_fact_for_each_order() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let run = ask(&mut engine, "run", &json!({})).unwrap();
    let visits: Vec<_> = run["jobs"].as_array().unwrap().iter().map(|row| &row["visit"]).collect();
    assert_eq!(visits, [&json!("J1"), &json!("J1"), &Value::Null], "J3 is cancelled");
    let companion = json!([{ "job_id": "J2", "order": "SO1", "items": 1, "status": "planned" }]);
    assert_eq!(job(&mut engine, "J1")["together"], companion);

    ask(&mut engine, "arrive", &json!({ "together": ["J2"] })).unwrap();
    let with = json!([{ "job_id": "J2", "lines": [refused_one()] }]);
    ask(&mut engine, "sign", &signature(&with)).unwrap();
    assert_eq!((facts(&engine), engine.blobs.len()), (4, 1), "one drawing, kept once");
    ask(&mut engine, "deliver", &json!({ "lines": [], "together": with })).unwrap();
    drop(engine);

    let mut engine = open(&dir);
    let (one, two) = (job(&mut engine, "J1"), job(&mut engine, "J2"));
    assert_eq!(
        (&one["status"], &two["status"]),
        (&json!("delivered"), &json!("delivered_in_part"))
    );
    assert_eq!(one["readiness"]["verdict"], "ready");
    assert_eq!(two["readiness"]["verdict"], "ready_with_difference");
    assert_eq!(one["signature"]["lines"], json!([]), "each order keeps its own lines");
    assert_eq!(two["signature"]["lines"], json!([refused_one()]));
    assert_eq!(one["together"], json!([]), "a visit that is over holds nothing together");
    let seqs: Vec<_> = engine.store.own_facts().unwrap().iter().map(|fact| fact.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5, 6], "the numbers follow one another");
}

#[test]
fn one_order_that_cannot_go_along_keeps_all_of_them_back_and_is_named() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let order = Some("SO1".to_owned());
    let cancelled = refused(&mut engine, "arrive", &json!({ "together": ["J3"] }));
    assert_eq!(cancelled, ("job_cancelled".to_owned(), order.clone()));
    let cancelled =
        refused(&mut engine, "sign", &signature(&json!([{ "job_id": "J3", "lines": [] }])));
    assert_eq!(cancelled, ("not_together".to_owned(), order.clone()));
    for twice in [json!(["J1"]), json!(["J2", "J2"])] {
        let code = refused(&mut engine, "arrive", &json!({ "together": twice })).0;
        assert_eq!(code, "fields_invalid", "no order is there twice");
    }
    assert_eq!(refused(&mut engine, "arrive", &json!({ "together": ["J9"] })).0, "job_unknown");
    assert_eq!(facts(&engine), 0, "nothing was half done");

    ask(&mut engine, "arrive", &json!({})).unwrap();
    let with = json!({ "lines": [], "together": [{ "job_id": "J2", "lines": [] }] });
    assert_eq!(refused(&mut engine, "deliver", &with), ("not_arrived".to_owned(), order.clone()));
    ask(&mut engine, "arrive", &json!({ "job_id": "J2" })).unwrap();
    ask(&mut engine, "sign", &signature(&json!([]))).unwrap();
    let unsigned = refused(&mut engine, "deliver", &with);
    assert_eq!(unsigned, ("order_not_ready".to_owned(), order), "the other was never signed for");
    assert_eq!(facts(&engine), 3);
    ask(&mut engine, "deliver", &json!({ "lines": [] })).unwrap();
    assert_eq!(job(&mut engine, "J2")["status"], "arrived", "it holds up nothing but itself");
}

#[test]
fn a_group_that_does_not_fit_on_the_disk_leaves_nothing_behind() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    ask(&mut engine, "arrive", &json!({ "together": ["J2"] })).unwrap();
    // The second of the two numbers is taken already, as by a store that was written to behind its back.
    let next = engine.journal.next(engine.me().unwrap().0, engine.dice.as_ref()).1;
    let taken = next.after(b"one").after(b"two");
    let recorded = crate::store::Recorded {
        genesis: None,
        head: taken,
        fact: b"two",
        blob: None,
        draft_of: None,
    };
    engine.store.record(&recorded).unwrap();
    let with = json!([{ "job_id": "J2", "lines": [] }]);
    let failed = refused(&mut engine, "sign", &signature(&with)).0;
    assert_eq!(failed, "store_failed");
    assert_eq!((facts(&engine), engine.blobs.len()), (3, 0), "not even the first of them");
    assert_eq!(job(&mut engine, "J1")["signature"], Value::Null);
    assert_eq!(engine.journal.epochs().last().unwrap().head.seq, next.seq, "memory did not move");
    assert_ne!(next.epoch, Epoch(0));
}

#[test]
fn a_customer_reads_and_signs_for_all_orders_of_the_visit_and_for_nothing_else() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    let off = refused(&mut engine, "hand_over", &json!({ "together": ["J3"] }));
    assert_eq!(off.0, "not_together");
    ask(&mut engine, "arrive", &json!({ "together": ["J2"] })).unwrap();
    ask(&mut engine, "hand_over", &json!({ "together": ["J2"] })).unwrap();
    drop(engine);
    let mut engine = open(&dir);
    let start = ask(&mut engine, "start", &json!({})).unwrap();
    assert_eq!(start["handed"]["together"], json!(["J2"]), "a kill keeps what was handed over");
    assert_eq!(job(&mut engine, "J2")["order"], "SO1");
    let with_third = json!([{ "job_id": "J2", "lines": [] }, { "job_id": "J3", "lines": [] }]);
    for (command, more) in [
        ("job", json!({ "job_id": "J3" })),
        ("sign", signature(&with_third)),
        ("sign", json!({ "job_id": "J2" })),
        ("save_draft", json!({ "job_id": "J2", "draft": "mine" })),
        ("not_sign", json!({ "together": ["J3"] })),
        ("not_sign", json!({ "together": [7] })),
        ("arrive", json!({})),
        ("deliver", json!({ "lines": [], "together": [{ "job_id": "J2", "lines": [] }] })),
    ] {
        assert_eq!(refused(&mut engine, command, &more).0, "handed_over", "{command} {more}");
    }
    ask(&mut engine, "sign", &signature(&json!([{ "job_id": "J2", "lines": [] }]))).unwrap();
    let start = ask(&mut engine, "start", &json!({})).unwrap();
    assert_eq!(start["handed"]["is_signed"], true);
    ask(&mut engine, "take_back", &json!({ "code": "" })).unwrap();
    for job_id in ["J1", "J2"] {
        assert_eq!(job(&mut engine, job_id)["signature"]["name"], "Amina", "{job_id}");
    }
}

#[test]
fn who_signs_for_none_of_them_is_said_of_each() {
    let dir = phone(Role::Driver);
    let mut engine = open(&dir);
    ask(&mut engine, "arrive", &json!({ "together": ["J2"] })).unwrap();
    let not = json!({ "why": "refused", "name": "Amina", "note": "", "together": ["J2"] });
    ask(&mut engine, "not_sign", &not).unwrap();
    let with = json!({ "lines": [], "together": [{ "job_id": "J2", "lines": [] }] });
    ask(&mut engine, "deliver", &with).unwrap();
    for job_id in ["J1", "J2"] {
        let reasons = job(&mut engine, job_id)["readiness"]["reasons"].clone();
        assert_eq!(reasons, json!([{ "code": "not_signed", "why": "refused" }]), "{job_id}");
    }
}
