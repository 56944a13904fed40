//! One person, several providers: at something of GitHub's shape.

use reqwest::{Method, StatusCode};
use reverie_tests::{
    Browser,
    browser::redirect,
    fake_github::{FakeGitHub, Person},
};
use serde_json::{Value, json};

use super::{browser, guest, me};
use crate::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_known_is_not_enough_to_join_an_account() {
    let github = FakeGitHub::start().await;
    let app = with_github(&github).await;
    let mut ada = browser(&app);
    assert_eq!(ada.sign_in("ada@example.com", "Ada").await, "done");
    let first = me(&mut ada).await["id"].clone();

    // At the other provider, in another browser: whose account is it to be?
    github.is(Person { id: 42, name: Some("Ada L."), email: "Ada@Example.com", verified: true });
    let mut there = guest(&app).await;
    let guest_id = me(&mut there).await["id"].clone();
    assert_eq!(at_github(&mut there).await, "pending");
    assert_eq!(me(&mut there).await["id"], guest_id, "nothing has changed yet");
    let pending = there.get("/v1/auth/pending").await.expect(StatusCode::OK);
    assert_eq!(pending["identity"]["provider"], "github");
    assert_eq!(pending["known_by"], json!(["local"]));
    let link = json!({"action": "link"});
    let refused = there.post("/v1/auth/pending", link.clone()).await;
    refused.problem(409, "identity.sign_in_first");

    // Signed in to the account that has the address, it is linked.
    assert_eq!(there.sign_in("ada@example.com", "Ada").await, "done");
    there.post("/v1/auth/pending", link.clone()).await.expect(StatusCode::OK);
    there.post("/v1/auth/pending", link.clone()).await.problem(404, "not_found");
    let mut third = browser(&app);
    assert_eq!(at_github(&mut third).await, "done");
    assert_eq!(me(&mut third).await["id"], first);
    let identities = third.get("/v1/me/identities").await.expect(StatusCode::OK);
    assert_eq!(identities["items"].as_array().unwrap().len(), 2);

    // One can go, and the last one stays.
    let own = |request: reqwest::RequestBuilder| request.header("sec-fetch-site", "same-origin");
    let gone = third.ask(Method::DELETE, "/v1/me/identities/github", own).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    third.ask(Method::DELETE, "/v1/me/identities/github", own).await.problem(404, "not_found");
    let last = third.ask(Method::DELETE, "/v1/me/identities/local", own).await;
    last.problem(409, "identity.last");
    // The removed identity is nobody's now; its address is still known by the other.
    let mut fourth = browser(&app);
    assert_eq!(at_github(&mut fourth).await, "pending");
    let separate = json!({"action": "separate"});
    let made = fourth.post("/v1/auth/pending", separate).await.expect(StatusCode::OK);
    assert!(made["token"].as_str().unwrap().starts_with("rvs_"));
    assert_ne!(me(&mut fourth).await["id"], first);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_nobody_has_confirmed_is_not_kept() {
    let github = FakeGitHub::start().await;
    let app = with_github(&github).await;
    let mut ada = browser(&app);
    assert_eq!(ada.sign_in("ada@example.com", "Ada").await, "done");
    github.is(Person { id: 1, name: None, email: "ada@example.com", verified: false });
    let mut mallory = browser(&app);
    assert_eq!(at_github(&mut mallory).await, "done");
    let seen = me(&mut mallory).await;
    assert_ne!(seen["id"], me(&mut ada).await["id"]);
    assert_eq!([&seen["email"], &seen["name"]], [&Value::Null; 2]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_person_adds_a_provider_only_by_saying_so() {
    let github = FakeGitHub::start().await;
    let app = with_github(&github).await;
    let mut ada = browser(&app);
    assert_eq!(ada.sign_in("ada@example.com", "Ada").await, "done");
    let id = me(&mut ada).await["id"].clone();
    github.is(Person { id: 7, name: Some("A"), email: "other@example.com", verified: true });
    assert_eq!(at_github(&mut ada).await, "pending");
    assert_eq!(me(&mut ada).await["id"], id);
    // A page of somebody else cannot say it for her.
    let evil = |request: reqwest::RequestBuilder| {
        request.header("sec-fetch-site", "cross-site").json(&json!({"action": "link"}))
    };
    ada.ask(Method::POST, "/v1/auth/pending", evil).await.problem(403, "cross_site");
    ada.post("/v1/auth/pending", json!({"action": "link"})).await.expect(StatusCode::OK);
    let mut there = browser(&app);
    assert_eq!(at_github(&mut there).await, "done");
    assert_eq!(me(&mut there).await["id"], id);
    // It is hers now, and nobody else's to add.
    let mut bob = browser(&app);
    assert_eq!(bob.sign_in("bob@example.com", "Bob").await, "done");
    let bobs = me(&mut bob).await["id"].clone();
    assert_eq!(at_github_for(&mut bob, "?link=true").await, "taken");
    assert_eq!(me(&mut bob).await["id"], bobs);
    assert_eq!(at_github(&mut bob).await, "done", "it lets into Ada's account");
    assert_eq!(me(&mut bob).await["id"], id);
    app.stop().await;
}

async fn with_github(github: &FakeGitHub) -> TestApp {
    let mut app = TestApp::without_worker().await;
    let base = app.nobody().base;
    let entries = json!([
        {"kind": "oidc", "id": "local", "name": "this machine",
            "issuer": format!("{base}/dev/oidc"), "client_id": "reverie-local"},
        github.entry(),
    ]);
    let listen = base.trim_start_matches("http://").parse().unwrap();
    app.restart(|config| {
        config.listen = listen;
        config.providers = Some(entries.to_string());
    })
    .await;
    app
}

async fn at_github(browser: &mut Browser) -> String {
    at_github_for(browser, "").await
}

async fn at_github_for(browser: &mut Browser, query: &str) -> String {
    let page = redirect(&browser.get(&format!("/v1/auth/github/login{query}")).await);
    let back = browser.get(&page).await;
    browser.come_back(&redirect(&back)).await
}
