//! The store's own row, and the policies.

use waybill_core::cbor;
use waybill_core::id::StoreId;
use waybill_core::policy::{Policies, Policy};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::key::HubKey;
use waybill_sync::wire::StoreMark;

use super::{Tx, unsigned, values};
use crate::error::HubError;

/// Who this store is.
#[derive(Clone)]
pub(crate) struct Meta {
    pub(crate) mark: StoreMark,
    pub(crate) key: HubKey,
    pub(crate) company: String,
}

impl Tx<'_> {
    /// The store's row, if the store has been begun.
    pub(crate) fn get_meta(&self) -> Result<Option<Meta>, HubError> {
        let sql = "SELECT store_id, store_epoch, hub_secret, company FROM meta";
        self.get(sql, values![], |row| {
            Ok(Meta {
                mark: StoreMark { store: row.bytes(0)?, epoch: unsigned(row.get(1)?) },
                key: HubKey::from_secret(&row.get(2)?),
                company: row.get(3)?,
            })
        })
    }

    /// Begins the store.
    pub(crate) fn put_meta(
        &self,
        store: StoreId,
        secret: &[u8; 32],
        company: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO meta (id, store_id, store_epoch, hub_secret, company, created_at_ms)
             VALUES (1, $1, 1, $2, $3, $4)",
            values![&store.0, secret, company, now],
        )?;
        Ok(())
    }

    /// Every policy that a fact may name. A hub has had at least the one it began with.
    pub(crate) fn policies(&self) -> Result<Policies, HubError> {
        let sql = "SELECT bytes FROM policies ORDER BY version DESC";
        let mut policies: Option<Policies> = None;
        for policy in self.list(sql, values![], |row| row.record(0, "policy"))? {
            match &mut policies {
                Some(policies) => policies.insert(policy),
                None => policies = Some(Policies::new(policy)),
            }
        }
        policies.ok_or(Code::StoreFailed.into())
    }

    /// Puts a policy in force.
    pub(crate) fn put_policy(&self, policy: &Policy) -> Result<(), HubError> {
        self.execute(
            "INSERT INTO policies (version, bytes) VALUES ($1, $2)",
            values![policy.version, &cbor::encode(policy)],
        )?;
        Ok(())
    }
}
