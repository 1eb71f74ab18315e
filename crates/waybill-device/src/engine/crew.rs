//! What the crew writes in the plan: the order of jobs, notes about sites, entrances, and jobs that came
//! up at the door. These are edits and not facts; the office may edit the same plan meanwhile.

use waybill_core::id::{ItemId, RunId};
use waybill_core::job::{
    Address, Contact, Customer, Item, JOBS_MAX, Job, JobSpec, Pin, SITE_NOTE_BYTES_MAX,
    check_crew_spec,
};
use waybill_core::plan::{Actor, CREW_JOBS_MAX, PlanDoc, PlanError, crew_job_id};
use waybill_core::role::Act;
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;

use super::Engine;
use super::capture::text;
use crate::api::command::{AddJob, MoveJob, NewItem, OfJob, WriteSiteNote};
use crate::api::view::{AddedJob, Done};
use crate::clock::roll;
use crate::problem::Problem;
use crate::store::StoredPlan;

/// A position older than this is not where the driver stands now.
const PIN_AGE_MS_MAX: u32 = 120_000;

impl Engine {
    /// Changes where a job stands in the run.
    pub fn move_job(&mut self, moved: &MoveJob) -> Result<(), Problem> {
        self.allow(Act::ReorderRun)?;
        self.edit_plan(&moved.run_id, |doc, at| {
            doc.move_job(&moved.job_id, moved.behind.as_ref(), at)
        })
    }

    /// Keeps what is to be known about a job's site; an empty text takes it back.
    pub fn write_site_note(&mut self, note: &WriteSiteNote) -> Result<Done, Problem> {
        self.allow(Act::NoteSite)?;
        let text = text(&note.text)?;
        if text.len() > SITE_NOTE_BYTES_MAX {
            return Err(Code::TextTooLong.into());
        }
        self.edit_plan(&note.run_id, |doc, at| doc.write_site_note(&note.job_id, &text, at))?;
        Ok(Done {})
    }

    /// Says that the entrance is where the phone is now, as measured.
    pub fn propose_pin(&mut self, of: &OfJob) -> Result<Done, Problem> {
        self.allow(Act::ProposePin)?;
        let pin = self.pin_here().ok_or(Code::PlaceUnknown)?;
        self.edit_plan(&of.run_id, |doc, at| doc.propose_pin(&of.job_id, pin, at))?;
        Ok(Done {})
    }

    /// Where the phone is, if that is known well enough to send somebody there.
    pub(super) fn pin_here(&self) -> Option<Pin> {
        let fix = self.here().filter(|fix| !fix.is_mock && fix.age_ms <= PIN_AGE_MS_MAX)?;
        Some(Pin { at: fix.at, accuracy_m: fix.accuracy_m }).filter(Pin::is_good)
    }

    /// Adds a job that the office has not planned. It is the crew's until the office agrees to it.
    pub fn add_job(&mut self, add: &AddJob) -> Result<AddedJob, Problem> {
        self.allow(Act::AddJob)?;
        let (device, _) = self.me()?;
        let book = self.books.get(&add.run_id).ok_or(Code::RunUnknown)?;
        let added = book.plan.jobs.iter().filter(|job| job.added.is_some()).count();
        if book.plan.jobs.len() >= JOBS_MAX || added >= CREW_JOBS_MAX {
            return Err(Code::RunFull.into());
        }
        let same_place = add.same_place_as.as_ref();
        let at = same_place.map(|job_id| self.job(&add.run_id, job_id)).transpose()?;
        let dice = u32::from_be_bytes(roll(self.dice.as_ref()));
        let job_id = crew_job_id(device, dice).ok_or(Code::StoreFailed)?;
        let order = format!("CREW-{dice:08X}");
        let spec = new_spec(add, order, at)?;
        if !check_crew_spec(&spec).is_empty() {
            return Err(Code::FieldsInvalid.into());
        }
        self.edit_plan(&add.run_id, |doc, at| doc.add_crew_job(&job_id, &spec, same_place, at))?;
        Ok(AddedJob { job_id })
    }

    /// Lets one wish become one change, durable before memory follows.
    fn edit_plan(
        &mut self,
        run_id: &RunId,
        edit: impl FnOnce(&mut PlanDoc, Timestamp) -> Result<bool, PlanError>,
    ) -> Result<(), Problem> {
        let (device, _) = self.me()?;
        let at = self.clock.read().wall_ms;
        // A change is written under the name of an epoch, and the epoch must be durable before it.
        let (genesis, head) = self.journal.next(device, self.dice.as_ref());
        let book = self.books.get_mut(run_id).ok_or(Code::JobUnknown)?;
        if let Some(genesis) = genesis {
            self.store.begin_epoch(&genesis)?;
            self.journal.advance(Some(genesis), head);
        }
        let mut doc = book.doc.clone();
        doc.set_writer(&Actor::device(device, head.epoch));
        if edit(&mut doc, at).map_err(|error| Problem::with(Code::JobUnknown, error))? {
            let stored = StoredPlan {
                run_id: run_id.clone(),
                document: doc.save(),
                hub_heads: book.hub_heads.clone(),
            };
            self.store.put_plan(&stored)?;
            book.doc = doc;
            book.reread(&self.policies)?;
        }
        Ok(())
    }
}

/// What a new job says: the place of another one, save where the crew says something else.
fn new_spec(add: &AddJob, order: String, at: Option<&Job>) -> Result<JobSpec, Problem> {
    let or = |said: &str, known: Option<&String>| {
        let said = text(said)?;
        let known = known.cloned().unwrap_or_default();
        Ok::<_, Problem>(if said.is_empty() { known } else { said })
    };
    let known = at.map(|job| &job.spec);
    let is_elsewhere = !add.address_line.trim().is_empty();
    let address = match known {
        Some(known) if !is_elsewhere => known.address.clone(),
        _ => Address {
            line1: text(&add.address_line)?,
            line2: String::new(),
            city: or(&add.city, known.map(|known| &known.address.city))?,
            postcode: String::new(),
            country: String::new(),
            at: None,
        },
    };
    let customer = or(&add.customer, known.map(|known| &known.customer.name))?;
    let is_same = known.is_some_and(|known| known.customer.name == customer);
    let known = known.filter(|_| is_same);
    Ok(JobSpec {
        kind: add.kind,
        order,
        customer: Customer {
            name: customer,
            reference: known.map_or_else(String::new, |known| known.customer.reference.clone()),
        },
        contact: known.map_or_else(Contact::default, |known| known.contact.clone()),
        address,
        items: (1..).zip(&add.items).map(new_item).collect::<Result<_, _>>()?,
        proof: None,
        cash_due: None,
        terms: None,
        delivery_pin: None,
    })
}

fn new_item((number, item): (u32, &NewItem)) -> Result<Item, Problem> {
    Ok(Item {
        item_id: ItemId::try_from(number.to_string()).map_err(|_| Code::FieldsInvalid)?,
        sku: String::new(),
        text: text(&item.text)?,
        quantity: item.quantity,
        unit: text(&item.unit)?,
        code: String::new(),
        weight_g: 0,
    })
}
