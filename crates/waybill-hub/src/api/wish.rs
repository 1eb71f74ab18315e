//! What a crew wanted of the plan and did not get, as the office reads it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use waybill_core::id::JobId;
use waybill_core::job::{JobKind, Pin};
use waybill_core::plan::Wish;

/// One thing that a crew wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum OfficeWish {
    /// To do the job right behind another, or first.
    Behind {
        job_id: Option<JobId>,
    },
    SiteNote {
        text: String,
    },
    Pin {
        pin: Pin,
    },
    /// To have a job that the office has not planned.
    Job {
        kind: JobKind,
        customer: String,
        address_line: String,
        city: String,
        goods: Vec<String>,
    },
}

impl From<Wish> for OfficeWish {
    fn from(wish: Wish) -> Self {
        match wish {
            Wish::Behind { job_id } => Self::Behind { job_id },
            Wish::SiteNote { text } => Self::SiteNote { text },
            Wish::Pin { pin } => Self::Pin { pin },
            Wish::Job { spec } => Self::Job {
                kind: spec.kind,
                goods: spec
                    .items
                    .iter()
                    .map(|item| format!("{} {} {}", item.quantity, item.unit, item.text))
                    .collect(),
                customer: spec.customer.name,
                address_line: spec.address.line1,
                city: spec.address.city,
            },
        }
    }
}
