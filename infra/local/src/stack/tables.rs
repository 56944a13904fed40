//! DynamoDB: dynoxide on one SQLite file.

use std::{path::Path, time::Duration};

use anyhow::{Context, bail};
use dynoxide::{Database, DynoxideError};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::template::{Index, KeyElement, Table};

/// Opens the file and makes what the template declares and the file lacks.
pub(super) fn open(file: &Path, tables: &[Table]) -> anyhow::Result<Database> {
    let path = file.to_str().context("the data folder's name is not UTF-8")?;
    let database = Database::new(path).with_context(|| format!("{path} cannot be opened"))?;
    for table in tables {
        prepare(&database, table).with_context(|| format!("table {}", table.name))?;
    }
    Ok(database)
}

fn prepare(database: &Database, table: &Table) -> anyhow::Result<()> {
    match database.describe_table(request(json!({ "TableName": table.name }))?) {
        Ok(found) => adapt(database, table, &serde_json::to_value(found)?["Table"])?,
        Err(DynoxideError::ResourceNotFoundException(_)) => create(database, table)?,
        Err(error) => return Err(error.into()),
    }
    expire(database, table)
}

fn create(database: &Database, table: &Table) -> anyhow::Result<()> {
    let mut declared = json!({
        "TableName": table.name,
        "KeySchema": table.key_schema,
        "AttributeDefinitions": table.attributes,
        "BillingMode": "PAY_PER_REQUEST",
    });
    if !table.indexes.is_empty() {
        declared["GlobalSecondaryIndexes"] = json!(table.indexes);
    }
    database.create_table(request(declared)?)?;
    Ok(())
}

/// Adds indexes that a newer template has. Other differences would need the data to be rewritten.
fn adapt(database: &Database, table: &Table, found: &Value) -> anyhow::Result<()> {
    let key: Vec<KeyElement> = serde_json::from_value(found["KeySchema"].clone())?;
    if key != table.key_schema {
        bail!("the stored key differs from the template; start with another data folder");
    }
    let stored = found["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
    for index in &table.indexes {
        match stored.iter().find(|stored| stored["IndexName"] == json!(index.index_name)) {
            Some(stored) => same_index(index, stored)?,
            None => add_index(database, table, index)?,
        }
    }
    Ok(())
}

fn same_index(index: &Index, stored: &Value) -> anyhow::Result<()> {
    let key: Vec<KeyElement> = serde_json::from_value(stored["KeySchema"].clone())?;
    let projection = &stored["Projection"]["ProjectionType"];
    if key != index.key_schema || *projection != json!(index.projection.projection_type) {
        bail!(
            "the stored index {} differs from the template; start with another data folder",
            index.index_name
        );
    }
    Ok(())
}

fn add_index(database: &Database, table: &Table, index: &Index) -> anyhow::Result<()> {
    let update = json!({
        "TableName": table.name,
        "AttributeDefinitions": table.attributes,
        "GlobalSecondaryIndexUpdates": [{ "Create": index }],
    });
    database.update_table(request(update)?)?;
    Ok(())
}

/// Turns on the time to live, unless it is on: setting it again is an error.
fn expire(database: &Database, table: &Table) -> anyhow::Result<()> {
    let Some(attribute) = &table.ttl_attribute else { return Ok(()) };
    let found = database.describe_time_to_live(request(json!({ "TableName": table.name }))?)?;
    let status = serde_json::to_value(found)?;
    if status["TimeToLiveDescription"]["TimeToLiveStatus"] == json!("ENABLED") {
        return Ok(());
    }
    database.update_time_to_live(request(json!({
        "TableName": table.name,
        "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
    }))?)?;
    Ok(())
}

fn request<T: DeserializeOwned>(json: Value) -> anyhow::Result<T> {
    serde_json::from_value(json).context("the declaration is not understood")
}

/// How often a checkpoint is tried while another one runs, and how long apart.
const CHECKPOINTS: (u32, Duration) = (200, Duration::from_millis(10));

/// Writes the log into the file and empties it. The library overwrites what is deleted
/// (`SQLITE_SECURE_DELETE`), but the log keeps the old pages until this.
///
/// SQLite does not wait for another checkpoint but answers "busy" in the row's first column; see
/// `sqlite3_wal_checkpoint_v2`.
pub(super) fn checkpoint(file: &Path) -> anyhow::Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    let (tries, pause) = CHECKPOINTS;
    for _ in 0..tries {
        let busy: bool =
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if !busy {
            return Ok(());
        }
        std::thread::sleep(pause);
    }
    bail!("the database's log is in use; the next sweep empties it")
}
