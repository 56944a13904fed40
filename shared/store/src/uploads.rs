//! Rows of uploaded references.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, UploadId},
    upload::Upload,
};

use crate::{
    Record,
    record::{from_maybe, newest_first, replace},
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

/// The upload, if it is one of these owners'.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    owners: &[AccountId],
    id: UploadId,
) -> Result<Option<Upload>, StoreError> {
    Ok(find_all(tables, owners, &[id]).await?.pop().flatten())
}

/// The uploads of these owners, in the order of the ids.
///
/// # Errors
/// [`StoreError`].
pub async fn find_all(
    tables: &dyn Tables,
    owners: &[AccountId],
    ids: &[UploadId],
) -> Result<Vec<Option<Upload>>, StoreError> {
    let mut found = vec![None; ids.len()];
    let keys: Vec<(usize, Key)> = owners
        .iter()
        .flat_map(|owner| ids.iter().enumerate().map(|(at, id)| (at, upload_key(*owner, *id))))
        .collect();
    for page in keys.chunks(READ) {
        let (places, keys): (Vec<usize>, Vec<Key>) = page.iter().cloned().unzip();
        for (at, row) in places.into_iter().zip(tables.get(&keys).await?) {
            if let Some(upload) = from_maybe(row)? {
                found[at] = Some(upload);
            }
        }
    }
    Ok(found)
}

/// Those of several owners together, newest first; `after` is the last one of the page before. Ids come in
/// the order of time.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    owners: &[AccountId],
    after: Option<UploadId>,
    limit: u32,
) -> Result<Vec<Upload>, StoreError> {
    let mut all: Vec<Upload> = Vec::new();
    for owner in owners {
        let (partition, after) =
            ((Table::Generations, owner), after.map(|id| upload_key(*owner, id)));
        let prefix = Range::Prefix(PREFIX.to_owned());
        all.extend(newest_first(tables, partition, prefix, after, limit).await?);
    }
    all.sort_by_key(|upload| std::cmp::Reverse(upload.id));
    all.truncate(limit as usize);
    Ok(all)
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
/// How many rows are read at once.
const READ: usize = 100;

fn upload_key(account: AccountId, id: UploadId) -> Key {
    Key::new(Table::Generations, account, format!("{PREFIX}{id}"))
}
