//! Power cuts: what a phone or a hub promised while it ran is there after the machine lost what it had
//! not flushed.
//!
//! A flow is run once and every call that it makes to the disk is written down ([`trace`]). Then the
//! power is cut again and again in that record: a seed draws the moment and what is lost ([`disk`]),
//! the rest is put into a folder, and the real engine or hub opens it ([`crate::flow`]).

pub mod disk;
pub mod image;
pub mod trace;

use std::collections::BTreeMap;

use anyhow::{Context, ensure};

use crate::clock::SeededDice;
use crate::flow::Flow;
use disk::{Disk, Loss};
use image::{Image, memory_folder};
use trace::{Act, Call};

/// A flow's record: where it began, what had been promised by then, and what it did.
#[derive(Debug)]
pub struct Track {
    pub flow: Flow,
    /// Counts the cuts that led to where it begins.
    life: usize,
    base: Image,
    promised: Vec<String>,
    calls: Vec<Call>,
    /// The planted mistake: the disk says that SQLite's log is flushed, and it is not.
    pub is_deaf_to_logs: bool,
}

/// One cut: after how many calls, and what is lost.
#[derive(Debug, Clone, Copy)]
struct Cut {
    seed: u64,
    at: usize,
    loss: Loss,
}

/// What came of many cuts.
#[derive(Debug, Default)]
pub struct Report {
    pub cuts: u64,
    /// How often each kind of loss happened.
    pub losses: BTreeMap<&'static str, u64>,
    /// What was not as promised, each with the seed that plays it again.
    pub broken: Vec<String>,
}

/// The tracks that the product must survive. A seed's track is its remainder.
pub fn tracks() -> anyhow::Result<Vec<Track>> {
    let mut tracks = Vec::new();
    let lives = [
        (Flow::Begin, 1),
        (Flow::Capture, 1),
        (Flow::Together, 1),
        (Flow::Day, 6),
        (Flow::Long, 1),
        (Flow::Hear, 2),
        (Flow::Purge, 2),
        (Flow::Upgrade, 2),
        (Flow::Rescue, 1),
        (Flow::Full, 1),
        (Flow::Found, 1),
        (Flow::Intake, 2),
    ];
    for (flow, lives) in lives {
        tracks.extend(Track::lives(flow, lives)?);
    }
    for flow in [Flow::Begin, Flow::Found] {
        tracks.extend(Track::record(flow)?.kills()?);
    }
    Ok(tracks)
}

/// Cuts the power once for every seed, on two cores.
pub fn storm(tracks: &[Track], seeds: std::ops::Range<u64>) -> anyhow::Result<Report> {
    let count = u64::try_from(tracks.len())?;
    let half = |odd: u64| {
        let mut report = Report::default();
        for (track, number) in tracks.iter().zip(0..count) {
            let own =
                seeds.clone().filter(|seed| seed % count == number && seed / count % 2 == odd);
            track.cut_all(own, &mut report)?;
        }
        Ok::<_, anyhow::Error>(report)
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(|| half(1));
        let mut report = half(0)?;
        let other = other.join().map_err(|_| anyhow::anyhow!("a check panicked"))??;
        report.cuts += other.cuts;
        report.broken.extend(other.broken);
        for (what, times) in other.losses {
            *report.losses.entry(what).or_default() += times;
        }
        Ok(report)
    })
}

impl Track {
    /// Records a flow from its beginning.
    pub fn record(flow: Flow) -> anyhow::Result<Self> {
        let dir = memory_folder()?;
        flow.prepare(dir.path())?;
        Self::record_from(flow, 0, Image::read(dir.path())?, vec![])
    }

    /// Records a flow, then again from where a cut left it, and so on.
    fn lives(flow: Flow, lives: usize) -> anyhow::Result<Vec<Self>> {
        let mut tracks = vec![Self::record(flow)?];
        while let Some(last) = tracks.last().filter(|_| tracks.len() < lives) {
            let seed = u64::try_from(tracks.len())?;
            // Late in a life there is most to lose, and most to find again in the next one.
            let cut = Cut { at: last.calls.len() * 4 / 5, ..last.draw(seed) };
            let (image, promised) = last.at(cut)?;
            tracks.push(Self::record_from(flow, tracks.len(), image, promised)?);
        }
        Ok(tracks)
    }

    /// Kills the program after each folder that it made, starts it again and records on: what the
    /// killed one had not flushed is seen by the next, and is still lost when the power goes.
    fn kills(&self) -> anyhow::Result<Vec<Self>> {
        let makes = |call: &Call| matches!(call.act, Act::MakeFolder { .. });
        let ends = (1..).zip(&self.calls).filter(|(_, call)| makes(call)).map(|(at, _)| at);
        ends.map(|at| {
            let cut = Cut { seed: 0, at, loss: Loss::Nothing };
            let (image, promised) = self.at(cut)?;
            let next = Self::record_from(self.flow, self.life + 1, image, promised)?;
            let before = self.calls.iter().take(at).cloned();
            let calls = before.chain(next.calls).collect();
            let (base, promised) = (self.base.clone(), self.promised.clone());
            Ok(Self { base, promised, calls, ..next })
        })
        .collect()
    }

    fn record_from(
        flow: Flow,
        life: usize,
        base: Image,
        promised: Vec<String>,
    ) -> anyhow::Result<Self> {
        let dir = memory_folder()?;
        base.write(dir.path())?;
        let calls = trace::record(&mut flow.program(dir.path())?, dir.path())
            .with_context(|| format!("life {life} of {}", flow.word()))?;
        ensure!(!calls.is_empty(), "{} does nothing", flow.word());
        Ok(Self { flow, life, base, promised, calls, is_deaf_to_logs: false })
    }

    /// What it began with.
    pub fn base(&self) -> &Image {
        &self.base
    }

    /// What it did, call by call.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    fn disk(&self) -> anyhow::Result<Disk> {
        let mut disk = Disk::holding(&self.base)?;
        disk.is_deaf_to_logs = self.is_deaf_to_logs;
        Ok(disk)
    }

    fn draw(&self, seed: u64) -> Cut {
        let dice = SeededDice::new(seed);
        let calls = u64::try_from(self.calls.len()).unwrap_or(u64::MAX);
        let at = usize::try_from(1 + dice.below(calls)).unwrap_or(usize::MAX);
        let kept_percent = 10 + dice.below(81);
        let loss = match dice.below(4) {
            0 => Loss::Everything,
            1 => Loss::Some { kept_percent },
            2 => Loss::Torn { kept_percent, sector: 512 },
            _ => Loss::Torn { kept_percent, sector: 4_096 },
        };
        Cut { seed, at, loss }
    }

    /// What is on the disk after one cut, and what had been promised by then.
    fn at(&self, cut: Cut) -> anyhow::Result<(Image, Vec<String>)> {
        let (mut disk, mut promised) = (self.disk()?, self.promised.clone());
        for call in self.calls.iter().take(cut.at) {
            take(&mut disk, &mut promised, call)?;
        }
        Ok((disk.cut(cut.loss, &SeededDice::new(!cut.seed)), promised))
    }

    /// Cuts for every seed, in the order of the moments, so that the record is gone through once.
    fn cut_all(&self, seeds: impl Iterator<Item = u64>, report: &mut Report) -> anyhow::Result<()> {
        let mut cuts: Vec<Cut> = seeds.map(|seed| self.draw(seed)).collect();
        cuts.sort_by_key(|cut| cut.at);
        let (mut disk, mut promised) = (self.disk()?, self.promised.clone());
        let mut calls = self.calls.iter();
        let mut taken = 0;
        for cut in cuts {
            for call in calls.by_ref().take(cut.at - taken) {
                take(&mut disk, &mut promised, call)?;
            }
            taken = cut.at;
            let image = disk.cut(cut.loss, &SeededDice::new(!cut.seed));
            report.cuts += 1;
            *report.losses.entry(cut.loss.word()).or_default() += 1;
            if let Err(error) = self.check(&image, &promised) {
                let (flow, life) = (self.flow.word(), self.life);
                let Cut { seed, at, loss } = cut;
                let of = self.calls.len();
                report.broken.push(format!(
                    "seed {seed}: {flow}, life {life}, cut after call {at} of {of}, {loss:?}: \
                     {error:#}\nreplay: cargo xtask power --seed {seed}"
                ));
            }
        }
        Ok(())
    }

    fn check(&self, image: &Image, promised: &[String]) -> anyhow::Result<()> {
        let dir = memory_folder()?;
        image.write(dir.path())?;
        self.flow.check(dir.path(), promised)
    }
}

fn take(disk: &mut Disk, promised: &mut Vec<String>, call: &Call) -> anyhow::Result<()> {
    if let Act::Say(line) = &call.act {
        promised.push(line.clone());
    }
    disk.take(&call.act).with_context(|| format!("{} {}", call.name, call.nth))
}
