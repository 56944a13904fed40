//! The port to tables: read rows, write rows conditionally and together, list rows.

use async_trait::async_trait;
use serde_json::{Map, Value};
use thiserror::Error;

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Accounts and their sessions.
    Accounts,
    /// Wallets, entries, holds.
    Ledger,
    /// Jobs, requests, quotes, uploads.
    Generations,
    /// Idempotency keys and limits.
    Operations,
}

/// The key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The table.
    pub table: Table,
    /// The partition key.
    pub pk: String,
    /// The sort key.
    pub sk: String,
}

impl Key {
    /// A key.
    #[must_use]
    pub fn new(table: Table, pk: impl ToString, sk: impl ToString) -> Self {
        Self { table, pk: pk.to_string(), sk: sk.to_string() }
    }

    /// A row that has nothing but this key: where a listing goes on.
    #[must_use]
    pub fn row(&self) -> Row {
        let text = |text: &String| Value::String(text.clone());
        Row::from_iter([("pk".to_owned(), text(&self.pk)), ("sk".to_owned(), text(&self.sk))])
    }
}

/// A row: all its attributes, `pk` and `sk` among them.
pub type Row = Map<String, Value>;

/// What must be true of the stored row for a write to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// There is none.
    Absent,
    /// Its `version` is this.
    Version(u64),
}

/// One row's part of a write.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Which row.
    pub key: Key,
    /// The whole row to store, or nothing to delete it.
    pub row: Option<Row>,
    /// The condition.
    pub expect: Expect,
}

/// One condition's outcome in a refused write.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The condition held, or was not looked at.
    Held,
    /// It did not hold; the row as it is.
    Clashed(Option<Row>),
}

/// A store that could not do what was asked; the reason is for the log.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The service did not answer, or not in time, or asks to slow down. Whether a write happened
    /// is unknown.
    #[error("{service} is unavailable: {reason}")]
    Unavailable {
        /// Which service.
        service: &'static str,
        /// What it said.
        reason: String,
    },
    /// A row does not have the expected shape.
    #[error("row {sk} is corrupt: {reason}")]
    Corrupt {
        /// The row's sort key.
        sk: String,
        /// What is wrong.
        reason: String,
    },
}

/// A write that did not happen.
#[derive(Debug, Error)]
pub enum WriteError {
    /// A condition did not hold; nothing was written. One outcome a write, in order.
    #[error("a condition did not hold")]
    Conflict(Vec<Outcome>),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes all rows or none. `false` if a condition did not hold: somebody else was there first.
///
/// # Errors
/// [`StoreError`].
pub async fn written(tables: &dyn Tables, writes: &[Write]) -> Result<bool, StoreError> {
    match tables.write(writes).await {
        Ok(()) => Ok(true),
        Err(WriteError::Conflict(_)) => Ok(false),
        Err(WriteError::Store(error)) => Err(error),
    }
}

/// A secondary index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// Jobs by `due_shard`, ordered by `due_at`.
    Due,
    /// Jobs by `queue`, ordered by `queued_at`.
    Queued,
}

/// Which rows of a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Range {
    /// Those whose sort key begins so.
    Prefix(String),
    /// Those whose sort key is this or smaller.
    UpTo(String),
    /// Every row.
    All,
}

/// A listing of one partition, ordered by sort key.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The table.
    pub table: Table,
    /// An index of it, or the table itself.
    pub index: Option<Index>,
    /// The partition.
    pub partition: String,
    /// Which rows.
    pub range: Range,
    /// Begin after this row: its key, and of an index also the index's key.
    pub after: Option<Row>,
    /// Largest sort key first.
    pub descending: bool,
    /// At most this many rows.
    pub limit: u32,
}

/// A walk through a whole table, in no useful order.
#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    /// The table.
    pub table: Table,
    /// Only rows of this sort key are wanted.
    pub sk: String,
    /// Begin after this row.
    pub after: Option<Key>,
    /// Look at this many rows, wanted or not.
    pub limit: u32,
}

/// A page of a [`Scan`].
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// The keys of the rows that are wanted.
    pub keys: Vec<Key>,
    /// Where to go on; nothing at the end.
    pub next: Option<Key>,
}

/// Tables with strongly consistent reads and all-or-nothing conditional writes.
#[async_trait]
pub trait Tables: Send + Sync {
    /// Reads up to 100 rows; the answer has their order.
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError>;

    /// Writes up to 100 rows, all or none.
    async fn write(&self, writes: &[Write]) -> Result<(), WriteError>;

    /// Lists rows: whole rows of a table, keys only of an index. Fewer than the limit are all there are.
    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError>;

    /// Goes through a table.
    async fn scan(&self, scan: &Scan) -> Result<Scanned, StoreError>;
}
