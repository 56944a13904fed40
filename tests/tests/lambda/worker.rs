//! The worker's binary.

use std::time::Duration;

use reqwest::StatusCode;
use reverie_domain::manifest::{CATALOGUE_KEY, CATALOGUE_MOST_BYTES};
use reverie_tests::{PATIENCE, real_packages, tiny_packages};
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn it_makes_a_track_and_stops_when_told() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("from a container").await;
    let worker = app.adapter().start_worker(&tiny_packages());
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}\n{}", worker.log_tail());
    let url = done["files"][0]["download"]["url"].as_str().unwrap();
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    assert_eq!(guest.credits().await["held"], 0);

    let ended = worker.terminate().await;
    assert!(ended.success(), "{ended}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_what_it_makes() {
    let app = TestApp::without_worker().await;
    let objects = &app.local().ports().objects;
    // Unlike the real one, the embedded S3 can be read in the middle of a write: the checksum is wrong then.
    let told = || async { objects.get(CATALOGUE_KEY, CATALOGUE_MOST_BYTES).await.ok().flatten() };
    let wanted = told().await;
    assert!(wanted.is_some());
    for before in [None, Some("[]")] {
        objects.delete(&[CATALOGUE_KEY.to_owned()]).await.unwrap();
        if let Some(before) = before {
            let put = objects.put(CATALOGUE_KEY, "application/json", before.into());
            put.await.unwrap();
        }
        let worker = app.adapter().start_worker(&tiny_packages());
        let changed = async {
            while told().await != wanted {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(PATIENCE, changed).await.expect("the catalogue changes");
        assert!(worker.terminate().await.success());
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_hands_the_running_job_back() {
    let app = TestApp::start_with(|config| {
        config.models = vec![real_packages()];
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "long", "seconds": 120});
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let worker = app.adapter().start_worker(&real_packages());
    guest.until(&job, |now| now["status"] == "running").await;
    assert!(worker.terminate().await.success());

    let path = format!("/v1/generations/{}", job["id"].as_str().unwrap());
    let now = guest.get(&path).await.expect(StatusCode::OK);
    assert_eq!(now["status"], "queued", "{now:#}");
    let next = app.adapter().start_worker(&real_packages());
    guest.until(&job, |now| now["status"] == "running").await;
    assert!(next.terminate().await.success());
    app.stop().await;
}
