//! What belongs to someone else is not there.

use reqwest::{Method, StatusCode};
use reverie_tests::send;
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_finds_nothing() {
    let app = TestApp::start().await;
    let owner = app.guest().await;
    let done = owner.finished(&owner.submit("mine").await).await;
    let upload = json!({"content_type": "image/png", "bytes": 100});
    let upload = owner.post("/v1/uploads", upload).await.expect(StatusCode::CREATED);
    let generation = format!("/v1/generations/{}", done["id"].as_str().unwrap());
    let upload = format!("/v1/uploads/{}", upload["id"].as_str().unwrap());
    let things = [
        (Method::GET, generation.clone()),
        (Method::PATCH, generation.clone()),
        (Method::DELETE, generation.clone()),
        (Method::POST, format!("{generation}/cancel")),
        (Method::GET, format!("{generation}/events")),
        (Method::GET, format!("{generation}/files/track.flac")),
        (Method::GET, upload.clone()),
        (Method::DELETE, upload.clone()),
        (Method::POST, format!("{upload}/complete")),
    ];
    let stranger = app.guest().await;
    for (method, path) in things {
        let end = json!({"expires_at": "2099-01-01T00:00:00Z"});
        let with_body = |request: reqwest::RequestBuilder| match method {
            Method::PATCH => request.json(&end),
            _ => request,
        };
        let theirs = send(with_body(stranger.request(method.clone(), &path))).await;
        theirs.problem(404, "not_found");
        let nobodys = send(with_body(app.nobody().request(method.clone(), &path))).await;
        assert!(nobodys.headers.contains_key("www-authenticate"));
        nobodys.problem(401, "unauthorized");
    }
    for path in ["/v1/generations", "/v1/credits/transactions", "/v1/uploads"] {
        let theirs = stranger.get(path).await.expect(StatusCode::OK);
        assert!(!theirs.to_string().contains(done["id"].as_str().unwrap()));
    }
    assert_eq!(owner.get(&generation).await.status, StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_are_none() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let good = guest.token.clone().unwrap();
    let swapped = {
        let mut bytes = good.clone().into_bytes();
        let last = bytes.len() - 5;
        bytes[last] = if bytes[last] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    for token in ["", "x", "rvs_", &swapped, &good[..20], &good.to_uppercase()] {
        let request = app.nobody().request(Method::GET, "/v1/me").bearer_auth(token);
        send(request).await.problem(401, "unauthorized");
    }
    let basic = app.nobody().request(Method::GET, "/v1/me").basic_auth("a", Some(good));
    send(basic).await.problem(401, "unauthorized");
    assert_eq!(guest.get("/v1/me").await.expect(StatusCode::OK)["kind"], "guest");
    app.stop().await;
}
