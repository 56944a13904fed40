//! The wallet and its ledger, as pure rules.
//!
//! A movement takes the wallet as it is and returns the wallet as it will be, with the ledger
//! entries that explain the difference. The store writes both in one transaction that holds only
//! if the wallet's version is still the one the movement started from.
//!
//! Two-phase spending follows TigerBeetle's two-phase transfers: a *hold* reserves, and exactly
//! one *capture* or *release* resolves it. A hold has no clock of its own; the job's deadline is
//! the one clock.
//!
//! Invariants, checked after every operation in tests:
//! - `available` is never negative (it has no sign);
//! - `available` is the sum of all entries' amounts;
//! - entry numbers run from 1 to the wallet's version without a gap;
//! - `held` is the sum of the open holds.

mod audit;
mod draft;
mod hold;
#[cfg(test)]
mod tests;

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use draft::Draft;

pub use audit::{Audit, Fault};
pub use hold::{Hold, HoldState};

use crate::{
    credits::Credits,
    ids::{GenerationId, TransactionId, WalletId},
};

/// One account's money. The ledger knows the wallet only, so that entries stay when the account
/// they were made for is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// The wallet's own random id.
    pub id: WalletId,
    /// Plan credits; spent first, and gone when their period ends.
    pub plan: Credits,
    /// When the plan credits' period ends; `None` for an allowance that does not end.
    pub plan_period_end: Option<Timestamp>,
    /// Bought credits; they do not expire.
    pub bought: Credits,
    /// The sum of the open holds.
    pub held: Credits,
    /// The number of open holds.
    pub active: u32,
    /// The month (`2026-11`, UTC) that `month_spent` counts.
    pub month: String,
    /// Credits captured in `month`.
    pub month_spent: Credits,
    /// The number of the newest entry; 0 before the first.
    pub version: u64,
    /// Whether the wallet takes new holds and grants.
    pub state: WalletState,
    /// The most that its owner wants to spend.
    #[serde(default)]
    pub caps: Caps,
}

/// The most that an account wants to spend, in credits. What is missing is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// On one job.
    #[serde(default)]
    pub per_job: Option<Credits>,
    /// On all jobs of one month, UTC. Jobs that are queued or running count.
    #[serde(default)]
    pub per_month: Option<Credits>,
}

/// Whether a wallet takes new holds and grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletState {
    /// In use.
    Open,
    /// The account is gone; only open holds may still be resolved.
    Closed,
}

/// Why a ledger entry was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// Credits given by a plan or as an allowance.
    Grant,
    /// Credits bought.
    Purchase,
    /// Credits reserved for a job.
    Hold,
    /// A hold spent; its amount is what came back because less was charged.
    Capture,
    /// A hold given back in full.
    Release,
    /// Plan credits whose period ended.
    Expiry,
    /// Money returned through the payment processor.
    Refund,
    /// A payment disputed at the payment processor.
    Dispute,
    /// The owner changed the most that may be spent; no credits move.
    Limit,
}

/// One line of the ledger. Entries are written once and never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The entry's public id.
    pub id: TransactionId,
    /// The wallet it belongs to.
    pub wallet: WalletId,
    /// Its number in the wallet, from 1.
    pub number: u64,
    /// When it was written.
    pub created_at: Timestamp,
    /// What happened.
    pub kind: EntryKind,
    /// The signed change of `available`.
    pub amount: i64,
    /// `available` after this entry.
    pub balance_after: Credits,
    /// The job it concerns.
    pub generation: Option<GenerationId>,
    /// Why, in words for the account's owner.
    pub reason: String,
}

/// A movement's outcome: write both together or neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The wallet after the movement.
    pub wallet: Wallet,
    /// The new entries, in order; at least one.
    pub entries: Vec<Entry>,
}

/// A movement that the wallet does not allow. Nothing is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WalletError {
    /// `available` does not cover the amount.
    #[error("{needed} credits are needed and {available} are available")]
    Insufficient {
        /// What was asked for.
        needed: Credits,
        /// What there is.
        available: Credits,
    },
    /// As many holds are open as the plan allows.
    #[error("{active} generations are already queued or running")]
    TooManyActive {
        /// The number of open holds.
        active: u32,
    },
    /// It is more than the owner wants to spend on one job.
    #[error("{needed} credits are needed, and a job may cost {cap}")]
    OverJobCap {
        /// What was asked for.
        needed: Credits,
        /// The most for one job.
        cap: Credits,
    },
    /// It is more than the owner wants to spend in a month.
    #[error("{needed} credits are needed, and {left} are left of the month's {cap}")]
    OverMonthCap {
        /// What was asked for.
        needed: Credits,
        /// What the month has left.
        left: Credits,
        /// The most for one month.
        cap: Credits,
    },
    /// The wallet is closed.
    #[error("the wallet is closed")]
    Closed,
    /// The hold was captured or released before.
    #[error("the hold is already resolved")]
    Resolved,
    /// More was to be captured than was held.
    #[error("{charged} credits were to be captured from a hold of {held}")]
    ExceedsHold {
        /// What was to be charged.
        charged: Credits,
        /// What is held.
        held: Credits,
    },
    /// A number would not fit.
    #[error("the amount is too large")]
    Overflow,
}

impl Wallet {
    /// An empty wallet.
    #[must_use]
    pub fn new(id: WalletId, now: Timestamp) -> Self {
        Self {
            id,
            plan: Credits::ZERO,
            plan_period_end: None,
            bought: Credits::ZERO,
            held: Credits::ZERO,
            active: 0,
            month: month_of(now),
            month_spent: Credits::ZERO,
            version: 0,
            state: WalletState::Open,
            caps: Caps::default(),
        }
    }

    /// What can be spent at `now`: plan credits whose period has ended do not count.
    #[must_use]
    pub fn available(&self, now: Timestamp) -> Credits {
        let plan = if self.plan_is_past(now) { Credits::ZERO } else { self.plan };
        plan.plus(self.bought).unwrap_or(Credits::new(u32::MAX))
    }

    /// The month at `now`, and what was charged in it. A clock that is behind is in the month that has begun, so
    /// that what is spent in it is not forgotten.
    #[must_use]
    pub fn spent_in_month(&self, now: Timestamp) -> (String, Credits) {
        let month = month_of(now).max(self.month.clone());
        let spent = if month == self.month { self.month_spent } else { Credits::ZERO };
        (month, spent)
    }

    /// Whether the owner wants to spend so much on one more job. What is held counts as spent in this
    /// month, because that is when it will be charged if nothing goes wrong.
    ///
    /// # Errors
    /// [`WalletError::OverJobCap`], [`WalletError::OverMonthCap`].
    pub fn check_caps(&self, now: Timestamp, needed: Credits) -> Result<(), WalletError> {
        if let Some(cap) = self.caps.per_job.filter(|cap| needed > *cap) {
            return Err(WalletError::OverJobCap { needed, cap });
        }
        let Some(cap) = self.caps.per_month else { return Ok(()) };
        let (_, spent) = self.spent_in_month(now);
        let left = cap.minus(spent).and_then(|left| left.minus(self.held)).unwrap_or(Credits::ZERO);
        match needed > left {
            true => Err(WalletError::OverMonthCap { needed, left, cap }),
            false => Ok(()),
        }
    }

    /// Sets the most that may be spent.
    ///
    /// # Errors
    /// [`WalletError::Closed`].
    pub fn cap(&self, now: Timestamp, caps: Caps) -> Result<Movement, WalletError> {
        let mut draft = Draft::open(self, now)?;
        draft.wallet.caps = caps;
        let text =
            |cap: Option<Credits>| cap.map_or("any number".to_owned(), |cap| cap.to_string());
        let (job, month) = (text(caps.per_job), text(caps.per_month));
        let reason = format!("limits set, in credits: {job} for a job, {month} in a month");
        draft.entry(EntryKind::Limit, 0, None, &reason)?;
        Ok(draft.movement())
    }

    /// Gives plan credits for a period. What is left of the period before expires.
    ///
    /// # Errors
    /// [`WalletError::Closed`], [`WalletError::Overflow`].
    pub fn grant(
        &self,
        now: Timestamp,
        amount: Credits,
        period_end: Option<Timestamp>,
        reason: &str,
    ) -> Result<Movement, WalletError> {
        let mut draft = Draft::open(self, now)?;
        draft.expire_plan("a new period began")?;
        draft.wallet.plan = amount;
        draft.wallet.plan_period_end = period_end;
        draft.entry(EntryKind::Grant, amount.signed(), None, reason)?;
        Ok(draft.movement())
    }

    /// Adds bought credits.
    ///
    /// # Errors
    /// [`WalletError::Closed`], [`WalletError::Overflow`].
    pub fn purchase(
        &self,
        now: Timestamp,
        amount: Credits,
        reason: &str,
    ) -> Result<Movement, WalletError> {
        let mut draft = Draft::open(self, now)?;
        draft.wallet.bought = add(draft.wallet.bought, amount)?;
        draft.entry(EntryKind::Purchase, amount.signed(), None, reason)?;
        Ok(draft.movement())
    }

    /// Reserves `amount` for a job, plan credits first.
    ///
    /// # Errors
    /// [`WalletError::Closed`], [`WalletError::TooManyActive`], [`WalletError::Insufficient`], and what
    /// [`Wallet::check_caps`] says.
    pub fn hold(
        &self,
        now: Timestamp,
        generation: GenerationId,
        amount: Credits,
        active_limit: u32,
    ) -> Result<(Movement, Hold), WalletError> {
        let mut draft = Draft::open(self, now)?;
        if self.active >= active_limit {
            return Err(WalletError::TooManyActive { active: self.active });
        }
        self.check_caps(now, amount)?;
        let available = draft.wallet.available(now);
        if available < amount {
            return Err(WalletError::Insufficient { needed: amount, available });
        }
        let wallet = &mut draft.wallet;
        let from_plan = amount.min(wallet.plan);
        let from_bought = amount.minus(from_plan).ok_or(WalletError::Overflow)?;
        wallet.plan = wallet.plan.minus(from_plan).ok_or(WalletError::Overflow)?;
        wallet.bought = wallet.bought.minus(from_bought).ok_or(WalletError::Overflow)?;
        wallet.held = add(wallet.held, amount)?;
        wallet.active += 1;
        let hold = Hold {
            generation,
            wallet: wallet.id,
            from_plan,
            from_bought,
            plan_period_end: wallet.plan_period_end,
            state: HoldState::Open,
            version: 1,
            created_at: now,
            resolved_at: None,
        };
        draft.entry(EntryKind::Hold, -amount.signed(), Some(generation), "reserved for a job")?;
        Ok((draft.movement(), hold))
    }

    /// Spends a hold. What is held beyond `charged` comes back.
    ///
    /// # Errors
    /// [`WalletError::Resolved`], [`WalletError::ExceedsHold`].
    pub fn capture(
        &self,
        now: Timestamp,
        hold: &Hold,
        charged: Credits,
    ) -> Result<(Movement, Hold), WalletError> {
        let back = hold
            .amount()
            .minus(charged)
            .ok_or(WalletError::ExceedsHold { charged, held: hold.amount() })?;
        let mut draft = Draft::new(self, now)?;
        let (month, spent) = self.spent_in_month(now);
        draft.wallet.month = month;
        draft.wallet.month_spent = add(spent, charged)?;
        // Bought credits are the more valuable ones, so they come back first.
        let bought_back = back.min(hold.from_bought);
        let plan_back = back.minus(bought_back).ok_or(WalletError::Overflow)?;
        let reason = "generation completed";
        draft.resolve(hold, (plan_back, bought_back), EntryKind::Capture, reason)?;
        Ok((draft.movement(), hold.resolved(HoldState::Captured, now)))
    }

    /// Gives a hold back in full. Plan credits whose period has ended since then expire at once.
    ///
    /// # Errors
    /// [`WalletError::Resolved`].
    pub fn release(
        &self,
        now: Timestamp,
        hold: &Hold,
        reason: &str,
    ) -> Result<(Movement, Hold), WalletError> {
        let mut draft = Draft::new(self, now)?;
        let back = (hold.from_plan, hold.from_bought);
        draft.resolve(hold, back, EntryKind::Release, reason)?;
        Ok((draft.movement(), hold.resolved(HoldState::Released, now)))
    }

    /// Closes the wallet for good: what is available is forfeited, and so is what open holds give
    /// back later.
    ///
    /// # Errors
    /// [`WalletError::Closed`].
    pub fn close(&self, now: Timestamp) -> Result<Movement, WalletError> {
        let mut draft = Draft::open(self, now)?;
        let rest = draft.wallet.available(now);
        draft.wallet.plan = Credits::ZERO;
        draft.wallet.bought = Credits::ZERO;
        draft.wallet.state = WalletState::Closed;
        // Written also if it is nothing: every version has its entry.
        draft.entry(EntryKind::Expiry, -rest.signed(), None, "the account was erased")?;
        Ok(draft.movement())
    }

    fn plan_is_past(&self, now: Timestamp) -> bool {
        self.plan_period_end.is_some_and(|end| end <= now)
    }
}

fn add(a: Credits, b: Credits) -> Result<Credits, WalletError> {
    a.plus(b).ok_or(WalletError::Overflow)
}

fn month_of(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m").to_string()
}
