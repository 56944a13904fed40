//! The contract is made from the code, and the committed copy is what is served.

use std::path::PathBuf;

use reqwest::StatusCode;

use crate::TestApp;

/// Run with `REVERIE_UPDATE=1` to write the snapshot anew.
#[tokio::test(flavor = "multi_thread")]
async fn the_snapshot_is_what_the_code_says() {
    let app = TestApp::without_worker().await;
    let made = app.local().openapi().to_pretty_json().unwrap() + "\n";
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/api/openapi.json");
    if std::env::var_os("REVERIE_UPDATE").is_some() {
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap();
    assert!(kept == made, "shared/api/openapi.json is old: run with REVERIE_UPDATE=1");
    let served = app.nobody().get("/v1/openapi.json").await.expect(StatusCode::OK);
    assert_eq!(served, serde_json::from_str::<serde_json::Value>(&kept).unwrap());
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_answer() {
    let app = TestApp::without_worker().await;
    assert_eq!(app.nobody().get("/").await.status, StatusCode::OK);
    let health = app.nobody().get("/healthz").await.expect(StatusCode::OK);
    assert_eq!(health["status"], "ok");
    app.stop().await;
}
