//! What happens to a run beside its jobs reaches somebody at the office who owns it.

use serde_json::{Value, json};
use waybill_core::fact::{Body, CheckAnswer, Fact, Messaged, VehicleChecked};
use waybill_core::id::{DeviceId, Epoch};
use waybill_core::journal::Genesis;
use waybill_core::time::Reading;
use waybill_hub::Asker;
use waybill_hub::api::view::Invite;
use waybill_sync::enrol::{EnrolDevice, Enrolled, Link};
use waybill_sync::envelope;
use waybill_sync::key::DeviceKey;
use waybill_sync::seal::seal;
use waybill_sync::wire::{SyncDown, SyncUp, Tail, VERSION};
use waybill_testkit::clock::MORNING;
use waybill_testkit::world::World;

const HOUR_MS: i64 = 3_600_000;

/// A phone as far as the conversation goes: it writes a journal and says it over HTTP.
struct Speaker {
    key: DeviceKey,
    enrolled: Enrolled,
    genesis: Genesis,
    facts: Vec<Vec<u8>>,
}

impl Speaker {
    async fn enrol(world: &World) -> Self {
        let invite =
            Invite { person_id: "priya".parse().unwrap(), depot_id: "leeds".parse().unwrap() };
        let link = world.hub.invite(&Asker::Console, &invite).unwrap().link;
        let link = Link::from_text(&link).unwrap();
        let key = DeviceKey::from_secret(&[9; 32]).unwrap();
        let request = EnrolDevice::new(&key, &link.code, "Van 7");
        let answer = world.http.post(format!("{}/v1/enrol", world.url)).json(&request).send();
        let enrolled: Enrolled = answer.await.unwrap().json().await.unwrap();
        let device: DeviceId = enrolled.device_id.parse().unwrap();
        let genesis = Genesis { device, epoch: Epoch::after(None, 1), after: None };
        Self { key, enrolled, genesis, facts: Vec::new() }
    }

    /// Writes down what happened so many minutes after the morning began.
    fn record(&mut self, minutes: i64, job: Option<&str>, body: &Body) {
        let wall_ms = MORNING.plus_ms(minutes * 60_000);
        let act = Reading { wall_ms, zone_min: 0, monotonic_ms: minutes.unsigned_abs() * 60_000 };
        let (run_id, person) = ("R1".parse().unwrap(), self.enrolled.person_id.clone());
        let job_id = job.map(|job| job.parse().unwrap());
        self.facts.push(Fact::new(run_id, job_id, person, act, None, body).to_bytes());
    }

    /// Says its whole journal and reads the answer.
    async fn sync(&self, world: &World) -> SyncDown {
        let head = self.facts.iter().fold(self.genesis.head(), |head, fact| head.after(fact));
        let tail = Tail {
            genesis: self.genesis,
            first_seq: 1,
            facts: self.facts.iter().map(|fact| fact.clone().into()).collect(),
            seal: seal(&self.key, self.genesis.device, head).to_vec().into(),
        };
        let up = SyncUp {
            version: VERSION,
            at: world.clock.now(),
            tails: vec![tail],
            plans: vec![],
            blobs: vec![],
            cursor: 0,
            policy: 1,
            store: None,
            wants_own: None,
        };
        let request = world.http.post(format!("{}/v1/sync", world.url));
        let request = request.bearer_auth(&self.enrolled.token).body(envelope::pack(&up));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201);
        envelope::open("answer", &answer.bytes().await.unwrap()).unwrap()
    }
}

fn checked() -> Body {
    let answer = |point: &str, note: &str| CheckAnswer {
        point: point.to_owned(),
        is_good: note.is_empty(),
        note: note.to_owned(),
    };
    let answers = vec![answer("tyres", "front left is bald"), answer("brakes", "")];
    Body::VehicleChecked(VehicleChecked { answers, policy: 1, odometer_km: Some(81_204) })
}

fn said(preset: &str, text: &str) -> Body {
    Body::Messaged(Messaged { preset: preset.to_owned(), text: text.to_owned() })
}

fn due(queue: &Value) -> Vec<(String, i64)> {
    let entries = queue["entries"].as_array().unwrap().iter();
    let told = entries.map(|entry| {
        let word = entry["thing"]["matter"]["matter"].as_str().unwrap().to_owned();
        (word, entry["due_at_ms"].as_i64().unwrap() - MORNING.0)
    });
    told.collect()
}

#[tokio::test]
async fn what_a_driver_reports_offline_is_the_dispatchers_from_the_moment_it_happened() {
    let world = World::begin().await.unwrap();
    world.plan_run("R1", 2).await.unwrap();
    let mut phone = Speaker::enrol(&world).await;
    phone.record(5, None, &checked());
    phone.record(20, Some("R1-J002"), &said("running_late", "roadworks"));
    world.clock.advance_ms(2 * HOUR_MS);
    phone.sync(&world).await;

    let (dan, fay) = (world.sign_in("dan").await.unwrap(), world.sign_in("fay").await.unwrap());
    let queue: Value = dan.get("/v1/queue").await.unwrap();
    let both = [
        ("vehicle_defect".to_owned(), 5 * 60_000 + HOUR_MS),
        ("message".to_owned(), 20 * 60_000 + HOUR_MS),
    ];
    assert_eq!(due(&queue), both, "due from the act, however late it was heard");
    let [defect, message] = [&queue["entries"][0], &queue["entries"][1]];
    assert_eq!(defect["thing"]["matter"]["text"], "tyres: front left is bald");
    assert_eq!((&defect["job"], &defect["owner"]), (&Value::Null, &json!("dispatcher")));
    assert_eq!(message["job"]["job_id"], "R1-J002");
    assert_eq!(message["thing"]["matter"]["by"]["name"], "Priya Nair");

    let fact_id = defect["thing"]["matter"]["fact_id"].clone();
    let close = json!({ "fact_id": fact_id, "note": "Van 9 takes over at the depot." });
    let path = "/v1/runs/R1/matters/close";
    let refused = fay.post::<Value>(path, &close).await.unwrap_err().to_string();
    assert!(refused.contains("not_allowed"), "{refused}");
    let wordless = json!({ "fact_id": fact_id, "note": " " });
    let refused = dan.post::<Value>(path, &wordless).await.unwrap_err().to_string();
    assert!(refused.contains("fields_invalid") && refused.contains("missing"), "{refused}");
    dan.post::<Value>(path, &close).await.unwrap();
    let left: Value = dan.get("/v1/queue").await.unwrap();
    assert_eq!(due(&left), both[1..]);

    world.clock.advance_ms(HOUR_MS);
    phone.sync(&world).await;
    assert_eq!(world.hub.rebuild().unwrap(), []);
    let world = world.restart_hub().await.unwrap();
    let again: Value = dan.get("/v1/queue").await.unwrap();
    assert_eq!(again["entries"], left["entries"], "saying it again opens nothing again");
    let page: Value = dan.get("/v1/runs/R1").await.unwrap();
    assert_eq!((&page["run"]["matters"], &page["run"]["cases"]), (&json!(1), &json!(0)));
    assert_eq!(page["day"]["checks"][0]["odometer_km"], 81_204);
    let closing = &page["matters"][0]["closing"];
    assert_eq!((&closing["by"], &closing["note"]), (&json!("Dan Okafor"), &close["note"]));
    drop(world);
}
