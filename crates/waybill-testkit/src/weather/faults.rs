//! Faults beside the wire: crashes, cut lines, full disks, restored backups, a revoked phone, and one
//! that says what it should not.

use anyhow::Context;
use waybill_core::cbor;
use waybill_core::id::Epoch;
use waybill_core::journal::Genesis;
use waybill_hub::Asker;
use waybill_sync::envelope;
use waybill_sync::seal::seal;
use waybill_sync::wire::{SyncUp, Tail};

use super::dawn::copy;
use super::day::Day;
use super::sky::{EVENTS, PHONES};
use super::talk::Link;

/// The longest that a line is cut.
const CUT_MS_MAX: u64 = 6 * 3_600_000;
/// One event in so many empties a full disk.
const EMPTIED: u64 = 12;

impl Day {
    /// Whatever strikes at this moment.
    pub(super) fn strike(&mut self) -> anyhow::Result<()> {
        self.cut_lines()?;
        self.crash()?;
        self.fill_disks()?;
        if let Some((phone, backup, restore)) = self.sky.phone_restore {
            if self.at == backup {
                self.phone(phone)?.back_up()?;
            } else if self.at == restore {
                self.restore_phone(phone)?;
            }
        }
        if let Some((backup, restore)) = self.sky.hub_restore {
            if self.at == backup && !self.is_hub_full {
                self.hub()?.backup_to(&Asker::Console, &self.dir.path().join("backups"))?;
            } else if self.at == restore {
                self.restore_hub()?;
            }
        }
        if let Some((phone, at)) = self.sky.revoke
            && self.at == at
            && !self.is_hub_full
        {
            let device = self.phone(phone)?.device;
            self.hub()?.revoke(&Asker::Console, device)?;
            self.note("phone revoked");
        }
        Ok(())
    }

    fn cut_lines(&mut self) -> anyhow::Result<()> {
        if !self.dice.percent(self.sky.partition) {
            return Ok(());
        }
        let phone = self.below(PHONES);
        let until = self.clock.now().plus_ms(i64::try_from(self.dice.below(CUT_MS_MAX))?);
        // Half of them in one direction only. A request that does not arrive has no answer either, so
        // the phone sees the first two alike; the hub does not.
        let (link, what) = match self.dice.below(4) {
            0 | 1 => (Link::Cut(until), "partitioned both ways"),
            2 => (Link::Cut(until), "partitioned one way: nothing arrives"),
            _ => (Link::Mute(until), "partitioned one way: nothing comes back"),
        };
        if let Some(held) = self.links.get_mut(phone) {
            *held = link;
        }
        self.note(what);
        Ok(())
    }

    fn crash(&mut self) -> anyhow::Result<()> {
        // Every phone so many times over the day.
        let is_crash = self.dice.below(EVENTS) < self.sky.phone_crashes * PHONES as u64;
        let phone = self.below(PHONES);
        if is_crash && self.dice.percent(80) {
            self.phone(phone)?.crash()?;
            self.note("phone crashed");
        } else if self.dice.percent(3) {
            if self.phone(phone)?.is_full {
                return Ok(());
            }
            self.phone(phone)?.restart()?;
            self.note("phone restarted");
        }
        if !self.is_hub_full && self.dice.percent(self.sky.hub_crash) {
            self.reopen_hub()?;
            self.note("hub crashed");
        }
        Ok(())
    }

    fn fill_disks(&mut self) -> anyhow::Result<()> {
        if self.dice.below(EVENTS) < self.sky.disks_full {
            if self.dice.percent(30) {
                super::phone::fill(&self.hub_dir.join("hub.db"), true)?;
                self.is_hub_full = true;
                self.note("hub's disk full");
            } else {
                let phone = self.below(PHONES);
                self.phone(phone)?.fill_disk(true)?;
                self.note("phone's disk full");
            }
        }
        if self.dice.below(EMPTIED) == 0 { self.mend_disks() } else { Ok(()) }
    }

    /// There is room again everywhere.
    pub(super) fn mend_disks(&mut self) -> anyhow::Result<()> {
        if std::mem::take(&mut self.is_hub_full) {
            super::phone::fill(&self.hub_dir.join("hub.db"), false)?;
        }
        for phone in self.phones.iter_mut().filter(|phone| phone.is_full) {
            phone.fill_disk(false)?;
        }
        Ok(())
    }

    /// A phone gets back what it was. What it captured since is at the hub or is gone with the phone.
    fn restore_phone(&mut self, at: usize) -> anyhow::Result<()> {
        let phone = self.phones.get_mut(at).context("a phone")?;
        let dice = self.dice.roll();
        phone.restore(dice)?;
        self.note("phone restored from a backup");
        Ok(())
    }

    /// Another machine goes on from the hub's backup.
    fn restore_hub(&mut self) -> anyhow::Result<()> {
        let Ok(mut backups) = std::fs::read_dir(self.dir.path().join("backups")) else {
            return Ok(());
        };
        let backup = backups.next().context("a backup was taken")??.path();
        self.is_hub_full = false;
        self.hub = None;
        self.hub_dir = self.dir.path().join("another-machine");
        let (clock, dice) = (&*self.clock, &*self.hub_dice);
        let restored = waybill_hub::restore(&backup, &self.hub_dir, clock, dice)?;
        anyhow::ensure!(restored.blobs_missing.is_empty(), "the backup lacks evidence");
        self.reopen_hub()?;
        self.is_hub_restored = true;
        self.note("hub restored from a backup");
        Ok(())
    }

    /// What a bad phone says beside what an honest one would. The hub may refuse it; it may not fail.
    pub(super) fn misbehave(&mut self, phone: usize, body: &[u8]) -> anyhow::Result<()> {
        if self.sky.bad_phone != Some(phone) || self.is_hub_full {
            return Ok(());
        }
        let (what, said) = match self.dice.below(3) {
            0 => {
                let mut broken = body.to_vec();
                let at = self.below(broken.len());
                if let Some(byte) = broken.get_mut(at) {
                    *byte ^= 1 << self.dice.below(8);
                }
                ("bad phone: broken bytes", broken)
            }
            1 => {
                let other = (phone + 1) % PHONES;
                ("bad phone: another's words", self.phone(other)?.engine()?.ask()?.body)
            }
            _ => ("bad phone: sealed nonsense", self.sealed_nonsense(phone, body)?),
        };
        let device = self.phone(phone)?.device;
        if let Err(error) = self.hub()?.sync(device, &said) {
            anyhow::ensure!(error.code().http_status() < 500, "{what}: the hub failed: {error}");
        }
        self.note(what);
        Ok(())
    }

    /// A journal of its own, properly chained and sealed, of facts that are none.
    fn sealed_nonsense(&mut self, phone: usize, body: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut up: SyncUp = envelope::open("sync", body)?;
        let (device, roll) = (self.phone(phone)?.device, self.dice.roll());
        let epoch = Epoch((1 << 50) | (roll >> 20));
        let genesis = Genesis { device, epoch, after: None };
        let honest = up.tails.first().and_then(|tail| tail.facts.first()).cloned();
        let mut facts = vec![cbor::encode(&roll).into()];
        if let Some(mut fact) = honest {
            let at = self.below(fact.len());
            if let Some(byte) = fact.get_mut(at) {
                *byte ^= 1 << self.dice.below(8);
            }
            facts.push(fact);
        }
        let end = facts.iter().fold(genesis.head(), |head, fact| head.after(fact));
        let seal = seal(self.phone(phone)?.engine()?.key(), device, end).to_vec().into();
        up.tails = vec![Tail { genesis, first_seq: 1, facts, seal }];
        Ok(envelope::pack(&up))
    }

    /// Makes the copy that a phone is restored from.
    pub(super) fn copy_phone(from: &std::path::Path, to: &std::path::Path) -> anyhow::Result<()> {
        if to.exists() {
            std::fs::remove_dir_all(to)?;
        }
        copy(from, to)
    }
}
