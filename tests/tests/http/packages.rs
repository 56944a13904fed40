//! A model is a folder: adding one needs no code.

use reqwest::StatusCode;
use reverie_tests::{real_packages, tiny_packages};
use serde_json::json;

use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn two_packages_side_by_side() {
    let app =
        TestApp::start_with(|config| config.models = vec![real_packages(), tiny_packages()]).await;
    let guest = app.guest().await;
    let models = app.nobody().get("/v1/models").await.expect(StatusCode::OK);
    let of_kind = |kind: &str| -> Vec<&str> {
        let items = models["items"].as_array().unwrap().iter();
        items.filter(|model| model["kind"] == kind).map(|m| m["id"].as_str().unwrap()).collect()
    };
    assert_eq!(of_kind("video"), ["reverie-scene"]);
    let ids = of_kind("music");
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(ids.contains(&"reverie-score"));
    for id in ids {
        let body = json!({"kind": "music", "model": id, "prompt": "either of them", "seconds": 5});
        let job = guest.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED);
        let done = guest.finished(&job).await;
        assert_eq!(done["status"], "succeeded", "{done:#}");
        assert_eq!(done["model"]["id"], id);
    }
    app.stop().await;
}
