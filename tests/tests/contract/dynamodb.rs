//! Tables: indexes, batches, rows that end, and who may ask.

use std::{
    collections::HashMap,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};

use crate::Services;

type Item = HashMap<String, AttributeValue>;

fn row(attributes: &[(&str, &str)]) -> Item {
    let attribute =
        |(name, value): &(&str, &str)| ((*name).to_owned(), AttributeValue::S((*value).to_owned()));
    attributes.iter().map(attribute).collect()
}

async fn put(client: &Client, table: &str, item: Item) {
    client.put_item().table_name(table).set_item(Some(item)).send().await.unwrap();
}

/// One page of an index: the sort keys of the rows, and where the next page begins.
async fn page(
    client: &Client,
    table: &str,
    (index, hash, partition): (&str, &str, &str),
    after: Option<Item>,
) -> (Vec<String>, Option<Item>) {
    let found = client
        .query()
        .table_name(table)
        .index_name(index)
        .key_condition_expression("#hash = :partition")
        .expression_attribute_names("#hash", hash)
        .expression_attribute_values(":partition", AttributeValue::S(partition.to_owned()))
        .set_exclusive_start_key(after)
        .limit(2)
        .send()
        .await
        .unwrap();
    let keys = found.items().iter().map(|item| item["sk"].as_s().unwrap().clone()).collect();
    (keys, found.last_evaluated_key)
}

async fn listed(client: &Client, table: &str, index: (&str, &str, &str)) -> Vec<String> {
    let (mut keys, mut next) = page(client, table, index, None).await;
    while let Some(after) = next {
        let (more, rest) = page(client, table, index, Some(after)).await;
        keys.extend(more);
        next = rest;
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_are_sparse_sorted_and_paged() {
    let services = Services::start().await;
    let client = services.stack.dynamodb();
    let table = &services.stack.resources().tables.generations;
    for (account, job, due, queued) in [
        ("a", "j1", "2026-01-03T00:00:00.000Z", "2026-01-01T00:00:00.001Z"),
        ("b", "j2", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.010Z"),
        ("c", "j3", "2026-01-02T23:59:59.999Z", "2026-01-01T00:00:00.002Z"),
    ] {
        let attributes = [
            ("pk", account),
            ("sk", job),
            ("due_shard", "7"),
            ("due_at", due),
            ("queue", "music"),
            ("queued_at", queued),
            ("prompt", "x"),
        ];
        put(&client, table, row(&attributes)).await;
    }
    put(&client, table, row(&[("pk", "d"), ("sk", "j4"), ("due_shard", "7")])).await;
    put(&client, table, row(&[("pk", "e"), ("sk", "j5")])).await;

    let due = ("due", "due_shard", "7");
    assert_eq!(listed(&client, table, due).await, ["j2", "j3", "j1"]);
    let queued = ("queued", "queue", "music");
    assert_eq!(listed(&client, table, queued).await, ["j1", "j3", "j2"]);
    assert_eq!(listed(&client, table, ("due", "due_shard", "8")).await, [""; 0]);

    // Without the attribute the row leaves the index, and only the index.
    put(&client, table, row(&[("pk", "b"), ("sk", "j2"), ("queue", "music")])).await;
    assert_eq!(listed(&client, table, due).await, ["j3", "j1"]);
    assert_eq!(listed(&client, table, queued).await, ["j1", "j3"]);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_holds_keys_only() {
    let services = Services::start().await;
    let client = services.stack.dynamodb();
    let table = &services.stack.resources().tables.generations;
    let attributes =
        [("pk", "a"), ("sk", "j"), ("due_shard", "0"), ("due_at", "2026"), ("prompt", "x")];
    put(&client, table, row(&attributes)).await;
    let query = client.query().table_name(table).index_name("due");
    let query = query.key_condition_expression("due_shard = :s");
    let query = query.expression_attribute_values(":s", AttributeValue::S("0".to_owned()));
    let found = query.send().await.unwrap();
    let mut names: Vec<_> = found.items()[0].keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["due_at", "due_shard", "pk", "sk"]);
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_reads_across_tables_what_was_just_written() {
    let services = Services::start().await;
    let client = services.stack.dynamodb();
    let tables = &services.stack.resources().tables;
    put(&client, &tables.accounts, row(&[("pk", "a"), ("sk", "profile"), ("plan", "free")])).await;
    put(&client, &tables.ledger, row(&[("pk", "w"), ("sk", "wallet")])).await;
    let keys = |keys: Vec<Item>| {
        KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build().unwrap()
    };
    let accounts =
        vec![row(&[("pk", "a"), ("sk", "profile")]), row(&[("pk", "a"), ("sk", "nothing")])];
    let found = client
        .batch_get_item()
        .request_items(&tables.accounts, keys(accounts))
        .request_items(&tables.ledger, keys(vec![row(&[("pk", "w"), ("sk", "wallet")])]))
        .send()
        .await
        .unwrap();
    let responses = found.responses.unwrap();
    assert_eq!(responses[&tables.accounts].len(), 1);
    assert_eq!(responses[&tables.accounts][0]["plan"].as_s().unwrap(), "free");
    assert_eq!(responses[&tables.ledger].len(), 1);
    assert!(found.unprocessed_keys.is_none_or(|keys| keys.is_empty()));
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_end_by_their_ttl_and_only_those() {
    let services = Services::start().await;
    let client = services.stack.dynamodb();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let tables = &services.stack.resources().tables;
    for table in [&tables.accounts, &tables.ledger, &tables.generations, &tables.operations] {
        let with_ttl = |sk: &str, ttl: u64| {
            let mut item = row(&[("pk", "p"), ("sk", sk)]);
            item.insert("ttl".to_owned(), AttributeValue::N(ttl.to_string()));
            item
        };
        put(&client, table, with_ttl("past", now - 60)).await;
        put(&client, table, with_ttl("future", now + 3600)).await;
        put(&client, table, row(&[("pk", "p"), ("sk", "without")])).await;
        put(&client, table, row(&[("pk", "p"), ("sk", "text"), ("ttl", "1")])).await;
    }
    // The timer may have taken some of the four.
    assert!(services.stack.sweep_ttl().await.unwrap() <= 4);
    for table in [&tables.accounts, &tables.ledger, &tables.generations, &tables.operations] {
        let query = client.query().table_name(table).key_condition_expression("pk = :p");
        let query = query.expression_attribute_values(":p", AttributeValue::S("p".to_owned()));
        let found = query.send().await.unwrap();
        let keys: Vec<_> = found.items().iter().map(|item| item["sk"].as_s().unwrap()).collect();
        assert_eq!(keys, ["future", "text", "without"], "{table}");
    }
    services.stack.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn erased_bytes_are_gone_from_the_disk() {
    let services = Services::start().await;
    let client = services.stack.dynamodb();
    let table = &services.stack.resources().tables.accounts;
    let secret = "fingerprint-of-a-person-0451";
    let key = row(&[("pk", "p"), ("sk", "profile")]);
    put(&client, table, row(&[("pk", "p"), ("sk", "profile"), ("name", secret)])).await;
    services.stack.sweep_ttl().await.unwrap();
    assert!(on_disk(&services, secret), "the row is in a file before");

    client.delete_item().table_name(table).set_key(Some(key)).send().await.unwrap();
    services.stack.sweep_ttl().await.unwrap();
    assert!(!on_disk(&services, secret), "the row is in no file afterwards");
    services.stack.shutdown().await;
}

fn on_disk(services: &Services, text: &str) -> bool {
    std::fs::read_dir(services.folder.path()).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        path.is_file()
            && std::fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn only_signed_requests_are_answered() {
    let services = Services::start().await;
    let forged = Client::new(&services.forged_config());
    let error = forged.list_tables().send().await.unwrap_err().into_service_error();
    assert_eq!(error.meta().code(), Some("UnrecognizedClientException"), "{error:?}");

    // A page of any origin could send this if no signature were asked for.
    let unsigned = reqwest::Client::new()
        .post(&services.stack.endpoints().dynamodb)
        .header("origin", "https://elsewhere.example")
        .header("x-amz-target", "DynamoDB_20120810.ListTables")
        .body("{}")
        .send()
        .await
        .unwrap();
    assert!(unsigned.status().is_client_error());
    assert_eq!(unsigned.headers().get("access-control-allow-origin"), None);
    services.stack.shutdown().await;
}
