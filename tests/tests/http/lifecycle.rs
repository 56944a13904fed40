//! Cancel, delete, shorten, history.

use reqwest::StatusCode;
use serde_json::json;

use crate::TestApp;

fn path(generation: &serde_json::Value) -> String {
    format!("/v1/generations/{}", generation["id"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn cancel_gives_the_credits_back() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let job = guest.submit("never mind").await;
    let during = guest.credits().await;
    assert_eq!(during["held"], job["cost"]["quoted"]);
    assert_ne!(during["available"], before["available"]);

    let cancel = format!("{}/cancel", path(&job));
    let canceled = guest.post(&cancel, json!(null)).await.expect(StatusCode::ACCEPTED);
    assert_eq!(canceled["status"], "canceled");
    assert_eq!(canceled["cost"]["refunded"], job["cost"]["quoted"]);
    assert_eq!(guest.credits().await, before);
    let again = guest.post(&cancel, json!(null)).await.expect(StatusCode::OK);
    assert_eq!(again["status"], "canceled");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_notices_its_cancellation() {
    let app =
        TestApp::start_with(|config| config.models = vec![reverie_tests::real_packages()]).await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let body = json!({"kind": "music", "prompt": "long", "seconds": 180});
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let job = guest.until(&job, |now| now["status"] == "running").await;
    guest.post(&format!("{}/cancel", path(&job)), json!(null)).await.expect(StatusCode::ACCEPTED);
    assert_eq!(guest.credits().await, before);
    // The one worker is free again, so another job gets its turn.
    let next = guest.finished(&guest.submit("after it").await).await;
    assert_eq!(next["status"], "succeeded");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_final_stays_so() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("done").await).await;
    let cancel = guest.post(&format!("{}/cancel", path(&done)), json!(null)).await;
    cancel.problem(409, "generation.final");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_generation_is_gone() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("forget this").await).await;
    let url = done["files"][0]["download"]["url"].as_str().unwrap().to_owned();
    assert_eq!(guest.delete(&path(&done)).await.status, StatusCode::NO_CONTENT);
    guest.get(&path(&done)).await.problem(404, "not_found");
    guest.delete(&path(&done)).await.problem(404, "not_found");
    let history = guest.get("/v1/generations").await.expect(StatusCode::OK);
    assert_eq!(history["items"], json!([]));

    app.sweep().await;
    assert_eq!(guest.download(&url).await.0, StatusCode::NOT_FOUND);
    let live = guest.credits().await;
    assert_eq!(live["held"], 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_job_can_be_deleted() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let job = guest.submit("no").await;
    assert_eq!(guest.delete(&path(&job)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(guest.credits().await, before);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_only_moves_earlier() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("short lived").await).await;
    let end: jiff::Timestamp = done["expires_at"].as_str().unwrap().parse().unwrap();
    let later = end + jiff::SignedDuration::from_hours(1);
    let patched = guest.patch(&path(&done), json!({"expires_at": later})).await;
    patched.problem(422, "invalid");

    let in_an_hour = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let patched = guest.patch(&path(&done), json!({"expires_at": in_an_hour})).await;
    let patched = patched.expect(StatusCode::OK);
    let url = patched["files"][0]["download"]["url"].as_str().unwrap().to_owned();
    assert_eq!(guest.download(&url).await.0, StatusCode::OK);

    let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_millis(1500);
    let patched = guest.patch(&path(&done), json!({"expires_at": soon})).await;
    let patched = patched.expect(StatusCode::OK);
    if let Some(end) = patched["files"][0]["download"]["expires_at"].as_str() {
        assert!(end.parse::<jiff::Timestamp>().unwrap() <= soon, "links are clipped");
    }
    let gone = guest.until(&done, |now| now["files"][0]["download"].is_null()).await;
    assert_eq!(gone["status"], "succeeded");
    let file = format!("{}/files/track.flac", path(&done));
    guest.get(&file).await.problem(410, "file.expired");
    // Links of before are good until the object goes, at the instant itself.
    let deleted = async {
        while !guest.download(&url).await.0.is_client_error() {
            app.sweep().await;
        }
    };
    tokio::time::timeout(reverie_tests::PATIENCE, deleted).await.expect("the file ends");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_paged_and_filtered() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(guest.submit(&format!("number {number}")).await["id"].clone());
    }
    ids.reverse();
    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = guest.get(&format!("/v1/generations?limit=2{cursor}")).await;
        let page = page.expect(StatusCode::OK);
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(seen, ids, "newest first, each once");

    let cancel = format!("/v1/generations/{}/cancel", ids[1].as_str().unwrap());
    guest.post(&cancel, json!(null)).await.expect(StatusCode::ACCEPTED);
    let canceled = guest.get("/v1/generations?status=canceled&kind=music").await;
    let canceled = canceled.expect(StatusCode::OK);
    assert_eq!(canceled["items"].as_array().unwrap().len(), 1);
    assert_eq!(canceled["items"][0]["id"], ids[1]);
    let none = guest.get("/v1/generations?created_before=2020-01-01T00:00:00Z").await;
    assert_eq!(none.expect(StatusCode::OK)["items"], json!([]));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_place_in_the_queue_is_told() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let first = guest.submit("first").await;
    let second = guest.submit("second").await;
    for (job, place) in [(first, 0), (second, 1)] {
        let now = guest.get(&path(&job)).await.expect(StatusCode::OK);
        assert_eq!(now["queue_position"], place);
        assert!(now["eta_seconds"].as_u64().unwrap() > 0);
    }
    app.stop().await;
}
