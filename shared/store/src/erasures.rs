//! Erasures: how they begin, and the deletion of an account's rows.

use jiff::Timestamp;
use reverie_domain::{
    erasure::{Erasure, Step},
    ids::{AccountId, ErasureId},
    personal::place_of,
};
use serde_json::Value;

use crate::{
    Record,
    accounts::{self, Account, account_key},
    agenda::{Task, moved},
    ledger::{self, LedgerError},
    record::{deletion, get, replace},
    tables::{Key, Query, Range, Row, StoreError, Table, Tables, Write, WriteError, written},
};

/// How many rows one transaction deletes.
const PAGE: u32 = 50;

impl Record for Erasure {
    fn key(&self) -> Key {
        erasure_key(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        Some(self.ends_at())
    }
}

fn erasure_key(id: ErasureId) -> Key {
    Key::new(Table::Operations, format!("erasure#{id}"), "receipt")
}

/// The erasure.
///
/// # Errors
/// [`StoreError`].
pub async fn find(tables: &dyn Tables, id: ErasureId) -> Result<Option<Erasure>, StoreError> {
    get(tables, erasure_key(id)).await
}

/// Begins an erasure: from here on nobody is let in, nothing can be submitted, and the housekeeper
/// does the rest. All in one transaction. Returns it with the guests that became the account, into
/// which nobody is let in anyway.
///
/// # Errors
/// [`LedgerError::Conflict`] if the account is not as it was given any more.
pub async fn begin(
    tables: &dyn Tables,
    now: Timestamp,
    account: &Account,
    erasure: &Erasure,
) -> Result<Erasure, LedgerError> {
    let erasure = Erasure { aliases: account.aliases.clone(), ..erasure.clone() };
    let mut others = vec![mark(account, erasure.id).replace(account)?, erasure.create()?];
    others.extend(moved(Task::Inactive(account.id), account.check_at, None)?);
    others.extend(moved(Task::Erase(erasure.id), None, erasure.due_at)?);
    seal(tables, now, account, &others).await?;
    Ok(erasure)
}

/// The account with the mark.
fn mark(account: &Account, erasure: ErasureId) -> Account {
    Account { check_at: None, erasure: Some(erasure), ..account.next() }
}

/// Closes the account's wallet together with `others`; without a wallet, or if it is closed already,
/// just those: a restore may have brought back one table of two.
async fn seal(
    tables: &dyn Tables,
    now: Timestamp,
    account: &Account,
    others: &[Write],
) -> Result<(), LedgerError> {
    let closed = match ledger::wallet(tables, account.wallet).await {
        Ok(wallet) => ledger::close(tables, now, wallet, others).await.map(drop),
        Err(error) => Err(error),
    };
    use reverie_domain::wallet::WalletError::Closed;
    match closed {
        Err(LedgerError::Missing | LedgerError::Wallet(Closed)) if others.is_empty() => Ok(()),
        Err(LedgerError::Missing | LedgerError::Wallet(Closed)) => {
            match tables.write(others).await {
                Ok(()) => Ok(()),
                Err(WriteError::Conflict(outcomes)) => Err(LedgerError::Conflict(outcomes)),
                Err(WriteError::Store(error)) => Err(error.into()),
            }
        }
        closed => closed,
    }
}

/// Marks the accounts again that a restore brought back unmarked: nobody is let in. Alone, so that
/// nothing else that was restored can keep a door open. `false` if one changed meanwhile.
///
/// # Errors
/// [`StoreError`].
pub async fn mark_again(tables: &dyn Tables, erasure: &Erasure) -> Result<bool, StoreError> {
    for account in marked_or_not(tables, erasure).await? {
        // What is on the agenda for it may not have been restored with it, and is forgotten otherwise.
        let marked = mark(&account, erasure.id);
        if account.erasure.is_none() && replace(tables, &account, &marked).await?.is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Closes the accounts' wallets that a restore brought back open.
///
/// # Errors
/// [`LedgerError`].
pub async fn close_again(
    tables: &dyn Tables,
    now: Timestamp,
    erasure: &Erasure,
) -> Result<(), LedgerError> {
    for account in marked_or_not(tables, erasure).await? {
        seal(tables, now, &account, &[]).await?;
    }
    Ok(())
}

async fn marked_or_not(tables: &dyn Tables, erasure: &Erasure) -> Result<Vec<Account>, StoreError> {
    accounts::present(tables, &erasure.accounts()).await
}

/// Writes the erasure's next state, its time on the agenda and `others`, all or none. Otherwise
/// `false`: somebody else went on with it, or one of `others` has changed.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tables: &dyn Tables,
    before: &Erasure,
    after: &Erasure,
    others: Vec<Write>,
) -> Result<bool, StoreError> {
    let mut writes = advancing(before, after)?;
    writes.extend(others);
    written(tables, &writes).await
}

/// The erasure's next state, and its time on the agenda.
pub(crate) fn advancing(before: &Erasure, after: &Erasure) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![match after.step {
        // Without a receipt nobody will read it.
        Step::Ended if after.token_hash.is_none() => before.delete(),
        _ => after.replace(before)?,
    }];
    writes.extend(moved(Task::Erase(after.id), before.due_at, after.due_at)?);
    Ok(writes)
}

/// Rows that were found, and their deletion.
#[derive(Debug)]
pub struct Found {
    /// The deletions.
    pub writes: Vec<Write>,
    /// How many of which kind, as in the list of personal data.
    pub kinds: Vec<(String, u64)>,
}

/// Some of the account's rows, in any table but the ledger; none at the end. The account's own row is
/// not among them: it goes last.
///
/// # Errors
/// [`StoreError`].
pub async fn some_rows(tables: &dyn Tables, account: AccountId) -> Result<Found, StoreError> {
    let partitions = [
        (Table::Accounts, account.to_string()),
        (Table::Generations, account.to_string()),
        (Table::Operations, format!("idempotency#{account}")),
        (Table::Operations, format!("allowance#{account}")),
    ];
    let mut found = Found { writes: Vec::new(), kinds: Vec::new() };
    for (table, partition) in partitions {
        let query = Query {
            table,
            index: None,
            partition,
            range: Range::All,
            after: None,
            descending: false,
            limit: PAGE,
        };
        let own = account_key(account);
        for row in tables.query(&query).await? {
            let write = deletion(&query, &row);
            if write.key != own {
                found.kinds.push((kind(table, &row), 1));
                found.writes.push(write);
            }
        }
        if table == Table::Accounts {
            found.writes.extend(finders(tables, &found.writes, account).await?);
        }
        if !found.writes.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// The deletion of what finds the account by the identities that are deleted.
async fn finders(
    tables: &dyn Tables,
    writes: &[Write],
    account: AccountId,
) -> Result<Vec<Write>, StoreError> {
    let own = accounts::identities(tables, account).await?;
    let (gone, kept): (Vec<_>, Vec<_>) =
        own.into_iter().partition(|one| writes.iter().any(|write| write.key == one.key()));
    let mut all = accounts::unlink(tables, &gone, &kept).await?;
    all.retain(|write| !gone.iter().any(|one| one.key() == write.key));
    Ok(all)
}

fn kind(table: Table, row: &Row) -> String {
    let text = |name| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let store = match table {
        Table::Accounts => "accounts",
        Table::Ledger => "ledger",
        Table::Generations => "generations",
        Table::Operations => "operations",
    };
    let kind = place_of(store, text("pk"), text("sk")).map_or("other", |place| place.kind);
    format!("{store}.{kind}")
}
