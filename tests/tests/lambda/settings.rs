//! A function without its settings does not start, and says what is missing.

use reqwest::StatusCode;
use reverie_tests::{Browser, browser::redirect};
use serde_json::{Value, json};

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn the_missing_variable_is_named() {
    let app = TestApp::without_worker().await;
    for (binary, variable) in [
        ("account", "REVERIE_BUCKET"),
        ("auth", "REVERIE_PUBLIC_ORIGIN"),
        ("credits", "REVERIE_TABLE_LEDGER"),
        ("generations", "REVERIE_QUEUE_JOBS"),
        ("sketches", "REVERIE_BUCKET"),
        ("media", "REVERIE_BUCKET"),
        ("operator", "REVERIE_TABLE_OPERATIONS"),
        ("events", "REVERIE_HASH_SECRET_ARN"),
        ("housekeeper", "REVERIE_TABLE_ACCOUNTS"),
    ] {
        let mut process = app.adapter().start_without(binary, variable);
        let ended = tokio::time::timeout(reverie_tests::PATIENCE, process.ended()).await;
        let log = process.log_tail();
        assert_eq!(ended.expect("it ends").code(), Some(1), "{binary}: {log}");
        assert!(log.contains(&format!("{variable} is not set")), "{binary}: {log}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_where_the_secret_says() {
    let app = TestApp::without_worker().await;
    let asked = |path: &str| {
        json!({
            "version": "2.0", "routeKey": format!("ANY {path}"), "rawPath": path,
            "rawQueryString": "", "headers": {"host": "api.example"}, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "000000000000", "apiId": "abcdefghij", "stage": "$default",
                "routeKey": "ANY /", "requestId": "one", "timeEpoch": 1,
                "time": "12/Mar/2020:19:03:58 +0000", "domainName": "abcdefghij",
                "domainPrefix": "abcdefghij",
                "http": {"method": "GET", "path": path, "protocol": "HTTP/1.1",
                         "sourceIp": "192.0.2.1", "userAgent": "test"},
            },
        })
    };
    let secret = ("REVERIE_PROVIDERS_SECRET_ARN", "");
    let event = asked("/v1/auth/providers");
    let without = app.adapter().invoke_with("auth", secret, &event).await.unwrap();
    let shown: Value = serde_json::from_str(without["body"].as_str().unwrap()).unwrap();
    assert_eq!(shown["items"], json!([]));

    let nobody = app.nobody();
    let with = nobody.get("/v1/auth/providers").await.expect(StatusCode::OK);
    assert_eq!(with["items"][1]["name"], "GitHub");
    let mut browser = Browser::new(&nobody.base);
    let to = redirect(&browser.get("/v1/auth/github/login").await);
    assert!(to.starts_with("https://github.com/login/oauth/authorize?"), "{to}");
    assert_eq!(browser.sign_in("ada@example.com", "Ada").await, "done");
    app.stop().await;
}
