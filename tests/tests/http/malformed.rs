//! Bad input is a clear problem that names the field, and nothing is lost by it. What no honest
//! client sends is in the suite `hostile`.

use serde_json::{Value, json};

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_submission_is_checked_by_name() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let long = "x".repeat(60_000);
    let labels: Value =
        (0..17).map(|n| (n.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let cases = [
        ("kind", json!("painting")),
        ("kind", json!("video")),
        ("kind", json!(7)),
        ("prompt", json!("")),
        ("prompt", json!(" \n ")),
        ("prompt", json!("nul\u{0}")),
        ("prompt", json!(long)),
        ("prompt", json!(["x"])),
        ("model", json!("no-such-model")),
        ("seconds", json!(0)),
        ("seconds", json!(100_000)),
        ("seconds", json!(-1)),
        ("seconds", json!(1.5)),
        ("seconds", json!("30")),
        ("seed", json!(-1)),
        ("seed", json!(4_294_967_296_u64)),
        ("style", json!("fast")),
        ("style.tempo_bpm", json!(1)),
        ("style.key", json!("Z major")),
        ("style.genre", json!("no such genre")),
        ("references", json!(["upl_x"])),
        ("references", json!("upl_x")),
        ("sketch", json!({})),
        ("from", json!("gen_x")),
        ("replace", json!([])),
        ("lock", json!([])),
        ("quote", json!("quo_x")),
        ("max_credits", json!(-1)),
        ("webhook_url", json!("https://example.com")),
        ("expires_at", json!("2020-01-01T00:00:00Z")),
        ("expires_at", json!("tomorrow")),
        ("cache", json!("no")),
        ("labels", labels),
        ("labels", json!({"": "x"})),
        ("surprise", json!(1)),
    ];
    for (path, value) in cases {
        let mut body = json!({"kind": "music", "prompt": "fine", "seconds": 5});
        match path.split_once('.') {
            Some((outer, inner)) => body[outer] = json!({inner: value}),
            None => body[path] = value,
        }
        let shown = body.to_string().chars().take(120).collect::<String>();
        for route in ["/v1/generations", "/v1/quotes"] {
            if route == "/v1/quotes" && path == "max_credits" {
                continue;
            }
            let problem = guest.post(route, body.clone()).await.problem(422, "invalid");
            let named = problem["errors"].as_array().unwrap();
            let found = named
                .iter()
                .any(|error| error["path"].as_str().unwrap().split('[').next() == Some(path));
            assert!(found, "{route} {shown}: {problem:#}");
        }
    }
    assert_eq!(guest.credits().await, before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_mistakes_are_told_at_once() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "", "seconds": 0, "webhook_url": "x"});
    let problem = guest.post("/v1/generations", body).await.problem(422, "invalid");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 3, "{problem:#}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_are_checked_by_name() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for (query, path) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=Z2Vu", "cursor"),
        ("status=asleep", "status"),
        ("kind=painting", "kind"),
        ("created_after=now", "created_after"),
    ] {
        let problem = guest.get(&format!("/v1/generations?{query}")).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], path, "{problem:#}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_array_is_no_object() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for path in ["/v1/me/limits", "/v1/me/preferences", "/v1/me/consents"] {
        for body in [json!([]), json!([null, null])] {
            guest.put_json(path, body).await.problem(422, "invalid");
        }
    }
    guest.put_json("/v1/me/preferences", json!({"studio": []})).await.problem(422, "invalid");
    app.stop().await;
}
