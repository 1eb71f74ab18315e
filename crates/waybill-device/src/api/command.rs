//! What a screen may ask for: every command by name, with its arguments and its answer.
//!
//! The table below is the only list. The dispatcher, the TypeScript bindings and the hosts are all
//! made from it, so a command cannot exist in one of them alone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{LineOutcome, PhotoCategory, SignerRole};
use waybill_core::id::{JobId, RunId};

use super::view::Strokes;

/// No arguments.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// Which run.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfRun {
    pub run_id: RunId,
}

/// Which job.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OfJob {
    pub run_id: RunId,
    pub job_id: JobId,
}

/// Enrols this phone with what the office's QR says.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Enrol {
    /// The whole text of the QR code, as `waybill://enrol?...`.
    pub link: String,
    pub device_name: String,
}

/// Keeps a photo that the host has put aside.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddPhoto {
    pub run_id: RunId,
    pub job_id: JobId,
    pub category: PhotoCategory,
    /// The name the host gave to the photo it took.
    pub shot: String,
}

/// Keeps a signature.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Sign {
    pub run_id: RunId,
    pub job_id: JobId,
    pub name: String,
    pub role: SignerRole,
    pub strokes: Strokes,
}

/// Ends the visit with goods handed over.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Deliver {
    pub run_id: RunId,
    pub job_id: JobId,
    /// Only the lines that differ; all others were handed over whole.
    pub lines: Vec<LineOutcome>,
}

/// Ends the visit without.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Fail {
    pub run_id: RunId,
    pub job_id: JobId,
    pub reason: String,
    pub note: String,
}

/// Keeps a code that was read off a parcel.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Scan {
    pub run_id: RunId,
    pub job_id: JobId,
    pub code: String,
    pub quantity: u32,
    /// Typed by hand, because the label could not be read.
    pub is_typed: bool,
}

/// Keeps words about a job.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Note {
    pub run_id: RunId,
    pub job_id: JobId,
    pub text: String,
}

/// Takes an earlier fact back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Undo {
    pub run_id: RunId,
    pub job_id: JobId,
    pub fact_id: String,
    pub reason: String,
}

/// Puts a job behind another, or first.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct MoveJob {
    pub run_id: RunId,
    pub job_id: JobId,
    pub behind: Option<JobId>,
}

/// Keeps half-written input; `None` forgets it.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SaveDraft {
    pub run_id: RunId,
    pub job_id: JobId,
    pub draft: Option<String>,
}
