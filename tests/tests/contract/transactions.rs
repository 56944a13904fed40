//! Conditional writes and transactions: what keeps the ledger right.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update,
    },
};

use crate::Services;

type Item = HashMap<String, AttributeValue>;

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn row(pk: &str, sk: &str, attributes: &[(&str, AttributeValue)]) -> Item {
    let key = [("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))];
    let rest = attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    key.into_iter().chain(rest).collect()
}

/// The ledger of the stack, with one wallet of 100.
struct Ledger {
    client: Client,
    table: String,
}

impl Ledger {
    async fn with_wallet(services: &Services) -> Self {
        let ledger = Self {
            client: services.stack.dynamodb(),
            table: services.stack.resources().tables.ledger.clone(),
        };
        let wallet = row("w", "wallet", &[("bought", number(100)), ("version", number(1))]);
        ledger
            .client
            .put_item()
            .table_name(&ledger.table)
            .set_item(Some(wallet))
            .send()
            .await
            .unwrap();
        ledger
    }

    /// Takes `amount` if there is as much, and writes the entry if it is new.
    fn debit(&self, amount: i64, entry: &str) -> Vec<TransactWriteItem> {
        let all_old = ReturnValuesOnConditionCheckFailure::AllOld;
        let take = Update::builder()
            .table_name(&self.table)
            .set_key(Some(row("w", "wallet", &[])))
            .update_expression("SET bought = bought - :n, version = version + :one")
            .condition_expression("bought >= :n")
            .expression_attribute_values(":n", number(amount))
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(all_old.clone())
            .build()
            .unwrap();
        let note = Put::builder()
            .table_name(&self.table)
            .set_item(Some(row("w", entry, &[("amount", number(-amount))])))
            .condition_expression("attribute_not_exists(pk)")
            .return_values_on_condition_check_failure(all_old)
            .build()
            .unwrap();
        vec![
            TransactWriteItem::builder().update(take).build(),
            TransactWriteItem::builder().put(note).build(),
        ]
    }

    /// The reasons why the transaction was cancelled, or nothing if it was done.
    async fn write(&self, items: Vec<TransactWriteItem>) -> Option<Vec<CancellationReason>> {
        let sent = self.client.transact_write_items().set_transact_items(Some(items)).send().await;
        match sent {
            Ok(_) => None,
            Err(SdkError::ServiceError(error)) => match error.into_err() {
                TransactWriteItemsError::TransactionCanceledException(cancelled) => {
                    Some(cancelled.cancellation_reasons.expect("reasons"))
                }
                other => panic!("another error: {other:?}"),
            },
            Err(other) => panic!("another error: {other:?}"),
        }
    }

    async fn rows(&self) -> Vec<Item> {
        let query = self.client.query().table_name(&self.table).consistent_read(true);
        let query = query.key_condition_expression("pk = :pk");
        let found = query.expression_attribute_values(":pk", text("w")).send().await.unwrap();
        found.items.unwrap_or_default()
    }

    async fn balance(&self) -> i64 {
        let rows = self.rows().await;
        let wallet = rows.iter().find(|row| row["sk"] == text("wallet")).unwrap();
        wallet["bought"].as_n().unwrap().parse().unwrap()
    }
}

fn codes(reasons: &[CancellationReason]) -> Vec<&str> {
    reasons.iter().map(|reason| reason.code().unwrap_or("None")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_debit_writes_everything_at_once() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    assert_eq!(ledger.write(ledger.debit(30, "entry#1")).await, None);
    assert_eq!(ledger.balance().await, 70);
    assert_eq!(ledger.rows().await.len(), 2);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_transaction_says_why_in_order_and_writes_nothing() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    let before = ledger.rows().await;

    // The first condition fails: the wallet as it is comes with the reason.
    let reasons = ledger.write(ledger.debit(101, "entry#1")).await.expect("cancelled");
    assert_eq!(codes(&reasons), ["ConditionalCheckFailed", "None"]);
    let wallet = reasons[0].item.as_ref().expect("the wallet");
    assert_eq!(wallet["bought"], number(100));
    assert_eq!(reasons[1].item, None);
    assert_eq!(ledger.rows().await, before);

    // The second fails: the first is undone.
    assert_eq!(ledger.write(ledger.debit(1, "entry#1")).await, None);
    let before = ledger.rows().await;
    let reasons = ledger.write(ledger.debit(2, "entry#1")).await.expect("cancelled");
    assert_eq!(codes(&reasons), ["None", "ConditionalCheckFailed"]);
    assert_eq!(reasons[1].item.as_ref().expect("the entry")["amount"], number(-1));
    assert_eq!(ledger.rows().await, before);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_on_a_stale_version_returns_the_row_as_it_is() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    let put = |version: i64, expected: i64| {
        let wallet = row("w", "wallet", &[("bought", number(7)), ("version", number(version))]);
        ledger
            .client
            .put_item()
            .table_name(&ledger.table)
            .set_item(Some(wallet))
            .condition_expression("version = :v")
            .expression_attribute_values(":v", number(expected))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
    };
    put(2, 1).await.unwrap();
    let error = put(3, 1).await.unwrap_err().into_service_error();
    let failed = match error {
        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(
            failed,
        ) => failed,
        other => panic!("another error: {other:?}"),
    };
    assert_eq!(failed.item.expect("the row")["version"], number(2));
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_created_once() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    let create = || {
        let client = ledger.client.clone();
        let put = client.put_item().table_name(&ledger.table);
        let put = put.set_item(Some(row("w", "entry#1", &[])));
        put.condition_expression("attribute_not_exists(pk)").send()
    };
    create().await.unwrap();
    let error = create().await.unwrap_err().into_service_error();
    assert!(error.is_conditional_check_failed_exception(), "{error:?}");
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_rivals_exactly_as_many_win_as_there_is_credit_for() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    let attempts = (0..32).map(|rival| ledger.write(ledger.debit(10, &format!("entry#{rival}"))));
    let results = futures::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_none()).count(), 10);
    assert_eq!(ledger.balance().await, 0);
    assert_eq!(ledger.rows().await.len(), 1 + 10);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_32_rivals_for_one_version_exactly_one_wins() {
    let services = Services::start().await;
    let ledger = Ledger::with_wallet(&services).await;
    let attempts = (0..32).map(|rival| {
        let wallet = row("w", "wallet", &[("bought", number(rival)), ("version", number(2))]);
        let put = ledger.client.put_item().table_name(&ledger.table).set_item(Some(wallet));
        let put = put.condition_expression("version = :v");
        put.expression_attribute_values(":v", number(1)).send()
    });
    let results = futures::future::join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    services.stack.shutdown().await;
}
