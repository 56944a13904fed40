//! What people asked for by mail, and which of it waits for an answer.

use jiff::Timestamp;
use reverie_domain::{ids::SubjectRequestId, subject_request::SubjectRequest};
use serde::{Deserialize, Serialize};

use crate::{
    Record,
    record::{from_row, get, newest_first},
    tables::{Key, Query, Range, StoreError, Table, Tables, Write},
};

const PARTITION: &str = "subject_request";
const OPEN: &str = "subject_request_open";
/// The most that are counted.
const MOST_OPEN: u32 = 1_000;

impl Record for SubjectRequest {
    fn key(&self) -> Key {
        key_of(self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.ends_at()
    }
}

fn key_of(id: SubjectRequestId) -> Key {
    Key::new(Table::Operations, PARTITION, id)
}

/// That a request waits for an answer. It changes with the request, and ends when that is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// The request.
    pub id: SubjectRequestId,
    /// Until when it is to be answered.
    pub due_at: Timestamp,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// The request's.
    pub version: u64,
}

impl Record for Open {
    fn key(&self) -> Key {
        Key::new(Table::Operations, OPEN, self.id)
    }

    fn version(&self) -> u64 {
        self.version
    }

    fn ends_at(&self) -> Option<Timestamp> {
        self.closed_at
    }
}

impl Open {
    fn of(request: &SubjectRequest) -> Self {
        let SubjectRequest { id, due_at, closed_at, version, .. } = request.clone();
        Self { id, due_at, closed_at, version }
    }
}

/// The writes that begin a request.
///
/// # Errors
/// If a row cannot be serialised.
pub fn to_begin(request: &SubjectRequest) -> Result<Vec<Write>, StoreError> {
    Ok(vec![request.create()?, Open::of(request).create()?])
}

/// The writes that change a request.
///
/// # Errors
/// If a row cannot be serialised.
pub fn to_change(
    before: &SubjectRequest,
    after: &SubjectRequest,
) -> Result<Vec<Write>, StoreError> {
    Ok(vec![after.replace(before)?, Open::of(after).replace(&Open::of(before))?])
}

/// Those that wait for an answer: up to 1,000.
///
/// # Errors
/// [`StoreError`].
pub async fn open(tables: &dyn Tables) -> Result<Vec<Open>, StoreError> {
    let query = Query {
        table: Table::Operations,
        index: None,
        partition: OPEN.to_owned(),
        range: Range::All,
        after: None,
        descending: false,
        limit: MOST_OPEN,
    };
    let rows = tables.query(&query).await?.into_iter().map(from_row);
    let mut open: Vec<Open> = rows.collect::<Result<_, _>>()?;
    open.retain(|one| one.closed_at.is_none());
    Ok(open)
}

/// The request.
///
/// # Errors
/// [`StoreError`].
pub async fn find(
    tables: &dyn Tables,
    id: SubjectRequestId,
) -> Result<Option<SubjectRequest>, StoreError> {
    get(tables, key_of(id)).await
}

/// Requests before that one, newest first.
///
/// # Errors
/// [`StoreError`].
pub async fn list(
    tables: &dyn Tables,
    before: Option<SubjectRequestId>,
    limit: u32,
) -> Result<Vec<SubjectRequest>, StoreError> {
    let (partition, after) = ((Table::Operations, PARTITION), before.map(key_of));
    newest_first(tables, partition, Range::All, after, limit).await
}
