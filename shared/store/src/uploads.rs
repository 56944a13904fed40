//! Rows of uploaded references.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, UploadId},
    upload::Upload,
};

use crate::{
    Record,
    record::{from_maybe, get, newest_first, replace},
    tables::{Key, Range, StoreError, Table, Tables},
};

impl Record for Upload {
    fn key(&self) -> Key {
        upload_key(self.account, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at + SignedDuration::from_hours(24))
    }
}

/// The upload of this account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
    id: UploadId,
) -> Result<Option<Upload>, StoreError> {
    get(tables, upload_key(account, id)).await
}

/// The uploads of this account, in the order of the ids: at most 100.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all(
    tables: &dyn Tables,
    account: AccountId,
    ids: &[UploadId],
) -> Result<Vec<Option<Upload>>, StoreError> {
    let keys: Vec<Key> = ids.iter().map(|id| upload_key(account, *id)).collect();
    tables.get(&keys).await?.into_iter().map(from_maybe).collect()
}

/// Newest first; `after` is the last one of the page before.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    account: AccountId,
    after: Option<UploadId>,
    limit: u32,
) -> Result<Vec<Upload>, StoreError> {
    let (partition, after) =
        ((Table::Generations, account), after.map(|id| upload_key(account, id)));
    newest_first(tables, partition, Range::Prefix(PREFIX.to_owned()), after, limit).await
}

/// Writes `after` in place of `before`; otherwise returns what is there instead.
///
/// # Errors
/// [`StoreError`].
pub async fn update(
    tables: &dyn Tables,
    before: &Upload,
    after: &Upload,
) -> Result<Result<(), Option<Upload>>, StoreError> {
    replace(tables, before, after).await
}

const PREFIX: &str = "upload#";

fn upload_key(account: AccountId, id: UploadId) -> Key {
    Key::new(Table::Generations, account, format!("{PREFIX}{id}"))
}
