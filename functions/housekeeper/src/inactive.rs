use jiff::{SignedDuration, Timestamp};
use reverie_domain::{
    erasure::Erasure,
    plan::{GUEST_DAYS, USER_DAYS},
};
use reverie_store::{
    Record,
    accounts::{self, Account, AccountKind},
    agenda::{Task, moved},
    erasures,
    ledger::LedgerError,
    tables::WriteError,
};

use crate::{Housekeeper, HousekeeperError};

impl Housekeeper {
    /// Erases the account of somebody who has not come for long; otherwise looks again when that could be.
    pub(crate) async fn look_after(&self, account: Account) -> Result<(), HousekeeperError> {
        let now = self.clock.now();
        let days = match account.kind {
            AccountKind::Guest => GUEST_DAYS,
            AccountKind::User => USER_DAYS,
        };
        let last_used = accounts::last_used(&*self.tables, &account).await?;
        let due = last_used + SignedDuration::from_hours(24 * days);
        match due <= now {
            true => self.erase_inactive(now, &account).await,
            false => self.look_again(&account, due).await,
        }
    }

    async fn erase_inactive(
        &self,
        now: Timestamp,
        account: &Account,
    ) -> Result<(), HousekeeperError> {
        let erasure = Erasure::begin(now, account.id, None);
        match erasures::begin(&*self.tables, now, account, &erasure).await {
            Ok(erasure) => self.erase(erasure).await,
            // Another housekeeper was first.
            Err(LedgerError::Conflict(_)) => Err(HousekeeperError::Contended),
            Err(error) => Err(error.into()),
        }
    }

    async fn look_again(&self, account: &Account, at: Timestamp) -> Result<(), HousekeeperError> {
        let next = Account { check_at: Some(at), ..account.next() };
        let mut writes = vec![next.replace(account)?];
        writes.extend(moved(Task::Inactive(account.id), account.check_at, Some(at))?);
        match self.tables.write(&writes).await {
            Ok(()) => Ok(()),
            Err(WriteError::Conflict(_)) => Err(HousekeeperError::Contended),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}
