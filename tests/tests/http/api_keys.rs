//! Keys for programs: shown once, narrow, revocable.

use futures::future::join_all;
use reqwest::StatusCode;
use reverie_tests::Client;
use serde_json::{Value, json};

use crate::TestApp;

fn with_key(client: &Client, made: &Value) -> Client {
    Client { token: made["token"].as_str().map(str::to_owned), ..client.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_does_what_its_scopes_say_and_is_revoked() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let scopes = json!(["generations:read", "credits:read"]);
    let body = json!({"name": " my script ", "scopes": scopes});
    let made = guest.post_once("/v1/api-keys", "once", body.clone()).await;
    let made = made.expect(StatusCode::CREATED);
    let token = made["token"].as_str().unwrap();
    // What scanners for secrets look for.
    let secret = token.strip_prefix("rvk_").unwrap();
    assert_eq!(secret.len(), 64);
    assert!(secret.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
    let again = guest.post_once("/v1/api-keys", "once", body).await;
    again.problem(409, "idempotency.secret_shown");

    let [listed] = &list(&guest).await[..] else { panic!("one key") };
    assert_eq!(listed["name"], "my script");
    assert_eq!(listed.get("last_used_at"), None);
    assert_eq!(listed.get("token"), None);

    let program = with_key(&guest, &made);
    program.get("/v1/credits").await.expect(StatusCode::OK);
    program.get("/v1/generations").await.expect(StatusCode::OK);
    let body = json!({"kind": "music", "prompt": "by a program", "seconds": 5});
    program.post("/v1/generations", body).await.problem(403, "insufficient_scope");
    program.get("/v1/api-keys").await.problem(403, "insufficient_scope");
    assert!(list(&guest).await[0]["last_used_at"].is_string());

    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(guest.delete(&path).await.status, StatusCode::NO_CONTENT);
    guest.delete(&path).await.problem(404, "not_found");
    program.get("/v1/credits").await.problem(401, "unauthorized");
    app.stop().await;
}

async fn list(guest: &Client) -> Vec<Value> {
    let list = guest.get("/v1/api-keys").await.expect(StatusCode::OK);
    list["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_key_is_refused() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let long = "x".repeat(101);
    for (field, body) in [
        ("name", json!({"name": " ", "scopes": ["credits:read"]})),
        ("name", json!({"name": long, "scopes": ["credits:read"]})),
        ("name", json!({"name": "a\u{0}b", "scopes": ["credits:read"]})),
        ("scopes", json!({"name": "none", "scopes": []})),
        ("scopes", json!({"name": "twice", "scopes": ["credits:read", "credits:read"]})),
        ("scopes[0]", json!({"name": "unknown", "scopes": ["everything"]})),
    ] {
        let problem = guest.post("/v1/api-keys", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], field, "{problem:#}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_at_most_twenty_also_when_they_are_made_at_once() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"name": "one of many", "scopes": ["credits:read"]});
    for _ in 0..18 {
        guest.post("/v1/api-keys", body.clone()).await.expect(StatusCode::CREATED);
    }
    let answers = join_all((0..4).map(|_| guest.post("/v1/api-keys", body.clone()))).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    assert_eq!(made, 2, "{answers:#?}");
    guest.post("/v1/api-keys", body).await.problem(409, "keys.full");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_asks_too_often_waits_and_its_owner_does_not() {
    let app = TestApp::start_with(|config| {
        config.requests_per_key = 20;
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let body = json!({"name": "busy", "scopes": ["account:read"]});
    let key = guest.post("/v1/api-keys", body).await.expect(StatusCode::CREATED);
    let program = with_key(&guest, &key);
    let first = program.get("/v1/me").await;
    assert_eq!(first.headers["ratelimit-policy"], "\"key\";q=20;w=60");
    let refused = loop {
        let answer = program.get("/v1/me").await;
        if answer.status != StatusCode::OK {
            break answer;
        }
    };
    assert!(refused.headers.contains_key("retry-after"));
    refused.problem(429, "limit.key");
    guest.get("/v1/me").await.expect(StatusCode::OK);
    app.stop().await;
}
