use jiff::Timestamp;

use super::{Entry, EntryKind, Hold, HoldState, Movement, Wallet, WalletError, WalletState, add};
use crate::{
    credits::Credits,
    ids::{GenerationId, TransactionId},
};

/// A movement in the making.
pub(super) struct Draft {
    pub(super) now: Timestamp,
    pub(super) wallet: Wallet,
    pub(super) entries: Vec<Entry>,
}

impl Draft {
    /// Starts a movement; plan credits whose period has ended expire before anything else.
    pub(super) fn new(wallet: &Wallet, now: Timestamp) -> Result<Self, WalletError> {
        let mut draft = Self { now, wallet: wallet.clone(), entries: Vec::new() };
        if wallet.plan_is_past(now) {
            draft.expire_plan("the plan's period ended")?;
        }
        Ok(draft)
    }

    /// Starts a movement that a closed wallet refuses.
    pub(super) fn open(wallet: &Wallet, now: Timestamp) -> Result<Self, WalletError> {
        match wallet.state {
            WalletState::Open => Self::new(wallet, now),
            WalletState::Closed => Err(WalletError::Closed),
        }
    }

    pub(super) fn expire_plan(&mut self, reason: &str) -> Result<(), WalletError> {
        let rest = self.wallet.plan;
        if rest == Credits::ZERO {
            return Ok(());
        }
        self.wallet.plan = Credits::ZERO;
        self.entry(EntryKind::Expiry, -rest.signed(), None, reason)
    }

    pub(super) fn resolve(
        &mut self,
        hold: &Hold,
        (plan_back, bought_back): (Credits, Credits),
        kind: EntryKind,
        reason: &str,
    ) -> Result<(), WalletError> {
        if hold.state != HoldState::Open {
            return Err(WalletError::Resolved);
        }
        let wallet = &mut self.wallet;
        wallet.held = wallet.held.minus(hold.amount()).ok_or(WalletError::Overflow)?;
        wallet.active = wallet.active.saturating_sub(1);
        wallet.bought = add(wallet.bought, bought_back)?;
        wallet.plan = add(wallet.plan, plan_back)?;
        let same_period = wallet.plan_period_end == hold.plan_period_end;
        let lapsed = !same_period || wallet.plan_is_past(self.now);
        let back = add(plan_back, bought_back)?;
        self.entry(kind, back.signed(), Some(hold.generation), reason)?;
        let closed = self.wallet.state == WalletState::Closed;
        if lapsed && plan_back > Credits::ZERO && !closed {
            self.wallet.plan = self.wallet.plan.minus(plan_back).ok_or(WalletError::Overflow)?;
            let reason = "the plan's period ended while the credits were held";
            self.entry(EntryKind::Expiry, -plan_back.signed(), Some(hold.generation), reason)?;
        } else if closed && back > Credits::ZERO {
            self.wallet.plan = self.wallet.plan.minus(plan_back).ok_or(WalletError::Overflow)?;
            let bought = self.wallet.bought.minus(bought_back).ok_or(WalletError::Overflow)?;
            self.wallet.bought = bought;
            let reason = "the account was erased";
            self.entry(EntryKind::Expiry, -back.signed(), Some(hold.generation), reason)?;
        }
        Ok(())
    }

    pub(super) fn entry(
        &mut self,
        kind: EntryKind,
        amount: i64,
        generation: Option<GenerationId>,
        reason: &str,
    ) -> Result<(), WalletError> {
        self.wallet.version += 1;
        self.entries.push(Entry {
            id: TransactionId::new(),
            wallet: self.wallet.id,
            number: self.wallet.version,
            created_at: self.now,
            kind,
            amount,
            balance_after: add(self.wallet.plan, self.wallet.bought)?,
            generation,
            reason: reason.to_owned(),
        });
        Ok(())
    }

    pub(super) fn movement(self) -> Movement {
        Movement { wallet: self.wallet, entries: self.entries }
    }
}
