//! Why a job stands where it stands: what every fact did, who asks for which proof, how the goods add
//! up, what finance may do and what the office has to look at.
//!
//! The lines are values first and English second; nothing is decided here that is not decided by the
//! fold, the policy and the tables, which is the point.

use std::fmt;

use crate::case::{Moment, RaisedCase, raise_all};
use crate::fact::{Body, Fact};
use crate::fold::{Facts, JobState, fold_job};
use crate::id::FactId;
use crate::items::{LineAccount, account};
use crate::job::{Job, JobStanding};
use crate::policy::{Policy, ProofSource, ProofWhy, Rulebook};
use crate::proof::{Method, Need, ProofKind};
use crate::readiness::{CashSum, Readiness, ReadinessReason, judge};
use crate::status::Status;
use crate::time::Timestamp;

/// What one fact did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    Counts,
    /// It counts, and took a step out of turn.
    CountsOutOfTurn,
    /// It belongs to a visit that failed and was followed by another one.
    Past,
    /// It was taken back.
    UndoneBy(Vec<FactId>),
    /// It is of a kind that this version does not know. It is kept and passed on.
    NotUnderstood {
        kind: u16,
    },
}

/// One line of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    Fact { fact_id: FactId, word: &'static str, at: Timestamp, effect: Effect },
    Stands { status: Status, standing: JobStanding },
    Proof { why: ProofWhy, has: bool },
    Goods(LineAccount),
    Readiness(Readiness),
    Case(RaisedCase),
}

/// Explains a job at some time, taking all evidence that its facts name as held.
pub fn explain(job: &Job, facts: &Facts, policies: &impl Rulebook, now: Timestamp) -> Vec<Line> {
    let own = || facts.iter().filter(|(_, fact)| fact.job_id.as_ref() == Some(&job.job_id));
    let state = fold_job(job, own().map(|(id, fact)| (*id, fact)), policies);
    let undos: Vec<(FactId, FactId)> = own()
        .filter_map(|(id, fact)| {
            if let Body::Undone(undo) = fact.body() { Some((undo.fact_id, *id)) } else { None }
        })
        .collect();
    let mut lines: Vec<Line> =
        own().map(|(id, fact)| fact_line(&state, &undos, *id, fact)).collect();
    lines.push(Line::Stands { status: state.status, standing: state.standing });
    lines.extend(proof_lines(job, &state, policies));
    lines.extend(account(job, &state).into_iter().map(Line::Goods));
    lines.push(Line::Readiness(judge(&state, |_| true)));
    lines.extend(raise_all(job, &state, Moment::at(now)).into_iter().map(Line::Case));
    lines
}

fn fact_line(state: &JobState, undos: &[(FactId, FactId)], id: FactId, fact: &Fact) -> Line {
    let body = fact.body();
    let effect = if state.undone.contains(&id) {
        let by = undos.iter().filter(|(named, _)| *named == id).map(|(_, undo)| *undo);
        Effect::UndoneBy(by.collect())
    } else if let Body::Unknown { kind } = body {
        Effect::NotUnderstood { kind }
    } else if state.past.contains(&id) {
        Effect::Past
    } else if state.irregular.contains(&id) {
        Effect::CountsOutOfTurn
    } else {
        Effect::Counts
    };
    Line::Fact { fact_id: id, word: body.word(), at: fact.act.wall_ms, effect }
}

/// Who asks for each kind of proof: of the outcomes that hand goods over, whoever asks most.
fn proof_lines(job: &Job, state: &JobState, policies: &impl Rulebook) -> Vec<Line> {
    let mut asked: Vec<(&Policy, Method)> = state
        .outcomes
        .iter()
        .filter(|outcome| outcome.status != Status::Failed)
        .map(|outcome| (policies.named(outcome.policy), outcome.method))
        .collect();
    if asked.is_empty() {
        asked.push((policies.newest(), Method::default()));
    }
    let why = |kind| {
        let all = asked.iter().map(|(policy, method)| policy.explain(&job.spec, *method, kind));
        all.max_by_key(|why| why.need)
    };
    let line = |kind| Some(Line::Proof { why: why(kind)?, has: state.has(kind) });
    // Few jobs have a PIN or an age, and of the others there is nothing to explain.
    let is_rare = |kind: &ProofKind| matches!(kind, ProofKind::Pin | ProofKind::Age);
    let is_told = |kind: &ProofKind| !is_rare(kind) || state.rule.need(*kind) > Need::Off;
    ProofKind::ALL.into_iter().filter(is_told).filter_map(line).collect()
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fact { fact_id, word, at, effect } => {
                let at = at.rfc3339().unwrap_or_else(|| "at no time of the calendar".to_owned());
                write!(f, "{at} {word} ({fact_id}) {effect}")
            }
            Self::Stands { status, standing: JobStanding::Planned } => {
                write!(f, "the job is {}", status.word())
            }
            Self::Stands { status, standing } => {
                write!(f, "the job is {}, and the office has {} it", status.word(), standing.word())
            }
            Self::Proof { why, has } => write_proof(f, why, *has),
            Self::Goods(line) => write_goods(f, line),
            Self::Readiness(readiness) => {
                write!(f, "finance: {}", readiness.verdict.word())?;
                let reasons: Vec<_> = readiness.reasons.iter().map(reason_words).collect();
                if reasons.is_empty() { Ok(()) } else { write!(f, " ({})", reasons.join("; ")) }
            }
            Self::Case(case) => {
                let due = case.due_at.rfc3339().unwrap_or_default();
                let (trigger, owner) = (case.trigger.word(), case.owner.word());
                write!(f, "case {trigger}: {owner} looks at it before {due}")
            }
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counts => f.write_str("counts"),
            Self::CountsOutOfTurn => f.write_str("counts, though it took a step out of turn"),
            Self::Past => f.write_str("belongs to a visit that was followed by another one"),
            Self::UndoneBy(by) => {
                let by: Vec<_> = by.iter().map(ToString::to_string).collect();
                write!(f, "was taken back by {}", by.join(", "))
            }
            Self::NotUnderstood { kind } => {
                write!(f, "is of kind {kind}, which this version does not know; it is kept")
            }
        }
    }
}

fn write_proof(f: &mut fmt::Formatter<'_>, why: &ProofWhy, has: bool) -> fmt::Result {
    let need = match why.need {
        Need::Off => "not asked for",
        Need::Optional => "optional",
        Need::Warn => "wanted",
        Need::Required => "required",
    };
    let there = if has { "there" } else { "not there" };
    write!(f, "{} is {need} and {there}: ", why.proof.word())?;
    match &why.source {
        ProofSource::Job => f.write_str("the job says so itself"),
        ProofSource::Policy => write!(f, "policy {} says so for everything else", why.policy),
        ProofSource::Clause { number, clause } => {
            write!(f, "clause {number} of policy {} for", why.policy)?;
            let customer = clause.customer_ref.as_ref().map(|name| format!(" customer {name}"));
            let class = clause.goods_class.as_ref().map(|class| format!(" goods {class}"));
            let value = clause.value_from_minor.map(|from| format!(" a value from {from}"));
            let method = clause.method.map(|method| format!(" {}", method.word()));
            let conditions: Vec<_> =
                [customer, class, value, method].into_iter().flatten().collect();
            f.write_str(if conditions.is_empty() { " everything" } else { "" })?;
            f.write_str(&conditions.join(","))
        }
    }
}

fn write_goods(f: &mut fmt::Formatter<'_>, line: &LineAccount) -> fmt::Result {
    write!(f, "line {}: {} ordered, {} loaded =", line.item_id, line.ordered, line.loaded)?;
    let parts = [
        (line.delivered, "delivered"),
        (line.refused, "refused"),
        (line.damaged, "damaged"),
        (line.missing, "missing"),
        (line.substituted, "replaced"),
        (line.aboard, "aboard"),
        (line.returned, "returned"),
    ];
    let named = parts.iter().filter(|(count, _)| *count > 0);
    let named: Vec<_> = named.map(|(count, word)| format!("{count} {word}")).collect();
    write!(f, " {}", if named.is_empty() { "0".to_owned() } else { named.join(" + ") })?;
    if line.over > 0 { write!(f, " - {} too many", line.over) } else { Ok(()) }
}

fn reason_words(reason: &ReadinessReason) -> String {
    match reason {
        ReadinessReason::NotDone => "nothing has come of the visit yet".to_owned(),
        ReadinessReason::Failed => "the visit failed".to_owned(),
        ReadinessReason::TwoOutcomes => "two outcomes stand against each other".to_owned(),
        ReadinessReason::DeliveredAfterCancel => {
            "delivered after the office took it off".to_owned()
        }
        ReadinessReason::ProofMissing { proof } => format!("no {}", proof.word()),
        ReadinessReason::ProofOnItsWay { count } => format!("{count} pieces of proof on their way"),
        ReadinessReason::Refused { count } => format!("{count} refused"),
        ReadinessReason::Damaged { count } => format!("{count} damaged"),
        ReadinessReason::Missing { count } => format!("{count} missing"),
        ReadinessReason::Substituted { count } => format!("{count} replaced"),
        ReadinessReason::NotSigned { why } => format!("no signature: {}", why.word()),
        ReadinessReason::CashShort { sum } | ReadinessReason::CashOver { sum } => {
            let CashSum { due_minor, taken_minor, currency } = sum;
            format!("{taken_minor} of {due_minor} {currency} taken, in the smallest unit")
        }
        ReadinessReason::PinWaived => "no PIN was right; the driver made sure otherwise".to_owned(),
        ReadinessReason::NotConfirmed => "the crew added it and nobody has agreed to it".to_owned(),
    }
}

#[cfg(test)]
mod tests;
