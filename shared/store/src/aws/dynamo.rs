use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::{
        put_item::PutItemError, query::builders::QueryFluentBuilder,
        transact_write_items::TransactWriteItemsError,
    },
    types::{
        AttributeValue, CancellationReason, Delete, KeysAndAttributes, Put,
        ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    },
};

use super::unavailable;
use crate::tables::{
    Expect, Index, Key, Outcome, Query, Range, Row, Scan, Scanned, StoreError, Table, Tables,
    Write, WriteError,
};

type Item = HashMap<String, AttributeValue>;

/// How often a transaction that met another one in flight is sent again.
const CONFLICT_ATTEMPTS: u64 = 6;

/// The names of the tables in this deployment.
#[derive(Debug, Clone)]
pub struct TableNames {
    /// Accounts and sessions.
    pub accounts: String,
    /// Wallets, entries, holds.
    pub ledger: String,
    /// Jobs, requests, quotes, uploads.
    pub generations: String,
    /// Idempotency keys and limits.
    pub operations: String,
}

/// [`Tables`] on DynamoDB.
#[derive(Debug, Clone)]
pub struct DynamoTables {
    client: Client,
    names: TableNames,
}

impl DynamoTables {
    /// Tables of these names.
    #[must_use]
    pub const fn new(client: Client, names: TableNames) -> Self {
        Self { client, names }
    }

    fn name(&self, table: Table) -> &str {
        match table {
            Table::Accounts => &self.names.accounts,
            Table::Ledger => &self.names.ledger,
            Table::Generations => &self.names.generations,
            Table::Operations => &self.names.operations,
        }
    }

    /// A single write needs no transaction, which would cost twice as much.
    async fn write_one(&self, write: &Write) -> Result<(), WriteError> {
        let Some(row) = &write.row else {
            // Deletions alone are rare; the transaction has the same conditions.
            return self.write_all(std::slice::from_ref(write)).await;
        };
        let sent = self
            .client
            .put_item()
            .table_name(self.name(write.key.table))
            .set_item(Some(to_item(row)?))
            .condition_expression(condition(write.expect))
            .set_expression_attribute_names(condition_names(write.expect))
            .set_expression_attribute_values(condition_values(write.expect))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match sent {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error))
                if error.err().is_conditional_check_failed_exception() =>
            {
                let item = match error.into_err() {
                    PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                };
                Err(WriteError::Conflict(vec![Outcome::Clashed(to_maybe_row(item)?)]))
            }
            Err(error) => Err(unavailable("DynamoDB", error).into()),
        }
    }

    async fn write_all(&self, writes: &[Write]) -> Result<(), WriteError> {
        let items: Vec<_> =
            writes.iter().map(|write| self.transact_item(write)).collect::<Result<_, _>>()?;
        for attempt in 1..=CONFLICT_ATTEMPTS {
            let sent =
                self.client.transact_write_items().set_transact_items(Some(items.clone())).send();
            let error = match sent.await {
                Ok(_) => return Ok(()),
                Err(error) => error,
            };
            let Some(reasons) = cancellation_reasons(&error) else {
                return Err(unavailable("DynamoDB", error).into());
            };
            let in_flight =
                |reason: &CancellationReason| reason.code() == Some("TransactionConflict");
            // Also beside a condition that failed: whoever reads now would see half of the other one.
            if attempt < CONFLICT_ATTEMPTS && reasons.iter().any(in_flight) {
                tokio::time::sleep(Duration::from_millis(10 << attempt)).await;
                continue;
            }
            let outcomes: Vec<Outcome> = reasons.iter().map(outcome).collect::<Result<_, _>>()?;
            return Err(match outcomes.iter().any(|outcome| *outcome != Outcome::Held) {
                true => WriteError::Conflict(outcomes),
                false => unavailable("DynamoDB", error).into(),
            });
        }
        unreachable!("the last attempt returns")
    }

    fn transact_item(&self, write: &Write) -> Result<TransactWriteItem, StoreError> {
        let table = self.name(write.key.table);
        let (names, values) = (condition_names(write.expect), condition_values(write.expect));
        let condition = condition(write.expect);
        let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
        let corrupt = |error: aws_sdk_dynamodb::error::BuildError| StoreError::Corrupt {
            sk: write.key.sk.clone(),
            reason: error.to_string(),
        };
        let item = TransactWriteItem::builder();
        let item = match &write.row {
            Some(row) => item.put(
                Put::builder()
                    .table_name(table)
                    .set_item(Some(to_item(row)?))
                    .condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .map_err(corrupt)?,
            ),
            None => item.delete(
                Delete::builder()
                    .table_name(table)
                    .set_key(Some(to_key(&write.key)))
                    .condition_expression(condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .return_values_on_condition_check_failure(all_old)
                    .build()
                    .map_err(corrupt)?,
            ),
        };
        Ok(item.build())
    }

    fn listing(&self, query: &Query) -> QueryFluentBuilder {
        let (index, pk, sk) = match query.index {
            None => (None, "pk", "sk"),
            Some(Index::Due) => (Some("due"), "due_shard", "due_at"),
            Some(Index::Queued) => (Some("queued"), "queue", "queued_at"),
        };
        let (condition, bound) = match &query.range {
            Range::Prefix(bound) => ("#pk = :pk and begins_with(#sk, :sk)", Some(bound)),
            Range::UpTo(bound) => ("#pk = :pk and #sk <= :sk", Some(bound)),
            Range::All => ("#pk = :pk", None),
        };
        let partition = AttributeValue::S(query.partition.clone());
        let mut names = HashMap::from([("#pk".to_owned(), pk.to_owned())]);
        let mut values = HashMap::from([(":pk".to_owned(), partition)]);
        if let Some(bound) = bound {
            names.insert("#sk".to_owned(), sk.to_owned());
            values.insert(":sk".to_owned(), AttributeValue::S(bound.clone()));
        }
        let start = query.after.as_ref().map(|row| {
            let keys = row.iter().filter(|(name, _)| {
                matches!(name.as_str(), "pk" | "sk")
                    || index.is_some() && [pk, sk].contains(&&***name)
            });
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            keys.map(|(name, value)| (name.clone(), AttributeValue::S(text(value)))).collect()
        });
        self.client
            .query()
            .table_name(self.name(query.table))
            .set_index_name(index.map(str::to_owned))
            // Global secondary indexes have no consistent reads.
            .set_consistent_read(index.is_none().then_some(true))
            .key_condition_expression(condition)
            .set_expression_attribute_names(Some(names))
            .set_expression_attribute_values(Some(values))
            .set_exclusive_start_key(start)
            .scan_index_forward(!query.descending)
            .limit(query.limit.cast_signed())
    }
}

#[async_trait]
impl Tables for DynamoTables {
    async fn get(&self, keys: &[Key]) -> Result<Vec<Option<Row>>, StoreError> {
        let mut wanted: HashMap<String, KeysAndAttributes> = HashMap::new();
        for key in keys {
            let entry = wanted.remove(self.name(key.table)).map_or_else(Vec::new, |some| some.keys);
            let with_key = KeysAndAttributes::builder()
                .set_keys(Some(entry))
                .keys(to_key(key))
                .consistent_read(true)
                .build()
                .map_err(|error| unavailable("DynamoDB", error))?;
            wanted.insert(self.name(key.table).to_owned(), with_key);
        }
        let mut found: HashMap<(String, String, String), Row> = HashMap::new();
        while !wanted.is_empty() {
            let answer = self
                .client
                .batch_get_item()
                .set_request_items(Some(wanted))
                .send()
                .await
                .map_err(|error| unavailable("DynamoDB", error))?;
            for (table, items) in answer.responses.unwrap_or_default() {
                for item in items {
                    let row = to_row(item)?;
                    let text = |name: &str| {
                        row.get(name).and_then(|v| v.as_str()).unwrap_or_default().to_owned()
                    };
                    found.insert((table.clone(), text("pk"), text("sk")), row);
                }
            }
            wanted = answer.unprocessed_keys.unwrap_or_default();
        }
        let name = |key: &Key| (self.name(key.table).to_owned(), key.pk.clone(), key.sk.clone());
        Ok(keys.iter().map(|key| found.get(&name(key)).cloned()).collect())
    }

    async fn write(&self, writes: &[Write]) -> Result<(), WriteError> {
        match writes {
            [one] => self.write_one(one).await,
            many => self.write_all(many).await,
        }
    }

    async fn query(&self, query: &Query) -> Result<Vec<Row>, StoreError> {
        let (mut rows, mut listing) = (Vec::new(), self.listing(query));
        loop {
            let sent = listing.clone().send().await;
            let answer = sent.map_err(|error| unavailable("DynamoDB", error))?;
            for item in answer.items.unwrap_or_default() {
                rows.push(to_row(item)?);
            }
            // A page ends at 1 MB, too: fewer rows than the limit are not yet the end.
            let left = query.limit.saturating_sub(u32::try_from(rows.len()).unwrap_or(u32::MAX));
            match answer.last_evaluated_key {
                Some(last) if left > 0 => {
                    listing = listing.set_exclusive_start_key(Some(last)).limit(left.cast_signed());
                }
                _ => return Ok(rows),
            }
        }
    }

    async fn scan(&self, scan: &Scan) -> Result<Scanned, StoreError> {
        let sent = self
            .client
            .scan()
            .table_name(self.name(scan.table))
            .filter_expression("#sk = :sk")
            .projection_expression("pk, #sk")
            .expression_attribute_names("#sk", "sk")
            .expression_attribute_values(":sk", AttributeValue::S(scan.sk.clone()))
            .set_exclusive_start_key(scan.after.as_ref().map(to_key))
            .limit(scan.limit.cast_signed())
            .send()
            .await;
        let answer = sent.map_err(|error| unavailable("DynamoDB", error))?;
        let key = |item| to_row(item).map(|row| from_key(scan.table, &row));
        Ok(Scanned {
            keys: answer
                .items
                .unwrap_or_default()
                .into_iter()
                .map(key)
                .collect::<Result<_, _>>()?,
            next: answer.last_evaluated_key.map(key).transpose()?,
        })
    }
}

fn cancellation_reasons<R>(
    error: &SdkError<TransactWriteItemsError, R>,
) -> Option<&[CancellationReason]> {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            Some(canceled.cancellation_reasons())
        }
        _ => None,
    }
}

fn outcome(reason: &CancellationReason) -> Result<Outcome, StoreError> {
    match reason.code() {
        Some("ConditionalCheckFailed") => Ok(Outcome::Clashed(to_maybe_row(reason.item.clone())?)),
        _ => Ok(Outcome::Held),
    }
}

const fn condition(expect: Expect) -> &'static str {
    match expect {
        Expect::Absent => "attribute_not_exists(pk)",
        Expect::Version(_) => "attribute_exists(pk) and #version = :version",
    }
}

fn condition_names(expect: Expect) -> Option<HashMap<String, String>> {
    matches!(expect, Expect::Version(_))
        .then(|| HashMap::from([("#version".to_owned(), "version".to_owned())]))
}

fn condition_values(expect: Expect) -> Option<Item> {
    match expect {
        Expect::Absent => None,
        Expect::Version(version) => {
            let number = AttributeValue::N(version.to_string());
            Some(HashMap::from([(":version".to_owned(), number)]))
        }
    }
}

fn to_key(key: &Key) -> Item {
    HashMap::from([
        ("pk".to_owned(), AttributeValue::S(key.pk.clone())),
        ("sk".to_owned(), AttributeValue::S(key.sk.clone())),
    ])
}

fn from_key(table: Table, row: &Row) -> Key {
    let text = |name: &str| row.get(name).and_then(|value| value.as_str()).unwrap_or_default();
    Key::new(table, text("pk"), text("sk"))
}

fn to_item(row: &Row) -> Result<Item, StoreError> {
    serde_dynamo::to_item(row).map_err(corrupt)
}

fn to_row(item: Item) -> Result<Row, StoreError> {
    serde_dynamo::from_item(item).map_err(corrupt)
}

/// A condition on an absent row fails without an image, or with an empty one.
fn to_maybe_row(item: Option<Item>) -> Result<Option<Row>, StoreError> {
    item.filter(|item| !item.is_empty()).map(to_row).transpose()
}

fn corrupt(error: serde_dynamo::Error) -> StoreError {
    StoreError::Corrupt { sk: String::new(), reason: error.to_string() }
}
