//! An archive of all that is held is made, wherever the housekeeper may have died.

#[path = "exports/archive.rs"]
mod archive;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use archive::unpacked;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, StatusCode};
use reverie_domain::{
    clock::{Clock, SystemClock},
    erasure::LAST_PASS,
    export::{DEADLINE, MAX_TRIES},
};
use reverie_housekeeper::Housekeeper;
use reverie_tests::{Client, moved::MovedClock, paused::Pause, rows, send, stops::Stops};
use serde_json::{Value, json};

use crate::TestApp;

/// Longer than a claim holds.
const LEASE: SignedDuration = SignedDuration::from_mins(3);

async fn start(clock: &MovedClock, worker: bool) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = worker;
        config.between = Some(clock.between());
    })
    .await
}

fn housekeeper(ports: reverie::local::Ports, clock: Arc<dyn Clock>) -> Housekeeper {
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    Housekeeper { tables, objects, queue, clock, post: None }
}

async fn asked(guest: &Client) -> String {
    let answer = guest.post("/v1/me/exports", Value::Null).await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(answer.expect(StatusCode::ACCEPTED)["status"], "queued");
    location
}

async fn uploaded(guest: &Client, bytes: usize) -> Value {
    let body = json!({"content_type": "image/png", "bytes": bytes});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", vec![7; bytes]).await, StatusCode::OK);
    upload
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_requests_at_once_one_is_refused() {
    let app = TestApp::without_worker().await;
    for _ in 0..5 {
        let guest = app.guest().await;
        let ask = || guest.post("/v1/me/exports", Value::Null);
        let (one, other) = tokio::join!(ask(), ask());
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 429]);
    }
    app.stop().await;
}

/// What an archive says, without what differs from turn to turn.
fn names(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    files.keys().map(String::as_str).collect()
}

/// The objects under `exports/`, and the uploads in parts that were not ended.
async fn left(app: &TestApp) -> (Vec<String>, usize) {
    let stack = app.local().stack();
    let keys = app.local().ports().objects.list("exports/").await.unwrap();
    let parts = stack.s3().list_multipart_uploads().bucket(&stack.resources().bucket);
    (keys, parts.send().await.unwrap().uploads().len())
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_housekeeper_dies_the_archive_is_made() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let mut complete = false;
    for dies_at in 1.. {
        let guest = app.guest().await;
        guest.submit("waits").await;
        uploaded(&guest, 3).await;
        let location = asked(&guest).await;
        let stops = Stops::new("query None agenda", dies_at);
        let ports = stops.ports(app.local().ports().clone());
        housekeeper(ports, Arc::new(clock.clone())).sweep().await;
        for _ in 0..3 {
            clock.on(LEASE);
            app.sweep().await;
        }
        let files = unpacked(&guest, &location).await;
        assert!(names(&files).contains(&"data/generations/job-00001.json"), "died at {dies_at}");
        let (keys, parts) = left(&app).await;
        let id = location.rsplit('/').next().unwrap();
        let own: Vec<_> = keys.iter().filter(|key| key.contains(id)).collect();
        assert_eq!((own.len(), parts), (1, 0), "died at {dies_at}: {own:?}");
        if !stops.stopped() {
            complete = true;
            assert!(dies_at > 20, "only {dies_at} calls");
            break;
        }
    }
    assert!(complete);
    app.stop().await;
}

/// A clock that moves on by some seconds each time it is looked at.
struct Leaping(AtomicI64);

impl Clock for Leaping {
    fn now(&self) -> Timestamp {
        SystemClock.now() + SignedDuration::from_secs(self.0.fetch_add(6, Ordering::SeqCst))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_turn_cannot_carry_goes_on_in_the_next() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    guest.submit("waits").await;
    // Two are more than a part.
    let size = 5_000_000;
    for _ in 0..3 {
        uploaded(&guest, size).await;
    }
    let location = asked(&guest).await;
    let slow = housekeeper(app.local().ports().clone(), Arc::new(Leaping(AtomicI64::new(0))));
    let mut turns = 0;
    while guest.get(&location).await.expect(StatusCode::OK)["status"] != "ready" {
        slow.sweep().await;
        turns += 1;
        assert!(turns < 60, "{:#}", guest.get(&location).await.json);
    }
    assert!(turns > 3, "{turns} turns");
    let files = unpacked(&guest, &location).await;
    let uploads = files.iter().filter(|(name, _)| name.starts_with("files/uploads/"));
    assert!(uploads.clone().all(|(_, bytes)| *bytes == vec![7; size]));
    assert_eq!(uploads.count(), 3);
    let (keys, parts) = left(&app).await;
    assert_eq!((keys.len(), parts), (1, 0), "{keys:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_not_begun_once_the_turn_is_over() {
    let app = TestApp::without_worker().await;
    let mut exports = Vec::new();
    for _ in 0..16 {
        let guest = app.guest().await;
        exports.push((asked(&guest).await, guest));
    }
    let untouched = async || {
        let mut untouched = 0;
        for (location, guest) in &exports {
            let export = guest.get(location).await.expect(StatusCode::OK);
            untouched += usize::from(export["status"] == "queued");
        }
        untouched
    };
    let slow = housekeeper(app.local().ports().clone(), Arc::new(Leaping(AtomicI64::new(0))));
    let (mut before, mut turns) = (exports.len(), 0);
    while before > 0 {
        slow.sweep().await;
        turns += 1;
        let after = untouched().await;
        assert!(after < before, "turn {turns} began nothing");
        before = after;
    }
    assert!(turns > 2, "all were begun in {turns} turns of 20 seconds");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_are_more_than_a_page_of_their_table_are_all_in_the_archive() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let guest = app.guest().await;
    let (stack, account) = (app.local().stack(), guest.account().await.to_string());
    // DynamoDB ends a page at 1 MB, and this is twice that.
    let large = "x".repeat(20_000);
    for number in 0..110 {
        let (number, text) = (format!("{number:03}"), AttributeValue::S);
        let put = stack.dynamodb().put_item().table_name(&stack.resources().tables.generations);
        let put = put.item("pk", text(account.clone())).item("sk", text(format!("quote#{number}")));
        put.item("id", text(number)).item("request", text(large.clone())).send().await.unwrap();
    }
    let location = asked(&guest).await;
    app.sweep().await;
    let files = unpacked(&guest, &location).await;
    let quotes = files.iter().filter(|(name, _)| name.starts_with("data/requests/quote-"));
    let quotes: Vec<Value> =
        quotes.map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect();
    let rows = quotes.iter().flat_map(|file| file["rows"].as_array().unwrap());
    let ids: Vec<_> = rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, (0..110).map(|number| format!("{number:03}")).collect::<Vec<_>>());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_that_never_succeeds_fails_and_does_not_count() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let guest = app.guest().await;
    let location = asked(&guest).await;
    for _ in 0..MAX_TRIES {
        // The claim is written, and nothing after it.
        let stops = Stops::new("query None agenda", 5);
        let ports = stops.ports(app.local().ports().clone());
        housekeeper(ports, Arc::new(clock.clone())).sweep().await;
        clock.on(LEASE);
    }
    app.sweep().await;
    let failed = guest.get(&location).await.expect(StatusCode::OK);
    assert_eq!(failed["status"], "failed", "{failed:#}");
    assert_eq!(left(&app).await, (Vec::new(), 0));
    let second = asked(&guest).await;
    clock.on(DEADLINE);
    app.sweep().await;
    let late = guest.get(&second).await.expect(StatusCode::OK);
    assert_eq!(late["status"], "failed", "nobody came in time");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_export_outlives_the_erasure_that_met_it() {
    // Wherever the export stands when the account is erased and the first pass is over.
    for moment in ["begin exports", "part 1 of exports", "end exports", "write"] {
        let clock = MovedClock::default();
        let app = start(&clock, false).await;
        let guest = app.guest().await;
        uploaded(&guest, 3).await;
        let location = asked(&guest).await;
        let pause = Pause::before(moment);
        let ports = pause.ports(app.local().ports().clone());
        let slow = housekeeper(ports, Arc::new(clock.clone()));
        let turn = tokio::spawn(async move { slow.sweep().await });
        pause.reached().await;
        let begun = guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
        app.sweep().await;
        guest.get(&location).await.problem(401, "unauthorized");
        pause.go_on();
        turn.await.unwrap();
        clock.on(LAST_PASS);
        app.sweep().await;
        app.sweep().await;
        let token = begun["receipt_token"].as_str().map(str::to_owned);
        let reader = Client { token, ..guest };
        let receipt = format!("/v1/erasures/{}", begun["id"].as_str().unwrap());
        let done = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(done["status"], "completed", "{moment}: {done:#}");
        assert_eq!(left(&app).await, (Vec::new(), 0), "{moment}");
        let exports = rows(app.local().stack()).await;
        let exports: Vec<_> = exports.iter().filter(|row| row.sk().contains("exp_")).collect();
        assert!(exports.is_empty(), "{moment}: {exports:?}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_account_makes_no_export_and_an_api_key_none_either() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"name": "a program", "scopes": ["account:read"]});
    let key = guest.post_once("/v1/api-keys", "once", body).await.expect(StatusCode::CREATED);
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    program.post("/v1/me/exports", Value::Null).await.problem(403, "insufficient_scope");
    let location = asked(&guest).await;
    guest.delete("/v1/me?confirm=erase").await.expect(StatusCode::ACCEPTED);
    app.sweep().await;
    app.sweep().await;
    assert_eq!(left(&app).await, (Vec::new(), 0));
    send(guest.request(Method::GET, &location)).await.problem(401, "unauthorized");
    app.stop().await;
}
