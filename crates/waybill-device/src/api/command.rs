//! What a screen may ask for: every command by name, with its arguments and its answer.
//!
//! The table below is the only list. The dispatcher, the TypeScript bindings and the hosts are all
//! made from it, so a command cannot exist in one of them alone.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::fact::{LineCount, LineOutcome, NotSignedWhy, PhotoCategory, SignerRole};
use waybill_core::id::{ItemId, JobId, RunId};
use waybill_core::job::JobKind;
use waybill_core::proof::Method;

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

/// The driver is at the site.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Arrive {
    pub run_id: RunId,
    pub job_id: JobId,
    /// The other jobs of the same visit.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<JobId>>")]
    pub together: Vec<JobId>,
}

/// The driver hands the phone to the customer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct HandOver {
    pub run_id: RunId,
    pub job_id: JobId,
    /// The other jobs of the same visit for which they sign too.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<JobId>>")]
    pub together: Vec<JobId>,
}

/// Another job of the same visit, with its own lines.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Companion {
    pub job_id: JobId,
    /// Only the lines that are not handed over whole.
    pub lines: Vec<LineOutcome>,
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
    /// The line of goods that it is of, where it is of one.
    #[serde(default)]
    #[ts(optional)]
    pub item_id: Option<ItemId>,
    /// The name the host gave to the photo it took.
    pub shot: String,
    /// The photo that it stands in for, which is taken back.
    #[serde(default)]
    #[ts(optional)]
    pub instead_of: Option<String>,
}

/// Keeps a signature.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Sign {
    pub run_id: RunId,
    pub job_id: JobId,
    pub name: String,
    pub role: SignerRole,
    pub strokes: Strokes,
    /// What they have against it, in their own words.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub reservation: String,
    /// What they were shown: only the lines that are not handed over whole.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<LineOutcome>>")]
    pub lines: Vec<LineOutcome>,
    /// In which language, as `de`.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub language: String,
    /// The other jobs of the same visit that the signature is for too.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<Companion>>")]
    pub together: Vec<Companion>,
}

impl Sign {
    /// A signature under all of the goods, and nothing against it.
    pub fn plain(of: OfJob, name: String, role: SignerRole, strokes: Strokes) -> Self {
        let OfJob { run_id, job_id } = of;
        let (reservation, language) = (String::new(), String::new());
        let (lines, together) = (Vec::new(), Vec::new());
        Self { run_id, job_id, name, role, strokes, reservation, lines, language, together }
    }
}

/// Whoever took the goods did not sign.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NotSign {
    pub run_id: RunId,
    pub job_id: JobId,
    pub why: NotSignedWhy,
    pub name: String,
    pub note: String,
    /// The other jobs of the same visit for which they did not sign either.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<JobId>>")]
    pub together: Vec<JobId>,
}

/// The driver takes the phone back from the customer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TakeBack {
    /// The driver's own code, where one was chosen.
    pub code: String,
}

/// The driver chooses the code without which a customer's screen is not left.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChooseCode {
    /// Four to eight digits; empty for none.
    pub new: String,
}

/// Ends the visit with goods handed over.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Deliver {
    pub run_id: RunId,
    pub job_id: JobId,
    /// Only the lines that differ; all others were handed over whole.
    pub lines: Vec<LineOutcome>,
    /// To whom or where; the recipient unless it is said.
    #[serde(default)]
    #[ts(optional, as = "Option<Method>")]
    pub method: Method,
    /// The other jobs of the same visit that end with it, handed over in the same way.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<Companion>>")]
    pub together: Vec<Companion>,
}

/// Ends the visit without.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Fail {
    pub run_id: RunId,
    pub job_id: JobId,
    pub reason: String,
    pub note: String,
    /// Why it is given up before what the reason asks for was done.
    #[serde(default)]
    #[ts(optional)]
    pub anyway: Option<String>,
}

/// Tries again after a visit that failed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Reattempt {
    pub run_id: RunId,
    pub job_id: JobId,
    pub reason: String,
}

/// Keeps how much of each line is aboard.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Count {
    pub run_id: RunId,
    pub job_id: JobId,
    /// Lines that are not named stay as they were counted before, or as ordered.
    pub lines: Vec<LineCount>,
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

/// Keeps what is to be known about a job's site; an empty text takes it back.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct WriteSiteNote {
    pub run_id: RunId,
    pub job_id: JobId,
    pub text: String,
}

/// Adds a job that the office has not planned.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AddJob {
    pub run_id: RunId,
    pub kind: JobKind,
    /// The job at whose place it came up: it is done right behind it, and what is left empty below is
    /// as there.
    pub same_place_as: Option<JobId>,
    pub customer: String,
    pub address_line: String,
    pub city: String,
    pub items: Vec<NewItem>,
}

/// A line of goods of such a job.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct NewItem {
    pub text: String,
    pub quantity: u32,
    pub unit: String,
}
