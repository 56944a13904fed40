//! What a guest has uploaded and made belongs to the account that the guest became.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};
use reqwest::StatusCode;
use reverie_tests::{Browser, Client, real_packages};
use serde_json::{Value, json};

use crate::TestApp;

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::new(32, 32).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn announced(client: &Client) -> Value {
    let body = json!({"content_type": "image/png", "bytes": png().len()});
    let upload = client.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(client.put(&upload, "image/png", png()).await, StatusCode::OK);
    upload
}

fn path(upload: &Value) -> String {
    format!("/v1/uploads/{}", upload["id"].as_str().unwrap())
}

async fn completed(client: &Client, upload: &Value) {
    let path = format!("{}/complete", path(upload));
    client.post(&path, Value::Null).await.expect(StatusCode::OK);
}

async fn ids(client: &Client, list: &str) -> Vec<Value> {
    let page = client.get(list).await.expect(StatusCode::OK);
    page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_a_guests_is_used_as_ones_own() {
    let app = TestApp::start_with(|config| config.models = vec![real_packages()]).await;
    let client = |browser: &Browser| {
        let token = browser.cookie("reverie").map(str::to_owned);
        Client { token, ..app.nobody() }
    };
    let mut here = Browser::new(&app.nobody().base);
    assert_eq!(here.sign_in("ada@example.com", "Ada").await, "done");
    let ada = client(&here);
    let own = announced(&ada).await;
    completed(&ada, &own).await;

    let mut there = Browser::new(&app.nobody().base);
    there.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
    let guest = client(&there);
    let (ready, pending) = (announced(&guest).await, announced(&guest).await);
    completed(&guest, &ready).await;
    let made = guest.finished(&guest.submit("as a guest").await).await;
    assert_eq!(made["rights"]["owner"], json!(guest.account().await));
    assert_eq!(there.sign_in("ada@example.com", "Ada").await, "done");

    // The account owns what the guest has made, wherever it is shown.
    let me = json!(ada.account().await);
    let shown = format!("/v1/generations/{}", made["id"].as_str().unwrap());
    assert_eq!(ada.get(&shown).await.expect(StatusCode::OK)["rights"]["owner"], me);
    let list = ada.get("/v1/generations").await.expect(StatusCode::OK);
    assert_eq!(list["items"][0]["rights"]["owner"], me);
    let events = ada.request(reqwest::Method::GET, &format!("{shown}/events")).send().await;
    let frames = events.unwrap().text().await.unwrap();
    assert!(frames.contains(&format!("\"owner\":{me}")), "{frames}");

    // Its uploads are listed page by page, completed, used beside one's own, and deleted.
    let newest = [&pending, &ready, &own].map(|upload| upload["id"].clone());
    assert_eq!(ids(&ada, "/v1/uploads").await, newest);
    let page = ada.get("/v1/uploads?limit=2").await.expect(StatusCode::OK);
    let next = format!("/v1/uploads?cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(ids(&ada, &next).await, [own["id"].clone()]);
    completed(&ada, &pending).await;
    let wish = json!({
        "kind": "music", "prompt": "for these pictures", "seconds": 5,
        "references": [own["id"], ready["id"]],
    });
    ada.post("/v1/sketches", wish.clone()).await.expect(StatusCode::OK);
    let job = ada.post("/v1/generations", wish).await.expect(StatusCode::ACCEPTED);
    let done = ada.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    assert_eq!(done["understood"]["references"].as_array().unwrap().len(), 2);
    assert_eq!(ada.delete(&path(&ready)).await.status, StatusCode::NO_CONTENT);
    ada.get(&path(&ready)).await.problem(404, "not_found");
    app.guest().await.get(&path(&pending)).await.problem(404, "not_found");
    app.stop().await;
}
