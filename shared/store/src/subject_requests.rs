//! What people asked for by mail.

use jiff::Timestamp;
use reverie_domain::{ids::SubjectRequestId, subject_request::SubjectRequest};

use crate::{
    Record,
    record::{from_row, get},
    tables::{Key, Query, Range, StoreError, Table, Tables},
};

const PARTITION: &str = "subject_request";

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
    let query = Query {
        table: Table::Operations,
        index: None,
        partition: PARTITION.to_owned(),
        range: Range::All,
        after: before.map(|id| key_of(id).row()),
        descending: true,
        limit,
    };
    tables.query(&query).await?.into_iter().map(from_row).collect()
}
