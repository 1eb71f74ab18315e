//! Visits: which jobs of a plan are done together, because they are one place and one customer.
//!
//! The driver arrives once and the customer signs once; each job keeps its own proof and its own
//! outcome. Nothing of this is written down anywhere: whoever has the plan and the facts finds the same
//! visits, so an edit of the office or an outcome takes a job out of its visit by itself.

use std::collections::BTreeMap;

use crate::job::{Address, Customer, Job, JobKind, JobStanding};
use crate::place::LatLon;
use crate::status::Status;

/// The most jobs of one visit; a further one begins another.
pub const VISIT_JOBS_MAX: usize = 20;
/// Two sites nearer to each other than this are one place.
const SAME_PLACE_M: f64 = 30.0;

/// The visits of several jobs, each of two jobs or more, in the order of the run.
///
/// Any two jobs of a visit belong together, not only neighbours in a row of them: otherwise a chain of
/// windows or of doors would join what nobody can do at once.
pub fn visits<'p>(jobs: impl IntoIterator<Item = (&'p Job, Status)>) -> Vec<Vec<&'p Job>> {
    let open = jobs.into_iter().filter(|(job, status)| is_open(job, *status));
    // What is brought, fetched or swapped is signed for in other words: never under one signature.
    let mut customers: BTreeMap<(Who, JobKind), Vec<Stop<'p>>> = BTreeMap::new();
    for (job, _) in open {
        let key = (Who::of(&job.spec.customer), job.spec.kind);
        customers.entry(key).or_default().push(Stop::of(job));
    }
    let mut visits: Vec<Vec<&Job>> = customers.into_values().flat_map(one_customers).collect();
    visits.sort_by_key(|visit| visit.first().map(|job| (job.rank, &job.job_id)));
    visits
}

/// The visits of one customer's jobs, whichever order these come in.
fn one_customers(mut stops: Vec<Stop<'_>>) -> Vec<Vec<&Job>> {
    stops.sort_by_key(|stop| (stop.job.window, &stop.job.job_id));
    let mut visits: Vec<Vec<Stop<'_>>> = Vec::new();
    for stop in stops {
        let takes = |visit: &&mut Vec<Stop<'_>>| {
            visit.len() < VISIT_JOBS_MAX && visit.iter().all(|other| stop.is_with(other))
        };
        match visits.iter_mut().find(takes) {
            Some(visit) => visit.push(stop),
            None => visits.push(vec![stop]),
        }
    }
    visits.into_iter().filter(|visit| visit.len() > 1).map(in_order).collect()
}

fn in_order(visit: Vec<Stop<'_>>) -> Vec<&Job> {
    let mut jobs: Vec<&Job> = visit.into_iter().map(|stop| stop.job).collect();
    jobs.sort_by_key(|job| (job.rank, &job.job_id));
    jobs
}

/// Something is still to be done for it.
fn is_open(job: &Job, status: Status) -> bool {
    let is_over = status.is_outcome() || status == Status::Returned;
    job.standing == JobStanding::Planned && !is_over
}

/// Whose job it is: by the office's reference, or by name where there is none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who {
    Reference(String),
    Name(String),
}

impl Who {
    fn of(customer: &Customer) -> Self {
        match customer.reference.trim() {
            "" => Self::Name(plain(&customer.name)),
            reference => Self::Reference(reference.to_owned()),
        }
    }
}

/// A job and where it is, made comparable once.
struct Stop<'p> {
    job: &'p Job,
    door: Door,
    at: Option<LatLon>,
}

/// An address without its punctuation, spaces and capitals.
#[derive(PartialEq, Eq)]
struct Door {
    line: String,
    postcode: String,
    country: String,
    /// Only where there is no postcode: every town has a High Street.
    city: String,
}

impl<'p> Stop<'p> {
    fn of(job: &'p Job) -> Self {
        Self { job, door: Door::of(&job.spec.address), at: job.spec.address.at }
    }

    /// Says whether two jobs of one customer are done at once.
    fn is_with(&self, other: &Self) -> bool {
        let do_overlap = match (self.job.window, other.job.window) {
            (Some(one), Some(two)) => one.from_ms <= two.to_ms && two.from_ms <= one.to_ms,
            (None, _) | (_, None) => true,
        };
        let is_near = || match (self.at, other.at) {
            (Some(one), Some(two)) => one.metres_to(two) <= SAME_PLACE_M,
            (None, _) | (_, None) => false,
        };
        do_overlap && (self.door == other.door || is_near())
    }
}

impl Door {
    fn of(address: &Address) -> Self {
        let postcode = plain(&address.postcode).replace(' ', "");
        let city = if postcode.is_empty() { plain(&address.city) } else { String::new() };
        Self { line: plain(&address.line1), postcode, country: plain(&address.country), city }
    }
}

/// Words of letters and digits in small letters; what has none is left as it is.
fn plain(text: &str) -> String {
    let small = text.to_lowercase();
    let words = small.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let plain = words.collect::<Vec<_>>().join(" ");
    if plain.is_empty() { small.trim().to_owned() } else { plain }
}

#[cfg(test)]
mod tests;
