//! Orders to freeze or hand over what is held about an account: their copies, and their end.

use std::collections::BTreeSet;

use reverie_domain::{
    erasure::{Erasure, HoldEnd, LAST_PASS},
    export::{Export, ExportStatus},
    ids::{AccountId, LegalHoldId},
    legal_hold::{AccountHolds, HOLDS, HoldState, LegalHold},
};
use reverie_store::{Record, accounts, erasures, exports, legal_holds, tables::Write};

use crate::{Housekeeper, HousekeeperError};

/// How many pages of objects one turn deletes. A copy is one object, and a few while it is made.
const PAGES: u32 = 10;

impl Housekeeper {
    /// Whether an erasure that is about to begin with the deletion may: every order has its copy. Then with
    /// the accounts' next versions, so that an order which comes meanwhile is seen.
    ///
    /// # Errors
    /// [`HousekeeperError::MoreToDo`] while copies are being made.
    pub(crate) async fn copied(&self, erasure: &Erasure) -> Result<Vec<Write>, HousekeeperError> {
        let tables = &*self.tables;
        // In this order: an order that comes between the two changes the account.
        let accounts = accounts::present(tables, &erasure.accounts()).await?;
        let mut missing = false;
        for holds in legal_holds::of_accounts(tables, &erasure.accounts()).await? {
            for hold in legal_holds::orders(tables, &holds).await? {
                if !hold.has_ended() {
                    missing |= !self.has_copy(holds.account, &hold).await?;
                }
            }
        }
        if missing {
            return Err(HousekeeperError::MoreToDo);
        }
        let writes = accounts.iter().map(|account| account.next().replace(account));
        Ok(writes.collect::<Result<_, _>>()?)
    }

    /// Whether the order's copy is there. One that is only proposed gets its copy now: later would be too
    /// late.
    async fn has_copy(
        &self,
        account: AccountId,
        hold: &LegalHold,
    ) -> Result<bool, HousekeeperError> {
        if let Some(copy) = exports::find_copy(&*self.tables, hold.source).await? {
            return Ok(copy.status == ExportStatus::Ready);
        }
        let copy = Export::copy(self.clock.now(), account, hold.id);
        match legal_holds::begin_copy(&*self.tables, hold, &copy).await? {
            true => Ok(false),
            false => Err(HousekeeperError::Contended),
        }
    }

    /// Lets a proposal lapse, or ends an order that was released: its copy is deleted, unless another order
    /// keeps it, and an erasure that waits goes on.
    pub(crate) async fn end_hold(&self, mut hold: LegalHold) -> Result<(), HousekeeperError> {
        if hold.state == HoldState::Proposed {
            let lapsed = hold.releasing(self.clock.now(), None, hold.order.secret);
            self.advance_hold(&hold, &lapsed, None).await?;
            tracing::warn!(id = %hold.id, "nobody has confirmed an order in time");
            hold = lapsed;
        }
        let Some(account) = hold.account.filter(|_| hold.state == HoldState::Releasing) else {
            return Err(HousekeeperError::Contended);
        };
        let holds = legal_holds::of_account(&*self.tables, account).await?;
        let waits = self.waits(holds.as_ref()).await?;
        let mut others = Vec::new();
        for one in holds.iter().chain(&waits.holds) {
            others.extend(legal_holds::orders(&*self.tables, one).await?);
        }
        others.retain(|other| other.id != hold.id);
        let shared = others.iter().any(|other| other.source == hold.source);
        let Some(hold) = self.stop_copy(hold, shared).await? else { return Ok(()) };
        if !shared {
            self.delete_copy(&LegalHold::prefix(account, hold.source)).await?;
        }
        let end = HoldEnd {
            told: !hold.order.secret,
            deleted: hold.sha256.is_some() && !shared,
            waits: !others.is_empty(),
            waits_openly: others.iter().any(|other| !other.order.secret),
        };
        let (now, erasure) = (self.clock.now(), waits.erasure.as_ref().map(|one| (one, end)));
        match legal_holds::released(&*self.tables, now, &hold, holds.as_ref(), erasure).await? {
            true => {
                tracing::info!(id = %hold.id, "an order has ended");
                Ok(())
            }
            false => Err(HousekeeperError::Contended),
        }
    }

    /// The orders of which a copy is in the bucket and no row tells, as after a restore of the table to a time
    /// before the order. Nothing else finds such a copy, and nothing ends it.
    ///
    /// # Errors
    /// [`HousekeeperError`].
    pub async fn copies_without_order(&self) -> Result<Vec<LegalHoldId>, HousekeeperError> {
        let (mut copies, mut last) = (BTreeSet::new(), String::new());
        loop {
            let keys = self.objects.list_after(HOLDS, &last).await?;
            copies.extend(keys.iter().filter_map(|key| LegalHold::of_key(key)));
            let Some(key) = keys.into_iter().next_back() else { break };
            last = key;
        }
        let mut lost = Vec::new();
        for (account, source) in copies {
            let mut orders = Vec::new();
            if let Some(holds) = legal_holds::of_account(&*self.tables, account).await? {
                orders = legal_holds::orders(&*self.tables, &holds).await?;
            }
            if !orders.iter().any(|order| order.source == source) {
                lost.push(source);
            }
        }
        Ok(lost)
    }

    async fn waits(&self, holds: Option<&AccountHolds>) -> Result<Waits, HousekeeperError> {
        let Some(id) = holds.and_then(|holds| holds.erasure) else { return Ok(Waits::default()) };
        // Its receipt may have ended.
        let erasure = erasures::find(&*self.tables, id).await?;
        let accounts = erasure.as_ref().map(Erasure::accounts).unwrap_or_default();
        let mut all = legal_holds::of_accounts(&*self.tables, &accounts).await?;
        all.retain(|one| Some(one.account) != holds.map(|holds| holds.account));
        Ok(Waits { erasure, holds: all })
    }

    /// Nobody begins to write the copy any more. `None` if somebody may still be writing it: then the end
    /// comes when that is certainly over.
    async fn stop_copy(
        &self,
        hold: LegalHold,
        shared: bool,
    ) -> Result<Option<LegalHold>, HousekeeperError> {
        let Some(copy) = exports::find_copy(&*self.tables, hold.source).await? else {
            return Ok(Some(hold));
        };
        let (now, sha256) = (self.clock.now(), copy.sha256.clone());
        if shared {
            // It stays; which one it was is remembered.
            let stopped = hold.stopped(sha256, now);
            self.advance_hold(&hold, &stopped, None).await?;
            return Ok(Some(stopped));
        }
        let written = copy.status == ExportStatus::Running;
        let stopped = hold.stopped(sha256, if written { now + LAST_PASS } else { now });
        self.advance_hold(&hold, &stopped, Some(&copy)).await?;
        Ok((!written).then_some(stopped))
    }

    async fn advance_hold(
        &self,
        before: &LegalHold,
        after: &LegalHold,
        copy: Option<&Export>,
    ) -> Result<(), HousekeeperError> {
        match legal_holds::advance(&*self.tables, before, after, copy).await? {
            true => Ok(()),
            false => Err(HousekeeperError::Contended),
        }
    }

    async fn delete_copy(&self, prefix: &str) -> Result<(), HousekeeperError> {
        self.objects.drop_parts(prefix).await?;
        for _ in 0..PAGES {
            let keys = self.objects.list(prefix).await?;
            if keys.is_empty() {
                return Ok(());
            }
            self.objects.delete(&keys).await?;
        }
        Err(HousekeeperError::MoreToPurge)
    }
}

/// An erasure that waits for orders, and those of its other accounts.
#[derive(Default)]
struct Waits {
    erasure: Option<Erasure>,
    holds: Vec<AccountHolds>,
}
