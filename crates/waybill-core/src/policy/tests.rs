use super::*;
use crate::cbor;
use crate::job::{Address, Contact, Customer, JobKind, Money, Terms};

fn spec(customer: &str, class: &str, minor: i64) -> JobSpec {
    let value = Some(Money { minor, currency: "GBP".to_owned() });
    let address = Address {
        line1: "63 Northgate".to_owned(),
        line2: String::new(),
        city: "Wakefield".to_owned(),
        postcode: String::new(),
        country: "GB".to_owned(),
        at: None,
    };
    JobSpec {
        kind: JobKind::Deliver,
        order: "SO1".to_owned(),
        customer: Customer { name: "Murphy".to_owned(), reference: customer.to_owned() },
        contact: Contact::default(),
        address,
        items: Vec::new(),
        proof: None,
        cash_due: None,
        terms: Some(Terms { goods_class: class.to_owned(), value, minimum_age: None }),
        delivery_pin: None,
    }
}

/// A rule that asks for scans this much: enough to tell clauses apart.
fn scans(scan: Need) -> ProofRule {
    ProofRule { scan, ..ProofRule::default() }
}

fn policy() -> Policy {
    let of = |customer: Option<&str>, class: Option<&str>, from, method, scan| ProofClause {
        customer_ref: customer.map(str::to_owned),
        goods_class: class.map(str::to_owned),
        value_from_minor: from,
        method,
        rule: scans(scan),
    };
    let clauses = vec![
        of(None, None, Some(10_000), None, Need::Optional),
        of(None, None, Some(50_000), None, Need::Warn),
        of(None, Some("medicine"), None, None, Need::Required),
        of(Some("C1"), None, None, None, Need::Off),
        of(Some("C1"), None, None, Some(Method::Locker), Need::Warn),
        of(Some("C1"), None, None, Some(Method::Locker), Need::Required),
    ];
    Policy { clauses, ..Policy::shipped() }
}

#[test]
fn the_most_specific_clause_wins_and_of_equals_the_first() {
    let rows = [
        (("C0", "", 9_999), Method::Recipient, None),
        (("C0", "", 10_000), Method::Recipient, Some(1)),
        (("C0", "", 60_000), Method::Recipient, Some(2)),
        (("C0", "medicine", 60_000), Method::Recipient, Some(3)),
        (("C1", "medicine", 60_000), Method::Recipient, Some(4)),
        (("C1", "medicine", 60_000), Method::Locker, Some(5)),
    ];
    for ((customer, class, minor), method, expected) in rows {
        let (_, source) = policy().choose_proof(&spec(customer, class, minor), method);
        let number = match source {
            ProofSource::Clause { number, .. } => Some(number),
            ProofSource::Job | ProofSource::Policy => None,
        };
        assert_eq!(number, expected, "{customer} {class} {minor} {method:?}");
    }
}

#[test]
fn the_job_s_own_rule_wins_over_every_clause() {
    let own = JobSpec { proof: Some(scans(Need::Required)), ..spec("C1", "medicine", 1) };
    let why = policy().explain(&own, Method::Recipient, ProofKind::Scan);
    assert_eq!((why.need, why.source), (Need::Required, ProofSource::Job));
    let why = policy().explain(&spec("C0", "", 0), Method::Recipient, ProofKind::Signature);
    assert_eq!((why.need, why.source), (Need::Required, ProofSource::Policy));
}

#[test]
fn what_is_left_behind_is_photographed_and_not_signed_for() {
    for method in Method::ALL {
        let (rule, _) = Policy::shipped().choose_proof(&spec("C0", "", 0), method);
        let is_left = matches!(method, Method::SafePlace | Method::Locker);
        assert_eq!(rule.photo == Need::Required, is_left, "{}", method.word());
        assert_eq!(rule.signature == Need::Off, is_left, "{}", method.word());
    }
}

#[test]
fn a_fact_finds_the_policy_that_it_names() {
    let of = |version| Policy { version, ..Policy::shipped() };
    let mut policies = Policies::new(of(2));
    policies.insert(of(3));
    policies.insert(of(1));
    assert_eq!(policies.newest().version, 3);
    assert_eq!([1, 2, 3].map(|version| policies.named(version).version), [1, 2, 3]);
    assert_eq!(policies.named(9).version, 3, "an unknown version is judged by the newest");
    policies.insert(of(3));
    assert_eq!(policies.by_version.len(), 2);
}

#[test]
fn a_policy_reads_back_from_its_bytes() {
    let written = Policy { effective_from: Some(Timestamp(5)), ..policy() };
    let read: Policy = cbor::decode("policy", &cbor::encode(&written)).unwrap();
    assert_eq!(read, written);
}
