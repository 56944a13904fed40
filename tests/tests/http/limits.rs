//! Who asks too often hears when to go on, and everyone hears how much is left.

use futures::future::join_all;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::json;

use crate::TestApp;

fn field<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).unwrap_or_else(|| panic!("no {name}")).to_str().unwrap()
}

/// `"account";r=29;t=2` → the name and `r`.
fn left(headers: &HeaderMap) -> (String, u32) {
    let text = field(headers, "ratelimit");
    let (name, parameters) = text.split_once(';').unwrap();
    let remaining = parameters.split(';').find_map(|part| part.strip_prefix("r=")).unwrap();
    (name.trim_matches('"').to_owned(), remaining.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_asks_too_often_waits_and_others_do_not() {
    let app = TestApp::start_with(|config| {
        config.requests_per_account = 30;
        config.worker = false;
    })
    .await;
    let (guest, other) = (app.guest().await, app.guest().await);
    let first = guest.get("/v1/me").await;
    assert_eq!(field(&first.headers, "ratelimit-policy"), "\"account\";q=30;w=60");
    assert_eq!(left(&first.headers), ("account".to_owned(), 29));

    let mut answered = 1;
    let refused = loop {
        let answer = guest.get("/v1/me").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            break answer;
        }
        answer.expect(StatusCode::OK);
        answered += 1;
        assert!(answered < 200, "a limit of 30 a minute");
    };
    // Tokens come back while the test runs, one every two seconds.
    assert!(answered >= 30, "{answered}");
    assert_eq!(left(&refused.headers), ("account".to_owned(), 0));
    let wait: u32 = field(&refused.headers, "retry-after").parse().unwrap();
    assert!((1..=2).contains(&wait), "{wait}");
    refused.problem(429, "limit.account");

    other.get("/v1/me").await.expect(StatusCode::OK);
    let body = json!({"kind": "music", "prompt": "still free", "seconds": 5});
    other.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_at_once_do_not_share_a_token() {
    let app = TestApp::start_with(|config| {
        config.requests_per_account = 30;
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let answers = join_all((0..120).map(|_| guest.get("/v1/me"))).await;
    let answered = answers.iter().filter(|answer| answer.status == StatusCode::OK).count();
    let refused = answers.iter().filter(|a| a.status == StatusCode::TOO_MANY_REQUESTS).count();
    assert_eq!(answered + refused, answers.len());
    // Ten more for each of four processes, and what came back meanwhile.
    assert!((30..=75).contains(&answered), "{answered} of a limit of 30");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_asks_too_often_waits() {
    let app = TestApp::start_with(|config| {
        config.requests_per_address = 20;
        config.worker = false;
    })
    .await;
    let nobody = app.nobody();
    for _ in 0..200 {
        let answer = nobody.get("/v1/models").await;
        assert_eq!(left(&answer.headers).0, "address");
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key("retry-after"));
            answer.problem(429, "limit.address");
            return app.stop().await;
        }
        answer.expect(StatusCode::OK);
    }
    panic!("200 requests of a limit of 20 a minute were answered");
}
