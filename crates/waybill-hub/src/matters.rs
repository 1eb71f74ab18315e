//! Matters: what happens to a run beside its jobs, opened by single facts and closed by somebody who owns them.
//!
//! Invariant: which matters there are follows from the facts that count and from nothing else; a fact that is
//! heard again, or a rebuild, opens nothing that somebody has closed.

use std::collections::{BTreeMap, BTreeSet};

use waybill_core::day::raise_matter;
use waybill_core::fact::{Body, Fact};
use waybill_core::id::{FactId, PersonId, RunId};
use waybill_core::job::TEXT_BYTES_MAX;
use waybill_sync::code::Code;

use crate::api::matter::{CloseMatter, MatterClosing, OfficeMatter};
use crate::api::view::PersonView;
use crate::enrol::person_of;
use crate::error::HubError;
use crate::hub::{Asker, Hub, Topic};
use crate::pages::seen_run;
use crate::plans::{fault, refuse_faults};
use crate::rebuild::readable;
use crate::store::{KeptMatter, MatterRow, Tx};

/// Says whether a fact may open a matter or take one back.
pub(crate) fn concerns_matters(body: &Body) -> bool {
    matches!(
        body,
        Body::VehicleChecked(_)
            | Body::Messaged(_)
            | Body::Departed(_)
            | Body::Debriefed(_)
            | Body::Undone(_)
    )
}

/// Brings a run's matters in line with its facts; says whether anything was different.
pub(crate) fn settle_matters(tx: &Tx<'_>, run_id: &RunId) -> Result<bool, HubError> {
    let mut raised = raised(tx, run_id)?;
    let mut is_changed = false;
    // A row that cannot be read is written again from its fact.
    for kept in readable(tx.list_matters(run_id).map(Some))?.unwrap_or_default() {
        let id = kept.row.fact_id;
        match raised.remove(&id) {
            Some(row) if row == kept.row => {}
            Some(row) => {
                tx.put_matter(&row)?;
                is_changed = true;
            }
            None if kept.closing.is_none() => {
                tx.drop_matter(id)?;
                is_changed = true;
            }
            None => {}
        }
    }
    for row in raised.values() {
        tx.put_matter(row)?;
        is_changed = true;
    }
    Ok(is_changed)
}

fn raised(tx: &Tx<'_>, run_id: &RunId) -> Result<BTreeMap<FactId, MatterRow>, HubError> {
    let (mut raised, mut undone) = (BTreeMap::new(), BTreeSet::new());
    for (fact_id, bytes, heard_at) in tx.list_matter_facts(run_id)? {
        let fact = Fact::from_bytes(&bytes)?;
        if let Body::Undone(undo) = fact.body() {
            undone.insert(undo.fact_id);
        } else if let Some(opened) = raise_matter(&fact, heard_at) {
            let row = MatterRow {
                fact_id,
                run_id: fact.run_id,
                job_id: fact.job_id,
                matter: opened.matter,
                text: opened.text,
                opened_at: heard_at,
                due_at: opened.due_at,
            };
            raised.insert(fact_id, row);
        }
    }
    raised.retain(|id, _| !undone.contains(id));
    Ok(raised)
}

impl Hub {
    /// Notes that somebody who owns a matter has dealt with it. Saying the same again is no fault: the
    /// answer may have been lost.
    pub fn close_matter(
        &self,
        asker: &Asker,
        run_id: &RunId,
        close: &CloseMatter,
    ) -> Result<(), HubError> {
        let (now, note) = (self.now(), close.note.trim());
        let mut faults = Vec::new();
        if note.is_empty() {
            faults.push(fault("note", "missing"));
        } else if note.len() > TEXT_BYTES_MAX {
            faults.push(fault("note", "too_long"));
        }
        let fact_id: FactId = close.fact_id.parse().map_err(|_| Code::NotFound)?;
        self.store.write(|tx| {
            seen_run(tx, asker, run_id)?;
            let kept =
                tx.list_matters(run_id)?.into_iter().find(|kept| kept.row.fact_id == fact_id);
            let kept = kept.ok_or(Code::NotFound)?;
            if !asker.answers_for(kept.row.matter.owner()) {
                return Err(HubError::from(Code::NotAllowed));
            }
            refuse_faults(faults)?;
            if let Some(closing) = kept.closing {
                let is_same = closing.by == asker.word() && closing.note == note;
                return if is_same { Ok(()) } else { Err(Code::MatterClosed.into()) };
            }
            tx.close_matter(fact_id, (asker.word(), note), now)?;
            let about = format!("{run_id} {fact_id} {}", kept.row.matter.word());
            tx.add_audit(now, asker.word(), "close_matter", &about)
        })?;
        self.nudge(Topic::Runs);
        Ok(())
    }
}

/// Shows matters to somebody; looks each name up once.
pub(crate) struct Shown<'t> {
    tx: &'t Tx<'t>,
    asker: &'t Asker,
    people: BTreeMap<PersonId, PersonView>,
}

impl<'t> Shown<'t> {
    pub(crate) fn new(tx: &'t Tx<'t>, asker: &'t Asker) -> Self {
        Self { tx, asker, people: BTreeMap::new() }
    }

    pub(crate) fn person(&mut self, id: &PersonId) -> Result<PersonView, HubError> {
        if let Some(known) = self.people.get(id) {
            return Ok(known.clone());
        }
        let person = person_of(self.tx, id)?;
        self.people.insert(id.clone(), person.clone());
        Ok(person)
    }

    pub(crate) fn matter(&mut self, kept: KeptMatter) -> Result<OfficeMatter, HubError> {
        let (row, fact) = (kept.row, Fact::from_bytes(&kept.bytes)?);
        let (expected, counted) = match fact.body() {
            Body::Debriefed(debrief) => (debrief.expected, debrief.counted),
            _ => (Vec::new(), Vec::new()),
        };
        let closing = match kept.closing {
            Some(closing) => {
                let by = match closing.by.parse() {
                    Ok(id) => self.tx.get_person(&id)?.map(|person| person.name),
                    Err(_) => None,
                };
                let by = by.unwrap_or(closing.by);
                Some(MatterClosing { at_ms: closing.at, by, note: closing.note })
            }
            None => None,
        };
        let owner = row.matter.owner();
        Ok(OfficeMatter {
            fact_id: row.fact_id.to_string(),
            job_id: row.job_id,
            matter: row.matter,
            owner,
            severity: row.matter.severity(),
            text: row.text,
            expected,
            counted,
            by: self.person(&fact.person_id)?,
            device_name: self.tx.get_device_name(row.fact_id.device)?.unwrap_or_default(),
            at_ms: fact.act.wall_ms,
            opened_at_ms: row.opened_at,
            due_at_ms: row.due_at,
            may_close: closing.is_none() && self.asker.answers_for(owner),
            closing,
        })
    }
}

#[cfg(test)]
mod tests;
