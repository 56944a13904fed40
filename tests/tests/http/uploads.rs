//! References: announced, uploaded to the bucket, checked.

use std::io::Cursor;

use reqwest::StatusCode;
use reverie_tests::Client;
use serde_json::{Value, json};

use crate::TestApp;

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(width, height, image::Rgb([200, 120, 40]));
    image.write_to(&mut bytes, image::ImageFormat::Png).expect("PNG");
    bytes.into_inner()
}

async fn announce(guest: &Client, content_type: &str, bytes: usize) -> Value {
    let body = json!({"content_type": content_type, "bytes": bytes});
    guest.post("/v1/uploads", body).await.expect(StatusCode::CREATED)
}

async fn complete(guest: &Client, upload: &Value) -> reverie_tests::Answer {
    let path = format!("/v1/uploads/{}/complete", upload["id"].as_str().unwrap());
    guest.post(&path, Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_uploaded_and_measured() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let bytes = png(64, 48);
    let upload = announce(&guest, "image/png", bytes.len()).await;
    assert_eq!(upload["status"], "pending");
    complete(&guest, &upload).await.problem(409, "upload.missing");
    assert_eq!(guest.put(&upload, "image/png", bytes).await, StatusCode::OK);
    for _ in 0..2 {
        let ready = complete(&guest, &upload).await.expect(StatusCode::OK);
        assert_eq!(ready["status"], "ready", "{ready:#}");
    }
    let shown = format!("/v1/uploads/{}", upload["id"].as_str().unwrap());
    let ready = guest.get(&shown).await.expect(StatusCode::OK);
    assert!(ready.to_string().contains("64") && ready.to_string().contains("48"), "{ready:#}");
    let listed = guest.get("/v1/uploads").await.expect(StatusCode::OK);
    assert_eq!(listed["items"][0]["id"], upload["id"]);
    assert_eq!(guest.delete(&shown).await.status, StatusCode::NO_CONTENT);
    guest.get(&shown).await.problem(404, "not_found");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_takes_only_what_was_announced() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    let bytes = png(8, 8);
    let upload = announce(&guest, "image/png", bytes.len()).await;
    let refused = |status: StatusCode| assert!(status.is_client_error(), "{status}");
    refused(guest.put(&upload, "image/jpeg", bytes.clone()).await);
    refused(guest.put(&upload, "image/png", [bytes.clone(), vec![0]].concat()).await);
    assert_eq!(guest.put(&upload, "image/png", bytes.clone()).await, StatusCode::OK);
    // What was checked is not replaced by means of the link that is still valid.
    complete(&guest, &upload).await.expect(StatusCode::OK);
    assert_eq!(guest.put(&upload, "image/png", bytes).await, StatusCode::PRECONDITION_FAILED);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_something_else_is_rejected() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for (content_type, bytes) in [
        ("image/jpeg", png(8, 8)),
        ("image/png", b"GIF89a, honestly".to_vec()),
        ("video/mp4", b"\0\0\0\x18ftypisom but no more".to_vec()),
        ("image/png", png(8, 8)[..20].to_vec()),
    ] {
        let upload = announce(&guest, content_type, bytes.len()).await;
        assert_eq!(guest.put(&upload, content_type, bytes).await, StatusCode::OK);
        complete(&guest, &upload).await.problem(422, "upload.rejected");
        let path = format!("/v1/uploads/{}", upload["id"].as_str().unwrap());
        let shown = guest.get(&path).await.expect(StatusCode::OK);
        assert_eq!(shown["status"], "rejected");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_are_checked() {
    let app = TestApp::without_worker().await;
    let guest = app.guest().await;
    for (body, path) in [
        (json!({"content_type": "image/gif", "bytes": 10}), "content_type"),
        (json!({"content_type": "image/png", "bytes": 0}), "bytes"),
        (json!({"content_type": "image/png", "bytes": 1_000_000_000}), "bytes"),
        (json!({"content_type": "image/png", "bytes": -1}), "bytes"),
        (json!({"content_type": "image/png", "bytes": 10, "x": 1}), "x"),
    ] {
        let problem = guest.post("/v1/uploads", body).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["path"], path, "{problem:#}");
    }
    app.stop().await;
}
