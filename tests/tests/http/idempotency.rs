//! The same request twice is one thing.

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_answers_with_the_same_generation() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "once", "seconds": 5});
    let path = "/v1/generations";
    let first = guest.post_once(path, "key-1", body.clone()).await.expect(StatusCode::ACCEPTED);
    let again = guest.post_once(path, "key-1", body.clone()).await.expect(StatusCode::ACCEPTED);
    assert_eq!(first["id"], again["id"]);
    assert_eq!(guest.credits().await["held"], first["cost"]["quoted"]);

    let other = json!({"kind": "music", "prompt": "another", "seconds": 5});
    guest.post_once(path, "key-1", other).await.problem(422, "idempotency.mismatch");
    let new = guest.post_once(path, "key-2", body.clone()).await.expect(StatusCode::ACCEPTED);
    assert_ne!(first["id"], new["id"]);
    let stranger = app.guest().await;
    let theirs = stranger.post_once(path, "key-1", body).await.expect(StatusCode::ACCEPTED);
    assert_ne!(first["id"], theirs["id"], "keys belong to an account");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn racing_replays_make_one_generation() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "once, at once", "seconds": 5});
    let posts = (0..8).map(|_| guest.post_once("/v1/generations", "race", body.clone()));
    let mut ids: Vec<String> = join_all(posts)
        .await
        .into_iter()
        .map(|answer| answer.expect(StatusCode::ACCEPTED)["id"].as_str().unwrap().to_owned())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn quotes_and_uploads_replay_too() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for (path, body) in [
        ("/v1/quotes", json!({"kind": "music", "prompt": "once", "seconds": 5})),
        ("/v1/uploads", json!({"content_type": "image/png", "bytes": 100})),
    ] {
        let first = guest.post_once(path, "k", body.clone()).await.expect(StatusCode::CREATED);
        let again = guest.post_once(path, "k", body).await.expect(StatusCode::CREATED);
        assert_eq!(first["id"], again["id"], "{path}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_is_not_remembered() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let bad = json!({"kind": "music", "prompt": ""});
    guest.post_once("/v1/generations", "k", bad).await.problem(422, "invalid");
    let good = json!({"kind": "music", "prompt": "good", "seconds": 5});
    guest.post_once("/v1/generations", "k", good).await.expect(StatusCode::ACCEPTED);
    app.stop().await;
}
