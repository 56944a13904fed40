//! A prompt goes in, a track comes out.

use reqwest::{Method, StatusCode};
use reverie_tests::{Client, real_packages, send};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::TestApp;

fn file<'a>(generation: &'a Value, name: &str) -> &'a Value {
    let files = generation["files"].as_array().expect("files");
    files.iter().find(|file| file["name"] == name).expect(name)
}

async fn fetch(client: &Client, generation: &Value, name: &str) -> Vec<u8> {
    let url = file(generation, name)["download"]["url"].as_str().expect("a link");
    let (status, _, bytes) = client.download(url).await;
    assert_eq!(status, StatusCode::OK);
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_becomes_a_track() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let before = guest.credits().await["available"].as_u64().expect("credits");

    let body = json!({"kind": "music", "prompt": "a calm little tune", "seconds": 5});
    let quote = guest.post("/v1/quotes", body).await.expect(StatusCode::CREATED);
    let submitted = guest.post("/v1/generations", json!({"quote": quote["id"]})).await;
    let location = submitted.headers["location"].to_str().expect("text").to_owned();
    let submitted = submitted.expect(StatusCode::ACCEPTED);
    assert_eq!(location, format!("/v1/generations/{}", submitted["id"].as_str().unwrap()));
    assert_eq!(submitted["status"], "queued");

    let done = guest.finished(&submitted).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    assert_eq!(done["progress"], 1.0);
    assert_eq!(done["request"]["prompt"], "a calm little tune");
    assert!(done["understood"].is_object());
    assert_eq!(done["cost"]["charged"], quote["credits"]);
    assert_eq!(done["cost"]["quoted"], quote["credits"]);
    let after = guest.credits().await;
    assert_eq!(after["available"], before - quote["credits"].as_u64().unwrap());
    assert_eq!(after["held"], 0);

    let flac = fetch(&guest, &done, "track.flac").await;
    assert_eq!(file(&done, "track.flac")["sha256"], hex::encode(Sha256::digest(&flac)));
    let reader = claxon::FlacReader::new(&flac[..]).expect("FLAC");
    let info = reader.streaminfo();
    assert_eq!((info.sample_rate, info.channels), (44_100, 2));
    assert_eq!(info.samples, Some(5 * 44_100));
    assert!(fetch(&guest, &done, "track.mid").await.starts_with(b"MThd"));
    let peaks: Value = serde_json::from_slice(&fetch(&guest, &done, "peaks.json").await).unwrap();
    assert!(peaks.is_object());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_name_the_file_resume_and_redirect() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let done = guest.finished(&guest.submit("links").await).await;
    let id = done["id"].as_str().unwrap();

    let path = format!("/v1/generations/{id}/files/track.flac");
    let redirect = guest.get(&path).await;
    assert_eq!(redirect.status, StatusCode::FOUND);
    let url = redirect.headers["location"].to_str().unwrap();
    let (status, headers, bytes) = guest.download(url).await;
    assert_eq!(status, StatusCode::OK);
    let disposition = headers["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment; filename=\"reverie-"), "{disposition}");
    assert!(disposition.ends_with(".flac\""), "{disposition}");
    assert_eq!(headers["content-type"], "audio/flac");

    let link = guest.get(&format!("{path}?redirect=false")).await.expect(StatusCode::OK);
    let part = guest.http.get(link["url"].as_str().unwrap()).header("range", "bytes=4-7");
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.unwrap(), &bytes[4..8]);

    guest.get(&format!("/v1/generations/{id}/files/nothing")).await.problem(404, "not_found");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_gives_the_same_content_to_everyone() {
    let app = TestApp::start().await;
    let mut hashes = Vec::new();
    for _ in 0..2 {
        let guest = app.guest().await;
        let done = guest.finished(&guest.submit("twice the same").await).await;
        hashes.push(file(&done, "track.flac")["content_sha256"].clone());
    }
    assert_eq!(hashes[0], hashes[1]);
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "twice the same", "seconds": 5, "seed": 7});
    let other = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let other = guest.finished(&other).await;
    assert_ne!(file(&other, "track.flac")["content_sha256"], hashes[0]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_model_makes_thirty_seconds() {
    let app = TestApp::start_with(|config| config.models = vec![real_packages()]).await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "warm lo-fi piano, light rain", "seconds": 30});
    let submitted = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&submitted).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    let flac = fetch(&guest, &done, "track.flac").await;
    let mut reader = claxon::FlacReader::new(&flac[..]).expect("FLAC");
    assert_eq!(reader.streaminfo().samples, Some(30 * 44_100));
    let samples: Vec<i32> = reader.samples().map(|sample| sample.unwrap()).collect();
    let full_scale = f64::from(1 << (reader.streaminfo().bits_per_sample - 1));
    let loud = |second: &[i32]| {
        let square = |s: &i32| (f64::from(*s) / full_scale).powi(2);
        second.iter().map(square).sum::<f64>() / second.len() as f64
    };
    let silent: Vec<bool> = samples.chunks(2 * 44_100).map(|s| loud(s) < 1e-6).collect();
    assert!(silent.windows(2).all(|pair| pair != [true, true]), "two silent seconds");
    assert!(fetch(&guest, &done, "track.mp3").await.len() > 30 * 8_000);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiting_request_is_answered_when_the_status_changes() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let body = json!({"kind": "music", "prompt": "wait for me", "seconds": 5});
    let request = guest.request(Method::POST, "/v1/generations").header("prefer", "wait=25");
    let first = send(request.json(&body)).await.expect(StatusCode::ACCEPTED);
    assert_ne!(first["status"], "queued");
    let path = format!("/v1/generations/{}", first["id"].as_str().unwrap());
    let mut now = first;
    while now["status"] == "running" {
        let request = guest.request(Method::GET, &path).header("prefer", "wait=25");
        now = send(request).await.expect(StatusCode::OK);
    }
    assert_eq!(now["status"], "succeeded");
    app.stop().await;
}
