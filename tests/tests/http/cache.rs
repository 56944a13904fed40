//! The same request again is answered from the results of the first, for nothing.

use reqwest::StatusCode;
use reverie_tests::{Answer, Client};
use serde_json::{Value, json};

use crate::TestApp;

fn request() -> Value {
    json!({"kind": "music", "prompt": "again and again", "seconds": 5})
}

async fn made(guest: &Client) -> Value {
    let job = guest.post("/v1/generations", request()).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!((&done["status"], &done["cached"]), (&json!("succeeded"), &json!(false)));
    done
}

fn is_cached(answer: Answer) -> Option<Value> {
    let job = answer.expect(StatusCode::ACCEPTED);
    (job["cached"] == true).then_some(job)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repetition_is_a_copy_that_costs_nothing() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let first = made(&guest).await;
    let before = guest.credits().await;

    let again = is_cached(guest.post("/v1/generations", request()).await).expect("a hit");
    assert_ne!(again["id"], first["id"]);
    assert_eq!(again["status"], "succeeded");
    assert_eq!(again["cost"], json!({"quoted": 0, "charged": 0, "refunded": 0}));
    assert_eq!(again["understood"], first["understood"]);
    assert_eq!(guest.credits().await, before);
    let names = |job: &Value| {
        let files = job["files"].as_array().unwrap();
        files.iter().map(|file| (file["name"].clone(), file["sha256"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(names(&again), names(&first));
    // Its own objects: the first can go.
    let path = format!("/v1/generations/{}", first["id"].as_str().unwrap());
    guest.delete(&path).await.expect(StatusCode::NO_CONTENT);
    app.sweep().await;
    for file in again["files"].as_array().unwrap() {
        let (status, _, bytes) = guest.download(file["download"]["url"].as_str().unwrap()).await;
        assert_eq!((status, bytes.len() as u64), (StatusCode::OK, file["bytes"].as_u64().unwrap()));
    }
    // And with it went the cache.
    let third = guest.post("/v1/generations", request()).await;
    assert_eq!(is_cached(third), None);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_same_request_of_the_same_account_is_a_repetition() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    made(&guest).await;
    let stranger = app.guest().await;
    assert_eq!(is_cached(stranger.post("/v1/generations", request()).await), None, "not shared");
    for (name, value) in [("cache", json!(false)), ("seed", json!(7)), ("seconds", json!(6))] {
        let mut other = request();
        other[name] = value;
        assert_eq!(is_cached(guest.post("/v1/generations", other).await), None, "{name}");
    }
    let mut labelled = request();
    labelled["labels"] = json!({"take": "two"});
    let labelled = is_cached(guest.post("/v1/generations", labelled).await).expect("a hit");
    assert_eq!(labelled["labels"], json!({"take": "two"}));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quote_of_a_repetition_is_not_charged() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    made(&guest).await;
    let quote = guest.post("/v1/quotes", request()).await.expect(StatusCode::CREATED);
    let body = json!({"quote": quote["id"]});
    let job = is_cached(guest.post("/v1/generations", body).await).expect("a hit");
    assert_eq!(job["cost"]["charged"], 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_files_a_repetition_is_made_anew_at_no_price() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let first = made(&guest).await;
    let (account, id) = (first["rights"]["owner"].as_str().unwrap(), first["id"].as_str().unwrap());
    let objects = &app.local().ports().objects;
    let keys = objects.list(&format!("results/free/{account}/{id}/")).await.unwrap();
    assert!(!keys.is_empty());
    objects.delete(&keys).await.unwrap();

    let again = guest.post("/v1/generations", request()).await.expect(StatusCode::ACCEPTED);
    let again = guest.finished(&again).await;
    assert_eq!((&again["status"], &again["cached"]), (&json!("succeeded"), &json!(false)));
    assert_eq!(again["cost"]["charged"], 0);
    assert_eq!(again["files"][0]["sha256"], first["files"][0]["sha256"]);
    app.stop().await;
}
