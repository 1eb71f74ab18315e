//! A sound bundle in plain words: who did what, when, with which proof.
//!
//! Words only. Whether the bundle is sound was decided before. Texts that people wrote are shown
//! without the letters that steer a terminal.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use waybill_core::fact::Body;
use waybill_core::id::{DeviceId, FactId, PersonId};
use waybill_core::time::Timestamp;

use super::{Findings, Told};
use crate::wire::Verdict;

const E6: f64 = 1_000_000.0;

/// A text that somebody wrote, on one line.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}

fn time(at: Timestamp) -> String {
    at.rfc3339().unwrap_or_else(|| format!("{} ms", at.0))
}

impl Findings {
    /// The whole bundle, line by line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = self.head();
        lines.push(String::new());
        lines.push(format!("Facts, in the order of the phones' clocks ({}):", self.told.len()));
        let undone = self.undone();
        for told in &self.told {
            lines.extend(self.fact(told, undone.contains(&told.fact_id)));
        }
        lines.push(String::new());
        lines.push(format!("Evidence, named by SHA-256 ({}):", self.evidence.len()));
        for piece in &self.evidence {
            let (mime, bytes) = (plain(&piece.mime), piece.bytes.len());
            lines.push(format!("  {}  {mime}, {bytes} bytes", piece.hash));
        }
        for hash in &self.manifest.blobs_away {
            lines.push(format!("  {hash}  named by a phone, never received by the hub"));
        }
        lines.push(String::new());
        lines.extend(self.tail());
        lines
    }

    fn head(&self) -> Vec<String> {
        let manifest = &self.manifest;
        let (run, spec) = (&manifest.run, &manifest.planned.spec);
        let key = self.hub_key.to_text();
        let trust = if self.is_hub_trusted {
            "the key that you trust"
        } else {
            "named by the bundle itself: compare it with the one that the company gives out"
        };
        let address = [&spec.address.line1, &spec.address.line2, &spec.address.city];
        let address: Vec<_> =
            address.into_iter().filter(|part| !part.is_empty()).map(|part| plain(part)).collect();
        let (order, customer) = (plain(&spec.order), plain(&spec.customer.name));
        let (day, vehicle) = (plain(&run.day), plain(&run.vehicle));
        let mut lines = vec![
            format!("Bundle of {}, made {}", plain(&manifest.company), time(manifest.made_at)),
            format!("Hub key   {key}"),
            format!("          ({trust})"),
            format!("Job       {} of run {}, {day}, {vehicle}", manifest.job_id, run.run_id),
            format!("Order     {order} for {customer}, {}", address.join(", ")),
        ];
        lines.extend(spec.items.iter().map(|item| {
            format!("Goods     {} {} {}", item.quantity, plain(&item.unit), plain(&item.text))
        }));
        lines.push(format!("Plan      {}", plain(&manifest.planned.standing)));
        lines
    }

    /// What the hub alone says, and what the chains say.
    fn tail(&self) -> Vec<String> {
        let judged = &self.manifest.judged;
        let mut lines = vec![format!(
            "The hub's verdict: {}, {}",
            plain(&judged.status),
            plain(&judged.verdict)
        )];
        lines.extend(judged.reasons.iter().map(|reason| format!("  because {}", plain(reason))));
        match &judged.entry {
            None => lines.push("Finance was told nothing of it yet.".to_owned()),
            Some(entry) => lines.push(format!(
                "Finance read entry {}, revision {}: {}, at {}",
                entry.seq,
                entry.revision,
                plain(&entry.verdict),
                time(entry.published_at)
            )),
        }
        for named in &self.manifest.devices {
            let print = HEXLOWER.encode(&Sha256::digest(&*named.key));
            lines.push(format!("Phone {} has the key with SHA-256 {print}", plain(&named.name)));
        }
        lines.push(format!(
            "Sealed epochs: {}; facts of this job: {}, and {} of others, which are hidden.",
            self.manifest.journals.len(),
            self.told.len(),
            self.hidden
        ));
        lines
    }

    fn fact(&self, told: &Told, is_undone: bool) -> Vec<String> {
        let body = told.fact.body();
        let who = self.person(&told.fact.person_id);
        let phone = self.device(told.fact_id.device);
        let mut lines = vec![
            format!("  {} by {who} on {phone}{}", body.word(), words(&body)),
            format!(
                "    claimed {}, received {}",
                time(told.fact.act.wall_ms),
                time(told.received_at)
            ),
        ];
        if let Some(fix) = told.fact.fix {
            let (lat, lon) = (f64::from(fix.at.lat_e6) / E6, f64::from(fix.at.lon_e6) / E6);
            lines.push(format!("    at {lat:.6}, {lon:.6}, give or take {} m", fix.accuracy_m));
        }
        if let Some(blob) = body.blob() {
            lines.push(format!("    evidence {blob}"));
        }
        if told.verdict != Verdict::Accepted {
            let (verdict, code) = (told.verdict.word(), plain(&told.code));
            lines.push(format!("    does not count: {verdict}, {code}"));
        }
        if is_undone {
            lines.push("    was taken back later".to_owned());
        }
        lines.push(format!("    fact {}", told.fact_id));
        lines
    }

    fn undone(&self) -> BTreeSet<FactId> {
        let counted = self.told.iter().filter(|told| told.verdict == Verdict::Accepted);
        let undos = counted.filter_map(|told| match told.fact.body() {
            Body::Undone(undone) => Some(undone.fact_id),
            _ => None,
        });
        undos.collect()
    }

    fn person(&self, id: &PersonId) -> String {
        let named = self.manifest.people.iter().find(|person| person.person_id == *id);
        named.map_or_else(|| id.to_string(), |person| format!("{} ({id})", plain(&person.name)))
    }

    fn device(&self, id: DeviceId) -> String {
        let named = self.manifest.devices.iter().find(|named| named.device == id);
        named.map_or_else(|| id.to_string(), |named| plain(&named.name))
    }
}

/// What a fact says beyond its kind.
fn words(body: &Body) -> String {
    match body {
        Body::Signed(signed) => format!(": {} signed", plain(&signed.name)),
        Body::Failed(failed) => {
            let anyway = failed.anyway.as_deref().map(|why| format!("; anyway: {}", plain(why)));
            let (reason, note) = (plain(&failed.reason), plain(&failed.note));
            format!(": {reason} {note}{}", anyway.unwrap_or_default())
        }
        Body::Contacted(contacted) => format!(": {}", contacted.word()),
        Body::CashTaken(taken) => {
            let (minor, currency) = (taken.minor, plain(&taken.currency));
            format!(": {minor} {currency} {} {}", taken.method.word(), plain(&taken.reason))
        }
        Body::PinChecked(checked) => {
            format!(": {} {}", checked.result.word(), plain(&checked.reason))
        }
        Body::AgeChecked(checked) => {
            let is = if checked.is_old_enough { "yes" } else { "no" };
            format!(": {} or older: {is}", checked.minimum)
        }
        Body::Undone(undone) => format!(": {} of {}", plain(&undone.reason), undone.fact_id),
        Body::Reattempted(again) => format!(": {} after {}", plain(&again.reason), again.fact_id),
        Body::Noted(noted) => format!(": {}", plain(&noted.text)),
        Body::Scanned(scanned) => format!(": {} x {}", scanned.quantity, plain(&scanned.code)),
        Body::Delivered(delivered) => {
            let line = |line: &waybill_core::fact::LineOutcome| {
                format!(
                    "; {}: {} delivered, {} refused, {} damaged, {} missing",
                    line.item_id, line.delivered, line.refused, line.damaged, line.missing
                )
            };
            let lines: String = delivered.lines.iter().map(line).collect();
            format!(" ({}){lines}", delivered.method.word())
        }
        Body::Counted(counted) => {
            let line = |line: &waybill_core::fact::LineCount| {
                format!("; {}: {} aboard", line.item_id, line.quantity)
            };
            counted.lines.iter().map(line).collect()
        }
        Body::PlanRefused(refused) => format!(": {}", plain(&refused.code)),
        _ => String::new(),
    }
}
