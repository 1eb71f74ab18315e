//! JSON bodies of the office's own system: a run put, a job patched.

use serde_json::{Value, json};
use tempfile::TempDir;
use waybill_hub::api::view::{PatchJob, PutRun};
use waybill_hub::{Asker, Hub, HubError};
use waybill_testkit::clock::SeededDice;
use waybill_testkit::world::demo_run;

use crate::harness::{Fate, Target};
use crate::json;
use crate::stage::{Stage, folder, of};

/// A hub with a run.
pub(crate) struct Bodies {
    hub: Hub,
    _dir: TempDir,
    run: Value,
    patch: Value,
}

impl Target for Bodies {
    const NAME: &'static str = "office";
    const LIFE: u64 = 500;

    fn new() -> Self {
        let dir = folder();
        let hub = Stage::get().hub(&dir.path().join("hub"));
        let run = serde_json::to_value(demo_run("R1", 1).unwrap()).unwrap();
        let patch = json!({
            "window": { "from_ms": 1_795_154_400_000_i64, "to_ms": 1_795_158_000_000_i64 },
            "note": "gate 4", "standing": "cancelled",
        });
        Self { hub, _dir: dir, run, patch }
    }

    /// The first byte says which of the two it is.
    fn draw(&mut self, dice: &SeededDice) -> Vec<u8> {
        if dice.percent(60) {
            [vec![0], json::mutate(dice, &self.run)].concat()
        } else {
            [vec![1], json::mutate(dice, &self.patch)].concat()
        }
    }

    fn take(&mut self, input: &[u8]) -> Fate {
        let Some((which, body)) = input.split_first() else {
            return Ok("nothing");
        };
        let done = if *which == 0 {
            let Ok(run) = serde_json::from_slice::<PutRun>(body) else {
                return Ok("body_malformed");
            };
            self.hub.put_run(&Asker::Console, &of(1).run_id, &run).map(|_| "put")
        } else {
            let Ok(patch) = serde_json::from_slice::<PatchJob>(body) else {
                return Ok("body_malformed");
            };
            let job = of(1);
            self.hub.patch_job(&Asker::Console, &job.run_id, &job.job_id, &patch).map(|_| "patched")
        };
        fate(done)
    }

    /// The phone of the run can still read its plan, and the office its page.
    fn check(&mut self) -> Result<(), String> {
        let stage = Stage::get();
        self.hub.sync(stage.device, &stage.ups[0]).map_err(|error| error.to_string())?;
        let page = self.hub.run_page(&Asker::Console, &of(1).run_id);
        page.map(|_| ()).map_err(|error| error.to_string())
    }
}

fn fate(done: Result<&'static str, HubError>) -> Fate {
    match done {
        Err(error) if error.code().http_status() >= 500 => Err(format!("the hub failed: {error}")),
        Err(error) => Ok(error.code().word()),
        Ok(word) => Ok(word),
    }
}
