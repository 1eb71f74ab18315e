//! The load: what is aboard of every job, who signed for it, and whether the vehicle may leave.
//!
//! Two scanners fill one vehicle without a network, so nothing here is raced: scans are joined. One
//! parcel scanned twice is one parcel; a serial number is one unit however often it is read; of two
//! words about one difference the larger number holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ts_rs::TS;

use crate::cbor;
use crate::fact::{Body, Departed, Fact, LoadDiffered, LoadDifference, LoadSealed, PutAboard};
use crate::fold::{Facts, JobState};
use crate::gs1::Label;
use crate::id::{DeviceId, FactId, ItemId, JobId};
use crate::items::is_same_code;
use crate::job::{Item, Job, JobKind, JobStanding};
use crate::plan::Plan;
use crate::policy::DepartureRule;
use crate::role::Role;
use crate::time::{LocalWindow, Timestamp};

/// What was put aboard of one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Units {
    /// Units whose code says which of them it is.
    pub serials: BTreeSet<String>,
    /// Units that look alike.
    pub alike: u64,
}

/// What was said at the dock about one job.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JobLoad {
    pub units: BTreeMap<ItemId, Units>,
    /// By device, because one device corrects itself and two are joined.
    pub differences: BTreeMap<(ItemId, LoadDifference), BTreeMap<DeviceId, u32>>,
    /// Somebody said of the whole job that it is aboard. It speaks for the lines of which nobody said more.
    pub is_as_ordered: bool,
}

impl JobLoad {
    /// Says whether anybody loaded the job unit by unit.
    pub fn is_used(&self) -> bool {
        !self.units.is_empty() || self.differences.values().any(is_said)
    }

    /// Says whether anybody loaded this line, or said why not.
    pub fn is_known(&self, item_id: &ItemId) -> bool {
        let differs = |((of, _), said): (&(ItemId, _), _)| of == item_id && is_said(said);
        self.units.contains_key(item_id) || self.differences.iter().any(differs)
    }

    /// Says whether anything of the job went aboard.
    pub fn is_aboard(&self, job: &Job) -> bool {
        job.spec.items.iter().any(|item| self.aboard(item) > 0)
    }

    /// Takes what went aboard.
    pub(crate) fn put(&mut self, put: &PutAboard) {
        let units = self.units.entry(put.item_id.clone()).or_default();
        match serial_of(&put.code) {
            Some(serial) => drop(units.serials.insert(serial)),
            None => units.alike = units.alike.saturating_add(put.quantity.into()),
        }
    }

    /// Takes what differs. The facts of one device come in its order, so its last word holds.
    pub(crate) fn differ(&mut self, device: DeviceId, differed: &LoadDiffered) {
        let key = (differed.item_id.clone(), differed.difference);
        self.differences.entry(key).or_default().insert(device, differed.quantity);
    }

    /// How many units of a line differ in one way.
    pub fn differing(&self, item_id: &ItemId, difference: LoadDifference) -> u64 {
        let said = self.differences.get(&(item_id.clone(), difference));
        said.and_then(|said| said.values().max()).copied().unwrap_or(0).into()
    }

    /// How many units of a line are aboard.
    pub fn aboard(&self, item: &Item) -> u64 {
        self.in_place(item).saturating_add(self.differing(&item.item_id, LoadDifference::Over))
    }

    /// How many units are aboard that stand for what was ordered. What went aboard beyond it does not make
    /// up for what is not there.
    fn in_place(&self, item: &Item) -> u64 {
        let put = self.units.get(&item.item_id).map_or(0, |units| {
            let serials = u64::try_from(units.serials.len()).unwrap_or(u64::MAX);
            let all = serials.saturating_add(units.alike);
            // A line of one unit is one parcel: whoever scans it again has the same one in hand.
            if item.quantity == 1 { all.min(1) } else { all }
        });
        put.saturating_add(self.differing(&item.item_id, LoadDifference::Substituted))
    }

    /// How many units of a line stay behind, because they are not there or broken.
    pub fn left_behind(&self, item: &Item) -> u64 {
        let away = [LoadDifference::Short, LoadDifference::Damaged];
        away.map(|each| self.differing(&item.item_id, each))
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    /// How many units of a line nobody has said anything about.
    pub fn open(&self, item: &Item) -> u64 {
        if self.is_as_ordered && !self.is_known(&item.item_id) {
            return 0;
        }
        let said = self.in_place(item).saturating_add(self.left_behind(item));
        u64::from(item.quantity).saturating_sub(said)
    }

    /// Says whether every line is accounted for.
    pub fn is_whole(&self, job: &Job) -> bool {
        let is_begun = self.is_as_ordered || self.is_used();
        is_begun && job.spec.items.iter().all(|item| self.open(item) == 0)
    }
}

fn is_said(said: &BTreeMap<DeviceId, u32>) -> bool {
    said.values().any(|quantity| *quantity > 0)
}

/// Which unit a code names among those that look alike, whatever else the label says and however it is
/// written: a pallet by its SSCC, an article by its number and serial number. None for a code that all share.
pub fn serial_of(code: &str) -> Option<String> {
    let label = Label::read(code.as_bytes()).ok()?;
    let article = || Some(format!("{} {}", label.gtin().unwrap_or_default(), label.serial()?));
    label.sscc().map(str::to_owned).or_else(article)
}

/// Says whether goods for the job leave the depot at all: what is collected comes aboard at the door.
pub fn is_loaded(job: &Job) -> bool {
    job.spec.kind != JobKind::Collect && !job.spec.items.is_empty()
}

/// What a code that was scanned at the dock turns out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'p> {
    /// Goods that this run waits for.
    Expected(&'p Job, &'p Item),
    /// It is aboard already.
    Again(&'p Job, &'p Item),
    /// All that was ordered of it is aboard.
    Enough(&'p Job, &'p Item),
    /// It belongs to a job that is off.
    Off(&'p Job, &'p Item),
    /// Nothing on this run has that code.
    Unexpected,
}

/// Finds what a code belongs to. Where several jobs have goods of one code, the one that is loaded
/// first gets it: jobs are loaded in reverse, so that the first to go out lies at the door.
pub fn find<'p>(plan: &'p Plan, states: &BTreeMap<JobId, JobState>, code: &str) -> Found<'p> {
    let (mut found, serial) = (Found::Unexpected, serial_of(code));
    for job in plan.jobs.iter().rev().filter(|job| is_loaded(job)) {
        for item in job.spec.items.iter().filter(|item| is_same_code(code, &item.code)) {
            let load = states.get(&job.job_id).map(|state| &state.load);
            let units = load.and_then(|load| load.units.get(&item.item_id));
            let is_known =
                units.zip(serial.as_ref()).is_some_and(|(has, it)| has.serials.contains(it));
            let is_open = load.is_none_or(|load| load.open(item) > 0);
            let here = match () {
                () if is_known => return Found::Again(job, item),
                () if job.standing != JobStanding::Planned => Found::Off(job, item),
                () if is_open => Found::Expected(job, item),
                () if item.quantity == 1 => Found::Again(job, item),
                () => Found::Enough(job, item),
            };
            if rank(&here) > rank(&found) {
                found = here;
            }
        }
    }
    found
}

fn rank(found: &Found<'_>) -> u8 {
    match found {
        Found::Unexpected => 0,
        Found::Off(..) => 1,
        Found::Enough(..) => 2,
        Found::Again(..) => 3,
        Found::Expected(..) => 4,
    }
}

/// Somebody's signature under the load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub fact_id: FactId,
    pub at: Timestamp,
    pub sealed: LoadSealed,
}

/// The load of a whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The hash over what is aboard now.
    pub manifest: [u8; 32],
    pub units: u64,
    /// Jobs that are to be loaded, and how many of them are.
    pub jobs: u32,
    pub jobs_whole: u32,
    pub seals: Vec<Seal>,
    /// When the vehicle left, and how; of several departures the first.
    pub departed: Option<(FactId, Timestamp, Departed)>,
}

/// What the gate finds wanting before a vehicle leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// Goods that nobody has said anything about.
    NotLoaded,
    /// The loader has not signed for what is aboard now.
    LoaderUnsigned,
    /// The driver has not signed for what is aboard now.
    DriverUnsigned,
    /// What they signed for is not what is aboard now.
    Changed,
    /// It is past the hour at which vehicles leave.
    PastCutOff,
}

impl Lack {
    /// The lack's word, the same in facts, JSON and on screens.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotLoaded => "not_loaded",
            Self::LoaderUnsigned => "loader_unsigned",
            Self::DriverUnsigned => "driver_unsigned",
            Self::Changed => "changed",
            Self::PastCutOff => "past_cut_off",
        }
    }
}

impl Load {
    /// Says whether somebody of that role has signed for what is aboard now.
    pub fn is_signed_by(&self, role: Role) -> bool {
        let signs = |seal: &Seal| seal.sealed.role == role && seal.sealed.manifest == self.manifest;
        self.seals.iter().any(signs)
    }

    /// What is wanting at the gate at some time.
    pub fn lacks(&self, plan: &Plan, rule: &DepartureRule, now: Timestamp) -> Vec<Lack> {
        let is_past = cut_off(plan, rule).is_some_and(|at| now > at);
        let has_other = self.seals.iter().any(|seal| seal.sealed.manifest != self.manifest);
        let unsigned = |role| !self.is_signed_by(role);
        let (loader, driver) = (unsigned(Role::Loader), unsigned(Role::Driver));
        [
            (rule.loaded && self.jobs_whole < self.jobs, Lack::NotLoaded),
            (rule.loader_signs && loader, Lack::LoaderUnsigned),
            (rule.driver_signs && driver, Lack::DriverUnsigned),
            (has_other && loader && driver, Lack::Changed),
            (is_past, Lack::PastCutOff),
        ]
        .into_iter()
        .filter_map(|(is_wanting, lack)| is_wanting.then_some(lack))
        .collect()
    }
}

/// By when a run's vehicle leaves, if there is such an hour.
pub fn cut_off(plan: &Plan, rule: &DepartureRule) -> Option<Timestamp> {
    let clock = rule.cut_off.clone()?;
    let (day, zone) = (plan.head.day.clone(), plan.head.zone.clone());
    let window = LocalWindow { day, from: clock.clone(), to: clock, zone }.resolve();
    window.ok().map(|window| window.to_ms)
}

/// Folds the load of a run from its jobs' states and from the facts that are of no job.
pub fn fold_load(plan: &Plan, states: &BTreeMap<JobId, JobState>, of_run: &Facts) -> Load {
    let mut load = Load {
        manifest: [0; 32],
        units: 0,
        jobs: 0,
        jobs_whole: 0,
        seals: Vec::new(),
        departed: None,
    };
    let mut lines: Vec<(&JobId, &ItemId, u64)> = Vec::new();
    for job in &plan.jobs {
        let Some(state) = states.get(&job.job_id) else {
            continue;
        };
        if job.standing == JobStanding::Planned && is_loaded(job) {
            load.jobs = load.jobs.saturating_add(1);
            let is_whole = state.load.is_whole(job) || is_counted(job, state);
            load.jobs_whole = load.jobs_whole.saturating_add(u32::from(is_whole));
        }
        let aboard = job.spec.items.iter().map(|item| (item, loaded(item, state).unwrap_or(0)));
        for (item, aboard) in aboard.filter(|(_, aboard)| *aboard > 0) {
            load.units = load.units.saturating_add(aboard);
            lines.push((&job.job_id, &item.item_id, aboard));
        }
    }
    lines.sort();
    load.manifest = manifest(&lines);
    take_run_facts(&mut load, of_run);
    load
}

fn is_counted(job: &Job, state: &JobState) -> bool {
    job.spec.items.iter().all(|item| state.counted.contains_key(&item.item_id))
}

/// How many units of a line were loaded, if anybody said so: counted, or put aboard one by one, of two such
/// words the larger. Of a line that nobody touched nothing is known, whatever was said of its neighbours.
pub fn loaded(item: &Item, state: &JobState) -> Option<u64> {
    let counted = state.counted.get(&item.item_id).copied().map(u64::from);
    let put = state.load.is_known(&item.item_id).then(|| state.load.aboard(item));
    let as_ordered = || state.load.is_as_ordered.then(|| item.quantity.into());
    counted.max(put).or_else(as_ordered)
}

/// The hash over what is aboard: what a signature at the dock signs for.
fn manifest(lines: &[(&JobId, &ItemId, u64)]) -> [u8; 32] {
    let words = |(job, item, count): &(&JobId, &ItemId, u64)| {
        (job.as_str().to_owned(), item.as_str().to_owned(), *count)
    };
    let lines: Vec<(String, String, u64)> = lines.iter().map(words).collect();
    let mut hasher = Sha256::new();
    hasher.update(b"waybill load 1");
    hasher.update(cbor::encode(&lines));
    hasher.finalize().into()
}

fn take_run_facts(load: &mut Load, of_run: &Facts) {
    let read: Vec<(&FactId, &Fact, Body)> =
        of_run.iter().map(|(id, fact)| (id, fact, fact.body())).collect();
    let undone: BTreeSet<FactId> = read
        .iter()
        .filter_map(
            |(_, _, body)| if let Body::Undone(undo) = body { Some(undo.fact_id) } else { None },
        )
        .collect();
    for (id, fact, body) in read.into_iter().filter(|(id, _, _)| !undone.contains(id)) {
        let at = fact.act.wall_ms;
        if let Body::LoadSealed(sealed) = body {
            load.seals.push(Seal { fact_id: *id, at, sealed });
        } else if let Body::Departed(departed) = body
            && load.departed.as_ref().is_none_or(|(_, first, _)| at < *first)
        {
            load.departed = Some((*id, at, departed));
        }
    }
}

#[cfg(test)]
mod tests;
