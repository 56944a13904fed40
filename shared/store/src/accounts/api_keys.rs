use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, KeyId},
    scope::Scope,
};
use serde::{Deserialize, Serialize};

use super::credentials;
use crate::{
    Record,
    tables::{Key, StoreError, Table, Tables},
};

/// How many API keys an account may have.
pub const API_KEYS: usize = 20;
/// How often a use is written down.
const PRECISION: SignedDuration = SignedDuration::from_hours(1);

/// An API key's row, found by the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// The key's id.
    pub id: KeyId,
    /// Whose it is.
    pub account: AccountId,
    /// What its owner calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// SHA-256 of the token's secret, in hex.
    pub secret_hash: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    #[serde(default)]
    pub last_used_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for ApiKey {
    fn key(&self) -> Key {
        api_key_key(self.account, &self.secret_hash)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

impl ApiKey {
    /// The key as a use at `now` leaves it, if that is worth a write.
    pub(super) fn used(&self, now: Timestamp) -> Option<Self> {
        let recent = |at: Timestamp| now.duration_since(at) < PRECISION;
        (!self.last_used_at.is_some_and(recent)).then(|| Self {
            last_used_at: Some(now),
            version: self.version + 1,
            ..self.clone()
        })
    }
}

/// The account's API keys, in no order.
///
/// # Errors
/// [`StoreError`].
pub async fn api_keys(tables: &dyn Tables, account: AccountId) -> Result<Vec<ApiKey>, StoreError> {
    credentials::list(tables, account, PREFIX).await
}

/// Revokes the account's API key of this id, or all; tells how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn revoke_api_keys(
    tables: &dyn Tables,
    account: AccountId,
    only: Option<KeyId>,
) -> Result<usize, StoreError> {
    credentials::remove(tables, account, PREFIX, only.map(|id| id.to_string())).await
}

const PREFIX: &str = "key#";

pub(super) fn api_key_key(account: AccountId, secret_hash: &str) -> Key {
    Key::new(Table::Accounts, account, format!("{PREFIX}{secret_hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_use_is_written_down_at_most_once_an_hour() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let key = ApiKey {
            id: KeyId::new(),
            account: AccountId::new(),
            name: "mine".to_owned(),
            scopes: vec![Scope::CreditsRead],
            secret_hash: String::new(),
            created_at: now,
            last_used_at: None,
            version: 1,
        };
        let used = key.used(now).unwrap();
        assert_eq!((used.last_used_at, used.version), (Some(now), 2));
        assert_eq!(used.used(now + SignedDuration::from_mins(59)), None);
        assert!(used.used(now + SignedDuration::from_mins(60)).is_some());
    }
}
