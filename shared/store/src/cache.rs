//! What an account asked for lately: the same request is answered from the results of the first.
//!
//! A row is only a hint. What it names is looked at before it is used, so a row that is missing,
//! late or left over costs a track made anew and nothing else. It is written before a success and
//! deleted with the files.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, GenerationId},
    job::{Job, Status},
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    generations::{self, Detail},
    record::{get, present},
    tables::{Key, StoreError, Table, Tables, WriteError},
};

/// For how long after its completion a generation answers the same request.
pub const CACHE_VALIDITY: SignedDuration = SignedDuration::from_hours(24);

/// The generation that answers a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached {
    /// Whose. Nothing is ever shared between accounts.
    pub account: AccountId,
    /// Of which request, see `CanonicalRequest::hash`.
    pub request_hash: String,
    /// The generation with the results.
    pub generation: GenerationId,
    /// Until when.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Cached {
    fn key(&self) -> Key {
        cache_key(self.account, &self.request_hash)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Lets a job that is about to succeed answer the same request.
///
/// # Errors
/// [`StoreError`].
pub async fn remember(tables: &dyn Tables, now: Timestamp, job: &Job) -> Result<(), StoreError> {
    let row = Cached {
        account: job.account,
        request_hash: job.request_hash.clone(),
        generation: job.id,
        expires_at: now + CACHE_VALIDITY,
        version: 1,
    };
    let before: Cached = match tables.write(&[row.create()?]).await {
        Err(WriteError::Conflict(outcomes)) => match present(outcomes)? {
            Some(before) => before,
            None => return Ok(()),
        },
        written => return written.or_else(never_mind),
    };
    let next = Cached { version: before.version + 1, ..row };
    tables.write(&[next.replace(&before)?]).await.or_else(never_mind)
}

/// Lets a job whose files go away answer nothing any more.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tables: &dyn Tables, job: &Job) -> Result<(), StoreError> {
    let found: Option<Cached> = get(tables, cache_key(job.account, &job.request_hash)).await?;
    match found.filter(|row| row.generation == job.id) {
        Some(row) => tables.write(&[row.delete()]).await.or_else(never_mind),
        None => Ok(()),
    }
}

/// A row that may be there.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tables: &dyn Tables, key: Key) -> Result<Option<Cached>, StoreError> {
    get(tables, key).await
}

/// The generation that a row names, if its files can answer a request now.
///
/// # Errors
/// [`StoreError`].
pub async fn source(
    tables: &dyn Tables,
    now: Timestamp,
    row: &Cached,
) -> Result<Option<(Job, Detail)>, StoreError> {
    if row.expires_at <= now {
        return Ok(None);
    }
    let found = generations::find(tables, &[row.account], row.generation).await?;
    let answers = |job: &Job| job.status == Status::Succeeded && job.files_available(now);
    Ok(found.filter(|(job, _)| answers(job)).and_then(|(job, detail)| Some((job, detail?))))
}

/// The key of a request's row.
#[must_use]
pub fn cache_key(account: AccountId, request_hash: &str) -> Key {
    Key::new(Table::Generations, account, format!("cache#{request_hash}"))
}

/// Whoever changed the row meanwhile knew as much.
fn never_mind(error: WriteError) -> Result<(), StoreError> {
    match error {
        WriteError::Conflict(_) => Ok(()),
        WriteError::Store(error) => Err(error),
    }
}
