//! What the housekeeper has to do at some time that is no job's: one partition, in the order of time.

use jiff::Timestamp;
use reverie_domain::{
    clock::sortable,
    ids::{AccountId, ErasureId, ExportId, LegalHoldId, MailId, MailingId},
};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::from_row,
    tables::{Key, Query, Range, StoreError, Table, Tables, Write, WriteError},
};

const PARTITION: &str = "agenda";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Go on with an erasure.
    Erase(ErasureId),
    /// Look whether the account is still used.
    Inactive(AccountId),
    /// Go on with a mailing.
    Mailing(MailingId),
    /// Send a mail.
    Mail {
        /// To whom.
        account: AccountId,
        /// Which.
        mail: MailId,
    },
    /// Go on with an export.
    Export {
        /// Whose.
        account: AccountId,
        /// Which.
        export: ExportId,
        /// The order for which it is a copy, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hold: Option<LegalHoldId>,
    },
    /// Let a proposed order lapse, or end one that is released.
    Hold(LegalHoldId),
}

/// Something to be done, and when. It is written together with the row that it concerns, which knows
/// the same time; so there is one entry for each, and whoever changes the time moves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub due_at: Timestamp,
    /// What.
    pub task: Task,
}

impl Record for Entry {
    fn key(&self) -> Key {
        let id = match self.task {
            Task::Erase(id) => id.to_string(),
            Task::Inactive(id) => id.to_string(),
            Task::Export { export, .. } => export.to_string(),
            Task::Mailing(id) => id.to_string(),
            Task::Mail { mail, .. } => mail.to_string(),
            Task::Hold(id) => id.to_string(),
        };
        Key::new(Table::Operations, PARTITION, format!("{}#{id}", sortable(self.due_at)))
    }
}

/// The writes that move a task from one time to another; `None` is no time.
///
/// # Errors
/// If the row cannot be serialised.
pub fn moved(
    task: Task,
    before: Option<Timestamp>,
    after: Option<Timestamp>,
) -> Result<Vec<Write>, StoreError> {
    if before == after {
        return Ok(Vec::new());
    }
    let entry = |due_at| Entry { due_at, task };
    let old = before.map(|due_at| Ok(entry(due_at).delete()));
    let new = after.map(|due_at| entry(due_at).create());
    old.into_iter().chain(new).collect()
}

/// Up to 100 entries that are due, longest overdue first, after that one.
///
/// # Errors
/// [`StoreError`].
pub async fn due(
    tables: &dyn Tables,
    now: Timestamp,
    after: Option<&Entry>,
) -> Result<Vec<Entry>, StoreError> {
    // `$` comes right after `#`.
    list(tables, Range::UpTo(format!("{}$", sortable(now))), after).await
}

/// Up to 100 entries, whenever they are due, after that one.
///
/// # Errors
/// [`StoreError`].
pub async fn all(tables: &dyn Tables, after: Option<&Entry>) -> Result<Vec<Entry>, StoreError> {
    list(tables, Range::All, after).await
}

/// How many entries a page has.
pub const PAGE: u32 = 100;

async fn list(
    tables: &dyn Tables,
    range: Range,
    after: Option<&Entry>,
) -> Result<Vec<Entry>, StoreError> {
    let query = Query {
        table: Table::Operations,
        index: None,
        partition: PARTITION.to_owned(),
        range,
        after: after.map(|entry| entry.key().row()),
        descending: false,
        limit: PAGE,
    };
    tables.query(&query).await?.into_iter().map(from_row).collect()
}

/// Deletes an entry that nothing concerns any more. If it is gone already, that is as good.
///
/// # Errors
/// [`StoreError`].
pub async fn forget(tables: &dyn Tables, entry: &Entry) -> Result<(), StoreError> {
    match tables.write(&[entry.delete()]).await {
        Err(WriteError::Store(error)) => Err(error),
        Ok(()) | Err(WriteError::Conflict(_)) => Ok(()),
    }
}
