//! What people asked for by mail.

use jiff::Timestamp;
use reverie_domain::{ids::SubjectRequestId, subject_request::SubjectRequest};

use crate::{
    Record,
    record::{get, newest_first},
    tables::{Key, Range, StoreError, Table, Tables},
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
    let (partition, after) = ((Table::Operations, PARTITION), before.map(key_of));
    newest_first(tables, partition, Range::All, after, limit).await
}
