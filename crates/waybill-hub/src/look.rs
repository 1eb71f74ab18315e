//! Looking again: what time alone raises, though nobody says anything new.

use std::time::Duration;

use waybill_core::incident::{Incident, PARKED_GRACE_MS};
use waybill_core::time::Timestamp;

use crate::error::HubError;
use crate::hub::{Hub, Topic};
use crate::settle::{by_run, settle_again};
use crate::store::Tx;

/// How many jobs are looked at again in one transaction.
const LOOKS_MAX: u32 = 500;
/// How often a hub that serves looks again. What is due is due in hours.
const LOOK_EVERY: Duration = Duration::from_mins(1);

impl Hub {
    /// Raises what time alone has raised since; answers how many jobs and devices were looked at.
    pub fn look_again(&self) -> Result<usize, HubError> {
        let now = self.now();
        let mut looked_at = self.look_at_parked(now)?;
        loop {
            let due = self.store.read(|tx| tx.list_to_look_at(now, LOOKS_MAX))?;
            if due.is_empty() {
                return Ok(looked_at);
            }
            looked_at = looked_at.saturating_add(due.len());
            let is_feed_news = self.store.write(|tx| {
                let (policies, mut is_feed_news) = (tx.policies()?, false);
                for (run_id, job_ids) in by_run(due) {
                    is_feed_news |= settle_again(tx, &policies, &run_id, &job_ids, now)?;
                }
                Ok::<_, HubError>(is_feed_news)
            })?;
            self.nudge(Topic::Runs);
            if is_feed_news {
                self.nudge(Topic::Feed);
            }
        }
    }

    /// Asks somebody about facts that have waited too long for their run. They go on waiting.
    fn look_at_parked(&self, now: Timestamp) -> Result<usize, HubError> {
        let waiting = |tx: &Tx<'_>| tx.list_parked_since(now.plus_ms(-PARKED_GRACE_MS));
        let waiting = self.store.read(waiting)?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let opened = self.store.write(|tx| {
            let mut opened = 0;
            for (device, run_id) in &waiting {
                let about = run_id.as_str();
                opened +=
                    usize::from(tx.open_incident(*device, Incident::FactsParked, about, now)?);
            }
            Ok::<_, HubError>(opened)
        })?;
        if opened > 0 {
            self.nudge(Topic::Devices);
        }
        Ok(opened)
    }

    /// Looks again and again, as long as the hub serves.
    pub async fn keep_looking(&self) {
        let mut turns = tokio::time::interval(LOOK_EVERY);
        loop {
            turns.tick().await;
            if let Err(error) = self.run(Self::look_again).await {
                tracing::error!(%error, "What is due by now could not be looked at.");
            }
        }
    }
}

#[cfg(test)]
mod tests;
