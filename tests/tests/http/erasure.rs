//! An account is erased: who may ask for it, what they can read, and wherever the housekeeper may have died.

#[path = "erasure/films.rs"]
mod films;
#[path = "erasure/held.rs"]
mod held;
#[path = "erasure/nothing_left.rs"]
mod nothing_left;
#[path = "erasure/operators.rs"]
mod operators;
#[path = "erasure/restore.rs"]
mod restore;

use std::sync::Arc;

use jiff::SignedDuration;
use reqwest::StatusCode;
use reverie_domain::{erasure::LAST_PASS, plan::GUEST_DAYS};
use reverie_housekeeper::Housekeeper;
use reverie_tests::{Client, moved::MovedClock, rows, stops::Stops};
use serde_json::{Value, json};

use crate::TestApp;

async fn start(clock: &MovedClock, worker: bool) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = worker;
        config.between = Some(clock.between());
    })
    .await
}

async fn announced(guest: &Client, bytes: usize) -> Value {
    let body = json!({"content_type": "image/png", "bytes": bytes});
    guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED)
}

/// Begins the erasure; whoever has the receipt's token.
async fn erased(guest: &Client) -> (Client, String) {
    let answer = guest.delete("/v1/me?confirm=erase").await;
    let location = answer.headers["location"].to_str().unwrap().to_owned();
    let begun = answer.expect(StatusCode::ACCEPTED);
    let token = begun["receipt_token"].as_str().map(str::to_owned);
    (Client { token, ..guest.clone() }, location)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_opens_with_its_own_token_only() {
    let app = TestApp::without_worker().await;
    let (one, other) = (app.guest().await, app.guest().await);
    let ((reader, receipt), (stranger, _)) = (erased(&one).await, erased(&other).await);
    reader.get(&receipt).await.expect(StatusCode::OK);
    stranger.get(&receipt).await.problem(404, "not_found");
    app.nobody().get(&receipt).await.problem(401, "unauthorized");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_erasures_at_once_one_has_the_receipt() {
    let app = TestApp::without_worker().await;
    for _ in 0..5 {
        let guest = app.guest().await;
        let erase = || guest.delete("/v1/me?confirm=erase");
        let (one, other) = tokio::join!(erase(), erase());
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 401]);
    }
    app.stop().await;
}

/// Some of everything, without a worker.
async fn small(app: &TestApp) -> Client {
    let guest = app.guest().await;
    guest.submit("waits").await;
    let upload = announced(&guest, 3).await;
    assert_eq!(guest.put(&upload, "image/png", vec![7; 3]).await, StatusCode::OK);
    guest
}

/// A housekeeper's minute, in a process that dies at this call of the agenda's; whether it did.
async fn minute(app: &TestApp, clock: &MovedClock, dies_at: u32) -> bool {
    let stops = Stops::new("query None agenda", dies_at);
    let ports = stops.ports(app.local().ports().clone());
    let (tables, objects, queue) = (ports.tables, ports.objects, ports.queue);
    let clock = Arc::new(clock.clone());
    Housekeeper { tables, objects, queue, clock, post: None }.sweep().await;
    stops.stopped()
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_housekeeper_dies_the_next_one_goes_on_and_counts_once() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let mut first = None;
    for dies_at in 1.. {
        let (reader, receipt) = erased(&small(&app).await).await;
        let mut died = minute(&app, &clock, dies_at).await;
        minute(&app, &clock, u32::MAX).await;
        clock.on(LAST_PASS);
        died |= minute(&app, &clock, dies_at).await;
        minute(&app, &clock, u32::MAX).await;
        let done = reader.get(&receipt).await.expect(StatusCode::OK);
        assert_eq!(done["status"], "completed", "died at {dies_at}: {done:#}");
        let deleted = first.get_or_insert_with(|| done["deleted"].clone());
        assert_eq!(done["deleted"], *deleted, "died at {dies_at}");
        if !died {
            assert!(dies_at > 20, "only {dies_at} calls");
            break;
        }
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn guests_who_do_not_come_any_more_are_erased_and_others_are_not() {
    let clock = MovedClock::default();
    let app = start(&clock, false).await;
    let (gone, comes) = (small(&app).await, small(&app).await);
    let leaves_a_program = app.guest().await;
    let mut program = app.nobody();
    for day in 1..=GUEST_DAYS {
        clock.on(SignedDuration::from_hours(24));
        comes.get("/v1/me").await.expect(StatusCode::OK);
        if day == GUEST_DAYS - 1 {
            let body = json!({"name": "later", "scopes": ["account:read"]});
            let key = leaves_a_program.post_once("/v1/api-keys", "once", body).await;
            let key = key.expect(StatusCode::CREATED);
            program.token = key["token"].as_str().map(str::to_owned);
            leaves_a_program.post("/v1/auth/logout", Value::Null).await;
        }
    }
    app.sweep().await;
    program.get("/v1/me").await.expect(StatusCode::OK);
    comes.get("/v1/me").await.expect(StatusCode::OK);
    gone.get("/v1/me").await.problem(401, "unauthorized");
    clock.on(LAST_PASS);
    app.sweep().await;
    let rows = rows(app.local().stack()).await;
    let profiles = rows.iter().filter(|row| row.sk() == "profile");
    assert_eq!(profiles.count(), 2, "only those who come");
    app.stop().await;
}
