//! Files that are made only where a request asks for them.

use std::io::{Cursor, Read};

use reqwest::StatusCode;
use reverie_tests::Client;
use serde_json::{Value, json};

use crate::TestApp;

fn request(outputs: Value) -> Value {
    json!({"kind": "music", "prompt": "each by itself", "seconds": 6, "outputs": outputs})
}

async fn made(guest: &Client, outputs: Value) -> Value {
    let job = guest.post("/v1/generations", request(outputs)).await.expect(StatusCode::ACCEPTED);
    let done = guest.finished(&job).await;
    assert_eq!(done["status"], "succeeded", "{done:#}");
    done
}

fn names(done: &Value) -> Vec<&str> {
    let files = done["files"].as_array().unwrap();
    files.iter().map(|file| file["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn stems_and_a_loop_come_beside_the_usual_files() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let plain = made(&guest, json!([])).await;
    assert!(plain["request"].get("outputs").is_none());
    let quote = guest.post("/v1/quotes", request(json!(["loop", "stems"]))).await;
    let quote = quote.expect(StatusCode::CREATED);
    assert_eq!(quote["credits"], plain["cost"]["quoted"]);
    assert_eq!(quote["request"]["outputs"], json!(["stems", "loop"]), "in one order");

    let all = made(&guest, json!(["stems", "loop"])).await;
    assert_eq!(all["cached"], false, "it is another request");
    assert_eq!(all["seed"], plain["seed"], "of the same piece");
    let usual = names(&plain);
    assert_eq!(names(&all), [usual.clone(), vec!["stems.zip", "loop.flac"]].concat());
    for at in 0..usual.len() {
        assert_eq!(all["files"][at]["sha256"], plain["files"][at]["sha256"]);
    }
    for (at, content_type) in [(usual.len(), "application/zip"), (usual.len() + 1, "audio/flac")] {
        let file = &all["files"][at];
        assert_eq!(file["content_type"], content_type);
        let (status, headers, bytes) =
            guest.download(file["download"]["url"].as_str().unwrap()).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers["content-type"], content_type);
        if content_type == "application/zip" {
            let mut stems = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            assert_eq!(stems.len(), all["understood"]["instruments"].as_array().unwrap().len());
            for index in 0..stems.len() {
                let mut mark = [0; 4];
                stems.by_index(index).unwrap().read_exact(&mut mark).unwrap();
                assert_eq!(&mark, b"fLaC");
            }
        }
    }
    let again = made(&guest, json!(["loop", "stems"])).await;
    assert_eq!((&again["cached"], names(&again)), (&json!(true), names(&all)));
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_model_makes_is_refused() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    for (outputs, path) in [
        (json!(["loop", "karaoke"]), "outputs[1]"),
        (json!(["loop", "loop"]), "outputs[1]"),
        (json!("loop"), "outputs"),
    ] {
        for route in ["/v1/quotes", "/v1/generations"] {
            let problem = guest.post(route, request(outputs.clone())).await;
            let problem = problem.expect(StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(problem["errors"][0]["path"], path, "{outputs}");
        }
    }
    app.stop().await;
}
