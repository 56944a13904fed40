//! Paths: tricks, giants, and ids of other kinds in every parameter.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::{
    wire::{Raw, exchange, head},
    witness::{Witness, fire, refused},
};

/// What is not an id of ours, or not one of the kind that is asked for.
fn wrong_ids() -> Vec<String> {
    let digits = "01900000000070008000000000000000";
    let mut ids: Vec<String> =
        ["usr_", "gen_", "upl_", "txn_", "quo_", "ses_", "wal_", "key_", "whk_", ""]
            .into_iter()
            .map(|prefix| format!("{prefix}{digits}"))
            .collect();
    let odd = [
        "x",
        "0",
        "-1",
        "gen_",
        "gen_x",
        "null",
        "undefined",
        "%00",
        "%0d%0aX:%20y",
        "%2e%2e",
        "..%2f..%2fetc%2fpasswd",
        "%ff%fe",
        "%F0%9F%8E%B5",
        "%e2%80%ae",
        "'%20OR%201=1--",
        "*",
        "{id}",
        "%7B%7D",
        "a;b=c",
        "a,b",
        "%25%30%30",
        "gen_%30%31",
    ];
    ids.extend(odd.map(str::to_owned));
    ids.push(format!("GEN_{digits}"));
    ids.push(format!("gen_{digits}0"));
    ids.push(format!("gen_{}", digits.replace("7000", "7%30%30%30%30")));
    ids.push("a".repeat(8_000));
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_ids_name_nothing() {
    let witness = Witness::new().await;
    let operator = witness.app.operator().await;
    let document = witness.app.nobody().get("/v1/openapi.json").await.expect(StatusCode::OK);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        if !path.contains('{') {
            continue;
        }
        // Everybody else is refused there before anything is looked at.
        let caller = if path.contains("/operator/") { &operator } else { &witness.guest };
        for method in operations.as_object().expect("operations").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            for id in wrong_ids() {
                let at = path.replace("{id}", &id).replace("{name}", &id);
                let request = caller.request(method.clone(), &at);
                let request = match method {
                    Method::PATCH => request.json(&serde_json::json!({
                        "expires_at": "2100-01-01T00:00:00Z"
                    })),
                    _ => request,
                };
                let answer = refused(fire(request).await, &format!("{method} {at}"));
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {at}");
            }
        }
    }
    witness.unharmed().await;
}

/// Whether it was answered by the API: with a problem, or by HTTP itself.
fn proper(answer: &Raw) -> bool {
    answer.status < 500 && (answer.is_problem() || answer.is_bare())
}

#[tokio::test(flavor = "multi_thread")]
async fn tricks_lead_nowhere() {
    let witness = Witness::new().await;
    let long = format!("/v1/{}", "a".repeat(20_000));
    let giant = format!("/v1/{}", "a".repeat(1_000_000));
    let deep = "/v1".repeat(5_000);
    let query = format!("/v1/generations?{}", "limit=1&".repeat(5_000));
    for target in [
        "/v1/../v1/me",
        "/../../../../etc/passwd",
        "/v1/%2e%2e/v1/me",
        "/v1/..%2fv1/me",
        "/v1%2fme",
        "//v1/me",
        "/v1//me",
        "/v1/me/",
        "/v1/me/.",
        "/v1/me%00",
        "/v1/me%20",
        "/V1/ME",
        "/v1\\me",
        "/v1/me;x=y",
        "/v1/me%3Fx",
        "/\u{202e}em/1v/",
        "*",
        "v1/me",
        "http:///v1/me",
        "ftp://evil.example/../v1",
        &long,
        &giant,
        &deep,
        &query,
    ] {
        let request = head(&witness.guest, &format!("GET {target}"), "Connection: close\r\n");
        let answer = exchange(&witness.guest, request.as_bytes()).await;
        let shown: String = target.chars().take(60).collect();
        assert!(proper(&answer), "{shown}: {answer:?}");
    }
    witness.unharmed().await;
}

/// RFC 9112 has servers take the absolute form; the host in it decides nothing.
#[tokio::test(flavor = "multi_thread")]
async fn an_absolute_uri_is_its_path() {
    let witness = Witness::new().await;
    let line = "GET http://evil.example/v1/me";
    let request = head(&witness.guest, line, "Connection: close\r\n");
    let answer = exchange(&witness.guest, request.as_bytes()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let me: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(me["kind"], "guest");
    assert!(!answer.body.contains("evil"), "{answer:?}");
    witness.unharmed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods() {
    let witness = Witness::new().await;
    let document = witness.app.nobody().get("/v1/openapi.json").await.expect(StatusCode::OK);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let at = path
            .replace("{id}", "gen_01900000000070008000000000000000")
            .replace("{name}", "track.flac");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK", "x"] {
            if operations.get(method.to_lowercase()).is_some() {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).expect("a method");
            let answer = fire(witness.guest.request(method.clone(), &at)).await;
            assert!(answer.headers.contains_key("allow"), "{method} {at}");
            answer.problem(405, "method_not_allowed");
        }
    }
    witness.unharmed().await;
}
