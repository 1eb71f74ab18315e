use waybill_core::time::{Timestamp, Window};

use crate::api::view::PatchJob;
use crate::error::HubError;
use crate::hub::Asker;
use crate::testing::{MORNING, World, job, job_id, run, run_id};

fn world() -> World {
    let world = World::new();
    assert!(world.put_run(&run(&["J1", "J2"])));
    world
}

#[test]
fn a_put_that_is_repeated_changes_nothing_and_undoes_nobodys_change() {
    let world = world();
    let moved = Window { from_ms: Timestamp(1), to_ms: Timestamp(2) };
    let patch = PatchJob { window: Some(moved), ..PatchJob::default() };
    world.hub.patch_job(&Asker::Console, &run_id(), &job_id(), &patch).unwrap();
    assert!(!world.put_run(&run(&["J1", "J2"])), "the same again is no news");
    let mut noted = run(&["J1"]);
    noted.jobs[0].note = "Ring twice".to_owned();
    assert!(world.put_run(&noted));
    let page = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    assert_eq!((page.window, page.note.as_str()), (Some(moved), "Ring twice"));
    let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
    assert_eq!(page.jobs.len(), 2, "a job that is not named stays");
    let mut later = noted.clone();
    later.jobs[0].window =
        job("J1").window.map(|window| Window { to_ms: Timestamp(MORNING + 7_200_000), ..window });
    world.put_run(&later);
    let page = world.hub.job_page(&Asker::Console, &run_id(), &job_id()).unwrap();
    assert_eq!(page.window, later.jobs[0].window, "what the system says anew counts");
}

#[test]
fn a_run_that_nobody_could_drive_is_refused_with_its_faults() {
    let world = World::new();
    let mut wrong = run(&["J1", "J1"]);
    wrong.driver_id = "lou".parse().unwrap();
    wrong.day = "20.11.2026".to_owned();
    wrong.jobs[0].spec.items[0].quantity = 0;
    let refused = world.hub.put_run(&Asker::Console, &run_id(), &wrong).unwrap_err();
    let HubError::Fields(faults) = refused else { panic!("{refused}") };
    let faults: Vec<_> =
        faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(
        faults,
        [
            ("day", "day_invalid"),
            ("jobs/0/spec/items/0/quantity", "quantity_invalid"),
            ("jobs/1/job_id", "repeated"),
            ("driver_id", "unknown"),
        ]
    );
}

#[test]
fn a_full_day_is_put_in_the_order_in_which_it_was_said() {
    let world = World::new();
    let ids: Vec<String> = (0..150).rev().map(|at| format!("J{at}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert!(world.put_run(&run(&ids)));
    assert!(!world.put_run(&run(&ids)));
    let page = world.hub.run_page(&Asker::Console, &run_id()).unwrap();
    let put: Vec<_> = page.jobs.iter().map(|job| job.job_id.as_str()).collect();
    assert_eq!((put, page.run.jobs), (ids, 150));
}
