use jiff::{SignedDuration, Timestamp};
use reverie_domain::ids::{AccountId, SessionId};
use serde::{Deserialize, Serialize};

use super::{AccountKind, credentials};
use crate::{
    Record,
    tables::{Key, StoreError, Table, Tables},
};

/// How long a session lasts after its last use.
pub const IDLE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How long a session lasts at most, however often it is used. Not that of a guest, who has no other
/// way to the account.
pub const ABSOLUTE: SignedDuration = SignedDuration::from_hours(180 * 24);
/// How often a use is written down: not every request costs a write.
const PRECISION: SignedDuration = SignedDuration::from_hours(24);

/// What a session runs on, as far as its browser said at sign-in. The header itself is not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Such as `desktop`, `phone`; empty if unknown.
    #[serde(default)]
    pub device_type: String,
    /// Such as `Windows 10`.
    #[serde(default)]
    pub system: String,
    /// Such as `Firefox`.
    #[serde(default)]
    pub browser: String,
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
    /// What it runs on.
    #[serde(flatten)]
    pub device: Device,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the day; the beginning until a day has passed.
    #[serde(default)]
    pub last_used_at: Option<Timestamp>,
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
    /// A session that begins now.
    #[must_use]
    pub fn begin(now: Timestamp, account: AccountId, secret_hash: String, device: Device) -> Self {
        Self {
            id: SessionId::new(),
            account,
            secret_hash,
            device,
            created_at: now,
            last_used_at: None,
            expires_at: now + IDLE,
            version: 1,
        }
    }

    /// When it was last used, to the day.
    #[must_use]
    pub fn last_used(&self) -> Timestamp {
        self.last_used_at.unwrap_or(self.created_at)
    }

    /// The session as a use at `now` leaves it, if that is worth a write.
    pub(super) fn used(&self, now: Timestamp, kind: AccountKind) -> Option<Self> {
        let latest = match kind {
            AccountKind::Guest => Timestamp::MAX,
            AccountKind::User => self.created_at + ABSOLUTE,
        };
        (now.duration_since(self.last_used()) >= PRECISION).then(|| Self {
            last_used_at: Some(now),
            expires_at: (now + IDLE).min(latest),
            version: self.version + 1,
            ..self.clone()
        })
    }
}

/// The account's sessions: up to 100, in no order. Some may have ended.
///
/// # Errors
/// [`StoreError`].
pub async fn sessions(tables: &dyn Tables, account: AccountId) -> Result<Vec<Session>, StoreError> {
    credentials::list(tables, account, PREFIX).await
}

/// Ends the account's session of this id, or all; tells how many there were.
///
/// # Errors
/// [`StoreError`].
pub async fn end_sessions(
    tables: &dyn Tables,
    account: AccountId,
    only: Option<SessionId>,
) -> Result<usize, StoreError> {
    credentials::remove(tables, account, PREFIX, only.map(|id| id.to_string())).await
}

const PREFIX: &str = "session#";

pub(super) fn session_key(account: AccountId, secret_hash: &str) -> Key {
    Key::new(Table::Accounts, account, format!("{PREFIX}{secret_hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(days: i64) -> SignedDuration {
        SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn a_session_moves_with_its_use_but_not_with_every_use_nor_forever() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let session = Session::begin(now, AccountId::new(), String::new(), Device::default());
        let kind = AccountKind::User;
        assert_eq!(session.used(now + SignedDuration::from_hours(23), kind), None);
        let later = now + days(29);
        let used = session.used(later, kind).unwrap();
        assert_eq!((used.expires_at, used.version), (later + IDLE, 2));
        assert_eq!(used.last_used(), later);
        let late = now + days(170);
        assert_eq!(used.used(late, kind).unwrap().expires_at, now + ABSOLUTE);
        assert_eq!(used.used(late, AccountKind::Guest).unwrap().expires_at, late + IDLE);
    }
}
