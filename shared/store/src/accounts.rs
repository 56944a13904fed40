//! Accounts, their sessions, and how much they ask for.

use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    ids::{AccountId, SessionId, WalletId},
    plan::Plan,
    rate::{Bucket, Policy},
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::{from_maybe, present, replace},
    tables::{Key, StoreError, Table, Tables, WriteError},
};

/// How long a session lasts after its last use.
pub const SESSION: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How much of that may pass before a use is written down: not every request costs a write.
const SESSION_PRECISION: SignedDuration = SignedDuration::from_hours(24);

/// Who stands behind an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Nobody we know.
    Guest,
}

/// An account's row. It alone links the account to its wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The account's id.
    pub id: AccountId,
    /// Who stands behind it.
    pub kind: AccountKind,
    /// Its plan.
    pub plan: Plan,
    /// Its wallet.
    pub wallet: WalletId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Account {
    fn key(&self) -> Key {
        account_key(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

/// A session's row, found by the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// SHA-256 of the token's secret, in hex.
    pub secret_hash: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Session {
    fn key(&self) -> Key {
        session_key(self.account, &self.secret_hash)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

impl Session {
    /// The session as a use at `now` leaves it, if that is worth a write.
    #[must_use]
    pub fn used(&self, now: Timestamp) -> Option<Self> {
        let expires_at = now + SESSION;
        let gained = expires_at.duration_since(self.expires_at);
        (gained >= SESSION_PRECISION).then(|| Self {
            expires_at,
            version: self.version + 1,
            ..self.clone()
        })
    }
}

/// Writes down that a session was used. A lost race means that somebody else did.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_alive(
    tables: &dyn Tables,
    session: &Session,
    used: &Session,
) -> Result<(), StoreError> {
    replace(tables, session, used).await.map(drop)
}

/// How much an account asks for: a row that ends when the bucket is full again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requests {
    /// Whose requests.
    pub account: AccountId,
    /// What is left of the account's quota.
    pub bucket: Bucket,
    /// Counts the row's changes.
    pub version: u64,
}

impl Record for Requests {
    fn key(&self) -> Key {
        requests_key(self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.bucket.full_at())
    }
}

/// Writes down that `tokens` more were taken from an account's bucket, of which `known` was read.
/// `false` if others wrote at the same time, twice.
///
/// # Errors
/// [`StoreError`].
pub async fn settle_requests(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    known: Option<Requests>,
    (tokens, policy): (u32, &Policy),
) -> Result<bool, StoreError> {
    let mut known = known;
    for _ in 0..2 {
        let bucket = known.as_ref().map_or(Bucket::full(now), |row| row.bucket);
        let version = known.as_ref().map_or(0, |row| row.version) + 1;
        let next = Requests { account, bucket: bucket.less(now, tokens, policy), version };
        let write = match &known {
            None => next.create()?,
            Some(before) => next.replace(before)?,
        };
        match tables.write(&[write]).await {
            Ok(()) => return Ok(true),
            Err(WriteError::Conflict(outcomes)) => known = present(outcomes)?,
            Err(WriteError::Store(error)) => return Err(error),
        }
    }
    Ok(false)
}

/// Whom a token names.
#[derive(Debug)]
pub struct Known {
    /// The account.
    pub account: Account,
    /// The session that the token belongs to.
    pub session: Session,
    /// What the account has asked for lately.
    pub requests: Option<Requests>,
}

/// Whom a token names, in one round trip.
///
/// # Errors
/// [`StoreError`].
pub async fn authenticate(
    tables: &dyn Tables,
    now: Timestamp,
    account: AccountId,
    secret_hash: &str,
) -> Result<Option<Known>, StoreError> {
    let keys = [account_key(account), session_key(account, secret_hash), requests_key(account)];
    let mut rows = tables.get(&keys).await?.into_iter();
    let account = from_maybe::<Account>(rows.next().flatten())?;
    let session = from_maybe::<Session>(rows.next().flatten())?;
    let requests = from_maybe::<Requests>(rows.next().flatten())?;
    let both = account.zip(session.filter(|session| now < session.expires_at));
    Ok(both.map(|(account, session)| Known { account, session, requests }))
}

fn requests_key(account: AccountId) -> Key {
    Key::new(Table::Accounts, account, "requests")
}

fn account_key(account: AccountId) -> Key {
    Key::new(Table::Accounts, account, "profile")
}

fn session_key(account: AccountId, secret_hash: &str) -> Key {
    Key::new(Table::Accounts, account, format!("session#{secret_hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_moves_with_its_use_but_not_with_every_use() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let session = Session {
            id: SessionId::new(),
            account: AccountId::new(),
            secret_hash: String::new(),
            created_at: now,
            expires_at: now + SESSION,
            version: 1,
        };
        assert_eq!(session.used(now + SignedDuration::from_hours(23)), None);
        let later = now + SignedDuration::from_hours(24 * 29);
        let used = session.used(later).unwrap();
        assert_eq!((used.expires_at, used.version), (later + SESSION, 2));
    }
}
