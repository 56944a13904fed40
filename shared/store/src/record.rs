use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::tables::{
    Expect, Key, Outcome, Query, Range, Row, StoreError, Table, Tables, Write, WriteError,
};

/// A type that is stored as one row.
pub trait Record: Serialize + DeserializeOwned {
    /// Its key.
    fn key(&self) -> Key;

    /// Its version, of rows that change.
    fn version(&self) -> u64 {
        1
    }

    /// When the row ends by itself. Rows may outlive it a little; readers check.
    fn ends_at(&self) -> Option<Timestamp> {
        None
    }

    /// Attributes of the sparse indexes it is in.
    fn index_attributes(&self) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// A write that creates it.
    ///
    /// # Errors
    /// If the value cannot be serialised.
    fn create(&self) -> Result<Write, StoreError> {
        Ok(Write { key: self.key(), row: Some(to_row(self)?), expect: Expect::Absent })
    }

    /// A write that replaces `before` by it.
    ///
    /// # Errors
    /// If the value cannot be serialised.
    fn replace(&self, before: &Self) -> Result<Write, StoreError> {
        let expect = Expect::Version(before.version());
        Ok(Write { key: self.key(), row: Some(to_row(self)?), expect })
    }

    /// A write that deletes it.
    fn delete(&self) -> Write {
        Write { key: self.key(), row: None, expect: Expect::Version(self.version()) }
    }
}

fn to_row<T: Record>(record: &T) -> Result<Row, StoreError> {
    let key = record.key();
    let corrupt = |reason: String| StoreError::Corrupt { sk: key.sk.clone(), reason };
    let value = serde_json::to_value(record).map_err(|error| corrupt(error.to_string()))?;
    let Value::Object(mut row) = value else {
        return Err(corrupt("not an object".to_owned()));
    };
    row.retain(|_, value| !value.is_null());
    row.insert("version".to_owned(), record.version().into());
    for (name, value) in record.index_attributes() {
        row.insert(name.to_owned(), value.into());
    }
    if let Some(end) = record.ends_at() {
        row.insert("ttl".to_owned(), end.as_second().into());
    }
    row.insert("pk".to_owned(), key.pk.into());
    row.insert("sk".to_owned(), key.sk.into());
    Ok(row)
}

/// The record in a row.
pub(crate) fn from_row<T: DeserializeOwned>(row: Row) -> Result<T, StoreError> {
    let sk = row.get("sk").and_then(Value::as_str).unwrap_or_default().to_owned();
    serde_json::from_value(Value::Object(row))
        .map_err(|error| StoreError::Corrupt { sk, reason: error.to_string() })
}

/// The record in a row that may be missing.
pub(crate) fn from_maybe<T: DeserializeOwned>(row: Option<Row>) -> Result<Option<T>, StoreError> {
    row.map(from_row).transpose()
}

/// Reads one record.
pub(crate) async fn get<T: Record>(tables: &dyn Tables, key: Key) -> Result<Option<T>, StoreError> {
    let rows = tables.get(&[key]).await?;
    from_maybe(rows.into_iter().next().flatten())
}

/// The records of a partition, those with the largest sort keys first, after that one.
pub(crate) async fn newest_first<T: Record>(
    tables: &dyn Tables,
    (table, partition): (Table, impl ToString),
    range: Range,
    after: Option<Key>,
    limit: u32,
) -> Result<Vec<T>, StoreError> {
    let query = Query {
        table,
        index: None,
        partition: partition.to_string(),
        range,
        after: after.map(|key| key.row()),
        descending: true,
        limit,
    };
    tables.query(&query).await?.into_iter().map(from_row).collect()
}

/// A single conditional write's refusal: the record that is there now.
pub(crate) fn present<T: DeserializeOwned>(
    outcomes: Vec<Outcome>,
) -> Result<Option<T>, StoreError> {
    match outcomes.into_iter().next() {
        Some(Outcome::Clashed(row)) => from_maybe(row),
        _ => Ok(None),
    }
}

/// Writes one record in place of another. `Err(Some(row))` is what is there instead.
pub(crate) async fn replace<T: Record>(
    tables: &dyn Tables,
    before: &T,
    after: &T,
) -> Result<Result<(), Option<T>>, StoreError> {
    write_over(tables, Some(before), after).await
}

/// Writes one record over what is known of it. `Err` is what is there instead.
pub(crate) async fn write_over<T: Record>(
    tables: &dyn Tables,
    known: Option<&T>,
    next: &T,
) -> Result<Result<(), Option<T>>, StoreError> {
    let write = match known {
        None => next.create()?,
        Some(before) => next.replace(before)?,
    };
    match tables.write(&[write]).await {
        Ok(()) => Ok(Ok(())),
        Err(WriteError::Conflict(outcomes)) => Ok(Err(present(outcomes)?)),
        Err(WriteError::Store(error)) => Err(error),
    }
}

/// How often a page of rows is read anew because some of them changed.
const RACES: u32 = 10;

/// Deletes the rows of a listing that are `chosen`, and tells how many they were.
pub(crate) async fn remove(
    tables: &dyn Tables,
    mut query: Query,
    chosen: impl Fn(&Row) -> bool + Send + Sync,
) -> Result<usize, StoreError> {
    let (mut removed, mut races) = (0, 0);
    loop {
        let rows = tables.query(&query).await?;
        let last = rows.len() < query.limit as usize;
        let next = rows.last().map(|row| key_of(&query, row).row());
        let writes: Vec<Write> =
            rows.iter().filter(|row| chosen(row)).map(|row| deletion(&query, row)).collect();
        match if writes.is_empty() { Ok(()) } else { tables.write(&writes).await } {
            Ok(()) => removed += writes.len(),
            Err(WriteError::Store(error)) => return Err(error),
            Err(WriteError::Conflict(_)) if races < RACES => {
                races += 1;
                continue;
            }
            Err(WriteError::Conflict(_)) => {
                let reason = "rows keep changing".to_owned();
                return Err(StoreError::Unavailable { service: "DynamoDB", reason });
            }
        }
        if last {
            return Ok(removed);
        }
        query.after = next;
    }
}

fn key_of(query: &Query, row: &Row) -> Key {
    let sk = row.get("sk").and_then(Value::as_str).unwrap_or_default();
    Key::new(query.table, &query.partition, sk)
}

/// A write that deletes a row as it was read.
pub(crate) fn deletion(query: &Query, row: &Row) -> Write {
    let version = row.get("version").and_then(Value::as_u64).unwrap_or(1);
    Write { key: key_of(query, row), row: None, expect: Expect::Version(version) }
}
