//! Pictures that steer the music.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use reqwest::StatusCode;
use reverie_tests::{Client, real_packages};
use serde_json::{Value, json};

use crate::TestApp;

fn png(pixel: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(160, 120, |x, y| Rgb(pixel(x, y)));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A field of flowers.
fn bright() -> Vec<u8> {
    png(|x, y| match (x / 6 + y / 6) % 3 {
        0 => [255, 240, 60],
        1 => [255, 120, 40],
        _ => [120, 240, 90],
    })
}

/// A night without stars.
fn dark() -> Vec<u8> {
    png(|_, y| [6, 8, 14 + (y / 12) as u8])
}

async fn uploaded(guest: &Client, bytes: Vec<u8>) -> Value {
    uploaded_as(guest, "image/png", bytes).await
}

async fn uploaded_as(guest: &Client, content_type: &str, bytes: Vec<u8>) -> Value {
    let body = json!({"content_type": content_type, "bytes": bytes.len()});
    let upload = guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, content_type, bytes).await, StatusCode::OK);
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    guest.post(&path, Value::Null).await.expect(StatusCode::OK)
}

fn request(reference: &Value) -> Value {
    json!({
        "kind": "music", "prompt": "a tune for this picture", "seconds": 10, "seed": 5,
        "references": [reference["id"]],
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brighter_picture_makes_happier_and_faster_music() {
    let app = TestApp::start_with(|config| config.models = vec![real_packages()]).await;
    let guest = app.guest().await;
    let mut made = Vec::new();
    for (picture, words) in [(dark(), ["dark", "sadder"]), (bright(), ["bright", "happier"])] {
        let upload = uploaded(&guest, picture).await;
        let body = request(&upload);
        let sketch = guest.post("/v1/sketches", body.clone()).await.expect(StatusCode::OK);
        let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
        let done = guest.finished(&job).await;
        assert_eq!(done["status"], "succeeded", "{done:#}");
        let understood = &done["understood"];
        // A sketch looks at the same picture with the same eyes.
        for part in ["valence", "energy", "style", "key"] {
            let of = |understood: &Value| match understood[part].as_f64() {
                // A number comes back from the table as it is, but not always as it was written.
                Some(number) => number.to_string(),
                None => understood[part].to_string(),
            };
            assert_eq!(of(&sketch["understood"]), of(understood), "{part}");
        }
        let said = &understood["references"][0];
        assert_eq!(said["upload"], upload["id"]);
        for word in words {
            assert!(said["says"].as_str().unwrap().contains(word), "{said:#}");
        }
        made.push(understood.clone());
    }
    for part in ["valence", "energy", "tempo_bpm"] {
        let of = |index: usize| made[index][part].as_f64().unwrap();
        assert!(of(1) > of(0), "{part}: {} and {}", of(0), of(1));
    }
    app.stop().await;
}

/// Three cuts: see `reference/video.rs` of `reverie-inference`.
const VIDEO: &[u8] = include_bytes!("../../../shared/inference/tests/files/cuts.mp4");

/// When strong notes start, in seconds.
fn strong(bytes: &[u8]) -> Vec<f64> {
    let smf = midly::Smf::parse(bytes).unwrap();
    let midly::Timing::Metrical(ticks) = smf.header.timing else { panic!("{:?}", smf.header) };
    let (mut tempo, mut starts) = (0.0, Vec::new());
    for track in &smf.tracks {
        let mut now = 0;
        for event in track {
            now += event.delta.as_int();
            match event.kind {
                midly::TrackEventKind::Meta(midly::MetaMessage::Tempo(micros)) => {
                    tempo = f64::from(micros.as_int()) / 1e6;
                }
                midly::TrackEventKind::Midi {
                    message: midly::MidiMessage::NoteOn { vel, .. },
                    ..
                } if vel >= 112 => starts.push(now),
                _ => {}
            }
        }
    }
    let beat = f64::from(ticks.as_int());
    starts.iter().map(|start| f64::from(*start) / beat * tempo).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn accents_fall_on_the_cuts_of_a_video() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let upload = uploaded_as(&guest, "video/mp4", VIDEO.to_vec()).await;
    assert_eq!(upload["seconds"], 6.0, "{upload:#}");
    for (negative, seen) in [(None, true), (Some("drums"), true), (None, false)] {
        let mut body = request(&upload);
        body["seconds"] = json!(14);
        body["negative_prompt"] = json!(negative);
        if !seen {
            body["references"] = json!([]);
        }
        let sketch = guest.post("/v1/sketches", body.clone()).await.expect(StatusCode::OK);
        let warned = sketch["warnings"].to_string().contains("when the piece is made");
        assert_eq!(warned, seen, "{sketch:#}");
        let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
        let done = guest.finished(&job).await;
        assert_eq!(done["status"], "succeeded", "{done:#}");
        let said = done["understood"]["references"].to_string();
        assert_eq!(said.contains("3 cuts"), seen, "{said}");
        let file = done["files"].as_array().unwrap().iter().find(|f| f["name"] == "track.mid");
        let url = file.unwrap()["download"]["url"].as_str().unwrap();
        let strong = strong(&guest.download(url).await.2);
        // The sound begins 30 ms into the file.
        let near = |cut: &f64| strong.iter().any(|start| (start + 0.03 - cut).abs() < 0.02);
        assert_eq!([1.5, 3.0, 4.5].iter().all(near), seen, "{strong:?}");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_ones_own_checked_uploads_are_references() {
    let app = TestApp::without_worker().await;
    let (guest, stranger) = (app.guest().await, app.guest().await);
    let upload = uploaded(&guest, dark()).await;
    let announced = json!({"content_type": "image/png", "bytes": 10});
    let pending = guest.post("/v1/uploads", announced).await.expect(StatusCode::CREATED);
    for route in ["/v1/generations", "/v1/quotes", "/v1/sketches"] {
        for (who, reference) in [(&stranger, &upload), (&guest, &pending)] {
            let problem = who.post(route, request(reference)).await.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["path"], "references[0]", "{problem:#}");
        }
        let mut twice = request(&upload);
        twice["references"] = json!([upload["id"], upload["id"]]);
        let problem = guest.post(route, twice).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], "references[1]");
        let answer = guest.post(route, request(&upload)).await;
        assert!(answer.status.is_success(), "{route} {:#}", answer.json);
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_that_is_deleted_meanwhile_costs_nothing() {
    let mut app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let upload = uploaded(&guest, dark()).await;
    let before = guest.credits().await["available"].clone();
    let job = guest.post("/v1/generations", request(&upload)).await.expect(StatusCode::ACCEPTED);
    let path = format!("/v1/uploads/{}", upload["id"].as_str().unwrap());
    assert_eq!(guest.delete(&path).await.status, StatusCode::NO_CONTENT);
    app.restart(|config| config.worker = true).await;
    let guest = app.again(&guest);
    let done = guest.finished(&job).await;
    assert_eq!(
        (&done["status"], &done["failure"]["code"]),
        (&json!("failed"), &json!("reference.gone"))
    );
    assert_eq!(guest.credits().await["available"], before);
    app.stop().await;
}
