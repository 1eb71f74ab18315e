use super::*;
use crate::fact::{Delivered, Plain, Undone};
use crate::fold::samples::{fact, id, job};

fn told(facts: Vec<(FactId, Body)>, standing: JobStanding) -> Vec<String> {
    let job = Job { standing, ..job("J1") };
    let facts = facts.into_iter().map(|(id, body)| (id, fact("J1", &body))).collect();
    let lines = explain(&job, &facts, &Policy::shipped(), Timestamp(2_000));
    lines.iter().map(ToString::to_string).collect()
}

#[test]
fn a_job_tells_why_it_stands_where_it_stands() {
    let (lines, policy, method) = (Vec::new(), 1, Method::Recipient);
    let delivered = Body::Delivered(Delivered { lines, policy, method });
    let undo = Undone { fact_id: id(1, 1), reason: "wrong stop".to_owned() };
    let facts = vec![
        (id(1, 1), Body::Arrived(Plain {})),
        (id(1, 2), Body::Undone(undo)),
        (id(1, 3), delivered),
        (id(1, 4), Body::Unknown { kind: 900 }),
    ];
    let told = told(facts, JobStanding::Cancelled);
    let (one, two) = (id(1, 1), id(1, 2));
    let expected = [
        format!("1970-01-01T00:00:01.000Z arrived ({one}) was taken back by {two}"),
        format!("1970-01-01T00:00:01.000Z undone ({two}) counts"),
        format!(
            "1970-01-01T00:00:01.000Z delivered ({}) counts, though it took a step out of turn",
            id(1, 3)
        ),
        format!(
            "1970-01-01T00:00:01.000Z unknown ({}) is of kind 900, which this version does not \
             know; it is kept",
            id(1, 4)
        ),
        "the job is delivered, and the office has cancelled it".to_owned(),
        "scan is not asked for and not there: the job says so itself".to_owned(),
        "photo is not asked for and not there: the job says so itself".to_owned(),
        "name is not asked for and not there: the job says so itself".to_owned(),
        "signature is required and not there: the job says so itself".to_owned(),
        "line 1: 5 ordered, 5 loaded = 5 delivered".to_owned(),
        "line 2: 1 ordered, 1 loaded = 1 delivered".to_owned(),
        "finance: blocked (delivered after the office took it off; no signature)".to_owned(),
        "case delivered_after_cancel: finance looks at it before 1970-01-01T08:00:01.000Z"
            .to_owned(),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_clause_that_asks_is_named() {
    let mut job = job("J1");
    job.spec.proof = None;
    let (lines, policy, method) = (Vec::new(), 1, Method::Locker);
    let body = Body::Delivered(Delivered { lines, policy, method });
    let facts = [(id(1, 1), fact("J1", &body))].into_iter().collect();
    let lines = explain(&job, &facts, &Policy::shipped(), Timestamp(2_000));
    let told: Vec<_> = lines.iter().map(ToString::to_string).collect();
    let expected = "photo is required and not there: clause 2 of policy 1 for locker";
    assert!(told.iter().any(|line| line == expected), "{told:#?}");
}
