//! A run's day beside its doors: the vehicle, breaks, words for the office, and the account in the evening.
//!
//! Like everything else it is folded from facts, whatever their order. What somebody in the office has to
//! look at is raised from single facts, each of which is a matter of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::case::Severity;
use crate::cbor;
use crate::fact::{Body, CashMethod, CheckAnswer, Debriefed, Departed, Fact, VehicleChecked};
use crate::fold::{Facts, JobState};
use crate::id::{DeviceId, FactId, ItemId, JobId};
use crate::items::account;
use crate::job::Money;
use crate::plan::Plan;
use crate::role::Role;
use crate::time::{Reading, Timestamp};

/// The points that a vehicle is looked at, as the shipped policy has them. Screens hold their text.
pub const VEHICLE_POINTS: &[&str] = &[
    "tyres",
    "lights",
    "brakes",
    "mirrors",
    "load_security",
    "bodywork",
    "safety_kit",
    "documents",
];
/// The sentences that the app has ready for the office. Screens hold their text.
pub const PRESETS: &[&str] = &[
    "running_late",
    "vehicle_trouble",
    "accident",
    "need_help_unloading",
    "wrong_address",
    "call_me",
];

/// A break, as one device recorded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    pub from: Reading,
    pub fact_id: FactId,
    /// `None` while it lasts.
    pub to: Option<Reading>,
}

impl Break {
    /// How long it lasted, or has lasted until now.
    pub fn ms(&self, now: Reading) -> u64 {
        self.to.unwrap_or(now).since(self.from)
    }
}

/// What the facts of a run that are of no job say about its day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Day {
    pub checks: Vec<(FactId, Timestamp, VehicleChecked)>,
    pub departures: Vec<(FactId, Timestamp, Departed)>,
    pub breaks: Vec<Break>,
    pub debriefs: Vec<(FactId, Timestamp, Debriefed)>,
}

/// Folds a run's day. Facts come sorted by device and number, so that a break ends what its device began.
pub fn fold_day(of_run: &Facts) -> Day {
    let mut day = Day::default();
    let mut resting: BTreeMap<DeviceId, usize> = BTreeMap::new();
    for (id, fact, body) in counting(of_run) {
        if let Body::VehicleChecked(check) = body {
            day.checks.push((id, fact.act.wall_ms, check));
        } else if let Body::Departed(departed) = body {
            day.departures.push((id, fact.act.wall_ms, departed));
        } else if let Body::Debriefed(debrief) = body {
            day.debriefs.push((id, fact.act.wall_ms, debrief));
        } else if let Body::BreakBegan(_) = body
            && !resting.contains_key(&id.device)
        {
            resting.insert(id.device, day.breaks.len());
            day.breaks.push(Break { from: fact.act, fact_id: id, to: None });
        } else if let Body::BreakEnded(_) = body
            && let Some(at) = resting.remove(&id.device)
            && let Some(rest) = day.breaks.get_mut(at)
        {
            rest.to = Some(fact.act);
        }
    }
    day
}

fn counting(facts: &Facts) -> Vec<(FactId, &Fact, Body)> {
    let read = || facts.iter().map(|(id, fact)| (*id, fact, fact.body()));
    let undone: BTreeSet<FactId> = read()
        .filter_map(
            |(_, _, body)| if let Body::Undone(undo) = body { Some(undo.fact_id) } else { None },
        )
        .collect();
    read().filter(|(id, _, _)| !undone.contains(id)).collect()
}

/// What has to come home in the evening.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayAccount {
    /// Units that were not left with anybody, by job and line.
    pub aboard: Vec<(JobId, ItemId, u64)>,
    /// The money that was taken in cash, currency by currency.
    pub cash: Vec<Money>,
    /// What two people sign for.
    pub digest: [u8; 32],
}

/// Accounts for a run's day.
pub fn account_day(plan: &Plan, states: &BTreeMap<JobId, JobState>) -> DayAccount {
    let (mut aboard, mut cash) = (Vec::new(), BTreeMap::<&str, i64>::new());
    for job in &plan.jobs {
        let Some(state) = states.get(&job.job_id) else { continue };
        for line in account(job, state) {
            let units = line.checked_in.map_or(line.to_bring_back(), |_| 0);
            if units > 0 {
                aboard.push((job.job_id.clone(), line.item_id, units));
            }
        }
        for (_, taken) in &state.door.cash {
            if taken.method == CashMethod::Cash {
                let sum = cash.entry(&taken.currency).or_default();
                *sum = sum.saturating_add(taken.minor);
            }
        }
    }
    let cash: Vec<Money> = cash
        .into_iter()
        .map(|(currency, minor)| Money { minor, currency: currency.to_owned() })
        .collect();
    let lines: Vec<(String, String, u64)> = aboard
        .iter()
        .map(|(job, item, units)| (job.as_str().to_owned(), item.as_str().to_owned(), *units))
        .collect();
    let digest = Sha256::new()
        .chain_update(b"waybill day 1")
        .chain_update(cbor::encode(&lines))
        .chain_update(cbor::encode(&cash))
        .finalize()
        .into();
    DayAccount { aboard, cash, digest }
}

/// What one fact of a run asks the office to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Matter {
    /// Something is wrong with the vehicle.
    VehicleDefect,
    /// The crew wrote to the office.
    Message,
    /// The vehicle left although something was wanting.
    DepartedAnyway,
    /// Other money was handed in than was taken.
    CashHandedIn,
}

impl Matter {
    /// Every matter.
    pub const ALL: [Self; 4] =
        [Self::VehicleDefect, Self::Message, Self::DepartedAnyway, Self::CashHandedIn];

    /// The matter's word, the same in JSON, SQL and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::VehicleDefect => "vehicle_defect",
            Self::Message => "message",
            Self::DepartedAnyway => "departed_anyway",
            Self::CashHandedIn => "cash_handed_in",
        }
    }

    /// Reads a matter's word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.word() == word)
    }

    /// Whose matter it is.
    pub fn owner(self) -> Role {
        match self {
            Self::VehicleDefect | Self::Message | Self::DepartedAnyway => Role::Dispatcher,
            Self::CashHandedIn => Role::Finance,
        }
    }

    /// How much it matters.
    pub fn severity(self) -> Severity {
        match self {
            Self::VehicleDefect => Severity::High,
            Self::Message | Self::DepartedAnyway | Self::CashHandedIn => Severity::Normal,
        }
    }

    /// How long after the act it is due.
    pub fn due_after_ms(self) -> i64 {
        const HOUR_MS: i64 = 3_600_000;
        match self {
            Self::VehicleDefect | Self::Message => HOUR_MS,
            Self::DepartedAnyway => 8 * HOUR_MS,
            Self::CashHandedIn => 24 * HOUR_MS,
        }
    }
}

/// A matter as it is to be opened: due so long after the act, and a clock that runs ahead wins nothing by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedMatter {
    pub matter: Matter,
    pub due_at: Timestamp,
    /// What it is about, in words or stable words of the fact's own.
    pub text: String,
}

/// What a fact asks the office to look at, if it does, and what it is about.
fn matter_of(body: &Body) -> Option<(Matter, String)> {
    if let Body::VehicleChecked(check) = body {
        let words = |answer: &CheckAnswer| match answer.note.as_str() {
            "" => answer.point.clone(),
            note => format!("{}: {note}", answer.point),
        };
        let bad = check.answers.iter().filter(|answer| !answer.is_good);
        let bad: Vec<String> = bad.map(words).collect();
        (!bad.is_empty()).then(|| (Matter::VehicleDefect, bad.join("; ")))
    } else if let Body::Messaged(said) = body {
        let words = [said.preset.as_str(), said.text.as_str()];
        let words: Vec<_> = words.into_iter().filter(|each| !each.is_empty()).collect();
        Some((Matter::Message, words.join(": ")))
    } else if let Body::Departed(departed) = body {
        let text = || format!("{}: {}", departed.lacks.join(", "), departed.reason);
        (!departed.lacks.is_empty()).then(|| (Matter::DepartedAnyway, text()))
    } else if let Body::Debriefed(debrief) = body {
        let differs = debrief.expected != debrief.counted;
        differs.then(|| (Matter::CashHandedIn, debrief.note.clone()))
    } else {
        None
    }
}

/// What a fact asks the office to look at, if it does.
pub fn raise_matter(fact: &Fact, heard_at: Timestamp) -> Option<RaisedMatter> {
    let (matter, text) = matter_of(&fact.body())?;
    let due_at = fact.act.wall_ms.min(heard_at).plus_ms(matter.due_after_ms());
    Some(RaisedMatter { matter, due_at, text })
}

#[cfg(test)]
mod tests;
