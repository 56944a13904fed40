//! Calls of operations, each with a body that it takes.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reverie_domain::consent::TEXT_VERSION;
use reverie_tests::{Answer, Client, send};
use serde_json::{Value, json};

/// A body that the operation takes from anybody.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "POST /v1/generations" | "POST /v1/quotes" | "POST /v1/sketches" => {
            json!({"kind": "music", "prompt": "anybody's", "seconds": 5})
        }
        "PATCH /v1/generations/{id}" => {
            let soon = Timestamp::now() + SignedDuration::from_hours(1);
            json!({"expires_at": soon})
        }
        "PATCH /v1/me" => json!({"name": "anybody"}),
        "POST /v1/me/email" => json!({"email": "another@example.com"}),
        "POST /v1/auth/pending" => json!({"action": "separate"}),
        "POST /v1/api-keys" => json!({"name": "anybody's", "scopes": ["credits:read"]}),
        "PUT /v1/me/consents" => json!({
            "text_version": TEXT_VERSION,
            "decisions": [{"purpose": "improvement", "granted": false}],
        }),
        "POST /v1/operator/subject-requests" => {
            json!({"kind": "appeal", "reference": "a mail"})
        }
        "PATCH /v1/operator/subject-requests/{id}" => json!({"outcome": "granted"}),
        "PUT /v1/operator/subject-requests/{id}/extension" => json!({"reason": "complexity"}),
        "POST /v1/operator/mailings" => json!({"subject": "news", "text": "anybody's"}),
        "POST /v1/operator/legal-holds/{id}/release" => json!({"secret": true}),
        "PUT /v1/me/limits" => json!({"per_job": 1_000}),
        "PUT /v1/me/preferences" => json!({"seconds": 30}),
        "POST /v1/uploads" => json!({"content_type": "image/png", "bytes": 100}),
        _ => return None,
    })
}

/// Calls an operation at a path of it.
pub(in super::super) async fn call(caller: &Client, operation: &str, path: &str) -> Answer {
    let (method, _) = operation.split_once(' ').expect("METHOD /path");
    let (path, token) = path.split_once("?token=").unwrap_or((path, ""));
    let method: Method = method.parse().expect("a method");
    let query = if operation == "DELETE /v1/me" { "?confirm=erase" } else { "" };
    let request = caller.request(method, &format!("{path}{query}"));
    if operation == "POST /v1/unsubscribe/{token}" {
        return send(request.body("List-Unsubscribe=One-Click")).await;
    }
    if operation == "PUT /v1/me/email" {
        return send(request.json(&json!({ "token": token }))).await;
    }
    if operation == "POST /v1/operator/legal-holds" {
        return send(request.json(&order(token))).await;
    }
    send(match body(operation) {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// An order about this account.
pub(super) fn order(account: &str) -> Value {
    json!({
        "account": account, "kind": "freeze", "reference": "a file", "reason": "a court", "secret": true,
    })
}
