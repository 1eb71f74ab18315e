//! The store's own row, and the policies.

use rusqlite::{OptionalExtension, params};
use waybill_core::cbor;
use waybill_core::id::StoreId;
use waybill_core::policy::{Policies, Policy};
use waybill_core::time::Timestamp;
use waybill_sync::code::Code;
use waybill_sync::key::HubKey;
use waybill_sync::wire::StoreMark;

use super::{Tx, bytes, signed, unsigned};
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
        let row = self.0.query_row(sql, [], |row| {
            let secret: [u8; 32] = row.get("hub_secret")?;
            Ok(Meta {
                mark: StoreMark {
                    store: bytes(row, "store_id")?,
                    epoch: unsigned(row.get("store_epoch")?),
                },
                key: HubKey::from_secret(&secret),
                company: row.get("company")?,
            })
        });
        Ok(row.optional()?)
    }

    /// Begins the store.
    pub(crate) fn put_meta(
        &self,
        store: StoreId,
        secret: &[u8; 32],
        company: &str,
        now: Timestamp,
    ) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO meta (id, store_id, store_epoch, hub_secret, company, created_at_ms)
             VALUES (1, ?, 1, ?, ?, ?)",
            params![store.0, secret, company, now.0],
        )?;
        Ok(())
    }

    /// Every policy that a fact may name. A hub has had at least the one it began with.
    pub(crate) fn policies(&self) -> Result<Policies, HubError> {
        let mut query =
            self.0.prepare_cached("SELECT bytes FROM policies ORDER BY version DESC")?;
        let rows = query.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        let mut policies: Option<Policies> = None;
        for bytes in rows {
            let policy = cbor::decode("policy", &bytes?)?;
            match &mut policies {
                Some(policies) => policies.insert(policy),
                None => policies = Some(Policies::new(policy)),
            }
        }
        policies.ok_or(Code::StoreFailed.into())
    }

    /// Puts a policy in force.
    pub(crate) fn put_policy(&self, policy: &Policy) -> Result<(), HubError> {
        self.0.execute(
            "INSERT INTO policies (version, bytes) VALUES (?, ?)",
            params![signed(policy.version.into()), cbor::encode(policy)],
        )?;
        Ok(())
    }
}
