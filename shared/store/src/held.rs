//! All that is held about an account, as the list of personal data says: what people see of
//! themselves, and what their exports have.

use reverie_domain::personal::{Place, place_of};
use serde_json::Value;

use crate::{
    accounts::Account,
    tables::{Key, Query, Range, Row, StoreError, Table, Tables},
};

/// Some rows of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The rows, with the attributes that an export has.
    pub rows: Vec<Row>,
    /// The sort key after which there is more; nothing at the end.
    pub next: Option<String>,
}

/// Up to `limit` of the account's rows of one kind, in the order of their keys, after that sort key.
/// None of objects, and of what is not exported.
///
/// # Errors
/// [`StoreError`].
pub async fn rows(
    tables: &dyn Tables,
    account: &Account,
    place: &Place,
    after: Option<&str>,
    limit: u32,
) -> Result<Held, StoreError> {
    let Some(mut query) = query(account, place, limit) else {
        return Ok(Held { rows: Vec::new(), next: None });
    };
    query.after = after.map(|sk| Key::new(query.table, &query.partition, sk).row());
    let found = tables.query(&query).await?;
    let full = found.len() >= limit as usize;
    let next = found.last().filter(|_| full).map(|row| text(row, "sk").to_owned());
    // Another kind's name may begin with this one's.
    let same = |row: &Row| place_of(place.store, text(row, "pk"), text(row, "sk")) == Some(place);
    let rows = found.into_iter().filter(same).map(|row| shown(row, place)).collect();
    Ok(Held { rows, next })
}

fn query(account: &Account, place: &Place, limit: u32) -> Option<Query> {
    let id = account.id.to_string();
    let kind = Range::Prefix(place.kind.to_owned());
    let (table, partition, range) = match place.store {
        _ if place.not_exported.is_some() => return None,
        "accounts" => (Table::Accounts, id, kind),
        "generations" => (Table::Generations, id, kind),
        "ledger" => (Table::Ledger, account.wallet.to_string(), kind),
        // There, the partition's name begins with the kind.
        "operations" => (Table::Operations, format!("{}#{id}", place.kind), Range::All),
        _ => return None,
    };
    Some(Query { table, index: None, partition, range, after: None, descending: false, limit })
}

fn shown(mut row: Row, place: &Place) -> Row {
    place.exported().filter_map(|field| row.remove_entry(field)).collect()
}

fn text<'a>(row: &'a Row, name: &str) -> &'a str {
    row.get(name).and_then(Value::as_str).unwrap_or_default()
}
