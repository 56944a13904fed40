//! Paths that somebody may try are no reason for a function to break.

use reqwest::{Method, StatusCode};
use reverie_tests::send;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn odd_paths_are_not_found() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for path in [
        "/v1/generations/%00",
        "/v1/generations/%3F",
        "/v1/generations/%23",
        "/v1/generations/%25",
        "/v1/generations/%ff",
        "/v1/generations/%20%0a",
        "/v1/generations/%F0%9F%8E%B9/cancel",
        "/v1/uploads/%2F",
        "/v1/generations/",
        "//v1/generations",
        "/%e2%99%ab",
        "/%5B%5D",
    ] {
        let answer = send(guest.request(Method::GET, path)).await;
        assert!(matches!(answer.status.as_u16(), 404 | 405), "{path}: {answer:?}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}: {answer:?}");
    }
    guest.get("/v1/me").await.expect(StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_queries_are_no_failures() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for query in
        ["%", "&&=", "limit=%ff", "cursor=%00", "x[]=1&x[]=2", "limit=1&limit=2", "a+b=c+d"]
    {
        let answer = guest.get(&format!("/v1/generations?{query}")).await;
        assert!(answer.status.as_u16() < 500, "{query}: {answer:?}");
    }
    app.stop().await;
}
