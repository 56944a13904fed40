//! Uploads, sketches and jobs, with a worker and with what the housekeeper does for them.

use std::io::Cursor;

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_domain::{job::Job, manifest::CATALOGUE_KEY};
use reverie_store::{generations, queue::Message};
use reverie_tests::{Client, Lambda, PATIENCE, Use, tiny_packages};
use serde_json::{Value, json};

use super::{
    player::Player,
    scenario::{App, OFTEN, minute},
};

pub(super) async fn upload(player: &mut Player) {
    let id = uploaded(player).await;
    let sketch = json!({"kind": "music", "prompt": "sketch", "seconds": 5, "references": [id]});
    for _ in 0..OFTEN {
        player.guest.post("/v1/sketches", sketch.clone()).await.expect(StatusCode::OK);
    }
    player.take(Method::POST, "/v1/sketches", &[], sketch).await;
    player.get("/v1/uploads/{id}", &[&id]).await;
    player.take(Method::DELETE, "/v1/uploads/{id}", &[&id], Value::Null).await;
}

/// A reference that is ready.
pub(super) async fn uploaded(player: &mut Player) -> String {
    let mut png = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([200, 120, 40]));
    image.write_to(&mut png, image::ImageFormat::Png).expect("PNG");
    let png = png.into_inner();
    let body = json!({"content_type": "image/png", "bytes": png.len()});
    let upload = player.take(Method::POST, "/v1/uploads", &[], body).await;
    assert_eq!(player.guest.put(&upload, "image/png", png).await, StatusCode::OK);
    let id = upload["id"].as_str().expect("an id");
    player.take(Method::POST, "/v1/uploads/{id}/complete", &[id], Value::Null).await;
    id.to_owned()
}

/// Leaves a queued job behind.
pub(super) async fn submit_and_change(player: &mut Player, lambda: &Lambda) {
    let request = json!({"kind": "music", "prompt": "what is used", "seconds": 5});
    let quote = player.take(Method::POST, "/v1/quotes", &[], request.clone()).await;
    let body = json!({"quote": quote["id"]});
    let canceled = player.take(Method::POST, "/v1/generations", &[], body).await;
    let id = canceled["id"].as_str().expect("an id").to_owned();
    let events = "/v1/generations/{id}/events";
    let api = Client { base: lambda.api_url().to_owned(), ..player.guest.clone() };
    player.get("/v1/generations/{id}", &[&id]).await;
    for _ in 0..OFTEN {
        api.get(&events.replace("{id}", &id)).await;
    }
    let mut live = player.guest.request(Method::GET, &events.replace("{id}", &id)).send().await;
    live.as_mut().expect("an answer").chunk().await.expect("a frame");
    drop(live);
    player.take(Method::POST, "/v1/generations/{id}/cancel", &[&id], Value::Null).await;
    for _ in 0..OFTEN {
        player.get(events, &[&id]).await;
    }
    player.take(Method::DELETE, "/v1/generations/{id}", &[&id], Value::Null).await;
    let reference = uploaded(player).await;
    let request = json!({
        "kind": "music", "prompt": "what is used", "seconds": 5, "references": [reference]
    });
    player.guest.post("/v1/generations", request).await.expect(StatusCode::ACCEPTED);
}

async fn row(app: &App, guest: &Client, job: &Value) -> Job {
    let account = guest.account().await;
    let id = job["id"].as_str().expect("an id").parse().expect("an id");
    let found = generations::find_job(&*app.local().ports().tables, account, id).await;
    found.expect("an answer").expect("a job")
}

/// A job whose message is lost, and one whose message died.
pub(super) async fn house(app: &App, lambda: &Lambda, guest: &Client) {
    let lost = row(app, guest, &guest.submit("lost").await).await;
    let again = lost.after_restart(Timestamp::now()).expect("it is live");
    let tables = &*app.local().ports().tables;
    generations::update(tables, &lost, &again).await.expect("an answer").expect("it is written");
    minute(lambda).await;

    let dead = row(app, guest, &guest.submit("dead").await).await;
    let Job { account, id: generation, .. } = dead;
    let body = serde_json::to_string(&Message::GenerationQueued { account, generation });
    let letter = json!({
        "messageId": "dead", "receiptHandle": "handle", "body": body.expect("JSON"),
        "attributes": {}, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:dead", "awsRegion": "us-east-1",
    });
    let answer = lambda.invoke("housekeeper", &json!({ "Records": [letter] })).await;
    assert_eq!(answer.expect("an answer"), json!({"batchItemFailures": []}));
}

/// One result is stored long, with a beating heart, and then its job is canceled. Another is finished, shortened,
/// downloaded, deleted and purged. A third is handed back.
pub(super) async fn works(app: &App, lambda: &Lambda, player: &mut Player) {
    let objects = &app.local().ports().objects;
    let guest = player.guest.clone();
    lambda.recorder().hold_results(true);
    // Without it, the worker writes it.
    let catalogue = [CATALOGUE_KEY.to_owned()];
    objects.delete(&catalogue).await.expect("it is deleted");
    let worker = lambda.start_worker(&tiny_packages());
    let stored = |used: &Use| used.action == "s3:PutObject" && used.resource.contains("/results/");
    seen(lambda, "a heartbeat", |used| used.action == "sqs:ChangeMessageVisibility").await;
    seen(lambda, "a result", stored).await;
    let list = guest.get("/v1/generations?status=running").await.expect(StatusCode::OK);
    let running = list["items"][0]["id"].as_str().expect("a running job").to_owned();
    let cancel = format!("/v1/generations/{running}/cancel");
    guest.post(&cancel, Value::Null).await.expect(StatusCode::ACCEPTED);
    // What it had stored is deleted.
    let deleted = |used: &Use| used.who == "WorkerRole" && used.action == "s3:DeleteObject";
    seen(lambda, "a purge", deleted).await;
    lambda.recorder().hold_results(false);

    let done = guest.finished(&guest.submit("after").await).await;
    assert_eq!(guest.submit("after").await["cached"], true);
    lambda.recorder().hold_results(true);
    guest.until(&guest.submit("handed back").await, |now| now["status"] == "running").await;
    assert!(worker.terminate().await.success());
    lambda.recorder().hold_results(false);
    let id = done["id"].as_str().expect("an id").to_owned();
    let files = "/v1/generations/{id}/files/{name}";
    let name = done["files"][0]["name"].as_str().expect("a name").to_owned();
    player.get(files, &[&id, &name]).await;
    let link = format!("/v1/generations/{id}/files/{name}?redirect=false");
    let link = guest.get(&link).await.expect(StatusCode::OK);
    let url = link["url"].as_str().expect("a link");
    assert_eq!(guest.download(url).await.0, StatusCode::OK);
    let soon = Timestamp::now() + jiff::SignedDuration::from_hours(2);
    let body = json!({"expires_at": soon.to_string()});
    player.take(Method::PATCH, "/v1/generations/{id}", &[&id], body).await;
    player.get("/v1/generations/{id}/events", &[&id]).await;
    let api = Client { base: lambda.api_url().to_owned(), ..guest.clone() };
    for events in [&player.guest, &api] {
        let text = events.request(Method::GET, &format!("/v1/generations/{id}/events"));
        let text = text.send().await.expect("an answer").text().await.expect("frames");
        let data = text.lines().find_map(|line| line.strip_prefix("data: ")).expect("a frame");
        let data: Value = serde_json::from_str(data).expect("JSON");
        let url = data["files"][0]["download"]["url"].as_str().expect("a link").to_owned();
        assert_eq!(guest.download(&url).await.0, StatusCode::OK);
    }
    let shown = player.get("/v1/generations/{id}", &[&id]).await;
    let url = shown["files"][0]["download"]["url"].as_str().expect("a link").to_owned();
    assert_eq!(guest.download(&url).await.0, StatusCode::OK);
    assert_eq!(guest.delete(&format!("/v1/generations/{id}")).await.status, 204);
    minute(lambda).await;
}

/// Waits until somebody has used such a thing.
async fn seen(lambda: &Lambda, what: &str, like: impl Fn(&Use) -> bool) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while !lambda.recorder().seen().iter().any(&like) {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what} did not come"));
}
