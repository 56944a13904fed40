//! The rows that open an account, of either kind.

use reverie_domain::ids::AccountId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    record::{self, from_row},
    tables::{Query, Range, Row, StoreError, Table, Tables},
};

/// How many a listing has at most.
const LISTED: u32 = 100;

/// Those of the kind with this prefix, in no order.
pub(super) async fn list<T: DeserializeOwned>(
    tables: &dyn Tables,
    account: AccountId,
    prefix: &str,
) -> Result<Vec<T>, StoreError> {
    tables.query(&all(account, prefix)).await?.into_iter().map(from_row).collect()
}

/// Deletes the one of this id, or all of the kind; tells how many there were.
pub(super) async fn remove(
    tables: &dyn Tables,
    account: AccountId,
    prefix: &str,
    only: Option<String>,
) -> Result<usize, StoreError> {
    let chosen =
        |row: &Row| only.is_none() || row.get("id").and_then(Value::as_str) == only.as_deref();
    record::remove(tables, all(account, prefix), chosen).await
}

fn all(account: AccountId, prefix: &str) -> Query {
    Query {
        table: Table::Accounts,
        index: None,
        partition: account.to_string(),
        range: Range::Prefix(prefix.to_owned()),
        after: None,
        descending: false,
        limit: LISTED,
    }
}
