//! How many calls to AWS a request costs: each is latency for somebody, and money. They are counted
//! between the functions and their ports, so this suite is for functions in this process.

use reqwest::{Method, StatusCode};
use reverie_domain::consent::TEXT_VERSION;
use reverie_tests::{Client, counted::Calls, send};
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn few_round_trips() {
    let calls = Calls::default();
    let app = TestApp::start_with(|config| config.between = Some(calls.of_functions())).await;
    let guest = app.guest().await;
    let finished = guest.finished(&guest.submit("soon done").await).await;
    let id = finished["id"].as_str().unwrap();
    // Every tenth request writes down how many there were, which costs one call more.
    calls.taken();
    let mut asked = 0;
    while {
        guest.get("/v1/me").await.expect(StatusCode::OK);
        calls.taken()
    } == 1
    {
        asked += 1;
        assert!(asked < 10, "requests are counted");
    }

    let body = json!({"kind": "music", "prompt": "counted", "seconds": 5});
    let submitted = guest.post_once("/v1/generations", "a-key", body.clone()).await;
    submitted.expect(StatusCode::ACCEPTED);
    assert!(calls.taken() <= 4, "submission");
    let quoted = guest.post("/v1/quotes", body).await;
    quoted.expect(StatusCode::CREATED);
    // Who asks; the quote; and, at the same time, the wallet whose limits it may pass.
    assert!(calls.taken() <= 3, "quote");
    for read in [
        "/v1/me".to_owned(),
        "/v1/credits".to_owned(),
        "/v1/uploads".to_owned(),
        format!("/v1/generations/{id}"),
        format!("/v1/generations/{id}/files/track.flac?redirect=false"),
    ] {
        guest.get(&read).await.expect(StatusCode::OK);
        let taken = calls.taken();
        assert!((1..=2).contains(&taken), "{read}: {taken}");
    }
    // The rows are listed, then their requests are read.
    guest.get("/v1/generations").await.expect(StatusCode::OK);
    assert!(calls.taken() <= 3, "history");
    for _ in 0..20 {
        guest.get("/v1/me").await.expect(StatusCode::OK);
    }
    assert_eq!(calls.taken(), 22, "one each, and the count twice");
    let body = json!({"name": "counted", "scopes": ["account:read"]});
    let key = guest.post("/v1/api-keys", body).await.expect(StatusCode::CREATED);
    let program = Client { token: key["token"].as_str().map(str::to_owned), ..guest.clone() };
    program.get("/v1/me").await.expect(StatusCode::OK);
    calls.taken();
    program.get("/v1/me").await.expect(StatusCode::OK);
    assert_eq!(calls.taken(), 1, "the key, its owner and both limits are read together");
    // What a signal may override is read together with the account.
    let signalled = async |guest: &Client| {
        let request = guest.request(Method::GET, "/v1/me").header("sec-gpc", "1");
        send(request).await.expect(StatusCode::OK);
        calls.taken()
    };
    let other = app.guest().await;
    calls.taken();
    assert_eq!(signalled(&other).await, 1, "nothing was agreed to");
    let agreed = json!({
        "text_version": TEXT_VERSION,
        "decisions": [{"purpose": "analytics", "granted": true}],
    });
    other.put_json("/v1/me/consents", agreed).await.expect(StatusCode::OK);
    calls.taken();
    assert_eq!(signalled(&other).await, 2, "it is overridden, once");
    assert_eq!(signalled(&other).await, 1, "it is overridden already");
    guest.get("/v1/models").await.expect(StatusCode::OK);
    assert_eq!(calls.taken(), 0, "nobody has to be known");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_the_queue_costs_one_more_call_every_two_seconds() {
    let calls = Calls::default();
    let app = TestApp::start_with(|config| {
        config.worker = false;
        config.between = Some(calls.of_functions());
    })
    .await;
    let guest = app.guest().await;
    let queued = guest.submit("waiting").await;
    let path = format!("/v1/generations/{}", queued["id"].as_str().unwrap());
    calls.taken();
    let reads = 10;
    for _ in 0..reads {
        let now = guest.get(&path).await.expect(StatusCode::OK);
        assert_eq!(now["queue_position"], 0);
    }
    // Two each, and the queue itself once, or more often on a machine that takes its time.
    assert!(calls.taken() < 3 * reads, "the picture of the queue is shared");
    app.stop().await;
}
