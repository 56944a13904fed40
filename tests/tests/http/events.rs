//! Live events.

use futures::StreamExt;
use reqwest::{Method, StatusCode};
use reverie_tests::PATIENCE;
use serde_json::Value;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn events_tell_every_change_until_the_end() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let job = guest.submit("listen").await;
    let path = format!("/v1/generations/{}/events", job["id"].as_str().unwrap());
    let response = guest.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");

    let mut text = String::new();
    let mut body = response.bytes_stream();
    let read = async {
        while let Some(chunk) = body.next().await {
            text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the stream ends");

    let mut versions = Vec::new();
    let mut statuses = Vec::new();
    for frame in text.split("\n\n").filter(|frame| frame.contains("data:")) {
        let field = |name: &str| {
            let line = frame.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::trim).unwrap_or_default().to_owned()
        };
        assert_eq!(field("event:"), "generation.updated");
        versions.push(field("id:").parse::<u64>().unwrap());
        let data: Value = serde_json::from_str(&field("data:")).unwrap();
        statuses.push(data["status"].as_str().unwrap().to_owned());
    }
    assert!(versions.is_sorted_by(|a, b| a < b), "{versions:?}");
    assert_eq!(statuses.last().unwrap(), "succeeded", "{statuses:?}");

    let resumed = guest
        .request(Method::GET, &path)
        .header("last-event-id", versions.last().unwrap().to_string());
    let rest = resumed.send().await.unwrap().text().await.unwrap();
    assert!(!rest.contains("data:"), "nothing new: {rest}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_frame_comes_while_the_job_still_waits() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("wait").await;
    let path = format!("/v1/generations/{}/events", job["id"].as_str().unwrap());
    let response = guest.request(Method::GET, &path).send().await.unwrap();
    let mut body = response.bytes_stream();
    let first = tokio::time::timeout(PATIENCE, body.next()).await.expect("a frame");
    let first = String::from_utf8(first.unwrap().unwrap().to_vec()).unwrap();
    assert!(first.contains("\"queued\""), "{first}");
    app.stop().await;
}
