//! A day on paper: jobs, what the driver recorded of them offline, and what the office changed
//! meanwhile. Read from a file, it can be lived through by a phone and a hub.

use anyhow::Context;
use serde::Deserialize;
use waybill_core::job::{Address, Contact, Customer, Item, JobKind, JobSpec};
use waybill_core::place::{Fix, LatLon, Provider};
use waybill_core::proof::{Need, ProofRule};
use waybill_core::time::{Timestamp, Window};
use waybill_hub::api::view::{PatchJob, PutJob, PutRun};

/// The whole file.
#[derive(Debug, Deserialize)]
pub struct DayFile {
    jobs: Vec<PaperJob>,
    pub facts: Vec<PaperFact>,
    pub edits: Vec<PaperEdit>,
}

#[derive(Debug, Deserialize)]
struct PaperJob {
    id: String,
    route: String,
    order: String,
    customer: PaperCustomer,
    contact: PaperContact,
    address: PaperAddress,
    window: PaperWindow,
    items: Vec<PaperItem>,
    pod: PaperPod,
    notes: String,
}

#[derive(Debug, Deserialize)]
struct PaperCustomer {
    name: String,
    #[serde(rename = "ref")]
    reference: String,
}

#[derive(Debug, Deserialize)]
struct PaperContact {
    name: String,
    phone: String,
    email: String,
}

#[derive(Debug, Deserialize)]
struct PaperAddress {
    line1: String,
    line2: String,
    city: String,
    postcode: String,
    country: String,
    lat: f64,
    lon: f64,
}

#[derive(Debug, Deserialize)]
struct PaperWindow {
    from: String,
    to: String,
}

#[derive(Debug, Deserialize)]
struct PaperItem {
    line: u32,
    sku: String,
    desc: String,
    qty: u32,
    uom: String,
    barcode: String,
    weight_g: u32,
}

#[derive(Debug, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "that is how the file has it")]
struct PaperPod {
    signature: bool,
    photo: bool,
    scan: bool,
    name: bool,
}

/// One thing that the driver recorded.
#[derive(Debug, Deserialize)]
pub struct PaperFact {
    id: String,
    #[serde(rename = "type")]
    pub kind: String,
    at: String,
    lat: f64,
    lon: f64,
    acc: u32,
    #[serde(default)]
    pub barcode: String,
    #[serde(default)]
    pub qty: u32,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub reason: String,
}

/// One thing that the office changed.
#[derive(Debug, Deserialize)]
pub struct PaperEdit {
    j: usize,
    window: PaperWindow,
    notes: String,
}

impl DayFile {
    /// Reads a day.
    pub fn read(path: &std::path::Path) -> anyhow::Result<Self> {
        let bytes = std::fs::read(path).with_context(|| format!("no day at {}", path.display()))?;
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// The run's name.
    pub fn run_id(&self) -> anyhow::Result<&str> {
        Ok(&self.jobs.first().context("a day has jobs")?.route)
    }

    /// The run as the office plans it.
    pub fn put_run(&self) -> anyhow::Result<PutRun> {
        let jobs: anyhow::Result<Vec<_>> = self.jobs.iter().map(PaperJob::put).collect();
        let first = self.jobs.first().context("a day has jobs")?;
        Ok(PutRun {
            depot_id: "leeds".parse()?,
            day: first.window.from.get(..10).context("a time begins with a date")?.to_owned(),
            zone: "Europe/London".to_owned(),
            vehicle: "Van 7".to_owned(),
            driver_id: "priya".parse()?,
            jobs: jobs?,
        })
    }

    /// The job that an edit is about, and the edit.
    pub fn patch(&self, edit: &PaperEdit) -> anyhow::Result<(&str, PatchJob)> {
        let job = self.jobs.get(edit.j).context("an edit names a job")?;
        let (window, note) = (Some(edit.window.read()?), Some(edit.notes.clone()));
        Ok((&job.id, PatchJob { window, note, ..PatchJob::default() }))
    }
}

impl PaperFact {
    /// The job it is about.
    pub fn job_id(&self) -> &str {
        self.id.rsplit_once('-').map_or(&self.id, |(job, _)| job)
    }

    /// When and where it happened.
    pub fn when_and_where(&self) -> anyhow::Result<(Timestamp, Fix)> {
        let at = LatLon::from_degrees(self.lat, self.lon).context("a fact is on the globe")?;
        let fix =
            Fix { at, accuracy_m: self.acc, age_ms: 0, provider: Provider::Gps, is_mock: false };
        Ok((time(&self.at)?, fix))
    }
}

impl PaperWindow {
    fn read(&self) -> anyhow::Result<Window> {
        Ok(Window { from_ms: time(&self.from)?, to_ms: time(&self.to)? })
    }
}

impl PaperJob {
    fn put(&self) -> anyhow::Result<PutJob> {
        let need = |is_needed: bool| if is_needed { Need::Required } else { Need::Off };
        let (customer, contact, address) = (&self.customer, &self.contact, &self.address);
        let items: anyhow::Result<Vec<_>> = self.items.iter().map(PaperItem::put).collect();
        Ok(PutJob {
            job_id: self.id.parse()?,
            window: Some(self.window.read()?),
            note: self.notes.clone(),
            pin: None,
            spec: JobSpec {
                kind: JobKind::Deliver,
                order: self.order.clone(),
                customer: Customer {
                    name: customer.name.clone(),
                    reference: customer.reference.clone(),
                },
                contact: Contact {
                    name: contact.name.clone(),
                    phone: contact.phone.clone(),
                    email: contact.email.clone(),
                },
                address: Address {
                    line1: address.line1.clone(),
                    line2: address.line2.clone(),
                    city: address.city.clone(),
                    postcode: address.postcode.clone(),
                    country: address.country.clone(),
                    at: LatLon::from_degrees(address.lat, address.lon),
                },
                items: items?,
                proof: Some(ProofRule {
                    signature: need(self.pod.signature),
                    photo: need(self.pod.photo),
                    scan: need(self.pod.scan),
                    name: need(self.pod.name),
                    ..ProofRule::default()
                }),
                cash_due: None,
                terms: None,
                delivery_pin: None,
            },
        })
    }
}

impl PaperItem {
    fn put(&self) -> anyhow::Result<Item> {
        Ok(Item {
            item_id: self.line.to_string().parse()?,
            sku: self.sku.clone(),
            text: self.desc.clone(),
            quantity: self.qty,
            unit: self.uom.clone(),
            code: self.barcode.clone(),
            weight_g: self.weight_g,
        })
    }
}

fn time(text: &str) -> anyhow::Result<Timestamp> {
    let read =
        chrono::DateTime::parse_from_rfc3339(text).with_context(|| format!("no time: {text}"))?;
    Ok(Timestamp(read.timestamp_millis()))
}
