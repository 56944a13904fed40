//! A restart keeps everything, and unfinished jobs go on.

use reqwest::StatusCode;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_everything() {
    let mut app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("before the restart").await).await;
    let credits = guest.credits().await;
    let entries = guest.transactions().await;

    app.restart(|_| ()).await;
    let guest = app.again(&guest);
    let path = format!("/v1/generations/{}", done["id"].as_str().unwrap());
    let kept = guest.get(&path).await.expect(StatusCode::OK);
    for member in ["status", "request", "understood", "cost", "expires_at", "model", "seed"] {
        assert_eq!(kept[member], done[member], "{member}");
    }
    assert_eq!(guest.credits().await, credits);
    assert_eq!(guest.transactions().await, entries);
    let url = kept["files"][0]["download"]["url"].as_str().unwrap();
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queued_job_survives_the_loss_of_its_message() {
    let mut app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let job = guest.submit("patience").await;
    app.restart(|config| config.worker = true).await;
    let guest = app.again(&guest);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    assert_eq!(guest.credits().await["held"], 0);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_job_is_handed_back_and_goes_on() {
    let mut app =
        TestApp::start_with(|config| config.models = vec![reverie_tests::real_packages()]).await;
    let guest = app.guest().await;
    let body = serde_json::json!({"kind": "music", "prompt": "long", "seconds": 120});
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    guest.until(&job, |now| now["status"] == "running").await;
    app.restart(|config| config.worker = false).await;
    let guest = app.again(&guest);
    let path = format!("/v1/generations/{}", job["id"].as_str().unwrap());
    let now = guest.get(&path).await.expect(StatusCode::OK);
    assert_eq!(now["status"], "queued", "{now:#}");
    app.stop().await;
}
