//! What a crew wanted of the plan, told from what it wrote: so that a change which the office does not
//! take is still heard.

use std::collections::{BTreeMap, BTreeSet};

use minicbor::{Decode, Encode};

use super::Plan;
use crate::id::JobId;
use crate::job::{Job, JobSpec, Pin};

/// One thing that a crew wanted of a job.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Wish {
    /// To do the job right behind another, or first.
    #[n(0)]
    Behind {
        #[n(0)]
        job_id: Option<JobId>,
    },
    #[n(1)]
    SiteNote {
        #[n(0)]
        text: String,
    },
    #[n(2)]
    Pin {
        #[n(0)]
        pin: Pin,
    },
    /// To have a job that the office has not planned.
    #[n(3)]
    Job {
        #[n(0)]
        spec: Box<JobSpec>,
    },
}

/// What a crew wanted of each job.
pub type Wishes = BTreeMap<JobId, Vec<Wish>>;

/// Tells what a crew wanted: how `held` differs from `before`, which is the plan without the crew's
/// changes, save what `now` grants already.
pub fn wishes(before: &Plan, held: &Plan, now: &Plan) -> Wishes {
    let moved = moved(before, held);
    let mut behind: Option<&JobId> = None;
    let mut all = Wishes::new();
    for job in &held.jobs {
        let wishes = wishes_of(before.job(&job.job_id), job, now.job(&job.job_id));
        let wishes: Vec<_> = if moved.contains(&job.job_id) {
            [Wish::Behind { job_id: behind.cloned() }].into_iter().chain(wishes).collect()
        } else {
            wishes
        };
        if !wishes.is_empty() {
            all.insert(job.job_id.clone(), wishes);
        }
        behind = Some(&job.job_id);
    }
    all
}

fn wishes_of(before: Option<&Job>, held: &Job, now: Option<&Job>) -> Vec<Wish> {
    let mut wishes = Vec::new();
    if before.is_none() && now.is_none() {
        wishes.push(Wish::Job { spec: Box::new(held.spec.clone()) });
    }
    let had = before.map_or("", |job| job.site_note.as_str());
    if held.site_note != had && now.is_none_or(|job| job.site_note != held.site_note) {
        wishes.push(Wish::SiteNote { text: held.site_note.clone() });
    }
    if let Some(pin) = held.pin
        && before.and_then(|job| job.pin) != Some(pin)
        && now.and_then(|job| job.pin) != Some(pin)
    {
        wishes.push(Wish::Pin { pin });
    }
    wishes
}

/// The jobs that were moved: all but the longest row of jobs that stayed in the order they had.
fn moved<'p>(before: &Plan, held: &'p Plan) -> BTreeSet<&'p JobId> {
    let places: BTreeMap<&JobId, usize> =
        before.jobs.iter().zip(0..).map(|(job, at)| (&job.job_id, at)).collect();
    let row: Vec<(&JobId, usize)> =
        held.jobs.iter().filter_map(|job| Some((&job.job_id, *places.get(&job.job_id)?))).collect();
    // For each job the length of the longest such row that ends with it, and the one before it there.
    let mut rows: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, (_, place)) in row.iter().enumerate() {
        let earlier = rows.iter().enumerate().zip(&row).take(at);
        let fitting = earlier.filter(|(_, (_, other))| other < place);
        let best = fitting.map(|((at, (length, _)), _)| (*length, at)).max();
        rows.push((best.map_or(1, |(length, _)| length + 1), best.map(|(_, at)| at)));
    }
    let mut stayed = BTreeSet::new();
    let longest = rows.iter().enumerate().map(|(at, (length, _))| (*length, at)).max();
    let mut next = longest.map(|(_, at)| at);
    while let Some(at) = next {
        stayed.extend(row.get(at).map(|(job_id, _)| *job_id));
        next = rows.get(at).and_then(|(_, before)| *before);
    }
    row.into_iter().map(|(job_id, _)| job_id).filter(|job_id| !stayed.contains(job_id)).collect()
}
