//! What people like to begin with: one row of an account.

use jiff::Timestamp;
use reverie_domain::{ids::AccountId, preferences::Preferences};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::{get, write_over},
    tables::{Key, StoreError, Table, Tables},
};

/// How often a write is tried while others of the same account win.
const ATTEMPTS: u32 = 8;

/// The row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferred {
    /// Whose.
    pub account: AccountId,
    /// What.
    pub preferences: Preferences,
    /// When it was said.
    pub updated_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Preferred {
    fn key(&self) -> Key {
        preferences_key(self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// What was said last.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
) -> Result<Option<Preferred>, StoreError> {
    get(tables, preferences_key(account)).await
}

/// Writes the account's preferences. `false` if others won every time.
///
/// # Errors
/// [`StoreError`].
pub async fn put(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    preferences: &Preferences,
) -> Result<bool, StoreError> {
    let mut known = find(tables, account).await?;
    for _ in 0..ATTEMPTS {
        let version = known.as_ref().map_or(1, |row: &Preferred| row.version + 1);
        let preferences = preferences.clone();
        let next = Preferred { account, preferences, updated_at: now, version };
        match write_over(tables, known.as_ref(), &next).await? {
            Ok(()) => return Ok(true),
            Err(present) => known = present,
        }
    }
    Ok(false)
}

fn preferences_key(account: AccountId) -> Key {
    Key::new(Table::Accounts, account, "preferences")
}
