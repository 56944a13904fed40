//! Answers that are held open are few for each account.

use std::time::{Duration, Instant};

use futures::StreamExt;
use reqwest::{Method, StatusCode};
use reverie_store::open_answers::MOST;
use reverie_tests::{PATIENCE, send};
use serde_json::Value;

use crate::TestApp;

/// Each open answer occupies an execution of the function, of which a deployment has only so many.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_holds_few_answers_open() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("wait").await;
    let path = format!("/v1/generations/{}", job["id"].as_str().unwrap());
    let events = format!("{path}/events");
    let mut open = Vec::new();
    for _ in 0..MOST {
        let mut body = guest.request(Method::GET, &events).send().await.unwrap().bytes_stream();
        tokio::time::timeout(PATIENCE, body.next()).await.expect("a frame").unwrap().unwrap();
        open.push(body);
    }
    let further = guest.request(Method::GET, &events).send().await.unwrap();
    let text = tokio::time::timeout(PATIENCE, further.text()).await.expect("it ends").unwrap();
    assert!(text.contains("data:") && text.contains("retry:"), "{text}");
    // Somebody else is not concerned; and who has come to the end gives the place back.
    let other = app.guest().await;
    let theirs = other.submit("mine").await;
    let their_events = format!("/v1/generations/{}/events", theirs["id"].as_str().unwrap());
    let mut body = other.request(Method::GET, &their_events).send().await.unwrap().bytes_stream();
    tokio::time::timeout(PATIENCE, body.next()).await.expect("a frame").unwrap().unwrap();
    guest.post(&format!("{path}/cancel"), Value::Null).await.expect(StatusCode::ACCEPTED);
    for body in open {
        let rest = tokio::time::timeout(PATIENCE, body.collect::<Vec<_>>()).await;
        assert!(!rest.expect("it ends").is_empty(), "it was held until the change");
    }
    let again = guest.submit("again").await;
    let waiting =
        guest.request(Method::GET, &format!("/v1/generations/{}", again["id"].as_str().unwrap()));
    let begun = Instant::now();
    send(waiting.header("prefer", "wait=1")).await.expect(StatusCode::OK);
    assert!(begun.elapsed() >= Duration::from_secs(1), "there is room again");
    app.stop().await;
}
