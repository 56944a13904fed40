//! A prompt becomes a short film.

use reqwest::StatusCode;
use reverie_tests::{Client, real_packages};
use serde_json::{Value, json};

use crate::TestApp;

async fn app() -> TestApp {
    TestApp::start_with(|config| config.models = vec![real_packages()]).await
}

fn request(prompt: &str) -> Value {
    json!({"kind": "video", "prompt": prompt, "seconds": 3, "seed": 7})
}

async fn bytes(guest: &Client, done: &Value, name: &str) -> Vec<u8> {
    let files = done["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["name"] == name).unwrap();
    let (status, headers, bytes) = guest.download(file["download"]["url"].as_str().unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers["content-type"], file["content_type"].as_str().unwrap());
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_becomes_a_film() {
    let app = app().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let mut body = request("a red ball rolls left over a meadow at night");
    body["style"] = json!({"aspect_ratio": "1:1"});
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    assert_eq!(before["available"].as_u64().unwrap() - 10, guest.credits().await["available"]);
    let understood = &done["understood"];
    let ball = &understood["subjects"][0];
    assert_eq!([&understood["time"], &understood["setting"]], ["night", "meadow"]);
    assert_eq!([&ball["shape"], &ball["colour"], &ball["motion"]], ["ball", "red", "left"]);

    let clip = bytes(&guest, &done, "clip.mp4").await;
    // What the service says of it when it comes back as an upload.
    let body = json!({"content_type": "video/mp4", "bytes": clip.len()});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "video/mp4", clip).await, StatusCode::OK);
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    let upload = guest.post(&path, Value::Null).await.expect(StatusCode::OK);
    assert_eq!([&upload["width"], &upload["height"]], [720, 720], "{upload:#}");
    assert_eq!(upload["seconds"], 3.0, "{upload:#}");

    let poster = image::load_from_memory(&bytes(&guest, &done, "poster.jpg").await).unwrap();
    assert_eq!((poster.width(), poster.height()), (720, 720));
    let board: Value =
        serde_json::from_slice(&bytes(&guest, &done, "storyboard.json").await).unwrap();
    assert_eq!(board["shots"][0]["subjects"][0], *ball);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_is_priced_by_its_length_and_has_a_shape_that_there_is() {
    let app = app().await;
    let guest = app.guest().await;
    for (seconds, credits) in [(3, 10), (5, 10), (6, 20), (15, 30)] {
        let mut body = request("waves");
        body["seconds"] = json!(seconds);
        let quote = guest.post("/v1/quotes", body).await.expect(StatusCode::CREATED);
        assert_eq!(quote["credits"], credits, "{seconds} s");
    }
    for (field, value) in [
        ("style.aspect_ratio", json!("4:3")),
        ("style.tempo_bpm", json!(90)),
        ("seconds", json!(60)),
        ("outputs", json!(["stems"])),
        ("sketch", json!({})),
    ] {
        let mut body = request("waves");
        match field.split_once('.') {
            Some((outer, inner)) => body[outer] = json!({inner: value}),
            None => body[field] = value,
        }
        let problem = guest.post("/v1/quotes", body).await.problem(422, "invalid");
        let named = problem["errors"][0]["path"].as_str().unwrap().to_owned();
        assert!(named.starts_with(field), "{field}: {problem:#}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_stops_between_frames() {
    let app = app().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let mut body = request("rain over a city");
    body["seconds"] = json!(15);
    let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let drawing = |now: &Value| now["progress"].as_f64().is_some_and(|share| share > 0.02);
    guest.until(&job, drawing).await;
    let path = format!("/v1/generations/{}/cancel", job["id"].as_str().unwrap());
    guest.post(&path, json!(null)).await.expect(StatusCode::ACCEPTED);
    assert_eq!(guest.credits().await, before);
    // The one worker is free again.
    let next = guest.post("/v1/generations", request("a cat")).await.expect(StatusCode::ACCEPTED);
    let next = guest.finished(&next).await;
    assert_eq!(next["status"], "succeeded", "{next:#}");
    app.stop().await;
}
