//! How an archive of all that is held about an account is made, as pure rules.
//!
//! It is made in turns, because an account may hold more than one turn of the housekeeper can carry.
//! Whoever makes it claims it first: until [`Export::due_at`] nobody else looks. A turn that ends well
//! has saved where it was; one that does not is found again, and after some such turns in a row, or
//! after [`DEADLINE`], the export fails. What a claim that was superseded still writes is refused by
//! the row's version.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ids::{AccountId, ExportId, LegalHoldId},
    job::after,
    legal_hold::LegalHold,
    plan::lifecycle_expiry,
};

/// Under what archives are stored.
pub const EXPORTS: &str = "exports/";
/// Days for which an archive is kept. The bucket's lifecycle rule carries the same number; a test
/// compares the two.
pub const EXPORT_DAYS: i64 = 7;
/// Days for which the row is kept after the archive has ended.
pub const ROW_DAYS: i64 = 30;
/// How long after an export the next one may be asked for.
pub const INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// How long an export may take.
pub const DEADLINE: SignedDuration = SignedDuration::from_hours(6);
/// For how long a claim holds: longer than a turn.
const LEASE: SignedDuration = SignedDuration::from_secs(120);
/// How long after a copy for an order could not be made it is tried anew.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);
/// How many turns in a row may end badly.
pub const MAX_TRIES: u32 = 5;
/// From this bad turn on, what was saved is not trusted, and the archive is begun anew.
const ANEW: u32 = 3;

/// Where an export is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportStatus {
    /// Not begun.
    Queued,
    /// It is being made.
    Running,
    /// The archive is there.
    Ready,
    /// It could not be made; another one can be asked for at once.
    Failed,
    /// The archive was there and has ended.
    Expired,
}

/// An export's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The export's id.
    pub id: ExportId,
    /// Whose.
    pub account: AccountId,
    /// The order for which it is made; missing if the person asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<LegalHoldId>,
    /// Where it is in its life; never `Expired`, see [`Export::status_at`].
    pub status: ExportStatus,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// How many turns have saved where they were.
    pub turn: u32,
    /// How many turns since then have not ended well, with the present one.
    pub tries: u32,
    /// When the housekeeper is to go on; part of the key in its agenda.
    pub due_at: Option<Timestamp>,
    /// When it was ready, or failed.
    pub completed_at: Option<Timestamp>,
    /// The archive's size.
    pub bytes: Option<u64>,
    /// SHA-256 of the archive, in hex.
    pub sha256: Option<String>,
    /// When the archive ends.
    pub expires_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

impl Export {
    /// An export that is to be made.
    #[must_use]
    pub fn begin(now: Timestamp, account: AccountId) -> Self {
        Self {
            id: ExportId::new(),
            account,
            hold: None,
            status: ExportStatus::Queued,
            created_at: now,
            turn: 0,
            tries: 0,
            due_at: Some(now),
            completed_at: None,
            bytes: None,
            sha256: None,
            expires_at: None,
            version: 1,
        }
    }

    /// The same archive as a copy for an order. It has no end of its own, and nobody is told of it.
    #[must_use]
    pub fn copy(now: Timestamp, account: AccountId, hold: LegalHoldId) -> Self {
        Self { hold: Some(hold), ..Self::begin(now, account) }
    }

    /// A turn begins. `None` if there were too many: it has failed.
    #[must_use]
    pub fn claimed(&self, now: Timestamp) -> Option<Self> {
        if self.tries >= MAX_TRIES || now >= after(self.created_at, DEADLINE) {
            return None;
        }
        let turn = if self.tries + 1 >= ANEW { 0 } else { self.turn };
        Some(Self {
            status: ExportStatus::Running,
            turn,
            tries: self.tries + 1,
            due_at: Some(after(now, LEASE)),
            ..self.next()
        })
    }

    /// A turn has saved where it was.
    #[must_use]
    pub fn saved(&self, now: Timestamp) -> Self {
        Self { turn: self.turn + 1, tries: 0, due_at: Some(now), ..self.next() }
    }

    /// The archive is there, since `now`. S3 counts the age of an object that was written in parts from
    /// when it was begun, so its end is told from a time that was not later.
    #[must_use]
    pub fn ready(&self, now: Timestamp, bytes: u64, sha256: String) -> Self {
        Self {
            status: ExportStatus::Ready,
            due_at: None,
            completed_at: Some(now),
            bytes: Some(bytes),
            sha256: Some(sha256),
            expires_at: match self.hold {
                None => Some(lifecycle_expiry(self.created_at, EXPORT_DAYS)),
                Some(_) => None,
            },
            ..self.next()
        }
    }

    /// It is given up; a copy for an order only for an hour, as the order stays.
    #[must_use]
    pub fn failed(&self, now: Timestamp) -> Self {
        if self.hold.is_some() {
            let (status, due_at) = (ExportStatus::Queued, Some(after(now, AGAIN)));
            return Self { status, created_at: now, turn: 0, tries: 0, due_at, ..self.next() };
        }
        let (status, completed_at) = (ExportStatus::Failed, Some(now));
        Self { status, due_at: None, completed_at, ..self.next() }
    }

    /// Its status as people see it.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> ExportStatus {
        match self.expires_at {
            Some(end) if end <= now => ExportStatus::Expired,
            _ => self.status,
        }
    }

    /// Until when no other may be asked for; `None` if it does not count.
    #[must_use]
    pub fn blocks_until(&self) -> Option<Timestamp> {
        (self.status != ExportStatus::Failed).then(|| after(self.created_at, INTERVAL))
    }

    /// When the row ends by itself: never while it is being made, nor while an order keeps it.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let end = self.expires_at.or(self.completed_at).filter(|_| self.hold.is_none())?;
        Some(after(end, SignedDuration::from_hours(24 * ROW_DAYS)))
    }

    /// The prefix of all its objects.
    #[must_use]
    pub fn prefix(&self) -> String {
        match self.hold {
            None => format!("{EXPORTS}{}/{}.", self.account, self.id),
            // An order has one copy.
            Some(hold) => format!("{}copy.", LegalHold::prefix(self.account, hold)),
        }
    }

    /// The archive's key.
    #[must_use]
    pub fn archive_key(&self) -> String {
        format!("{}zip", self.prefix())
    }

    /// The key of what the turns so far have saved. Each has its own, so that one which dies while it
    /// saves leaves the one before.
    #[must_use]
    pub fn saved_key(&self) -> String {
        format!("{}{}", self.prefix(), self.turn)
    }

    fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> (Timestamp, Export) {
        let now: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap();
        (now, Export::begin(now, AccountId::new()))
    }

    #[test]
    fn turns_that_end_badly_are_limited_and_late_ones_begin_anew() {
        let (now, export) = begun();
        let mut export = export.claimed(now).unwrap().saved(now);
        assert_eq!((export.turn, export.tries, export.due_at), (1, 0, Some(now)));
        for turn in [1, 1, 0, 0, 0] {
            export = export.claimed(now).unwrap();
            assert_eq!(export.turn, turn);
            assert!(export.due_at.unwrap() > now, "nobody else looks meanwhile");
        }
        assert_eq!(export.claimed(now), None);
        let failed = export.failed(now);
        assert_eq!((failed.status, failed.due_at), (ExportStatus::Failed, None));
        assert_eq!(failed.blocks_until(), None, "a failed one does not count");
    }

    #[test]
    fn an_export_does_not_go_on_for_ever() {
        let (now, export) = begun();
        assert!(export.claimed(now + DEADLINE - SignedDuration::from_secs(1)).is_some());
        assert_eq!(export.claimed(now + DEADLINE), None);
    }

    #[test]
    fn a_copy_for_an_order_has_no_end_and_is_never_given_up() {
        let (now, _) = begun();
        let (account, hold) = (AccountId::new(), LegalHoldId::new());
        let copy = Export::copy(now, account, hold);
        assert!(copy.archive_key().starts_with(&format!("holds/{account}/{hold}/")));
        let failed = copy.claimed(now + DEADLINE);
        assert_eq!(failed, None);
        let again = copy.failed(now + DEADLINE);
        let due = again.due_at.unwrap();
        assert_eq!((again.status, due), (ExportStatus::Queued, now + DEADLINE + AGAIN));
        let ready = again.claimed(due).unwrap().ready(due, 7, "ab".to_owned());
        assert_eq!((ready.expires_at, ready.ends_at()), (None, None));
        assert_eq!(ready.status_at(now + SignedDuration::from_hours(90_000)), ExportStatus::Ready);
    }

    #[test]
    fn an_archive_ends_with_the_buckets_rule() {
        let (now, export) = begun();
        let ready = export.claimed(now).unwrap().ready(now, 7, "ab".to_owned());
        let end: Timestamp = "2026-11-09T00:00:00Z".parse().unwrap();
        assert_eq!((ready.expires_at, ready.due_at), (Some(end), None));
        assert_eq!(ready.status_at(now), ExportStatus::Ready);
        assert_eq!(ready.status_at(end), ExportStatus::Expired);
        assert_eq!(ready.blocks_until(), Some(now + INTERVAL));
    }
}
