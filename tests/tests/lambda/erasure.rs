//! What a person wrote is in no line that the processes of the deployment wrote, and in no metric: not while it
//! is there, and not when it is erased. Nor is who they are.

use std::fs;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_domain::erasure::{Erasure, Step};
use reverie_store::{agenda, erasures};
use reverie_tests::{
    Client,
    planted::{MARK, forms, found, planted, signed_in},
    send, tiny_packages,
};
use serde_json::{Value, json};

use crate::TestApp;

async fn minute(app: &TestApp) {
    let event = json!({"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}});
    app.adapter().invoke("housekeeper", &event).await.expect("an answer");
}

/// The mark in what is refused: an error must not repeat it in a log.
async fn refused(guest: &Client) {
    let encoded = "pl%C3%A4nted%2Fmark%2B4b1d5c9e77aa";
    for path in [
        format!("/v1/generations/{encoded}"),
        format!("/v1/generations?cursor={encoded}&kind={encoded}"),
        format!("/v1/me/consents?generation={encoded}"),
        format!("/{encoded}?{encoded}={encoded}"),
        format!("/v1/unsubscribe/{encoded}"),
        format!("/v1/auth/{encoded}/login"),
    ] {
        let answer = guest.get(&path).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
    for path in ["/v1/generations", "/v1/quotes", "/v1/sketches", "/v1/uploads", "/v1/api-keys"] {
        for body in [
            json!({"kind": MARK, "prompt": MARK, "content_type": MARK, "name": MARK}),
            json!({MARK: MARK}),
            json!(MARK),
        ] {
            let answer = guest.post(path, body).await;
            assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
        }
        let malformed =
            guest.request(Method::POST, path).header("content-type", "application/json");
        let malformed = send(malformed.body(format!("{{\"prompt\": \"{MARK}\""))).await;
        assert!(malformed.status.is_client_error(), "{path}: {}", malformed.status);
    }
    let strange = guest.request(Method::GET, "/v1/me").header("referer", MARK.as_bytes());
    let strange = strange.header("cookie", format!("reverie={encoded}"));
    send(strange.header("x-forwarded-for", encoded)).await;
}

/// The erasure whose time has come.
async fn last_pass(app: &TestApp) -> Erasure {
    let tables = &*app.local().ports().tables;
    let entries = agenda::all(tables, None).await.expect("the agenda");
    for entry in entries {
        let agenda::Task::Erase(id) = entry.task else { continue };
        let before = erasures::find(tables, id).await.expect("an answer").expect("an erasure");
        if before.last_pass {
            let version = before.version + 1;
            let after = Erasure { due_at: Some(Timestamp::now()), version, ..before.clone() };
            assert!(erasures::advance(tables, &before, &after, Vec::new()).await.expect("written"));
            return after;
        }
    }
    panic!("no erasure waits for its last pass");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_line_and_no_metric_holds_what_somebody_wrote_or_who_they_are() {
    let app = TestApp::without_worker().await;
    let worker = app.adapter().start_worker(&tiny_packages());
    let (guest, _) = planted(&app).await;
    refused(&guest).await;
    let guest = signed_in(guest).await;
    let account = guest.account().await;
    guest.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED);
    minute(&app).await;
    minute(&app).await;
    let erased = guest.delete("/v1/me?confirm=erase").await;
    erased.expect(StatusCode::ACCEPTED);
    minute(&app).await;
    let erasure = last_pass(&app).await;
    minute(&app).await;
    assert!(worker.terminate().await.success());
    let tables = &*app.local().ports().tables;
    let done = erasures::find(tables, erasure.id).await.expect("an answer").expect("a receipt");
    assert_eq!(done.step, Step::Remember, "{done:?}");

    let logs = app.data().join("logs");
    let texts = fs::read_dir(&logs).expect("logs").map(|entry| entry.expect("a file").path());
    let all: String = texts.map(|path| fs::read_to_string(path).unwrap_or_default()).collect();
    for written in [
        "generation finished",
        "\"route\":\"/v1/generations\"",
        "\"route\":\"/v1/me/exports\"",
        "\"Purged\":",
        "\"JobsSucceeded\":",
        "\"kind\":\"music\"",
        &erasure.id.to_string(),
    ] {
        assert!(all.contains(written), "{written} is not in the logs: they say too little");
    }
    let hex = account.uuid().simple().to_string();
    for personal in [MARK, "4b1d5c9e77aa", &hex, &account.uuid().to_string()] {
        assert_eq!(found(&logs, &forms(personal)), Vec::<String>::new(), "{personal}");
    }
    // It can be found where it is.
    fs::write(logs.join("planted.log"), format!("a line with {MARK}")).expect("a file");
    assert_eq!(found(&logs, &forms(MARK)).len(), 1);
    app.stop().await;
}
