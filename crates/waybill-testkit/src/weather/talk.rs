//! Conversations under the weather: lost, late, repeated, cut off on one side or both, and answered by
//! somebody else.

use anyhow::{Context, ensure};
use sha2::Digest;
use waybill_core::id::BlobHash;
use waybill_core::time::Timestamp;
use waybill_device::engine::Asked;
use waybill_device::problem::Problem;
use waybill_sync::code::Code;

use super::day::Day;

/// The most messages that hang in the air at once.
const DELAYED_MAX: usize = 24;

/// A message that hangs in the air and arrives when nobody expects it any more.
pub(super) struct Delayed {
    phone: usize,
    body: Vec<u8>,
    due: Timestamp,
}

/// A phone's line to the hub.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Link {
    #[default]
    Open,
    /// Nothing arrives until then, and nothing comes back.
    Cut(Timestamp),
    /// The hub hears, and the phone does not.
    Mute(Timestamp),
}

/// What came of a question.
enum Answer {
    Given(Vec<u8>),
    /// The phone has been revoked.
    TurnedAway,
    /// The hub's disk is full: it says so and keeps nothing.
    Full,
}

impl Day {
    /// One try at a conversation, with whatever the sky does to it.
    pub(super) fn talk(&mut self, phone: usize) -> anyhow::Result<()> {
        let engine = self.phone(phone)?.engine()?;
        let (has_news, asked) = (engine.has_unsent_facts(), engine.ask()?);
        self.trace.update(&asked.body);
        self.misbehave(phone, &asked.body)?;
        let now = self.clock.now();
        let link = self.links.get(phone).copied().unwrap_or_default();
        let is_cut = matches!(link, Link::Cut(until) if until > now);
        if is_cut || self.dice.percent(self.sky.lost) {
            self.note("request lost");
            return Ok(());
        }
        if self.dice.percent(self.sky.delayed) && self.delayed.len() < DELAYED_MAX {
            let due = now.plus_ms(i64::try_from(self.dice.below(self.sky.delay_ms_max + 1))?);
            self.delayed.push(Delayed { phone, body: asked.body, due });
            self.note("request delayed");
            return Ok(());
        }
        if self.dice.percent(self.sky.portal) {
            let page = b"<html>Please sign in to FreeWifi</html>";
            let heard = self.phone(phone)?.engine()?.hear(&asked, page);
            ensure!(heard.is_err(), "a portal's page was taken for the hub");
            self.note("portal answered");
            return Ok(());
        }
        let Answer::Given(answer) = self.ask_hub(phone, &asked.body)? else {
            return Ok(());
        };
        if self.dice.percent(self.sky.duplicated) {
            self.ask_hub(phone, &asked.body)?;
            self.note("request duplicated");
        }
        let is_mute = matches!(link, Link::Mute(until) if until > now);
        if is_mute || self.dice.percent(self.sky.lost) {
            self.note("answer lost");
            if has_news {
                self.note("receipt lost after commit");
            }
            return Ok(());
        }
        if self.dice.percent(self.sky.phone_crashes) {
            self.phone(phone)?.crash()?;
            self.note("phone crashed before the answer");
            return Ok(());
        }
        if let Some(wanted) = self.hear(phone, &asked, &answer)? {
            self.note("talked");
            self.upload(phone, &wanted)?;
        }
        Ok(())
    }

    fn ask_hub(&mut self, phone: usize, body: &[u8]) -> anyhow::Result<Answer> {
        let device = self.phone(phone)?.device;
        match self.hub()?.sync(device, body) {
            Ok(answer) => {
                self.phone(phone)?.is_turned_away = false;
                Ok(Answer::Given(answer))
            }
            Err(error) if error.code() == Code::DeviceRevoked => {
                let holder = self.phone(phone)?;
                holder.is_turned_away = true;
                holder.engine()?.note_trouble(&Problem::of(Code::DeviceRevoked));
                self.note("revoked phone turned away");
                Ok(Answer::TurnedAway)
            }
            Err(_) if self.is_hub_full => {
                self.note("hub refused on a full disk");
                Ok(Answer::Full)
            }
            Err(error) => Err(error).context("the hub failed"),
        }
    }

    /// What the hub wants, if the phone could keep what it heard.
    fn hear(
        &mut self,
        phone: usize,
        asked: &Asked,
        answer: &[u8],
    ) -> anyhow::Result<Option<Vec<BlobHash>>> {
        let holder = self.phone(phone)?;
        let is_full = holder.is_full;
        match holder.engine()?.hear(asked, answer) {
            Ok(heard) => Ok(Some(heard.wanted)),
            Err(_) if is_full => {
                self.note("answer not kept by a full disk");
                Ok(None)
            }
            Err(problem) => Err(problem).context("an honest answer was refused"),
        }
    }

    /// Sends evidence until something tears.
    fn upload(&mut self, phone: usize, wanted: &[BlobHash]) -> anyhow::Result<()> {
        for hash in wanted {
            if self.is_hub_full || self.dice.percent(self.sky.torn_upload) {
                self.note("upload torn");
                return Ok(());
            }
            self.send_blob(phone, *hash)?;
        }
        Ok(())
    }

    fn send_blob(&mut self, phone: usize, hash: BlobHash) -> anyhow::Result<()> {
        let holder = self.phone(phone)?;
        let device = holder.device;
        let bytes =
            holder.engine()?.folder().read(hash)?.context("a blob that a fact names is kept")?;
        self.hub()?.put_blob(device, hash, &bytes)?;
        self.note("blob sent");
        Ok(())
    }

    /// Messages that hung in the air arrive; nobody waits for their answers.
    pub(super) fn arrive_late(&mut self, is_all: bool) -> anyhow::Result<()> {
        let now = self.clock.now();
        let waiting = std::mem::take(&mut self.delayed);
        let (due, left) = waiting.into_iter().partition(|late| is_all || late.due <= now);
        self.delayed = left;
        let mut due: Vec<Delayed> = due;
        while !due.is_empty() {
            let late = due.swap_remove(self.below(due.len()));
            self.ask_hub(late.phone, &late.body)?;
            self.note("request arrived late");
        }
        Ok(())
    }

    /// A round with nothing going wrong; true when there was nothing left to say or hear.
    pub(super) fn talk_plainly(&mut self, phone: usize) -> anyhow::Result<bool> {
        let asked = self.phone(phone)?.engine()?.ask()?;
        let Answer::Given(answer) = self.ask_hub(phone, &asked.body)? else {
            return Ok(true);
        };
        let heard = self.phone(phone)?.engine()?.hear(&asked, &answer)?;
        for hash in &heard.wanted {
            self.send_blob(phone, *hash)?;
        }
        Ok(heard.wanted.is_empty() && !heard.has_more && !heard.is_news)
    }
}
