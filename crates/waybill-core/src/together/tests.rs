use proptest::prelude::*;

use super::*;
use crate::fold::samples::job;
use crate::time::{Timestamp, Window};

const DOOR: LatLon = LatLon { lat_e6: 53_706_590, lon_e6: -1_484_500 };

fn at(north_m: i32) -> LatLon {
    LatLon { lat_e6: DOOR.lat_e6 + north_m * 9, lon_e6: DOOR.lon_e6 }
}

fn hours(from: i64, to: i64) -> Window {
    let hour = |hours: i64| Timestamp(hours * 3_600_000);
    Window { from_ms: hour(from), to_ms: hour(to) }
}

/// What is different, how, and whether the two are one visit all the same.
type Row = (&'static str, fn(&mut Job), bool);

/// Two jobs that are one visit, and what makes them two.
fn pair(change: impl FnOnce(&mut Job)) -> Vec<Job> {
    let (mut one, mut two) = (job("J1"), job("J2"));
    for (rank, job) in [&mut one, &mut two].into_iter().enumerate() {
        job.rank = i64::try_from(rank).unwrap();
        job.spec.customer.reference = "C1".to_owned();
        job.spec.address.postcode = "WF1 3AB".to_owned();
        job.spec.address.at = Some(at(0));
        job.window = Some(hours(8, 10));
    }
    change(&mut two);
    vec![one, two]
}

fn names(jobs: &[Job]) -> Vec<Vec<&str>> {
    let found = visits(jobs.iter().map(|job| (job, Status::Planned)));
    found
        .into_iter()
        .map(|visit| visit.into_iter().map(|job| job.job_id.as_str()).collect())
        .collect()
}

fn are_one(change: impl FnOnce(&mut Job)) -> bool {
    !names(&pair(change)).is_empty()
}

#[test]
fn one_customer_at_one_place_is_one_visit() {
    assert_eq!(names(&pair(|_| ())), [["J1", "J2"]]);
    let rows: [Row; 14] = [
        ("written otherwise", |job| job.spec.address.line1 = "63, NORTHGATE ".to_owned(), true),
        ("postcode run together", |job| job.spec.address.postcode = "wf13ab".to_owned(), true),
        ("no coordinates", |job| job.spec.address.at = None, true),
        (
            "another entrance near by",
            |job| {
                job.spec.address.line1 = "Rear of 63".to_owned();
                job.spec.address.at = Some(at(29));
            },
            true,
        ),
        (
            "a house further on",
            |job| {
                job.spec.address.line1 = "67 Northgate".to_owned();
                job.spec.address.at = Some(at(31));
            },
            false,
        ),
        (
            "another country",
            |job| {
                job.spec.address.country = "IE".to_owned();
                job.spec.address.at = None;
            },
            false,
        ),
        (
            "no postcode",
            |job| {
                job.spec.address.postcode = String::new();
                job.spec.address.at = None;
            },
            false,
        ),
        ("another customer", |job| job.spec.customer.reference = "C2".to_owned(), false),
        ("one name, one reference", |job| job.spec.customer.name = "Murphy Ltd".to_owned(), true),
        ("no reference", |job| job.spec.customer.reference = String::new(), false),
        ("fetched", |job| job.spec.kind = JobKind::Collect, false),
        ("windows that touch", |job| job.window = Some(hours(10, 12)), true),
        ("a later window", |job| job.window = Some(hours(11, 12)), false),
        ("any time", |job| job.window = None, true),
    ];
    for (what, change, expected) in rows {
        assert_eq!(are_one(change), expected, "{what}");
    }
    let mut nameless = pair(|job| job.spec.customer.name = "murphy ".to_owned());
    for job in &mut nameless {
        job.spec.customer.reference.clear();
    }
    assert_eq!(names(&nameless), [["J1", "J2"]], "by name where there is no reference");
}

#[test]
fn without_a_postcode_the_town_tells_one_high_street_from_another() {
    let in_town = |town: &str| {
        let mut jobs = pair(|job| job.spec.address.city = town.to_owned());
        for job in &mut jobs {
            (job.spec.address.postcode, job.spec.address.at) = (String::new(), None);
        }
        !names(&jobs).is_empty()
    };
    assert!(in_town("WAKEFIELD"));
    assert!(!in_town("Batley"));
}

#[test]
fn what_is_over_or_off_belongs_to_no_visit() {
    let jobs = pair(|_| ());
    let [one, two] = jobs.as_slice() else { panic!("there are two") };
    for status in Status::ALL {
        let found = visits([(one, Status::Arrived), (two, status)]).len();
        let is_over = status.is_outcome() || status == Status::Returned;
        assert_eq!(found, usize::from(!is_over), "{status:?}");
    }
    for standing in [JobStanding::Cancelled, JobStanding::Moved] {
        assert!(!are_one(|job| job.standing = standing), "{standing:?}");
    }
}

#[test]
fn a_chain_of_windows_does_not_join_its_two_ends() {
    let mut jobs = pair(|job| job.window = Some(hours(9, 12)));
    let mut third = jobs[1].clone();
    (third.job_id, third.rank, third.window) = ("J3".parse().unwrap(), 2, Some(hours(11, 14)));
    jobs.push(third);
    assert_eq!(names(&jobs), [["J1", "J2"]]);
}

#[test]
fn a_visit_has_an_end() {
    let mut jobs: Vec<Job> = Vec::new();
    for number in 0..=VISIT_JOBS_MAX + 1 {
        let mut next = job(&format!("J{number:02}"));
        next.rank = i64::try_from(number).unwrap();
        jobs.push(next);
    }
    let sizes: Vec<_> = names(&jobs).iter().map(Vec::len).collect();
    assert_eq!(sizes, [VISIT_JOBS_MAX, 2]);
}

/// Jobs of few customers, doors and hours, so that many of them meet.
fn some_jobs() -> impl Strategy<Value = Vec<Job>> {
    let one = (0..2_i32, 0..4_i32, 0..6_i64, any::<bool>());
    proptest::collection::vec(one, 1..30).prop_map(|all| {
        let made = all.into_iter().enumerate().map(|(number, (customer, door, hour, is_open))| {
            let mut job = job(&format!("J{number:02}"));
            job.rank = i64::try_from(number % 7).unwrap();
            job.spec.customer.reference = format!("C{customer}");
            job.spec.address.line1 = format!("{number} Northgate");
            job.spec.address.at = Some(at(door * 20));
            job.window = (!is_open).then(|| hours(hour, hour + 2));
            job
        });
        made.collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_the_jobs_changes_no_visit(
        (jobs, shuffled) in some_jobs().prop_flat_map(|jobs| {
            (Just(jobs.clone()), Just(jobs).prop_shuffle())
        })
    ) {
        prop_assert_eq!(names(&jobs), names(&shuffled));
    }

    #[test]
    fn any_two_jobs_of_a_visit_belong_together_and_none_is_in_two(jobs in some_jobs()) {
        let found = visits(jobs.iter().map(|job| (job, Status::Planned)));
        let mut seen = std::collections::BTreeSet::new();
        for visit in &found {
            prop_assert!(visit.len() > 1);
            for one in visit {
                prop_assert!(seen.insert(&one.job_id));
                for two in visit {
                    prop_assert_eq!(Who::of(&one.spec.customer), Who::of(&two.spec.customer));
                    prop_assert!(Stop::of(one).is_with(&Stop::of(two)));
                }
            }
        }
    }
}
