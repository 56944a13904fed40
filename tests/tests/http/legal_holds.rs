//! Orders to freeze or hand over what is held about an account: two people, a copy, and its end.

#[path = "legal_holds/dying.rs"]
mod dying;
#[path = "legal_holds/erased.rs"]
mod erased;
#[path = "legal_holds/together.rs"]
mod together;

use std::{collections::BTreeMap, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reverie_domain::ids::AccountId;
use reverie_housekeeper::Housekeeper;
use reverie_tests::{Client, moved::MovedClock, second_operator, unzip::unzip};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::TestApp;

const HOLDS: &str = "/v1/operator/legal-holds";

async fn start(clock: &MovedClock, worker: bool) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = worker;
        config.between = Some(clock.between());
    })
    .await
}

fn housekeeper(ports: reverie::local::Ports, clock: &MovedClock) -> Housekeeper {
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    Housekeeper { tables, objects, queue, clock: Arc::new(clock.clone()), post: None }
}

fn order(account: AccountId, kind: &str, secret: bool) -> Value {
    json!({
        "account": account, "kind": kind, "reference": "12 Gs 345/26",
        "reason": "a court, by a law of its country", "secret": secret,
    })
}

/// A proposed order's path.
async fn proposed(operator: &Client, order: Value) -> String {
    let made = operator.post(HOLDS, order).await.expect(StatusCode::CREATED);
    format!("{HOLDS}/{}", made["id"].as_str().unwrap())
}

async fn confirmed(operator: &Client, order: Value) -> String {
    let path = proposed(operator, order).await;
    confirm(operator, &path).await;
    path
}

async fn confirm(operator: &Client, path: &str) {
    operator.post(&format!("{path}/confirm"), Value::Null).await.expect(StatusCode::OK);
}

async fn release(operator: &Client, path: &str, secret: bool) {
    let body = json!({"secret": secret});
    operator.post(&format!("{path}/release"), body).await.expect(StatusCode::OK);
}

async fn shown(operator: &Client, path: &str) -> Value {
    operator.get(path).await.expect(StatusCode::OK)
}

/// The files of an order's copy, which an operator can fetch.
async fn fetched(operator: &Client, path: &str) -> BTreeMap<String, Vec<u8>> {
    let order = shown(operator, path).await;
    let copy = &order["copy"];
    assert_eq!(copy["status"], "ready", "{order:#}");
    let url = copy["download"]["url"].as_str().expect("a link");
    let (status, _, bytes) = operator.download(url).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(hex::encode(Sha256::digest(&bytes)), copy["sha256"]);
    unzip(&bytes)
}

/// What is under `holds/`, and the uploads in parts that were not ended.
async fn left(app: &TestApp) -> (Vec<String>, usize) {
    let stack = app.local().stack();
    let keys = app.local().ports().objects.list("holds/").await.unwrap();
    let parts = stack.s3().list_multipart_uploads().bucket(&stack.resources().bucket);
    (keys, parts.send().await.unwrap().uploads().len())
}

async fn uploaded(guest: &Client, bytes: usize) {
    let body = json!({"content_type": "image/png", "bytes": bytes});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", vec![7; bytes]).await, StatusCode::OK);
}

/// Begins the erasure; whoever has the receipt's token, and the receipt.
async fn erased(guest: &Client) -> (Client, String) {
    let begun = guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
    let token = begun["receipt_token"].as_str().map(str::to_owned);
    let receipt = format!("/v1/erasures/{}", begun["id"].as_str().unwrap());
    (Client { token, ..guest.clone() }, receipt)
}

async fn log(operator: &Client) -> Vec<Value> {
    let page = operator.get("/v1/operator/audit?limit=100").await.expect(StatusCode::OK);
    page["items"].as_array().expect("lines").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn where_there_are_two_operators_it_takes_both() {
    let app = TestApp::start_with(|config| {
        config.worker = false;
        config.operators.push(second_operator());
    })
    .await;
    let (one, other, guest) = (app.operator().await, app.other_operator().await, app.guest().await);
    let account = guest.account().await;
    let path = proposed(&one, order(account, "export", true)).await;
    let confirmation = format!("{path}/confirm");
    one.post(&confirmation, Value::Null).await.problem(403, "legal_hold.second_operator");
    guest.post(&confirmation, Value::Null).await.problem(403, "operator_only");
    let before = shown(&one, &path).await;
    assert_eq!((&before["state"], before.get("copy")), (&json!("proposed"), None));
    app.sweep().await;
    assert_eq!(left(&app).await, (Vec::new(), 0), "nothing is copied before");

    let after = other.post(&confirmation, Value::Null).await.expect(StatusCode::OK);
    let members = [&after["state"], &after["proposed_by"], &after["confirmed_by"]];
    let (first, second) = (one.account().await, other.account().await);
    assert_eq!(members, [&json!("confirmed"), &json!(first), &json!(second)]);
    // Confirmed already, it stays as it is, whoever asks.
    assert_eq!(one.post(&confirmation, Value::Null).await.expect(StatusCode::OK), after);
    app.sweep().await;
    fetched(&one, &path).await;
    let page = one.get(HOLDS).await.expect(StatusCode::OK);
    assert_eq!(page["items"], json!([after]));

    let lines = log(&other).await;
    let of = |action: &'static str| lines.iter().filter(move |line| line["action"] == action);
    let count = |action| of(action).count();
    assert_eq!(count("legal_hold.propose"), 1);
    assert_eq!(count("legal_hold.confirm"), 2, "what was refused did not happen");
    assert_eq!((count("legal_hold.read"), count("legal_hold.fetch")), (1, 1));
    let line = of("legal_hold.fetch").next().unwrap();
    assert_eq!((&line["target"], &line["subject"]), (&after["id"], &after["subject"]));
    assert!(!json!(lines).to_string().contains(&account.to_string()));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_ordered_is_refused() {
    let app = TestApp::without_worker().await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    let account = guest.account().await;
    for (field, value) in [
        ("account", json!(AccountId::new())),
        ("account", json!("somebody")),
        ("kind", json!("burn")),
        ("reference", json!(" ")),
        ("reason", json!("x".repeat(501))),
        ("reason", json!("a\nb")),
        ("copy_of", json!("lgh_00000000000070008000000000000000")),
        ("more", json!(1)),
    ] {
        let mut wrong = order(account, "freeze", true);
        wrong[field] = value;
        let answer = operator.post(HOLDS, wrong).await.expect(StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.to_string().contains(field), "{answer}");
    }
    let own = operator.account().await;
    operator.post(HOLDS, order(own, "freeze", true)).await.problem(409, "legal_hold.operator");
    let first = operator.post_once(HOLDS, "once", order(account, "freeze", true)).await;
    let again = operator.post_once(HOLDS, "once", order(account, "freeze", true)).await;
    assert_eq!(again.expect(StatusCode::CREATED), first.expect(StatusCode::CREATED));
    let other = operator.post_once(HOLDS, "once", order(account, "export", true)).await;
    other.expect(StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 1..10 {
        proposed(&operator, order(account, "freeze", true)).await;
    }
    let many = operator.post(HOLDS, order(account, "freeze", true)).await;
    many.problem(409, "legal_hold.too_many");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_is_what_its_owner_would_get_and_no_rule_ends_it() {
    let app = TestApp::start().await;
    let (operator, guest) = (app.operator().await, app.guest().await);
    guest.finished(&guest.submit("to be copied").await).await;
    uploaded(&guest, 100).await;
    let begun = guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    let export = format!("/v1/me/exports/{}", begun["id"].as_str().unwrap());
    let export = guest.get(&export).await.expect(StatusCode::OK);
    let (_, _, bytes) = guest.download(export["download"]["url"].as_str().unwrap()).await;
    let own = unzip(&bytes);

    let account = guest.account().await;
    let path = confirmed(&operator, order(account, "export", true)).await;
    let frozen = confirmed(&operator, order(account, "freeze", true)).await;
    app.sweep().await;
    let copy = fetched(&operator, &path).await;
    assert_eq!(copy.keys().collect::<Vec<_>>(), own.keys().collect::<Vec<_>>());
    assert!(copy.len() > 10, "{:?}", copy.keys());
    // The export that is told of in the copy was still being made in itself; the list has its checksum.
    let told = |name: &str| name.starts_with("data/exports/") || name == "manifest.json";
    for (name, bytes) in copy.iter().filter(|(name, _)| !told(name)) {
        assert!(own[name] == *bytes, "{name} differs");
    }
    let order = shown(&operator, &frozen).await;
    assert_eq!(order["copy"]["status"], "ready");
    assert!(order["copy"].get("download").is_none(), "{order:#}");

    let late = Timestamp::now() + SignedDuration::from_hours(24 * 3650);
    assert!(app.local().stack().enforce_lifecycle(late).await.unwrap() > 0, "other things end");
    assert_eq!(fetched(&operator, &path).await, copy);
    for path in [&path, &frozen] {
        release(&operator, path, true).await;
    }
    // Both end in the account's row: where they meet there, one of them ends a minute later.
    for _ in 0..2 {
        app.sweep().await;
    }
    let order = shown(&operator, &path).await;
    assert_eq!((&order["state"], order.get("copy")), (&json!("released"), None));
    assert!(order.get("account").is_none() && order["sha256"].is_string(), "{order:#}");
    assert_eq!(left(&app).await, (Vec::new(), 0));
    guest.get("/v1/me").await.expect(StatusCode::OK);
    app.stop().await;
}
