//! What ends by itself: sessions, and files for which an early end is asked.

use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use reverie_store::accounts::{ABSOLUTE, IDLE};
use reverie_tests::{Client, browser::Browser, moved::MovedClock};
use serde_json::json;

use crate::TestApp;

async fn app(clock: &MovedClock) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(clock.between());
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_that_of_a_person_at_some_time_though_it_is() {
    let clock = MovedClock::default();
    let app = app(&clock).await;
    let day = SignedDuration::from_hours(24);
    let unused = app.guest().await;
    clock.on(IDLE - day);
    unused.get("/v1/me").await.expect(StatusCode::OK);
    clock.on(IDLE + day);
    unused.get("/v1/me").await.problem(401, "unauthorized");

    let guest = app.guest().await;
    let mut browser = Browser::new(&guest.base);
    assert_eq!(browser.sign_in("used@example.com", "Used").await, "done");
    let token = browser.cookie("reverie").map(str::to_owned);
    let used = Client { token, ..app.nobody() };
    let mut age = SignedDuration::ZERO;
    while age + day * 20 < ABSOLUTE {
        clock.on(day * 20);
        age += day * 20;
        used.get("/v1/me").await.expect(StatusCode::OK);
        guest.get("/v1/me").await.expect(StatusCode::OK);
    }
    clock.on(ABSOLUTE - age + day);
    used.get("/v1/me").await.problem(401, "unauthorized");
    guest.get("/v1/me").await.expect(StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_answered_after_the_end_that_it_asks_for() {
    let clock = MovedClock::default();
    let app = app(&clock).await;
    let guest = app.guest().await;
    let end = Timestamp::now() + SignedDuration::from_mins(5);
    let body = json!({"kind": "music", "prompt": "soon", "seconds": 5, "expires_at": end});
    let path = "/v1/generations";
    let first = guest.post_once(path, "key-1", body.clone()).await.expect(StatusCode::ACCEPTED);
    clock.on(SignedDuration::from_mins(6));
    let again = guest.post_once(path, "key-1", body.clone()).await.expect(StatusCode::ACCEPTED);
    assert_eq!(first["id"], again["id"]);
    guest.post_once(path, "key-2", body).await.problem(422, "invalid");
    app.stop().await;
}
