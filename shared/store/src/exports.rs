//! Archives of all that is held about an account.

use jiff::Timestamp;
use reverie_domain::{
    export::Export,
    ids::{AccountId, ExportId},
};

use crate::{
    Record,
    accounts::Account,
    agenda::{Task, moved},
    record::{get, newest_first},
    tables::{Key, Range, StoreError, Table, Tables, Write, written},
};

impl Record for Export {
    fn key(&self) -> Key {
        export_key(self.account, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at()
    }
}

/// The export of this account.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    account: AccountId,
    id: ExportId,
) -> Result<Option<Export>, StoreError> {
    get(tables, export_key(account, id)).await
}

/// How many exports are looked at. One that is made a day, kept 37 days, and failed ones between them.
const LISTED: u32 = 100;

/// The account's newest exports, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn newest(tables: &dyn Tables, account: AccountId) -> Result<Vec<Export>, StoreError> {
    let (partition, after) = ((Table::Accounts, account), None);
    newest_first(tables, partition, Range::Prefix(PREFIX.to_owned()), after, LISTED).await
}

/// The writes that begin an export. With the account's next version, so that of two at once one sees
/// the other, and none passes an erasure; the account's is the first of them.
///
/// # Errors
/// If a row cannot be serialised.
pub fn begin(account: &Account, export: &Export) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![account.next().replace(account)?, export.create()?];
    writes.extend(moved(task(export), None, export.due_at)?);
    Ok(writes)
}

/// Writes the export's next state, its time on the agenda, and `others`. `false` if somebody else has
/// changed one of them, or it is gone.
///
/// # Errors
/// [`StoreError`].
pub async fn advance(
    tables: &dyn Tables,
    before: &Export,
    after: &Export,
    others: Vec<Write>,
) -> Result<bool, StoreError> {
    let mut writes = vec![after.replace(before)?];
    writes.extend(others);
    writes.extend(moved(task(after), before.due_at, after.due_at)?);
    written(tables, &writes).await
}

const fn task(export: &Export) -> Task {
    Task::Export { account: export.account, export: export.id }
}

const PREFIX: &str = "export#";

fn export_key(account: AccountId, id: ExportId) -> Key {
    Key::new(Table::Accounts, account, format!("{PREFIX}{id}"))
}
