//! A service fails: a submission is written in whole or not at all, and what was written goes on.
//! The services fail between the functions and their ports, so this suite is for functions in this
//! process.

use reqwest::StatusCode;
use reverie::local::Part;
use reverie_api::Catalogue;
use reverie_tests::{
    PATIENCE,
    broken::{Service, Switch, Trouble},
};
use serde_json::{Value, json};

use crate::TestApp;

async fn app(switch: &Switch, worker: bool) -> TestApp {
    TestApp::start_with(|config| {
        config.worker = worker;
        config.between = Some(switch.between());
    })
    .await
}

fn wish() -> Value {
    json!({"kind": "music", "prompt": "in spite of it all", "seconds": 5})
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_can_be_written_nothing_is() {
    let switch = Switch::default();
    let app = app(&switch, false).await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    switch.on(Service::Tables, Trouble::Refuses);
    let refused = guest.post_once("/v1/generations", "again", wish()).await;
    assert!(refused.headers.contains_key("retry-after"));
    refused.problem(503, "unavailable");
    guest.post("/v1/quotes", wish()).await.problem(503, "unavailable");
    assert_eq!(guest.credits().await, before, "reading goes on");
    let history = guest.get("/v1/generations").await.expect(StatusCode::OK);
    assert_eq!(history["items"], json!([]));

    switch.off();
    let accepted = guest.post_once("/v1/generations", "again", wish()).await;
    accepted.expect(StatusCode::ACCEPTED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_answer_is_lost_the_submission_counts_once() {
    let switch = Switch::default();
    let app = app(&switch, false).await;
    let guest = app.guest().await;
    switch.on(Service::Tables, Trouble::LosesAnswers);
    let first = guest.post_once("/v1/generations", "once", wish()).await;
    let first = first.expect(StatusCode::ACCEPTED);
    switch.off();
    let again = guest.post_once("/v1/generations", "once", wish()).await;
    assert_eq!(again.expect(StatusCode::ACCEPTED)["id"], first["id"]);
    let holds = guest.transactions().await.into_iter().filter(|entry| entry["kind"] == "hold");
    assert_eq!(holds.count(), 1);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_sent_is_sent_later() {
    let switch = Switch::default();
    let app = app(&switch, true).await;
    let guest = app.guest().await;
    switch.on(Service::Queue, Trouble::Refuses);
    let job = guest.post("/v1/generations", wish()).await.expect(StatusCode::ACCEPTED);
    assert_eq!(job["status"], "queued");
    switch.off();
    app.sweep().await;
    assert_eq!(guest.finished(&job).await["status"], "succeeded");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_wait_for_a_bucket_that_comes_back() {
    let switch = Switch::default();
    let app = app(&switch, true).await;
    let guest = app.guest().await;
    switch.on(Service::Objects, Trouble::Refuses);
    let job = guest.submit("in spite of it all").await;
    guest.until(&job, |now| now["progress"].as_f64() > Some(0.5)).await;
    switch.off();
    // The worker may have given up by now: then the sweep gives the job to it again.
    app.sweep().await;
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let url = done["files"][0]["download"]["url"].as_str().unwrap();
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_completed_once_the_bucket_answers() {
    let switch = Switch::default();
    let app = app(&switch, false).await;
    let guest = app.guest().await;
    let file = b"not really a picture".to_vec();
    let announced = json!({"content_type": "image/png", "bytes": file.len()});
    let upload = guest.post("/v1/uploads", announced).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", file).await, StatusCode::OK);
    let complete = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    switch.on(Service::Objects, Trouble::Refuses);
    guest.post(&complete, Value::Null).await.problem(503, "unavailable");
    switch.off();
    guest.post(&complete, Value::Null).await.problem(422, "upload.rejected");
    app.stop().await;
}

/// A price that is not the workers' must not become binding.
#[tokio::test(flavor = "multi_thread")]
async fn models_that_were_never_read_are_not_there() {
    let switch = Switch::default();
    let app = app(&switch, false).await;
    let ports = (switch.between().0)(Part::Functions, app.local().ports().clone());
    let catalogue = Catalogue::of_bucket(ports.objects).expect("manifests");
    switch.on(Service::Objects, Trouble::Refuses);
    assert_eq!(catalogue.models().await.unwrap_err().status(), StatusCode::SERVICE_UNAVAILABLE);
    switch.off();
    let models = async {
        loop {
            match catalogue.models().await {
                Ok(models) => return models,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
    };
    let models = tokio::time::timeout(PATIENCE, models).await.expect("the bucket answers again");
    let ids: Vec<_> = models.iter().map(|model| &*model.id).collect();
    assert_eq!(ids, ["reverie-score", "reverie-scene"], "nobody has written which there are");
    app.stop().await;
}
