//! What became of the goods, line by line and parcel by parcel.
//!
//! Invariant: goods are neither made nor lost. For every line
//! `loaded + over = delivered + substituted + refused + damaged + missing + aboard + returned`,
//! where `over` is what was accounted for beyond what had been loaded: a question for the office.

use std::collections::BTreeSet;

use crate::fact::LineOutcome;
use crate::fold::JobState;
use crate::gs1::Label;
use crate::id::ItemId;
use crate::job::{Item, Job};
use crate::load::{self, serial_of};
use crate::status::Status;

/// What became of one line of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineAccount {
    pub item_id: ItemId,
    pub ordered: u64,
    /// Counted or put onto the vehicle one by one; without either what was ordered, once the job is under way.
    pub loaded: u64,
    pub is_counted: bool,
    pub delivered: u64,
    pub refused: u64,
    pub damaged: u64,
    pub missing: u64,
    /// Handed over in the shape of something else.
    pub substituted: u64,
    /// Counted back into the depot, once somebody has.
    pub checked_in: Option<u64>,
    /// Still on the vehicle, and nothing was said about it.
    pub aboard: u64,
    /// Went back to the depot unaccounted for at the door.
    pub returned: u64,
    /// Accounted for beyond what was loaded.
    pub over: u64,
    /// Said at the dock to be missing or broken, while the rest is still being loaded.
    pub left_behind: u64,
}

impl LineAccount {
    /// Ordered and not loaded. What is only not aboard yet is not short.
    pub fn short(&self) -> u64 {
        let short = if self.is_counted {
            self.ordered.saturating_sub(self.loaded)
        } else {
            self.left_behind
        };
        short.min(self.ordered)
    }

    /// Loaded and not ordered.
    pub fn extra(&self) -> u64 {
        self.loaded.saturating_sub(self.ordered)
    }

    /// What has to come home: loaded, and not left with the customer or found to be missing.
    pub fn to_bring_back(&self) -> u64 {
        let gone = [self.delivered, self.substituted, self.missing];
        gone.into_iter().fold(self.loaded, u64::saturating_sub)
    }

    /// Says whether something else came home than had to.
    pub fn is_back_otherwise(&self) -> bool {
        self.checked_in.is_some_and(|back| back != self.to_bring_back())
    }

    /// Says whether the law holds.
    pub fn is_balanced(&self) -> bool {
        let named = [self.delivered, self.refused, self.damaged, self.missing, self.substituted];
        let accounted: u64 = named.into_iter().fold(0, u64::saturating_add);
        let right = accounted.saturating_add(self.aboard).saturating_add(self.returned);
        self.loaded.saturating_add(self.over) == right
    }
}

/// Accounts for every line of a job. Of two outcomes the first by its id is taken, until the office
/// has said which one holds.
pub fn account(job: &Job, state: &JobState) -> Vec<LineAccount> {
    let handed_over = state.outcomes.iter().find(|each| each.status != Status::Failed);
    let account = |item: &Item| {
        let counted = load::loaded(item, state);
        let ordered = u64::from(item.quantity);
        let is_under_way = state.status != Status::Planned;
        let is_loading = state.status == Status::Planned && state.load.open(item) > 0;
        let loaded = counted.unwrap_or(if is_under_way { ordered } else { 0 });
        let line = handed_over
            .and_then(|outcome| outcome.lines.iter().find(|line| line.item_id == item.item_id));
        let of = |read: fn(&LineOutcome) -> u32| line.map_or(0, |l| u64::from(read(l)));
        let accounted = line.map_or(0, LineOutcome::sum);
        let rest = loaded.saturating_sub(accounted);
        let is_back = state.status == Status::Returned;
        let account = LineAccount {
            item_id: item.item_id.clone(),
            ordered,
            loaded,
            is_counted: counted.is_some()
                && (!is_loading || state.counted.contains_key(&item.item_id)),
            delivered: of(|line| line.delivered),
            refused: of(|line| line.refused),
            damaged: of(|line| line.damaged),
            missing: of(|line| line.missing),
            substituted: of(LineOutcome::substituted),
            checked_in: state.checked_in.get(&item.item_id).copied().map(u64::from),
            aboard: if is_back { 0 } else { rest },
            returned: if is_back { rest } else { 0 },
            over: accounted.saturating_sub(loaded),
            left_behind: state.load.left_behind(item),
        };
        debug_assert!(account.is_balanced(), "goods were made or lost: {account:?}");
        account
    };
    job.spec.items.iter().map(account).collect()
}

/// Says whether what was loaded or handed over is not what was ordered or loaded.
pub fn is_over_or_short(accounts: &[LineAccount]) -> bool {
    accounts.iter().any(|line| line.short() > 0 || line.extra() > 0 || line.over > 0)
}

/// One code of a job: of the plan, of a scanner, or of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    pub code: String,
    /// The line whose code it is; none for a code that the job does not have.
    pub item_id: Option<ItemId>,
    pub is_scanned: bool,
}

/// Says whether a scan names what the plan calls by a code, as text or as a GS1 code.
pub fn is_same_code(scan: &str, code: &str) -> bool {
    let is_named = || Label::read(scan.as_bytes()).is_ok_and(|label| label.names(code));
    !code.is_empty() && (scan == code || is_named())
}

/// How many units of a line were scanned at the door. A code that names one unit counts once, and a line
/// of one unit is one parcel, however often it was read.
pub fn scanned_units(item: &Item, state: &JobState) -> u64 {
    let of_line = state.scanned.iter().filter(|(scan, _)| is_same_code(scan, &item.code));
    let (mut alike, mut serials) = (0_u64, BTreeSet::new());
    for (scan, units) in of_line {
        match serial_of(scan) {
            Some(serial) => drop(serials.insert(serial)),
            None => alike = alike.saturating_add(*units),
        }
    }
    let all = u64::try_from(serials.len()).unwrap_or(u64::MAX).saturating_add(alike);
    if item.quantity == 1 { all.min(1) } else { all }
}

/// Every code of the job in the order of its lines, then what was scanned and does not belong.
pub fn parcels(job: &Job, state: &JobState) -> Vec<Parcel> {
    let items = || job.spec.items.iter().filter(|item| !item.code.is_empty());
    let expected = items().map(|item| Parcel {
        code: item.code.clone(),
        item_id: Some(item.item_id.clone()),
        is_scanned: state.scanned.keys().any(|scan| is_same_code(scan, &item.code)),
    });
    let strange = state
        .scanned
        .keys()
        .filter(|scan| !items().any(|item| is_same_code(scan, &item.code)))
        .map(|scan| Parcel { code: scan.clone(), item_id: None, is_scanned: true });
    expected.chain(strange).collect()
}

#[cfg(test)]
mod tests;
