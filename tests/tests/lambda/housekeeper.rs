//! The housekeeper's binary, called as its schedule and its queue call it.

use jiff::Timestamp;
use reqwest::StatusCode;
use reverie_domain::ids::{AccountId, GenerationId};
use reverie_store::{
    generations,
    queue::Message,
    tables::{Expect, Scan, Table, Write},
};
use reverie_tests::{Client, FunctionError};
use serde_json::{Value, json};

use crate::TestApp;

fn minute() -> Value {
    json!({
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": "2026-11-01T00:00:00Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:000000000000:rule/EveryMinute"],
        "detail": {},
    })
}

/// A batch, as the dead-letter queue's mapping hands it over. The names are the messages' ids.
fn batch(letters: &[(&str, String)]) -> Value {
    let record = |(name, body): &(&str, String)| {
        json!({
            "messageId": name,
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "body": body,
            "attributes": {
                "ApproximateReceiveCount": "1",
                "SentTimestamp": "1545082649183",
                "SenderId": "AIDAIENQZJOLO23YVJ4VO",
                "ApproximateFirstReceiveTimestamp": "1545082649185",
            },
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:reverie-JobsDeadLetterQueue",
            "awsRegion": "us-east-1",
        })
    };
    json!({ "Records": letters.iter().map(record).collect::<Vec<_>>() })
}

async fn ids(guest: &Client, job: &Value) -> (AccountId, GenerationId) {
    let me = guest.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().unwrap().parse().unwrap();
    (account, job["id"].as_str().unwrap().parse().unwrap())
}

async fn letter(guest: &Client, job: &Value) -> String {
    let (account, generation) = ids(guest, job).await;
    serde_json::to_string(&Message::GenerationQueued { account, generation }).unwrap()
}

async fn status(guest: &Client, job: &Value) -> Value {
    let path = format!("/v1/generations/{}", job["id"].as_str().unwrap());
    guest.get(&path).await.expect(StatusCode::OK)["status"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_minute_it_deletes_what_is_due() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("forget this").await).await;
    let url = done["files"][0]["download"]["url"].as_str().unwrap().to_owned();
    let path = format!("/v1/generations/{}", done["id"].as_str().unwrap());
    assert_eq!(guest.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(guest.download(&url).await.0, StatusCode::OK);

    let came = json!({
        "kind": "access", "reference": "mail", "received_at": "2026-01-01T00:00:00Z",
    });
    let asked = app.operator().await.post("/v1/operator/subject-requests", came).await;
    asked.expect(StatusCode::CREATED);
    let answer = app.adapter().invoke("housekeeper", &minute()).await.unwrap();
    assert_eq!(answer, Value::Null);
    assert_eq!(guest.download(&url).await.0, StatusCode::NOT_FOUND);
    let log = app.adapter().log("housekeeper");
    for (name, value) in [
        ("Purged", 1.0),
        ("Backlog", 0.0),
        ("WorkersWanted", 0.0),
        ("RequestsOpen", 1.0),
        ("RequestsOverdue", 1.0),
    ] {
        assert_eq!(told(&log, name), Some(value), "{name} in {log}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_out_of_nowhere_are_found() {
    let app = TestApp::without_worker().await;
    let (rich, _honest) = (app.guest().await, app.guest().await);
    rich.submit("a hold that is open").await;
    let tables = &*app.local().ports().tables;
    let everyone = Scan { table: Table::Ledger, sk: "wallet".to_owned(), after: None, limit: 100 };
    let wallets = tables.scan(&everyone).await.unwrap().keys;
    assert_eq!(wallets.len(), 2);
    let mut row = tables.get(&wallets[..1]).await.unwrap().remove(0).unwrap();
    let version = row["version"].as_u64().unwrap();
    row["plan"] = json!(row["plan"].as_u64().unwrap() + 5);
    let forged =
        Write { key: wallets[0].clone(), row: Some(row), expect: Expect::Version(version) };
    tables.write(&[forged]).await.unwrap();

    app.adapter().invoke("housekeeper", &minute()).await.unwrap();
    let log = app.adapter().log("housekeeper");
    assert_eq!(told(&log, "Audited"), Some(2.0), "{log}");
    assert_eq!(told(&log, "AuditDifferences"), Some(1.0), "{log}");
    assert!(log.contains("the ledger does not add up"), "{log}");

    // Once a day is enough.
    app.adapter().invoke("housekeeper", &minute()).await.unwrap();
    let log = app.adapter().log("housekeeper");
    assert_eq!(log.matches("\"Audited\":").count(), 1, "{log}");
    app.stop().await;
}

/// The value of a metric that the log has.
fn told(log: &str, name: &str) -> Option<f64> {
    let lines = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    lines.filter(|line| line["_aws"].is_object()).find_map(|line| line[name].as_f64())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_letters_that_failed_come_again() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let dead = guest.submit("nobody could make this").await;
    let leased = guest.submit("a worker has this").await;
    let (account, id) = ids(&guest, &leased).await;
    let tables = &*app.local().ports().tables;
    let job = generations::find_job(tables, account, id).await.unwrap().unwrap();
    let claimed = job.claim(Timestamp::now()).unwrap();
    generations::update(tables, &job, &claimed).await.unwrap().unwrap();

    let letters = batch(&[
        ("dead", letter(&guest, &dead).await),
        ("leased", letter(&guest, &leased).await),
        ("unknown", json!({"type": "generation.queued.v9"}).to_string()),
    ]);
    let again = json!({"batchItemFailures": [{"itemIdentifier": "leased"}]});
    assert_eq!(app.adapter().invoke("housekeeper", &letters).await.unwrap(), again);
    assert_eq!(status(&guest, &dead).await, "failed");
    assert_eq!(status(&guest, &leased).await, "running");
    let after = guest.credits().await;
    assert_eq!(after["held"], leased["cost"]["quoted"], "the dead job's credits are back");

    // Letters come more than once.
    assert_eq!(app.adapter().invoke("housekeeper", &letters).await.unwrap(), again);
    assert_eq!(guest.credits().await, after);
    assert_ne!(after, before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_table_every_letter_comes_again() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("patience").await;
    let letter = letter(&guest, &job).await;
    let letters = batch(&[("one", letter.clone()), ("two", letter), ("unknown", String::new())]);
    let missing = ("REVERIE_TABLE_GENERATIONS", "no-such-table");
    let answer = app.adapter().invoke_with("housekeeper", missing, &letters).await.unwrap();
    let again = [json!({"itemIdentifier": "one"}), json!({"itemIdentifier": "two"})];
    assert_eq!(answer, json!({ "batchItemFailures": again }));
    assert_eq!(status(&guest, &job).await, "queued");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_kind_is_an_error() {
    let app = TestApp::without_worker().await;
    let answer = app.adapter().invoke("housekeeper", &json!({"hello": 1})).await;
    assert!(matches!(answer, Err(FunctionError::Failed(_))), "{answer:?}");
    app.stop().await;
}
