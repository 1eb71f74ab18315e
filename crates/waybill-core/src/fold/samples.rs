//! A job and facts about it, for the tests of this crate.

use crate::fact::{Body, Fact};
use crate::id::{DeviceId, Epoch, FactId};
use crate::job::{Address, Contact, Customer, Item, Job, JobKind, JobSpec, JobStanding};
use crate::proof::{Need, ProofRule};
use crate::time::{Reading, Timestamp};

pub(crate) fn id(device: u8, seq: u64) -> FactId {
    FactId { device: DeviceId([device; 16]), epoch: Epoch::after(None, 0), seq }
}

pub(crate) fn fact(job: &str, body: &Body) -> Fact {
    let act = Reading { wall_ms: Timestamp(1_000), zone_min: 0, monotonic_ms: 0 };
    let (run, job) = ("R1".parse().unwrap(), job.parse().unwrap());
    Fact::new(run, Some(job), "P1".parse().unwrap(), act, None, body)
}

pub(crate) fn job(job_id: &str) -> Job {
    let item = |item_id: &str, quantity| Item {
        item_id: item_id.parse().unwrap(),
        sku: String::new(),
        text: "Toner".to_owned(),
        quantity,
        unit: "ea".to_owned(),
        code: String::new(),
        weight_g: 0,
    };
    let address = Address {
        line1: "63 Northgate".to_owned(),
        line2: String::new(),
        city: "Wakefield".to_owned(),
        postcode: String::new(),
        country: "GB".to_owned(),
        at: None,
    };
    Job {
        job_id: job_id.parse().unwrap(),
        spec: JobSpec {
            kind: JobKind::Deliver,
            order: "SO1".to_owned(),
            customer: Customer { name: "Murphy".to_owned(), reference: String::new() },
            contact: Contact::default(),
            address,
            items: vec![item("1", 5), item("2", 1)],
            proof: Some(ProofRule { signature: Need::Required, ..ProofRule::default() }),
            cash_due: None,
            terms: None,
            delivery_pin: None,
        },
        window: None,
        note: String::new(),
        standing: JobStanding::Planned,
        rank: 0,
        site_note: String::new(),
        pin: None,
        added: None,
    }
}
