//! Why a job stands where it stands, asked of the rules themselves.
//!
//! The rules say it; here are only the job and the facts that count, read in one moment.

use waybill_core::explain::{Line, explain};
use waybill_core::fold::Facts;
use waybill_core::id::{JobId, RunId};
use waybill_sync::code::Code;

use crate::error::HubError;
use crate::hub::{Asker, Hub};
use crate::settle::fold;

impl Hub {
    /// What every fact of a job did, who asks for which proof, and what came of it.
    pub fn explain(
        &self,
        asker: &Asker,
        run_id: &RunId,
        job_id: &JobId,
    ) -> Result<Vec<Line>, HubError> {
        let now = self.now();
        self.store.read(|tx| {
            // A run that the asker may not see is not there for them.
            tx.get_run(run_id)?.filter(|run| asker.sees(&run.depot_id)).ok_or(Code::NotFound)?;
            let policies = tx.policies()?;
            let folded = fold(tx, &policies, run_id, job_id)?.ok_or(Code::NotFound)?;
            let facts: Facts =
                folded.facts.into_iter().map(|(row, fact)| (row.fact_id, fact)).collect();
            Ok(explain(&folded.row.job, &facts, &policies, now))
        })
    }
}
