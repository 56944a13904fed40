//! Who is signed in where, and how that ends.

use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use reverie_store::accounts::{ABSOLUTE, IDLE};
use reverie_tests::{Client, moved::MovedClock, send};
use serde_json::{Value, json};

use crate::TestApp;

const FIREFOX: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0 MARKED";

async fn guest_with_a_browser(app: &TestApp) -> Client {
    let nobody = app.nobody();
    let made = nobody.request(Method::POST, "/v1/guests").header("user-agent", FIREFOX);
    let made = send(made).await.expect(StatusCode::CREATED);
    Client { token: made["token"].as_str().map(str::to_owned), ..nobody }
}

async fn sessions(client: &Client) -> Vec<Value> {
    let list = client.get("/v1/sessions").await.expect(StatusCode::OK);
    assert_eq!(list["next_cursor"], Value::Null);
    list["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_says_on_what_it_runs_and_ends_when_told() {
    let app = TestApp::without_worker().await;
    let guest = guest_with_a_browser(&app).await;
    let [session] = &sessions(&guest).await[..] else { panic!("one session") };
    assert_eq!(session["device_type"], "desktop");
    assert_eq!(session["system"], "Windows 10");
    assert_eq!(session["browser"], "Firefox");
    assert_eq!(session["current"], true);
    assert!(!session.to_string().contains("MARKED"), "the header itself is not kept");

    let path = format!("/v1/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(guest.delete(&path).await.status, StatusCode::NO_CONTENT);
    guest.get("/v1/me").await.problem(401, "unauthorized");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_session_and_the_cookie_but_no_key() {
    let app = TestApp::without_worker().await;
    let guest = guest_with_a_browser(&app).await;
    let body = json!({"name": "stays", "scopes": ["account:read"]});
    let key = guest.post("/v1/api-keys", body).await.expect(StatusCode::CREATED);
    let out = guest.post("/v1/auth/logout", Value::Null).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let cookie = out.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("reverie=;") && cookie.contains("Max-Age=0"), "{cookie}");
    guest.get("/v1/me").await.problem(401, "unauthorized");
    guest.post("/v1/auth/logout", Value::Null).await.problem(401, "unauthorized");
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    program.get("/v1/me").await.expect(StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_sessions_end_at_once_and_those_of_others_stay() {
    let app = TestApp::without_worker().await;
    let (guest, other) = (guest_with_a_browser(&app).await, app.guest().await);
    assert_eq!(guest.delete("/v1/sessions").await.status, StatusCode::NO_CONTENT);
    guest.get("/v1/sessions").await.problem(401, "unauthorized");
    assert_eq!(sessions(&other).await.len(), 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_not_used_and_at_some_time_though_it_is() {
    let clock = MovedClock::default();
    let app = TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(clock.between());
    })
    .await;
    let day = SignedDuration::from_hours(24);
    let unused = app.guest().await;
    clock.on(IDLE - day);
    unused.get("/v1/me").await.expect(StatusCode::OK);
    clock.on(IDLE + day);
    unused.get("/v1/me").await.problem(401, "unauthorized");

    let used = app.guest().await;
    let mut age = SignedDuration::ZERO;
    while age + day * 20 < ABSOLUTE {
        clock.on(day * 20);
        age += day * 20;
        used.get("/v1/me").await.expect(StatusCode::OK);
    }
    clock.on(ABSOLUTE - age + day);
    used.get("/v1/me").await.problem(401, "unauthorized");
    app.stop().await;
}
