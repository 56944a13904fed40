//! Orders of courts and authorities to freeze or hand over what is held about an account, as pure rules.
//!
//! One operator proposes what an order asks for, another one confirms it; then a copy is made, which no
//! lifecycle rule ends. A proposal that nobody confirms lapses. An erasure that is asked for meanwhile goes
//! on as soon as the copy is there, and is completed when the last order ends and its copy is deleted.
//!
//! An order can forbid to tell the person. What they can read is then the same as without an order:
//! [`crate::erasure::Erasure::kept`] says of every erasure that such a copy may be kept.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::{
    audit::AUDIT_DAYS,
    ids::{AccountId, ErasureId, LegalHoldId},
    job::after,
};

/// Under what copies are stored.
pub const HOLDS: &str = "holds/";
/// For how long a proposal waits to be confirmed: less than the month in which an erasure that met it has
/// to be done (GDPR, article 12(3)).
pub const LAPSE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The most characters of a reason.
pub const REASON_LENGTH: usize = 500;
/// How many orders an account may have at once.
pub const MOST: usize = 10;

/// What an order asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LegalHoldKind)]
pub enum HoldKind {
    /// A copy that is kept and that nobody can fetch.
    Freeze,
    /// A copy that operators can fetch, to hand it over.
    Export,
}

/// Where an order is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LegalHoldState)]
pub enum HoldState {
    /// It waits to be confirmed.
    Proposed,
    /// It is in force.
    Confirmed,
    /// It has ended, and its copy is being deleted.
    Releasing,
    /// It has ended, and there is no copy of its own any more.
    Released,
}

/// What an operator says of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it asks for.
    pub kind: HoldKind,
    /// What finds the order again, such as a file number; nothing personal.
    pub reference: String,
    /// Who orders it, and on what legal basis; nothing personal.
    pub reason: String,
    /// Whether it forbids to tell the person.
    pub secret: bool,
}

/// An order's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Its id.
    pub id: LegalHoldId,
    /// Whose account; forgotten when it is released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// The same as a hash that only the deployment can compute.
    pub subject: String,
    /// What it asks for, and why.
    #[serde(flatten)]
    pub order: Order,
    /// Whose copy it keeps: its own, or that of an earlier order.
    pub source: LegalHoldId,
    /// Where it is in its life.
    pub state: HoldState,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// By which operator.
    pub proposed_by: AccountId,
    /// When it was confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<Timestamp>,
    /// By which operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<AccountId>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
    /// By which operator; missing if it lapsed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_by: Option<AccountId>,
    /// SHA-256 of the copy, in hex, once that is deleted or left to another order: it proves which file
    /// was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// When the housekeeper is to go on; part of the key in its agenda.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Counts the row's changes.
    pub version: u64,
}

/// Why an order is not confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotConfirmed {
    /// Another operator has to.
    #[error("another operator than the one who proposed it has to confirm it")]
    SamePerson,
    /// It was released, or has lapsed.
    #[error("it has ended")]
    Over,
}

impl LegalHold {
    /// One that waits to be confirmed.
    #[must_use]
    pub fn propose(
        now: Timestamp,
        (account, subject): (AccountId, String),
        order: Order,
        operator: AccountId,
    ) -> Self {
        let id = LegalHoldId::new();
        Self {
            id,
            account: Some(account),
            subject,
            order,
            source: id,
            state: HoldState::Proposed,
            proposed_at: now,
            proposed_by: operator,
            confirmed_at: None,
            confirmed_by: None,
            released_at: None,
            released_by: None,
            sha256: None,
            due_at: Some(after(now, LAPSE)),
            version: 1,
        }
    }

    /// The same, confirmed. Confirmed again by whoever, it stays as it is. `alone` is where there is only
    /// one operator.
    ///
    /// # Errors
    /// [`NotConfirmed`].
    pub fn confirmed(
        &self,
        now: Timestamp,
        operator: AccountId,
        alone: bool,
    ) -> Result<Self, NotConfirmed> {
        match self.state {
            HoldState::Confirmed => Ok(self.clone()),
            HoldState::Proposed if now >= self.lapses_at() => Err(NotConfirmed::Over),
            HoldState::Proposed if !alone && operator == self.proposed_by => {
                Err(NotConfirmed::SamePerson)
            }
            HoldState::Proposed => Ok(Self {
                state: HoldState::Confirmed,
                confirmed_at: Some(now),
                confirmed_by: Some(operator),
                due_at: None,
                ..self.next()
            }),
            HoldState::Releasing | HoldState::Released => Err(NotConfirmed::Over),
        }
    }

    /// The same, at its end: released by an operator, or lapsed. What has ended stays as it is.
    #[must_use]
    pub fn releasing(&self, now: Timestamp, operator: Option<AccountId>, secret: bool) -> Self {
        if self.has_ended() {
            return self.clone();
        }
        Self {
            state: HoldState::Releasing,
            released_at: Some(now),
            released_by: operator,
            order: Order { secret, ..self.order.clone() },
            due_at: Some(now),
            ..self.next()
        }
    }

    /// Nobody begins to write its copy any more; what was begun is over at `due_at`.
    #[must_use]
    pub fn stopped(&self, sha256: Option<String>, due_at: Timestamp) -> Self {
        let sha256 = self.sha256.clone().or(sha256);
        Self { sha256, due_at: Some(due_at), ..self.next() }
    }

    /// The same once its copy is gone, or left to another order: it is about nobody any more.
    #[must_use]
    pub fn released(&self) -> Self {
        Self { state: HoldState::Released, account: None, due_at: None, ..self.next() }
    }

    /// Whether it has ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self.state, HoldState::Releasing | HoldState::Released)
    }

    /// Until when it has to be confirmed.
    #[must_use]
    pub fn lapses_at(&self) -> Timestamp {
        after(self.proposed_at, LAPSE)
    }

    /// Whether operators may fetch the copy.
    #[must_use]
    pub fn is_handed_over(&self) -> bool {
        self.state == HoldState::Confirmed && self.order.kind == HoldKind::Export
    }

    /// When the row ends: one that is in force does not.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        let at = self.released_at.filter(|_| self.state == HoldState::Released)?;
        Some(after(at, SignedDuration::from_hours(24 * AUDIT_DAYS)))
    }

    /// The prefix of its own copy.
    #[must_use]
    pub fn prefix(account: AccountId, hold: LegalHoldId) -> String {
        format!("{HOLDS}{account}/{hold}/")
    }

    /// Whose copy, and of which order, an object of this key belongs to.
    #[must_use]
    pub fn of_key(key: &str) -> Option<(AccountId, LegalHoldId)> {
        let mut parts = key.strip_prefix(HOLDS)?.split('/');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }

    /// The same as its next version.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

/// The orders that keep an account's data: while there is one, an erasure is not completed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountHolds {
    /// Whose.
    pub account: AccountId,
    /// Those that are not released.
    pub holds: Vec<LegalHoldId>,
    /// The erasure that waits for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erasure: Option<ErasureId>,
    /// Counts the row's changes.
    pub version: u64,
}

impl AccountHolds {
    /// The same with one more, of none before if there was none.
    #[must_use]
    pub fn with(before: Option<&Self>, account: AccountId, hold: LegalHoldId) -> Self {
        let mut next = before.map_or_else(
            || Self { account, holds: Vec::new(), erasure: None, version: 1 },
            Self::next,
        );
        next.holds.push(hold);
        next
    }

    /// The same without one of them.
    #[must_use]
    pub fn without(&self, hold: LegalHoldId) -> Self {
        let mut next = self.next();
        next.holds.retain(|one| *one != hold);
        next
    }

    /// The same, and an erasure waits for them.
    #[must_use]
    pub fn awaited(&self, erasure: ErasureId) -> Self {
        Self { erasure: Some(erasure), ..self.next() }
    }

    /// The same as its next version.
    #[must_use]
    pub fn next(&self) -> Self {
        Self { version: self.version + 1, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed() -> (Timestamp, LegalHold) {
        let now: Timestamp = "2026-11-01T10:00:00Z".parse().unwrap();
        let (reference, reason) = ("file 7".to_owned(), "a court".to_owned());
        let order = Order { kind: HoldKind::Export, reference, reason, secret: true };
        let subject = (AccountId::new(), "hash".to_owned());
        (now, LegalHold::propose(now, subject, order, AccountId::new()))
    }

    #[test]
    fn two_people_are_needed_where_there_are_two() {
        let (now, hold) = proposed();
        let same = hold.proposed_by;
        assert_eq!(hold.confirmed(now, same, false), Err(NotConfirmed::SamePerson));
        assert!(hold.confirmed(now, same, true).is_ok());
        let confirmed = hold.confirmed(now, AccountId::new(), false).unwrap();
        assert_eq!((confirmed.state, confirmed.due_at), (HoldState::Confirmed, None));
        assert_eq!(confirmed.confirmed(now, same, false).as_ref(), Ok(&confirmed));
        assert!(confirmed.is_handed_over() && !hold.is_handed_over());
    }

    #[test]
    fn a_proposal_lapses() {
        let (now, hold) = proposed();
        let last = now + LAPSE;
        assert_eq!(hold.due_at, Some(last));
        assert_eq!(hold.confirmed(last, AccountId::new(), false), Err(NotConfirmed::Over));
        let lapsed = hold.releasing(last, None, true).released();
        assert_eq!((lapsed.released_by, lapsed.confirmed_at), (None, None));
        assert_eq!(lapsed.confirmed(last, AccountId::new(), true), Err(NotConfirmed::Over));
    }

    #[test]
    fn what_is_released_names_nobody_and_ends_after_24_months() {
        let (now, hold) = proposed();
        let confirmed = hold.confirmed(now, AccountId::new(), false).unwrap();
        assert_eq!(confirmed.ends_at(), None);
        let releasing = confirmed.releasing(now, Some(hold.proposed_by), false);
        assert_eq!((releasing.due_at, releasing.ends_at()), (Some(now), None));
        assert_eq!(releasing.releasing(now, None, true), releasing, "it ends once");
        let released = releasing.stopped(Some("ab".to_owned()), now).released();
        assert_eq!((released.account, released.due_at), (None, None));
        assert_eq!(released.sha256.as_deref(), Some("ab"));
        assert_eq!(released.ends_at(), Some(now + SignedDuration::from_hours(24 * AUDIT_DAYS)));
    }

    #[test]
    fn an_account_knows_its_orders() {
        let (account, one, other) = (AccountId::new(), LegalHoldId::new(), LegalHoldId::new());
        let first = AccountHolds::with(None, account, one);
        let second = AccountHolds::with(Some(&first), account, other).awaited(ErasureId::new());
        assert_eq!((second.holds.len(), second.version), (2, 3));
        let left = second.without(one);
        assert_eq!((&left.holds[..], left.erasure), (&[other][..], second.erasure));
    }
}
