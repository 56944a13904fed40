//! With an edge in front, and without one.

use reqwest::StatusCode;
use reverie_tests::{Client, ORIGIN_ARN};
use serde_json::{Value, json};

use crate::TestApp;

/// The answer's frames, as `(id, data)`.
fn frames(text: &str) -> Vec<(String, Value)> {
    let field = |frame: &str, name: &str| {
        frame.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned()
    };
    let frames = text.split("\n\n").filter(|frame| frame.contains("data: "));
    frames
        .map(|frame| {
            let data = serde_json::from_str(&field(frame, "data: ")).unwrap();
            (field(frame, "id: "), data)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_edge_events_come_one_by_one() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("one at a time").await;
    let events = format!("/v1/generations/{}/events", job["id"].as_str().unwrap());
    let guest = Client { base: app.adapter().api_url().to_owned(), ..guest };

    let first = guest.request(reqwest::Method::GET, &events).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(first.headers()["content-type"], "text/event-stream");
    let text = first.text().await.unwrap();
    let [(id, data)] = &frames(&text)[..] else { panic!("{text}") };
    assert_eq!(data["status"], "queued");
    assert!(text.contains("retry: "), "{text}");

    // The next answer waits for the change, and the last one says that there is no more.
    let again = |id: &str| {
        guest.request(reqwest::Method::GET, &events).header("last-event-id", id.to_owned()).send()
    };
    let cancel = events.replace("/events", "/cancel");
    let (second, canceled) = tokio::join!(again(id), guest.post(&cancel, Value::Null));
    canceled.expect(StatusCode::ACCEPTED);
    let text = second.unwrap().text().await.unwrap();
    let [(id, data)] = &frames(&text)[..] else { panic!("{text}") };
    assert_eq!(data["status"], "canceled");
    assert_eq!(again(id).await.unwrap().status(), StatusCode::NO_CONTENT);

    let nobody = Client { token: None, ..guest };
    nobody.get(&events).await.problem(401, "unauthorized");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_an_edge_only_its_own_requests_are_answered() {
    let app = TestApp::without_worker().await;
    let shown = |header: Value| {
        let mut headers = json!({"host": "abcdefghij.execute-api.us-east-1.amazonaws.com"});
        if header.is_string() {
            headers["x-reverie-edge"] = header;
        }
        json!({
            "version": "2.0", "routeKey": "ANY /v1/credits", "rawPath": "/v1/credits",
            "rawQueryString": "", "headers": headers, "isBase64Encoded": false,
            "requestContext": {
                "accountId": "000000000000", "apiId": "abcdefghij", "stage": "$default",
                "routeKey": "ANY /v1/credits", "requestId": "one", "timeEpoch": 1,
                "time": "12/Mar/2020:19:03:58 +0000", "domainName": "abcdefghij",
                "domainPrefix": "abcdefghij",
                "http": {"method": "GET", "path": "/v1/credits", "protocol": "HTTP/1.1",
                         "sourceIp": "192.0.2.1", "userAgent": "test"},
            },
        })
    };
    // Who comes through the edge without a token is asked for one; who comes around it is not.
    let headers = [("new", 401), ("old", 401), ("other", 403), ("", 403)];
    let headers = headers.map(|(header, status)| (json!(header), status));
    for (header, status) in headers.into_iter().chain([(Value::Null, 403)]) {
        let event = shown(header.clone());
        let secret = ("REVERIE_ORIGIN_SECRET_ARN", ORIGIN_ARN);
        let answer = app.adapter().invoke_with("credits", secret, &event).await.unwrap();
        assert_eq!(answer["statusCode"], status, "{header}: {answer}");
    }
    app.stop().await;
}
