//! A day's work, made up from a seed: runs of any length with customers, goods and places.
//!
//! No real people or places. The same seed gives the same day.

use waybill_core::id::{DepotId, PersonId};
use waybill_core::job::{Address, Contact, Customer, Item, JobKind, JobSpec, Money};
use waybill_core::place::LatLon;
use waybill_core::proof::{Need, ProofRule};
use waybill_core::time::{Timestamp, Window};
use waybill_hub::api::view::{PutJob, PutRun};

use crate::clock::SeededDice;

const NAMES: [&str; 12] = [
    "Murphy & Sons",
    "Bakery Lindqvist",
    "Zoë's Flower Workshop",
    "Halden Print and Copy Centre for the Northern District",
    "Café Ørsted",
    "Kowalski Elektrotechnika",
    "Dr. Amina Wright, Dental Surgery",
    "مكتبة النور",
    "Huddle Co-working",
    "St. Bride's Primary School",
    "Bäckerei Größenwahn",
    "Paper & Pine",
];
const STREETS: [&str; 8] = [
    "Northgate",
    "Mill Lane",
    "Canal Wharf",
    "Rosewood Avenue",
    "Long Causeway",
    "Chapel Row",
    "Old Foundry Yard",
    "Bell Street",
];
const CITIES: [&str; 4] = ["Wakefield", "Huddersfield", "Dewsbury", "Batley"];
const GOODS: [(&str, &str); 8] = [
    ("Toner cartridge 26X", "ea"),
    ("Cable drum 100 m", "ea"),
    ("Office chair, black", "ea"),
    ("Floor cleaner 5 l", "can"),
    ("Copy paper A4, 5 reams", "box"),
    ("Water filter cartridge", "ea"),
    ("First aid refill", "set"),
    ("LED panel 60 x 60", "ea"),
];
const NOTES: [&str; 6] = [
    "",
    "",
    "Ring twice, reception closes at 16:30.",
    "Deliver to loading bay B at the rear, height limit 3.2 m.",
    "",
    "Fragile goods, do not stack. Check seals with the customer before signing.",
];

/// What a made-up run is about.
#[derive(Debug, Clone)]
pub struct DemoRun<'d> {
    pub seed: u64,
    pub day: &'d str,
    /// When the first window opens.
    pub from: Timestamp,
    pub jobs: usize,
    pub depot_id: DepotId,
    pub driver_id: PersonId,
    pub vehicle: &'d str,
    /// Put before every job's number, so that no two runs share one.
    pub prefix: &'d str,
}

impl DemoRun<'_> {
    /// Makes the run.
    pub fn put_run(&self) -> PutRun {
        let dice = SeededDice::new(self.seed);
        PutRun {
            depot_id: self.depot_id.clone(),
            day: self.day.to_owned(),
            zone: "Europe/London".to_owned(),
            vehicle: self.vehicle.to_owned(),
            driver_id: self.driver_id.clone(),
            jobs: (0..self.jobs).filter_map(|number| self.job(number, &dice)).collect(),
        }
    }

    fn job(&self, number: usize, dice: &SeededDice) -> Option<PutJob> {
        const MINUTE_MS: i64 = 60_000;
        let opens = i64::try_from(number).ok()? * 4 * MINUTE_MS;
        let from_ms = self.from.plus_ms(opens);
        let window = Window { from_ms, to_ms: from_ms.plus_ms(120 * MINUTE_MS) };
        let cash_minor = 1_250 + i64::try_from(dice.below(9_000)).ok()?;
        let is_cash = number % 5 == 3;
        Some(PutJob {
            job_id: format!("{}{:03}", self.prefix, number + 1).parse().ok()?,
            window: Some(window),
            note: pick(&NOTES, dice).to_owned(),
            pin: None,
            spec: JobSpec {
                kind: if number % 9 == 7 { JobKind::Collect } else { JobKind::Deliver },
                order: format!("SO{}", 4_900_000 + dice.below(99_999)),
                customer: Customer {
                    name: NAMES.get(number % NAMES.len())?.to_string(),
                    reference: format!("C{}", 100_000 + dice.below(899_999)),
                },
                contact: Contact {
                    name: "Daniel Murphy".to_owned(),
                    phone: format!("+44 7700 900{:03}", dice.below(1_000)),
                    email: String::new(),
                },
                address: address(dice),
                items: (0..=dice.below(4)).filter_map(|line| item(line, dice)).collect(),
                proof: Some(ProofRule {
                    signature: Need::Required,
                    photo: if number.is_multiple_of(3) { Need::Required } else { Need::Optional },
                    scan: Need::Off,
                    name: Need::Required,
                    ..ProofRule::default()
                }),
                cash_due: is_cash.then(|| Money { minor: cash_minor, currency: "GBP".to_owned() }),
                terms: None,
                delivery_pin: None,
            },
        })
    }
}

/// Makes several orders of one customer at one door out of jobs that follow one another: one visit, of
/// which nobody asks for a photo.
pub fn join(jobs: &mut [PutJob]) {
    let Some((first, others)) = jobs.split_first_mut() else { return };
    let photo = Need::Optional;
    for job in others.iter_mut() {
        job.window = first.window;
        job.spec.kind = first.spec.kind;
        job.spec.customer = first.spec.customer.clone();
        job.spec.contact = first.spec.contact.clone();
        job.spec.address = first.spec.address.clone();
    }
    for job in std::iter::once(first).chain(others) {
        job.spec.proof = job.spec.proof.map(|rule| ProofRule { photo, ..rule });
        job.spec.cash_due = None;
    }
}

fn address(dice: &SeededDice) -> Address {
    let spread = |dice: &SeededDice| i32::try_from(dice.below(90_000)).unwrap_or(0) - 45_000;
    let at = LatLon { lat_e6: 53_690_000 + spread(dice), lon_e6: -1_560_000 + spread(dice) };
    Address {
        line1: format!("{} {}", 1 + dice.below(240), pick(&STREETS, dice)),
        line2: if dice.percent(30) {
            format!("Unit {}", 1 + dice.below(30))
        } else {
            String::new()
        },
        city: pick(&CITIES, dice).to_owned(),
        postcode: format!("LS{} {}XW", 10 + dice.below(18), 1 + dice.below(9)),
        country: "GB".to_owned(),
        at: Some(at),
    }
}

fn item(line: u64, dice: &SeededDice) -> Option<Item> {
    let (text, unit) = GOODS.get(usize::try_from(dice.below(8)).ok()?)?;
    Some(Item {
        item_id: (line + 1).to_string().parse().ok()?,
        sku: format!("SKU-{}", 300_000 + dice.below(699_999)),
        text: (*text).to_owned(),
        quantity: u32::try_from(1 + dice.below(24)).ok()?,
        unit: (*unit).to_owned(),
        code: format!("{:013}", dice.below(9_999_999_999_999)),
        weight_g: u32::try_from(500 + dice.below(11_000)).ok()?,
    })
}

fn pick<'w>(words: &[&'w str], dice: &SeededDice) -> &'w str {
    let at = usize::try_from(dice.below(u64::try_from(words.len()).unwrap_or(1))).unwrap_or(0);
    words.get(at).copied().unwrap_or_default()
}
