//! Faults of what the office puts, each with its field and a stable code.

use serde::Serialize;

use super::{MINIMUM_AGE_MAX, TEXT_BYTES_MAX};

/// A field that breaks a rule, and the rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldFault {
    /// Where, as `jobs/2/items/0/quantity`.
    pub field: String,
    /// A stable code.
    pub code: &'static str,
}

/// Records a fault where an age is none.
pub(super) fn age_fault(faults: &mut Vec<FieldFault>, field: &str, age: Option<u32>) {
    if age.is_some_and(|age| age > MINIMUM_AGE_MAX) {
        faults.push(FieldFault { field: field.to_owned(), code: "too_large" });
    }
}

/// Records a fault where a text is missing or too long.
pub fn text_fault(faults: &mut Vec<FieldFault>, field: &str, text: &str, needed: bool) {
    let code = if needed && text.trim().is_empty() {
        "missing"
    } else if text.len() > TEXT_BYTES_MAX {
        "too_long"
    } else {
        return;
    };
    faults.push(FieldFault { field: field.to_owned(), code });
}
