//! The contract is made from the code, and the committed copy is what is served.

use std::{collections::BTreeSet, path::PathBuf};

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

/// The method and the path of each call in the studio's script that has its path written out, with `{}` for
/// what is put in.
fn asked(page: &str) -> BTreeSet<(String, String)> {
    let call = |rest: &str| {
        let (method, rest) = rest.split_once("\", ")?;
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '`'))?;
        let (path, _) = rest[1..].split_once(quote)?;
        let path = path.split('?').next().filter(|path| path.starts_with('/'))?;
        Some((method.to_lowercase(), nameless(&path.replace('$', ""))))
    };
    page.split("call(\"").skip(1).filter_map(call).collect()
}

/// A path with `{}` for each of its parameters.
fn nameless(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |made, part| {
        let rest = part.split_once('}').map_or("", |(_, rest)| rest);
        made + "{}" + rest
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_studio_asks_for_what_the_contract_has() {
    let app = TestApp::without_worker().await;
    let nobody = app.nobody();
    let (_, _, page) = nobody.download(&format!("{}/", nobody.base)).await;
    let asked = asked(&String::from_utf8(page).unwrap());
    let contract = nobody.get("/v1/openapi.json").await.expect(StatusCode::OK);
    let mut known = BTreeSet::new();
    for (path, operations) in contract["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys();
        known.extend(methods.map(|method| (method.clone(), nameless(path))));
    }
    assert_eq!(asked.difference(&known).collect::<Vec<_>>(), Vec::<&(String, String)>::new());
    // What is about a person's data needs no other program.
    for (method, path) in [
        ("put", "/v1/me/consents"),
        ("post", "/v1/me/exports"),
        ("get", "/v1/me/exports/{}"),
        ("get", "/v1/sessions"),
        ("delete", "/v1/sessions/{}"),
        ("delete", "/v1/me"),
    ] {
        assert!(asked.contains(&(method.to_owned(), path.to_owned())), "{method} {path}");
    }
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
