//! Browsers carry the session in a cookie, and only our own pages may change things with it.

use reqwest::{Method, StatusCode};
use reverie_tests::send;
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_changes_things_only_from_our_own_pages() {
    let app = TestApp::without_worker().await;
    let nobody = app.nobody();
    let made = nobody.post("/v1/guests", json!(null)).await;
    let cookie = made.headers["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("reverie=rvs_"), "plain http on loopback");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    let pair = cookie.split(';').next().unwrap().to_owned();

    let read = nobody.request(Method::GET, "/v1/me").header("cookie", &pair);
    send(read).await.expect(StatusCode::OK);
    let body = json!({"kind": "music", "prompt": "cookie", "seconds": 5});
    let quote = || {
        nobody
            .request(Method::POST, "/v1/quotes")
            .header("cookie", format!("a=b; {pair}"))
            .json(&body)
    };
    send(quote()).await.problem(403, "cross_site");
    send(quote().header("sec-fetch-site", "cross-site")).await.problem(403, "cross_site");
    send(quote().header("origin", "https://evil.example")).await.problem(403, "cross_site");
    send(quote().header("sec-fetch-site", "same-origin")).await.expect(StatusCode::CREATED);
    send(quote().header("origin", &nobody.base)).await.expect(StatusCode::CREATED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_others_cannot_put_a_new_guest_over_somebody() {
    let app = TestApp::without_worker().await;
    let nobody = app.nobody();
    let guests = || nobody.request(Method::POST, "/v1/guests");
    for (field, value, told) in [
        ("sec-fetch-site", "cross-site", false),
        ("sec-fetch-site", "same-site", false),
        ("origin", "https://evil.example", false),
        ("sec-fetch-site", "same-origin", true),
    ] {
        let made = send(guests().header(field, value)).await;
        assert_eq!(made.headers.contains_key("set-cookie"), told, "{field}: {value}");
        made.expect(StatusCode::CREATED);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_secure_where_the_origin_is_https() {
    let app = TestApp::start_with(|config| {
        config.public_url = Some("https://reverie.example".to_owned());
        config.worker = false;
    })
    .await;
    let made = app.nobody().post("/v1/guests", json!(null)).await;
    let cookie = made.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-reverie=rvs_") && cookie.ends_with("Secure"), "{cookie}");
    app.stop().await;
}
