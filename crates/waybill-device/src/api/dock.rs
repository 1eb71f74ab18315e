//! The dock: what a screen may ask for while a vehicle is loaded, and what it gets.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::LoadDifference;
use waybill_core::id::{ItemId, JobId, RunId};
use waybill_core::load::Lack;
use waybill_core::role::Role;
use waybill_core::time::{Timestamp, Window};

use super::view::{Safety, Strokes};

/// A code was read while the run is loaded.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ScanAboard {
    pub run_id: RunId,
    pub code: String,
    /// Why it was typed; not set where a scanner read it.
    pub by_hand: Option<String>,
}

/// Units of a line went aboard without a scan.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PutByHand {
    pub run_id: RunId,
    pub job_id: JobId,
    pub item_id: ItemId,
    pub quantity: u32,
    pub why: String,
}

/// Units of a line are not loaded as planned.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Differ {
    pub run_id: RunId,
    pub job_id: JobId,
    pub item_id: ItemId,
    pub difference: LoadDifference,
    pub quantity: u32,
    pub note: String,
}

/// Signs for what is aboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SealLoad {
    pub run_id: RunId,
    /// What the screen showed; anything else is signed for anew.
    pub manifest: String,
    pub seal: String,
    pub name: String,
    /// As loader or as driver: one phone may go from hand to hand.
    pub role: Role,
    pub strokes: Strokes,
}

/// Leaves the depot.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Depart {
    pub run_id: RunId,
    /// Why, although something is wanting; empty where nothing is.
    pub reason: String,
}

/// The load of a run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LoadView {
    pub run_id: RunId,
    pub vehicle: String,
    pub day: String,
    pub zone: String,
    /// In the order of loading: what goes out last goes in first.
    pub jobs: Vec<LoadJob>,
    #[ts(type = "number")]
    pub units: u64,
    #[ts(type = "number")]
    pub units_ordered: u64,
    pub jobs_whole: u32,
    pub jobs_to_load: u32,
    /// What is signed for, in short.
    pub manifest: String,
    pub seals: Vec<SealView>,
    /// What the gate would find wanting now.
    pub lacks: Vec<Lack>,
    pub cut_off: Option<Timestamp>,
    /// May leave although something is wanting, with a reason.
    pub may_override: bool,
    pub departed: Option<DepartedView>,
}

/// A job at the dock.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LoadJob {
    pub job_id: JobId,
    pub order: String,
    pub customer: String,
    pub city: String,
    pub window: Option<Window>,
    /// Which visit of the run it is, from 1.
    pub visit: u32,
    pub is_off: bool,
    pub is_whole: bool,
    pub lines: Vec<LoadLine>,
}

/// A line at the dock.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct LoadLine {
    pub item_id: ItemId,
    pub text: String,
    pub unit: String,
    pub code: String,
    pub quantity: u32,
    #[ts(type = "number")]
    pub aboard: u64,
    /// Of these nobody has said anything.
    #[ts(type = "number")]
    pub open: u64,
    pub differences: Vec<DifferenceView>,
}

/// Units that are not loaded as planned.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DifferenceView {
    pub difference: LoadDifference,
    #[ts(type = "number")]
    pub quantity: u64,
}

/// Somebody's signature under the load.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SealView {
    pub fact_id: String,
    pub name: String,
    pub role: Role,
    pub seal: String,
    pub at: Timestamp,
    /// It is for what is aboard now.
    pub is_current: bool,
    pub safety: Safety,
}

/// How the vehicle left.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct DepartedView {
    pub fact_id: String,
    pub at: Timestamp,
    pub lacks: Vec<String>,
    pub reason: String,
}

/// What a code turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ScanOutcome {
    /// It was expected, and is recorded.
    Taken,
    /// It was read before; nothing is recorded twice.
    Again,
    /// All that was ordered of it is there.
    Enough,
    /// It is for another job of this run.
    OtherJob,
    /// It is for another run on this phone.
    OtherRun,
    /// The job it is for was cancelled or moved.
    Off,
    /// Nothing here has that code.
    Unexpected,
}

/// What a scan did, and of what.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ScanView {
    pub outcome: ScanOutcome,
    pub code: String,
    /// Only where something was recorded.
    pub fact_id: Option<String>,
    pub job_id: Option<JobId>,
    pub item_id: Option<ItemId>,
    pub order: String,
    pub customer: String,
    pub text: String,
    /// The vehicle of another run that it is for.
    pub vehicle: String,
    /// How many units of the line are there now.
    #[ts(type = "number")]
    pub have: u64,
    pub quantity: u32,
}

/// Takes back something that happened to a run as a whole.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct UndoOfRun {
    pub run_id: RunId,
    pub fact_id: String,
    pub reason: String,
}
