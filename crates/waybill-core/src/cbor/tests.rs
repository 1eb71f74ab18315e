//! Bytes that were written before positions were appended are read for ever.

use super::*;
use crate::fact::{Body, Fact};
use crate::job::JobSpec;
use crate::policy::Policy;
use crate::proof::{Method, Need};

macro_rules! golden {
    ($name:literal) => {
        bytes(include_str!(concat!("../../../../tests/golden/core/", $name, ".hex")))
    };
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.trim().chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn fact(bytes: &[u8]) -> Fact {
    let fact = Fact::from_bytes(bytes).unwrap();
    assert_eq!(fact.to_bytes(), bytes, "a fact that is read is passed on byte for byte");
    fact
}

#[test]
fn a_delivery_without_a_method_went_to_the_recipient() {
    let Body::Delivered(delivered) = fact(&golden!("fact_delivered")).body() else { panic!() };
    assert_eq!((delivered.policy, delivered.method), (1, Method::Recipient));
    assert_eq!((delivered.lines[0].delivered, delivered.lines[0].sum()), (3, 5));
}

#[test]
fn the_other_facts_read_as_they_did() {
    let words = [
        golden!("fact_loaded"),
        golden!("fact_failed"),
        golden!("fact_undone"),
        golden!("fact_unknown"),
    ]
    .map(|bytes| fact(&bytes).body().word());
    assert_eq!(words, ["loaded", "failed", "undone", "unknown"]);
}

#[test]
fn a_policy_without_clauses_asks_by_its_own_rule() {
    let policy: Policy = decode("policy", &golden!("policy")).unwrap();
    assert_eq!((policy.clauses.len(), policy.effective_from), (0, None));
    let reason = policy.reason("nobody_there").unwrap();
    assert_eq!((reason.photo, reason.contact_attempts), (Need::Required, 0));
    let spec: JobSpec = decode("job", &golden!("job_spec")).unwrap();
    assert_eq!(
        (spec.terms.is_none(), spec.cash_due.as_ref().map(|due| due.minor)),
        (true, Some(1_250))
    );
    let open = JobSpec { proof: None, ..spec };
    assert_eq!(policy.choose_proof(&open, Method::Locker).0, policy.proof);
}

#[test]
fn an_older_reader_skips_what_is_appended() {
    /// A delivery as the first version read it.
    #[derive(Debug, Decode)]
    struct First {
        #[n(1)]
        policy: u32,
    }
    let lines = Vec::new();
    let newer = crate::fact::Delivered { lines, policy: 7, method: Method::Locker };
    let first: First = decode("delivered", &encode(&newer)).unwrap();
    assert_eq!(first.policy, 7);
}

#[test]
fn what_a_crew_wanted_reads_as_it_was_written() {
    use crate::plan::Wish;
    let body = fact(&golden!("fact_plan_refused")).body();
    let Body::PlanRefused(refused) = body else { panic!() };
    assert_eq!((refused.code.as_str(), refused.added.is_some()), ("plan_too_large", true));
    let [
        Wish::Behind { job_id: None },
        Wish::SiteNote { text },
        Wish::Pin { pin },
        Wish::Job { spec },
    ] = refused.wishes.as_slice()
    else {
        panic!()
    };
    assert_eq!((text.as_str(), pin.accuracy_m), ("Gate code 4711", 8));
    assert_eq!(spec.items[0].text, "Toner");
}
