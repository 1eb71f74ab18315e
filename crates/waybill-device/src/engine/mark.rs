//! Marks: small things that a store keeps by name, and how they are read.

use waybill_core::cbor;
use waybill_core::policy::{Policies, Policy};

use crate::problem::Problem;
use crate::store::{Store, StoreError};

pub(super) use crate::store::{CLOSED, LIFE, MEMORY};
/// Up to where other phones' facts have been read.
pub(super) const CURSOR: &str = "cursor";
/// The hub's store as this phone knows it.
pub(super) const HUB_STORE: &str = "hub_store";
pub(super) const POLICY: &str = "policy";
/// Versions before it, which facts may still name.
pub(super) const POLICIES: &str = "policies";
/// Runs of which other phones' facts may have been missed.
pub(super) const MISSED: &str = "missed";
pub(super) const LAST_CONTACT: &str = "last_contact";
/// The job whose customer has the phone in hand.
pub(super) const HANDED: &str = "handed";
/// Without which it is not taken back.
pub(super) const DRIVER_CODE: &str = "driver_code";
/// How jobs were when they were last read.
pub(super) const SEEN: &str = "seen";
/// Nobody is signed in, and since when.
pub(super) const SIGNED_OUT: &str = "signed_out";

/// Every policy that a fact may name. A phone that has heard of none goes by the one it was shipped with.
pub(super) fn read_policies(store: &Store) -> Result<Policies, Problem> {
    let newest = read_mark(store, POLICY)?.unwrap_or_else(Policy::shipped);
    let mut policies = Policies::new(newest);
    for older in read_mark::<Vec<Policy>>(store, POLICIES)?.unwrap_or_default() {
        policies.insert(older);
    }
    policies.insert_unheard(Policy::shipped());
    Ok(policies)
}

/// What is kept under a name, if anything is.
pub(super) fn read_mark<T: for<'b> minicbor::Decode<'b, ()>>(
    store: &Store,
    name: &'static str,
) -> Result<Option<T>, Problem> {
    let bytes = store.mark(name)?;
    let read = bytes.map(|bytes| cbor::decode(name, &bytes)).transpose();
    Ok(read.map_err(StoreError::from)?)
}
