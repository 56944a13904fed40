//! Orders to freeze or hand over what is held about an account.
//!
//! Whatever changes which orders an account has writes the account's [`AccountHolds`] with its next version.
//! A new order also writes the account's own row, as an erasure does when it is about to delete: of two at
//! once one sees the other.

use jiff::Timestamp;
use reverie_domain::{
    erasure::{Erasure, HoldEnd},
    export::Export,
    ids::{AccountId, LegalHoldId},
    legal_hold::{AccountHolds, LegalHold},
};

use crate::{
    Record,
    accounts::Account,
    agenda::{Task, moved},
    erasures::advancing,
    exports,
    record::{from_row, get, newest_first},
    tables::{Key, Range, StoreError, Table, Tables, Write, written},
};

const PARTITION: &str = "legal_hold";

impl Record for LegalHold {
    fn key(&self) -> Key {
        hold_key(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at()
    }
}

impl Record for AccountHolds {
    fn key(&self) -> Key {
        holds_key(self.account)
    }

    fn version(&self) -> u64 {
        self.version
    }
}

fn hold_key(id: LegalHoldId) -> Key {
    Key::new(Table::Operations, PARTITION, id)
}

fn holds_key(account: AccountId) -> Key {
    Key::new(Table::Operations, format!("held#{account}"), "holds")
}

/// The order.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tables: &dyn Tables, id: LegalHoldId) -> Result<Option<LegalHold>, StoreError> {
    get(tables, hold_key(id)).await
}

/// Orders before that one, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    before: Option<LegalHoldId>,
    limit: u32,
) -> Result<Vec<LegalHold>, StoreError> {
    let (partition, after) = ((Table::Operations, PARTITION), before.map(hold_key));
    newest_first(tables, partition, Range::All, after, limit).await
}

/// Which orders an account has; `None` if it has none.
///
/// # Errors
/// [`StoreError`].
pub async fn of_account(
    tables: &dyn Tables,
    account: AccountId,
) -> Result<Option<AccountHolds>, StoreError> {
    get(tables, holds_key(account)).await
}

/// Which orders these accounts have.
///
/// # Errors
/// [`StoreError`].
pub async fn of_accounts(
    tables: &dyn Tables,
    accounts: &[AccountId],
) -> Result<Vec<AccountHolds>, StoreError> {
    let keys: Vec<Key> = accounts.iter().copied().map(holds_key).collect();
    tables.get(&keys).await?.into_iter().flatten().map(from_row).collect()
}

/// The orders that an account has, those that are being released among them.
///
/// # Errors
/// [`StoreError`].
pub async fn orders(tables: &dyn Tables, of: &AccountHolds) -> Result<Vec<LegalHold>, StoreError> {
    let keys: Vec<Key> = of.holds.iter().copied().map(hold_key).collect();
    tables.get(&keys).await?.into_iter().flatten().map(from_row).collect()
}

/// The writes that propose an order. `account` is the account's row, if there is one still.
///
/// # Errors
/// If a row cannot be serialised.
pub fn propose(
    hold: &LegalHold,
    before: Option<&AccountHolds>,
    id: AccountId,
    account: Option<&Account>,
) -> Result<Vec<Write>, StoreError> {
    let after = AccountHolds::with(before, id, hold.id);
    let mut writes = vec![hold.create()?, over(before, &after)?];
    writes.extend(account.map(|account| account.next().replace(account)).transpose()?);
    writes.extend(moved(task(hold), None, hold.due_at)?);
    Ok(writes)
}

fn over(before: Option<&AccountHolds>, after: &AccountHolds) -> Result<Write, StoreError> {
    match before {
        Some(before) => after.replace(before),
        None => after.create(),
    }
}

/// The writes that confirm an order, and begin its copy if there is none yet. What is on the agenda for its
/// lapse is dropped when that is due, as its row does not know it any more: operators may delete nothing.
///
/// # Errors
/// If a row cannot be serialised.
pub fn confirm(
    before: &LegalHold,
    after: &LegalHold,
    copy: Option<&Export>,
) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![after.replace(before)?];
    if let Some(copy) = copy {
        writes.extend(exports::queued(copy)?);
    }
    Ok(writes)
}

/// The writes that release an order; the housekeeper does the rest. What is on the agenda for its lapse is
/// dropped as in [`confirm`].
///
/// # Errors
/// If a row cannot be serialised.
pub fn release(
    before: &LegalHold,
    after: &LegalHold,
    holds: Option<&AccountHolds>,
) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![after.replace(before)?];
    writes.extend(holds.map(|holds| holds.next().replace(holds)).transpose()?);
    writes.extend(moved(task(after), None, after.due_at)?);
    Ok(writes)
}

/// Begins the copy of an order that is only proposed, because the account is about to be erased. With the
/// order's next version, so that its end does not miss the copy. `false` if something has changed it.
///
/// # Errors
/// [`StoreError`].
pub async fn begin_copy(
    tables: &dyn Tables,
    hold: &LegalHold,
    copy: &Export,
) -> Result<bool, StoreError> {
    written(tables, &confirm(hold, &hold.next(), Some(copy))?).await
}

/// Writes the order's next state and its time on the agenda, and ends this copy's row: from then on nobody
/// begins to write it. `false` if somebody else has changed one of them.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tables: &dyn Tables,
    before: &LegalHold,
    after: &LegalHold,
    copy: Option<&Export>,
) -> Result<bool, StoreError> {
    let mut writes = moving(before, after)?;
    if let Some(copy) = copy {
        writes.extend(exports::ended(copy)?);
    }
    written(tables, &writes).await
}

fn moving(before: &LegalHold, after: &LegalHold) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![after.replace(before)?];
    writes.extend(moved(task(after), before.due_at, after.due_at)?);
    Ok(writes)
}

/// The order is released: the account has it no more, and an erasure that waits for it is told. `false` if
/// somebody else has changed one of them.
///
/// # Errors
/// [`StoreError`].
pub async fn released(
    tables: &dyn Tables,
    now: Timestamp,
    before: &LegalHold,
    holds: Option<&AccountHolds>,
    erasure: Option<(&Erasure, HoldEnd)>,
) -> Result<bool, StoreError> {
    let mut writes = moving(before, &before.released())?;
    if let Some(holds) = holds {
        let left = holds.without(before.id);
        writes.push(if left.holds.is_empty() { holds.delete() } else { left.replace(holds)? });
    }
    if let Some((erasure, end)) = erasure {
        writes.extend(advancing(erasure, &erasure.hold_ended(now, end))?);
    }
    written(tables, &writes).await
}

const fn task(hold: &LegalHold) -> Task {
    Task::Hold(hold.id)
}
