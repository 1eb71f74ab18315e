//! The courier: carries what is new whenever there is air, and waits politely when there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::{sleep, timeout};
use waybill_core::id::BlobHash;
use waybill_sync::code::{Code, Retry};

use super::Phone;
use crate::air::Uplink;
use crate::api::view::Topic;
use crate::clock::roll;
use crate::engine::{Engine, Heard};
use crate::problem::Problem;

/// How often to ask for news when there is nothing to say.
const IDLE_SECONDS: u64 = 20;
/// The first wait after a failure, and the longest.
const BACKOFF_SECONDS: u64 = 2;
const BACKOFF_SECONDS_MAX: u64 = 300;
/// The most rounds in one go; the rest waits for the next, so that nothing spins.
const ROUNDS_MAX: usize = 200;

impl Phone {
    /// Talks to the hub whenever there is something to say and every now and then. Never returns.
    pub async fn run_sync(&self) {
        let mut failures = 0;
        loop {
            let said = self.talk().await;
            failures = if said.is_ok() { 0 } else { failures + 1 };
            let roll = u16::from_be_bytes(roll(self.inner.dice.as_ref()));
            match said.err().and_then(|problem| problem.wait_s) {
                // The hub asked for it: no tap comes before that. Whoever presses *send now* may.
                Some(asked) => sleep(asked_wait(asked, roll)).await,
                None if failures == 0 => self.pause(Duration::from_secs(IDLE_SECONDS)).await,
                None => self.pause(backoff(failures, roll)).await,
            }
        }
    }

    /// Waits. A tap or a change of the net ends the wait early.
    async fn pause(&self, wait: Duration) {
        drop(timeout(wait, self.inner.nudge.notified()).await);
    }

    /// Says and hears everything there is, then sends what evidence the hub wants.
    pub(super) async fn talk(&self) -> Result<(), Problem> {
        let _turn = self.inner.talking.lock().await;
        let said = self.rounds().await;
        if let Err(problem) = &said
            && problem.code != Code::NotEnrolled.word()
        {
            self.with(|engine| {
                engine.note_trouble(problem);
                Ok(())
            })?;
            self.tell(&[Topic::Trust]);
        }
        said
    }

    async fn rounds(&self) -> Result<(), Problem> {
        let uplink = self.uplink()?;
        // Evidence that cannot be sent now does not keep the rest from being sent.
        let (mut sent, mut stuck) = (BTreeSet::new(), BTreeMap::new());
        for _ in 0..ROUNDS_MAX {
            let heard = self.round(&uplink).await?;
            if heard.has_more {
                continue;
            }
            // What was sent whole and is wanted all the same waits for another time.
            for hash in heard.wanted.iter().filter(|hash| sent.contains(*hash)) {
                stuck.insert(*hash, Problem::of(Code::BlobHashWrong));
            }
            let wanted: Vec<_> =
                heard.wanted.into_iter().filter(|hash| !stuck.contains_key(hash)).collect();
            if wanted.is_empty() {
                break;
            }
            for hash in wanted {
                match self.send(&uplink, hash).await {
                    Ok(()) => drop(sent.insert(hash)),
                    Err(problem) if problem.code == Code::HubUnreachable.word() => {
                        return Err(problem);
                    }
                    Err(problem) => drop(stuck.insert(hash, problem)),
                }
                // Facts recorded meanwhile go before the next photo.
                if self.with(|engine| Ok(engine.has_unsent_facts()))? {
                    break;
                }
            }
        }
        // The office was there all the time: this is about the evidence, not about the air.
        self.with(|engine| {
            for (hash, problem) in &stuck {
                engine.note_stuck(*hash, problem);
            }
            Ok(())
        })?;
        if !stuck.is_empty() {
            self.tell(&[Topic::Job, Topic::Trust]);
        }
        Ok(())
    }

    async fn round(&self, uplink: &Uplink) -> Result<Heard, Problem> {
        self.check_air()?;
        let mut asked = self.with(Engine::ask)?;
        let answer = uplink.sync(std::mem::take(&mut asked.body)).await?;
        let heard = self.with(|engine| engine.hear(&asked, &answer))?;
        if heard.is_news {
            self.tell(&[Topic::Start, Topic::Run, Topic::Job]);
        }
        self.tell(&[Topic::Trust]);
        Ok(heard)
    }

    /// Sends one piece of evidence whole. A piece that breaks off is resumed another time.
    async fn send(&self, uplink: &Uplink, hash: BlobHash) -> Result<(), Problem> {
        let Some(bytes) = self.inner.folder.read(hash)? else {
            // The file is gone or no longer what its name says: only a person can help.
            return Err(Problem::with(Code::BlobMissing, hash));
        };
        loop {
            self.check_air()?;
            match uplink.send_piece(hash, &bytes).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // The hub says where it stands; the next piece starts there.
                Err(problem)
                    if problem.code == Code::BlobOffsetWrong.word()
                        && problem.retry == Retry::Later => {}
                Err(problem) => return Err(problem),
            }
        }
    }

    fn uplink(&self) -> Result<Uplink, Problem> {
        let client = self.inner.client.clone();
        self.with(|engine| {
            let crew = engine.crew().ok_or(Code::NotEnrolled)?;
            Ok(Uplink::new(client, &crew.hub_url, &crew.token))
        })
    }

    fn check_air(&self) -> Result<(), Problem> {
        if self.is_in_airplane() { Err(Code::HubUnreachable.into()) } else { Ok(()) }
    }
}

/// Twice as long after each failure, and never two phones at the same moment.
fn backoff(failures: u32, roll: u16) -> Duration {
    let ceiling = BACKOFF_SECONDS.saturating_mul(1 << failures.min(10)).min(BACKOFF_SECONDS_MAX);
    Duration::from_millis(ceiling * 500 + ceiling * 500 * u64::from(roll) / u64::from(u16::MAX))
}

/// What the hub asked for and up to a tenth more: those who were told the same do not come as one.
fn asked_wait(seconds: u64, roll: u16) -> Duration {
    Duration::from_millis(seconds * 1_000 + seconds * 100 * u64::from(roll) / u64::from(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_waits_longer_after_each_failure_and_never_for_ever() {
        let waits: Vec<_> = (1..12).map(|failures| backoff(failures, 0).as_millis()).collect();
        assert_eq!(waits[..4], [2_000, 4_000, 8_000, 16_000]);
        assert_eq!(waits.last(), Some(&150_000));
        assert_eq!(backoff(99, u16::MAX), Duration::from_secs(BACKOFF_SECONDS_MAX));
    }

    #[test]
    fn the_dice_keep_two_phones_apart() {
        assert_eq!(backoff(1, u16::MAX), Duration::from_secs(4), "up to twice as long");
        assert_eq!(asked_wait(60, 0), Duration::from_mins(1), "never before the hub said");
        assert_eq!(asked_wait(60, u16::MAX), Duration::from_secs(66));
    }
}
