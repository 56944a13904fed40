//! Who is signed in where, and how that ends.

use reqwest::{Method, StatusCode};
use reverie_tests::{Client, send};
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
