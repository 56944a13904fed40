//! The storyboard of a video, its pictures and its music.

use std::{fs, io::Cursor};

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::StatusCode;
use reverie_tests::{Client, real_packages, tiny_packages};
use serde_json::{Value, json};

use crate::TestApp;

async fn app() -> TestApp {
    TestApp::start_with(|config| config.models = vec![real_packages()]).await
}

fn request(prompt: &str) -> Value {
    let style = json!({"aspect_ratio": "1:1"});
    json!({"kind": "video", "prompt": prompt, "seconds": 3, "seed": 7, "style": style})
}

fn edited() -> Value {
    let shot = |seconds: f64, setting: &str, subjects: Value| {
        json!({
            "seconds": seconds, "transition": "fade", "setting": setting, "time": "night",
            "weather": "snow", "particles": "nothing", "camera": "dolly", "subjects": subjects,
        })
    };
    let cars = json!([{
        "shape": "car", "colour": "green", "count": 2, "position": "left", "motion": "right",
        "speed": "fast",
    }]);
    let mut first = shot(1.5, "city", cars);
    first["title"] = json!("Winter");
    json!({
        "mood": "tense", "palette": "cold",
        "shots": [first, shot(2.25, "mountains", json!([]))],
    })
}

async fn made(guest: &Client, body: &Value) -> Value {
    let job = guest.post("/v1/generations", body.clone()).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    done
}

async fn file(guest: &Client, done: &Value, name: &str) -> Vec<u8> {
    let file = done["files"].as_array().unwrap().iter().find(|file| file["name"] == name).unwrap();
    guest.download(file["download"]["url"].as_str().unwrap()).await.2
}

fn sha(done: &Value) -> &Value {
    let files = done["files"].as_array().unwrap();
    &files.iter().find(|file| file["name"] == "clip.mp4").unwrap()["content_sha256"]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storyboard_is_shown_changed_and_honoured() {
    let app = app().await;
    let guest = app.guest().await;
    let before = guest.credits().await;
    let sketch = guest.post("/v1/sketches", request("a cat \"Hello\" at night")).await;
    let sketch = sketch.expect(StatusCode::OK);
    assert_eq!(guest.credits().await, before, "a sketch is free");
    let first = &sketch["sketch"]["shots"][0];
    assert_eq!([&first["time"], &first["title"]], ["night", "Hello"]);
    assert_eq!(first["subjects"][0]["shape"], "cat");

    let mut own = request("a cat \"Hello\" at night");
    let plain = made(&guest, &own).await;
    own["sketch"] = sketch["sketch"].clone();
    own["cache"] = json!(false);
    assert_eq!(sha(&made(&guest, &own).await), sha(&plain), "its own sketch, the same film");

    let mut body = request("other words");
    body.as_object_mut().unwrap().remove("seconds");
    body["sketch"] = edited();
    let checked = guest.post("/v1/sketches", body.clone()).await.expect(StatusCode::OK);
    assert_eq!((&checked["sketch"], &checked["seconds"]), (&edited(), &json!(4)));
    let done = made(&guest, &body).await;
    assert_eq!(done["request"]["sketch"], edited());
    let board = file(&guest, &done, "storyboard.json").await;
    assert_eq!(serde_json::from_slice::<Value>(&board).unwrap(), edited());
    assert_eq!(done["understood"]["setting"], "city");
    let seconds = done["files"][0]["seconds"].as_f64().unwrap();
    assert!((seconds - 3.75).abs() < 1e-9, "{seconds}");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_follows_the_shots_and_what_is_wrong_is_named() {
    let app = TestApp::start_with(|config| {
        config.models = vec![real_packages()];
        config.worker = false;
    })
    .await;
    let guest = app.guest().await;
    let models = app.nobody().get("/v1/models").await.expect(StatusCode::OK);
    let items = models["items"].as_array().unwrap();
    let scene = items.iter().find(|model| model["id"] == "reverie-scene").unwrap();
    let words = &scene["inputs"]["sketch"];
    assert!(words["settings"].as_array().unwrap().contains(&json!("meadow")), "{words:#}");
    let body = |sketch: Value| json!({"kind": "video", "prompt": "x", "sketch": sketch});
    for (length, credits) in [(1.5, 10), (2.76, 20), (12.75, 30)] {
        let mut sketch = edited();
        sketch["shots"][0]["seconds"] = json!(length);
        let quote = guest.post("/v1/quotes", body(sketch)).await.expect(StatusCode::CREATED);
        assert_eq!(quote["credits"], credits, "{length}");
    }
    for (pointer, value, path) in [
        ("/shots/1/setting", json!("attic"), "sketch.shots[1].setting"),
        ("/shots/0/subjects/0/count", json!(99), "sketch.shots[0].subjects[0].count"),
        ("/shots/0/subjects/0/colour", json!(7), "sketch.shots[0].subjects[0].colour"),
        ("/shots/0/seconds", json!(0.1), "sketch.shots[0].seconds"),
        ("/shots/0/seconds", json!(14.9), "sketch.shots"),
        ("/shots/0/title", json!("月"), "sketch.shots[0].title"),
        ("/shots", json!([]), "sketch.shots"),
        ("/mood", json!("bored"), "sketch.mood"),
    ] {
        let mut sketch = edited();
        *sketch.pointer_mut(pointer).unwrap() = value;
        for route in ["/v1/generations", "/v1/quotes", "/v1/sketches"] {
            let problem = guest.post(route, body(sketch.clone())).await.problem(422, "invalid");
            let named = problem["errors"].as_array().unwrap();
            assert!(named.iter().any(|error| error["path"] == path), "{path} {problem:#}");
        }
    }
    let mut sketch = edited();
    sketch["shots"][1]["picture"] = json!(1);
    let problem = guest.post("/v1/quotes", body(sketch)).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["path"], "sketch.shots[1].picture", "{problem:#}");
    for (style, path) in [
        (json!({"fps": 25}), "style.fps"),
        (json!({"pictures": "first_and_last"}), "style.pictures"),
    ] {
        let body = json!({"kind": "video", "prompt": "x", "style": style});
        let problem = guest.post("/v1/quotes", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], path, "{problem:#}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soundtrack_is_composed_where_there_is_a_composer() {
    let scene_only = tempfile::tempdir().unwrap();
    let (from, to) = (real_packages().join("reverie-scene"), scene_only.path().join("scene"));
    fs::create_dir(&to).unwrap();
    for name in ["model.toml", "vocab.json", "pieces.txt", "story.onnx"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    let scene = scene_only.path().to_owned();
    let both = vec![scene.clone(), tiny_packages()];
    let app = TestApp::start_with(|config| config.models = both).await;
    let guest = app.guest().await;
    let mut body = request("a happy dog on a meadow");
    body["style"]["fps"] = json!(30);
    body["soundtrack"] = json!(true);
    let done = made(&guest, &body).await;
    assert_eq!(done["request"]["soundtrack"], true);
    assert_eq!(done["understood"]["soundtrack"]["model"], "tiny-score", "{done:#}");
    let clip = file(&guest, &done, "clip.mp4").await;
    assert!(clip.windows(4).any(|four| four == b"Opus"));
    // What the service says of it when it comes back as an upload.
    let announced = json!({"content_type": "video/mp4", "bytes": clip.len()});
    let upload = guest.post("/v1/uploads", announced).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "video/mp4", clip).await, StatusCode::OK);
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    let upload = guest.post(&path, Value::Null).await.expect(StatusCode::OK);
    assert_eq!(upload["seconds"], 3.0, "{upload:#}");
    let music = json!({"kind": "music", "prompt": "x", "soundtrack": true});
    let problem = guest.post("/v1/quotes", music).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["path"], "soundtrack", "{problem:#}");
    app.stop().await;

    let app = TestApp::start_with(|config| config.models = vec![scene]).await;
    let guest = app.guest().await;
    for route in ["/v1/generations", "/v1/quotes", "/v1/sketches"] {
        let mut body = request("waves");
        body["soundtrack"] = json!(true);
        let problem = guest.post(route, body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], "soundtrack", "{problem:#}");
        let said = problem["errors"][0]["message"].as_str().unwrap();
        assert!(said.contains("no music model"), "{said}");
    }
    app.stop().await;
}

async fn uploaded(guest: &Client, colour: [u8; 3]) -> Value {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(320, 240, Rgb(colour)).write_to(&mut bytes, ImageFormat::Png).unwrap();
    let bytes = bytes.into_inner();
    let body = json!({"content_type": "image/png", "bytes": bytes.len()});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", bytes).await, StatusCode::OK);
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    guest.post(&path, Value::Null).await.expect(StatusCode::OK)
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_pictures_become_shots() {
    let app = app().await;
    let guest = app.guest().await;
    let (red, blue) =
        (uploaded(&guest, [200, 30, 30]).await, uploaded(&guest, [30, 30, 200]).await);
    let mut body = request("snow");
    body["references"] = json!([red["id"], blue["id"]]);
    body["style"]["pictures"] = json!("first_and_last");
    let sketch = guest.post("/v1/sketches", body.clone()).await.expect(StatusCode::OK);
    let shown: Vec<&Value> = (0..2).map(|at| &sketch["sketch"]["shots"][at]["picture"]).collect();
    assert_eq!(shown, [1, 2], "{sketch:#}");
    let done = made(&guest, &body).await;
    let said = &done["understood"]["references"];
    assert_eq!(said, &sketch["understood"]["references"]);
    for (at, upload) in [&red, &blue].into_iter().enumerate() {
        assert_eq!(said[at]["upload"], upload["id"]);
        let words = said[at]["says"].as_str().unwrap();
        assert!(words.contains(&format!("shot {}", at + 1)), "{words}");
    }
    let poster = file(&guest, &done, "poster.jpg").await;
    let poster = image::load_from_memory(&poster).unwrap().to_rgb8();
    let red = poster.pixels().filter(|pixel| pixel.0[0] > 170 && pixel.0[2] < 90).count();
    assert!(red > 720 * 720 / 2, "{red}");

    // A changed sketch may show them in another order.
    body["sketch"] = sketch["sketch"].clone();
    body["sketch"]["shots"][0]["picture"] = json!(2);
    let done = made(&guest, &body).await;
    let words = done["understood"]["references"][0]["says"].as_str().unwrap();
    assert!(words.starts_with("No shot shows it"), "{words}");
    app.stop().await;
}
