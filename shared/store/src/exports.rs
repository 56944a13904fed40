//! Archives of all that is held about an account.

use jiff::Timestamp;
use reverie_domain::{
    export::Export,
    ids::{AccountId, ExportId, LegalHoldId},
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
        match self.hold {
            None => export_key(self.account, self.id),
            // The account's own partition is the person's to see, and is erased.
            Some(hold) => copy_key(hold),
        }
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

/// The copy for this order, if it has one of its own.
///
/// # Errors
/// [`StoreError`].
pub async fn find_copy(
    tables: &dyn Tables,
    hold: LegalHoldId,
) -> Result<Option<Export>, StoreError> {
    get(tables, copy_key(hold)).await
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
    let mut writes = vec![account.next().replace(account)?];
    writes.extend(queued(export)?);
    Ok(writes)
}

/// The writes that leave an export to the housekeeper.
pub(crate) fn queued(export: &Export) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![export.create()?];
    writes.extend(moved(task(export), None, export.due_at)?);
    Ok(writes)
}

/// The writes that end an export, whoever makes it.
pub(crate) fn ended(export: &Export) -> Result<Vec<Write>, StoreError> {
    let mut writes = vec![export.delete()];
    writes.extend(moved(task(export), export.due_at, None)?);
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
    Task::Export { account: export.account, export: export.id, hold: export.hold }
}

const PREFIX: &str = "export#";

fn copy_key(hold: LegalHoldId) -> Key {
    Key::new(Table::Operations, "legal_hold_copy", hold)
}

fn export_key(account: AccountId, id: ExportId) -> Key {
    Key::new(Table::Accounts, account, format!("{PREFIX}{id}"))
}
