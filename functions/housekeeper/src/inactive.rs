use jiff::Timestamp;
use reverie_domain::{
    erasure::Erasure,
    inactivity::{LOOK, Usage, Verdict},
    mail::{Letter, Mail},
};
use reverie_store::{
    Record,
    accounts::{self, Account, AccountKind},
    agenda::{Task, moved},
    erasures,
    ledger::LedgerError,
    mails,
    tables::{Write, WriteError},
};

use crate::{Housekeeper, HousekeeperError};

impl Housekeeper {
    /// Erases the account of somebody who has not come for long, and tells them before; otherwise looks
    /// again later.
    pub(crate) async fn look_after(&self, account: Account) -> Result<(), HousekeeperError> {
        let now = self.clock.now();
        let last_used = accounts::last_used(&*self.tables, &account).await?;
        let usage = Usage {
            is_guest: account.kind == AccountKind::Guest,
            has_address: account.mail_address().is_some(),
            last_used,
            noticed_at: account.noticed_at,
        };
        let seen = Account { used_at: Some(last_used), ..account.next() };
        match usage.verdict(now) {
            Verdict::Erase => self.erase_inactive(now, &account).await,
            Verdict::Wait(until) => self.look_again(&account, seen, until, Vec::new()).await,
            Verdict::Tell(erased_at) => {
                let mail = Mail::new(now, account.id, Letter::Inactive { erased_at });
                let told = Account { noticed_at: Some(now), ..seen };
                self.look_again(&account, told, now + LOOK, mails::to_send(&mail)?).await
            }
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

    async fn look_again(
        &self,
        account: &Account,
        next: Account,
        at: Timestamp,
        others: Vec<Write>,
    ) -> Result<(), HousekeeperError> {
        let next = Account { check_at: Some(at), ..next };
        let mut writes = vec![next.replace(account)?];
        writes.extend(moved(Task::Inactive(account.id), account.check_at, Some(at))?);
        writes.extend(others);
        match self.tables.write(&writes).await {
            Ok(()) => Ok(()),
            Err(WriteError::Conflict(_)) => Err(HousekeeperError::Contended),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}
