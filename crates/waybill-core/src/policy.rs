//! Policy: the versioned rules of a company. Phones carry it; a fact names the version it was judged
//! by, and is judged by that version for ever.
//!
//! Which proof is asked for is chosen by a table of clauses. The most specific clause that fits wins.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::day::VEHICLE_POINTS;
use crate::failure;
pub use crate::failure::{Reason, ReasonLayer};
use crate::job::JobSpec;
use crate::proof::{Method, Need, ProofKind, ProofRule};
use crate::role::{Act, Role};
use crate::time::{Timestamp, is_clock};

/// One row of the table that chooses the proof. A condition that is not set fits everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, Encode, Decode)]
pub struct ProofClause {
    #[n(0)]
    #[serde(default)]
    pub customer_ref: Option<String>,
    #[n(1)]
    #[serde(default)]
    pub goods_class: Option<String>,
    /// Fits goods worth at least this much, in the smallest unit of the job's own currency.
    #[n(2)]
    #[serde(default)]
    #[ts(type = "number | null")]
    pub value_from_minor: Option<i64>,
    #[n(3)]
    #[serde(default)]
    pub method: Option<Method>,
    #[n(4)]
    pub rule: ProofRule,
}

impl ProofClause {
    fn fits(&self, spec: &JobSpec, method: Method) -> bool {
        let terms = spec.terms.as_ref();
        let class = terms.map_or("", |terms| terms.goods_class.as_str());
        let value = terms.and_then(|terms| terms.value.as_ref()).map(|value| value.minor);
        let is_worth = |from: i64| value.is_some_and(|value| value >= from);
        self.customer_ref.as_ref().is_none_or(|own| *own == spec.customer.reference)
            && self.goods_class.as_ref().is_none_or(|own| own == class)
            && self.value_from_minor.is_none_or(is_worth)
            && self.method.is_none_or(|own| own == method)
    }

    /// How specific the clause is: a customer outweighs a class of goods, which outweighs a value (a
    /// higher one the more), which outweighs a method.
    fn weight(&self) -> (bool, bool, Option<i64>, bool) {
        let has_class = self.goods_class.is_some();
        (self.customer_ref.is_some(), has_class, self.value_from_minor, self.method.is_some())
    }
}

/// Who asks for a kind of proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "asked_by", rename_all = "snake_case")]
pub enum ProofSource {
    /// The job says so itself.
    Job,
    /// A clause of the policy; `number` counts from 1.
    Clause { number: u32, clause: ProofClause },
    /// The policy's rule for everything else.
    Policy,
}

/// Why a kind of proof is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProofWhy {
    pub proof: ProofKind,
    pub need: Need,
    pub source: ProofSource,
    /// The version of the policy that was asked.
    pub policy: u32,
}

/// The rules in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, Encode, Decode)]
pub struct Policy {
    #[n(0)]
    pub version: u32,
    /// What a job needs that does not say so itself.
    #[n(1)]
    pub proof: ProofRule,
    /// How far from the site a fact may be and still count as at the door.
    #[n(2)]
    pub radius_m: u32,
    #[n(3)]
    pub reasons: Vec<Reason>,
    /// Where more or less proof is needed than `proof` says.
    #[n(4)]
    #[cbor(default)]
    #[serde(default)]
    pub clauses: Vec<ProofClause>,
    /// From when phones go by it. It says nothing about facts: they name their version.
    #[n(5)]
    #[serde(default)]
    pub effective_from: Option<Timestamp>,
    /// What the gate looks at before a vehicle leaves.
    #[n(6)]
    #[cbor(default)]
    #[serde(default)]
    pub departure: DepartureRule,
    /// The points at which a vehicle is looked at before it leaves, by stable words.
    #[n(7)]
    #[cbor(default)]
    #[serde(default)]
    pub vehicle_points: Vec<String>,
}

/// What the gate looks at before a vehicle leaves. What it finds wanting is left behind only with a reason.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS, Encode, Decode)]
pub struct DepartureRule {
    /// Everything planned is aboard, or it is said why not.
    #[n(0)]
    #[serde(default)]
    pub loaded: bool,
    #[n(1)]
    #[serde(default)]
    pub loader_signs: bool,
    #[n(2)]
    #[serde(default)]
    pub driver_signs: bool,
    /// By when vehicles leave, on the clock of the run's zone, as `09:30`.
    #[n(3)]
    #[serde(default)]
    pub cut_off: Option<String>,
    /// Who may let a vehicle leave all the same, with a reason. Nobody named: whoever loads.
    #[n(4)]
    #[cbor(default)]
    #[serde(default)]
    pub overridden_by: Vec<Role>,
}

impl DepartureRule {
    /// Says whether the hour of departure, if there is one, is a time of the clock.
    pub fn has_good_cut_off(&self) -> bool {
        self.cut_off.as_deref().is_none_or(is_clock)
    }

    /// Says whether somebody may let a vehicle leave although something is wanting.
    pub fn may_override(&self, role: Role) -> bool {
        role.may(Act::RecordLoad)
            && (self.overridden_by.is_empty() || self.overridden_by.contains(&role))
    }
}

impl Policy {
    /// The policy that Waybill ships with.
    pub fn shipped() -> Self {
        Self {
            version: 1,
            proof: ProofRule {
                signature: Need::Required,
                photo: Need::Optional,
                scan: Need::Off,
                name: Need::Required,
                ..ProofRule::default()
            },
            radius_m: 150,
            reasons: failure::shipped(),
            clauses: shipped_clauses(),
            effective_from: None,
            departure: DepartureRule { loaded: true, ..DepartureRule::default() },
            vehicle_points: VEHICLE_POINTS.iter().map(|point| (*point).to_owned()).collect(),
        }
    }

    /// Finds a reason by its word.
    pub fn reason(&self, word: &str) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.reason == word)
    }

    /// The proof that a job needs when it is handed over like this, and who says so.
    ///
    /// The job's own rule wins; then the most specific clause that fits, of equals the first; then
    /// the policy's own rule.
    ///
    /// A PIN and an age are asked for on top of any of them.
    pub fn choose_proof(&self, spec: &JobSpec, method: Method) -> (ProofRule, ProofSource) {
        let (rule, source) = self.choose_rule(spec, method);
        let age = spec.terms.as_ref().and_then(|terms| terms.minimum_age);
        let pin = if spec.delivery_pin.is_some() { Need::Required } else { Need::Off };
        (ProofRule { minimum_age: rule.minimum_age.max(age), pin, ..rule }, source)
    }

    fn choose_rule(&self, spec: &JobSpec, method: Method) -> (ProofRule, ProofSource) {
        if let Some(own) = spec.proof {
            return (own, ProofSource::Job);
        }
        let fitting = self.clauses.iter().zip(1_u32..).filter(|(each, _)| each.fits(spec, method));
        // Of equals `max_by_key` takes the last, so the table is read from its end.
        let fitting: Vec<_> = fitting.collect();
        match fitting.into_iter().rev().max_by_key(|(clause, _)| clause.weight()) {
            Some((clause, number)) => {
                (clause.rule, ProofSource::Clause { number, clause: clause.clone() })
            }
            None => (self.proof, ProofSource::Policy),
        }
    }

    /// Says who asks for a kind of proof.
    pub fn explain(&self, spec: &JobSpec, method: Method, proof: ProofKind) -> ProofWhy {
        let (rule, source) = self.choose_proof(spec, method);
        ProofWhy { proof, need: rule.need(proof), source, policy: self.version }
    }
}

/// Nobody signs for what is left behind: it is photographed instead.
fn shipped_clauses() -> Vec<ProofClause> {
    let left = ProofRule { photo: Need::Required, ..ProofRule::default() };
    let left_at = |method| ProofClause { method: Some(method), rule: left, ..Default::default() };
    vec![left_at(Method::SafePlace), left_at(Method::Locker)]
}

/// Where facts find the policy that they name.
pub trait Rulebook {
    /// The policy that is in force now.
    fn newest(&self) -> &Policy;

    /// The policy of a version, or the newest where that version is not at hand.
    fn named(&self, version: u32) -> &Policy;
}

/// One policy is its own rulebook.
impl Rulebook for Policy {
    fn newest(&self) -> &Policy {
        self
    }

    fn named(&self, _: u32) -> &Policy {
        self
    }
}

/// Every policy that a fact may still name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policies {
    newest: Policy,
    by_version: BTreeMap<u32, Policy>,
}

impl Policies {
    /// Starts with the policy in force.
    pub fn new(newest: Policy) -> Self {
        Self { newest, by_version: BTreeMap::new() }
    }

    /// Keeps one more unless that version was heard of already: what the office said of a version stands
    /// above what this app was shipped with.
    pub fn insert_unheard(&mut self, policy: Policy) {
        let is_heard =
            policy.version == self.newest.version || self.by_version.contains_key(&policy.version);
        if !is_heard {
            self.insert(policy);
        }
    }

    /// Keeps one more. The one with the highest version is in force.
    pub fn insert(&mut self, policy: Policy) {
        let older = if policy.version > self.newest.version {
            std::mem::replace(&mut self.newest, policy)
        } else {
            policy
        };
        if older.version != self.newest.version {
            self.by_version.insert(older.version, older);
        }
    }
}

impl Policies {
    /// Every version but the one in force, the oldest first.
    pub fn older(&self) -> impl Iterator<Item = &Policy> {
        self.by_version.values()
    }
}

impl Rulebook for Policies {
    fn newest(&self) -> &Policy {
        &self.newest
    }

    fn named(&self, version: u32) -> &Policy {
        self.by_version.get(&version).unwrap_or(&self.newest)
    }
}

#[cfg(test)]
mod tests;
