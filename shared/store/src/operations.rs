//! Idempotency keys and limits.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reverie_domain::{
    ids::AccountId,
    rate::{Bucket, Policy},
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::{from_maybe, get, write_over},
    tables::{Key, Outcome, StoreError, Table, Tables, Write},
};

/// How long an idempotency key is remembered.
pub const IDEMPOTENCY_VALIDITY: SignedDuration = SignedDuration::from_hours(24);

/// A request that came with an idempotency key, and what it made. The body is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Idempotency {
    /// Whose request.
    pub account: AccountId,
    /// To which route.
    pub route: String,
    /// A hash of the client's key.
    pub key_hash: String,
    /// A keyed hash of the body.
    pub request_hash: String,
    /// The id of what was made.
    pub resource: String,
    /// When the key is forgotten.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Idempotency {
    fn key(&self) -> Key {
        idempotency_key(self.account, &self.route, &self.key_hash)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Idempotency {
    /// The write that remembers this key. A row that is past its end is replaced.
    ///
    /// # Errors
    /// If the row cannot be serialised.
    pub fn remember(&self, present: Option<&Self>) -> Result<Write, StoreError> {
        match present {
            None => self.create(),
            Some(past) => Self { version: past.version + 1, ..self.clone() }.replace(past),
        }
    }

    /// The row that is there in its place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn present(&self, tables: &dyn Tables) -> Result<Option<Self>, StoreError> {
        get(tables, self.key()).await
    }

    /// The row that made a write of [`Idempotency::remember`] fail.
    ///
    /// # Errors
    /// If the row is corrupt.
    pub fn clashed(outcome: Option<&Outcome>) -> Result<Option<Self>, StoreError> {
        match outcome {
            Some(Outcome::Clashed(row)) => from_maybe(row.clone()),
            _ => Ok(None),
        }
    }
}

/// The key of an idempotency row.
#[must_use]
pub fn idempotency_key(account: AccountId, route: &str, key_hash: &str) -> Key {
    Key::new(Table::Operations, format!("idempotency#{account}"), format!("{route}#{key_hash}"))
}

/// What an account has left of a limit of one operation. The row ends when the bucket is full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// Whose.
    pub account: AccountId,
    /// Of which limit.
    pub limit: String,
    /// What is left.
    pub bucket: Bucket,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Allowance {
    fn key(&self) -> Key {
        Key::new(Table::Operations, format!("allowance#{}", self.account), &self.limit)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.bucket.full_at())
    }
}

/// How often a token is tried for while others take some of the same account.
const ATTEMPTS: u32 = 8;

/// Takes a token of an account's limit. Without one left, the seconds until there is one.
///
/// # Errors
/// [`StoreError`].
pub async fn take_token(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    policy: &Policy,
) -> Result<Result<(), u32>, StoreError> {
    let limit = policy.name.to_owned();
    let full = Allowance { account, limit, bucket: Bucket::full(now), version: 0 };
    let mut known = get::<Allowance>(tables, full.key()).await?;
    for _ in 0..ATTEMPTS {
        let before = known.as_ref().unwrap_or(&full);
        let bucket = match before.bucket.take(now, policy) {
            Ok(bucket) => bucket,
            Err(wait) => return Ok(Err(wait)),
        };
        let next = Allowance { bucket, version: before.version + 1, ..before.clone() };
        match write_over(tables, known.as_ref(), &next).await? {
            Ok(()) => return Ok(Ok(())),
            Err(present) => known = present,
        }
    }
    // So many at once are too many.
    Ok(Err(1))
}

/// How many guests an address made on one day. The address is a keyed hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestCount {
    /// Keyed hash of the address.
    pub address_hash: String,
    /// The day, UTC.
    pub day: String,
    /// How many.
    pub count: u32,
    /// When the row ends.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for GuestCount {
    fn key(&self) -> Key {
        Key::new(Table::Operations, format!("guests#{}", self.address_hash), &self.day)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl GuestCount {
    /// Reads today's count of an address and counts one more: the write that would say so, or
    /// `None` if `limit` is reached. The caller puts it into the transaction that makes the guest.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn one_more(
        tables: &dyn Tables,
        now: Timestamp,
        address_hash: &str,
        limit: u32,
    ) -> Result<Option<Write>, StoreError> {
        let first = Self {
            address_hash: address_hash.to_owned(),
            day: now.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string(),
            count: 1,
            expires_at: now + SignedDuration::from_hours(48),
            version: 1,
        };
        match get::<Self>(tables, first.key()).await? {
            None if limit == 0 => Ok(None),
            None => first.create().map(Some),
            Some(row) if row.count >= limit => Ok(None),
            Some(row) => {
                let next = Self { count: row.count + 1, version: row.version + 1, ..row.clone() };
                next.replace(&row).map(Some)
            }
        }
    }
}
