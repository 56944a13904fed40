//! People sign in: at the embedded OpenID provider, and at something of GitHub's shape.

#[path = "sign_in/providers.rs"]
mod providers;

use std::sync::Arc;

use reqwest::{Method, StatusCode};
use reverie::local::Between;
use reverie_tests::{Browser, Client, browser::redirect, paused::Pause};
use serde_json::{Value, json};

use crate::TestApp;

/// A browser that begins as a guest.
async fn guest(app: &TestApp) -> Browser {
    let mut browser = Browser::new(&app.nobody().base);
    browser.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
    browser
}

fn browser(app: &TestApp) -> Browser {
    Browser::new(&app.nobody().base)
}

async fn me(browser: &mut Browser) -> Value {
    browser.get("/v1/me").await.expect(StatusCode::OK)
}

async fn prompts(browser: &mut Browser) -> Vec<String> {
    let page = browser.get("/v1/generations").await.expect(StatusCode::OK);
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["request"]["prompt"].as_str().unwrap().to_owned()).collect()
}

async fn submit(browser: &mut Browser, prompt: &str) -> Value {
    let body = json!({"kind": "music", "prompt": prompt, "seconds": 5});
    browser.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED)
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_makes_the_guest_an_account_with_all_it_has() {
    let app = TestApp::without_worker().await;
    let mut ada = guest(&app).await;
    let before = me(&mut ada).await;
    submit(&mut ada, "as a guest").await;
    let token = ada.cookie("reverie").unwrap().to_owned();
    assert_eq!(ada.sign_in("ada@example.com", "Ada").await, "done");
    let after = me(&mut ada).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(
        [&after["kind"], &after["name"], &after["email"]],
        ["user", "Ada", "ada@example.com"]
    );
    assert_eq!(prompts(&mut ada).await, ["as a guest"]);
    // Another token: whoever had the old one, has nothing.
    assert_ne!(ada.cookie("reverie").unwrap(), token);
    let old = Client { token: Some(token), ..app.nobody() };
    old.get("/v1/me").await.problem(401, "unauthorized");
    let sessions = ada.get("/v1/sessions").await.expect(StatusCode::OK);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 1);
    assert_eq!(ada.cookie("reverie-login"), None, "an attempt is over after it");
    let identities = ada.get("/v1/me/identities").await.expect(StatusCode::OK);
    assert_eq!(identities["items"][0]["provider"], "local");
    assert_eq!(identities["items"][0]["email"], "ada@example.com");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_comes_back_from_any_browser() {
    let app = TestApp::without_worker().await;
    let (mut here, mut there) = (browser(&app), browser(&app));
    assert_eq!(here.sign_in("ada@example.com", "Ada").await, "done");
    let credits = here.get("/v1/credits").await.expect(StatusCode::OK);
    assert_eq!(credits["available"], 100, "a new account has the allowance");
    assert_eq!(there.sign_in("ada@example.com", "Ada").await, "done");
    assert_eq!(me(&mut here).await["id"], me(&mut there).await["id"]);
    let mut other = browser(&app);
    assert_eq!(other.sign_in("bob@example.com", "Bob").await, "done");
    assert_ne!(me(&mut here).await["id"], me(&mut other).await["id"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_joins_the_account_that_there_is() {
    let app = TestApp::start().await;
    let mut here = browser(&app);
    assert_eq!(here.sign_in("ada@example.com", "Ada").await, "done");
    submit(&mut here, "first").await;
    let mut there = guest(&app).await;
    let made = submit(&mut there, "second").await;
    let id = made["id"].as_str().unwrap();
    let left = there.get("/v1/credits").await.expect(StatusCode::OK)["available"].clone();
    assert_ne!(left, 0);
    let before = here.get("/v1/credits").await.expect(StatusCode::OK)["available"].clone();
    let old = Client { token: there.cookie("reverie").map(str::to_owned), ..app.nobody() };
    let done = old.finished(&made).await;
    assert_eq!(there.sign_in("ada@example.com", "Ada").await, "done");
    old.get("/v1/me").await.problem(401, "unauthorized");
    // Both histories are one, newest first, also page by page.
    for browser in [&mut here, &mut there] {
        assert_eq!(prompts(browser).await, ["second", "first"]);
        let page = browser.get("/v1/generations?limit=1").await.expect(StatusCode::OK);
        assert_eq!(page["items"][0]["request"]["prompt"], "second");
        let next =
            format!("/v1/generations?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
        let page = browser.get(&next).await.expect(StatusCode::OK);
        assert_eq!(page["items"][0]["request"]["prompt"], "first");
        assert_eq!(page["next_cursor"], Value::Null);
    }
    // What was the guest's can be fetched, changed and deleted.
    let shown = here.get(&format!("/v1/generations/{id}")).await.expect(StatusCode::OK);
    assert_eq!(shown["status"], "succeeded");
    let name = done["files"][0]["name"].as_str().unwrap();
    let link = format!("/v1/generations/{id}/files/{name}?redirect=false");
    here.get(&link).await.expect(StatusCode::OK);
    let own = |request: reqwest::RequestBuilder| request.header("sec-fetch-site", "same-origin");
    let gone = here.ask(Method::DELETE, &format!("/v1/generations/{id}"), own).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(prompts(&mut there).await, ["first"]);
    // What is left of a free allowance is not worth a second account.
    let after = here.get("/v1/credits").await.expect(StatusCode::OK)["available"].clone();
    assert_eq!(after, before);
    // Nobody else sees any of it.
    let mut stranger = guest(&app).await;
    stranger.get(&format!("/v1/generations/{id}")).await.problem(404, "not_found");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_can_join_no_more_keeps_what_it_has() {
    let app = TestApp::without_worker().await;
    for number in 0..20 {
        let outcome = guest(&app).await.sign_in("ada@example.com", "Ada").await;
        assert_eq!(outcome, "done", "{number}");
    }
    // The first became the account, and nineteen its aliases.
    let mut last = guest(&app).await;
    submit(&mut last, "the last that fits").await;
    assert_eq!(last.sign_in("ada@example.com", "Ada").await, "done");
    let mut left = guest(&app).await;
    submit(&mut left, "of one too many").await;
    let before = me(&mut left).await["id"].clone();
    assert_eq!(left.sign_in("ada@example.com", "Ada").await, "full");
    assert_eq!(me(&mut left).await["id"], before);
    assert_eq!(prompts(&mut left).await, ["of one too many"]);
    // Where nobody is a guest, they come in.
    let mut there = browser(&app);
    assert_eq!(there.sign_in("ada@example.com", "Ada").await, "done");
    assert_eq!(prompts(&mut there).await, ["the last that fits"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_in_its_browser_and_its_time() {
    let app = TestApp::without_worker().await;
    let mut ada = guest(&app).await;
    let page = redirect(&ada.get("/v1/auth/local/login?return_to=/%3Ftab%3D2").await);
    let form = [("email", "ada@example.com"), ("name", "Ada")];
    let back = redirect(&ada.submit(&page, &form).await);

    // Somebody else's browser, without the cookie and with one of its own.
    let mut mallory = guest(&app).await;
    assert_eq!(mallory.come_back(&back).await, "expired");
    mallory.get("/v1/auth/local/login").await;
    assert_eq!(mallory.come_back(&back).await, "expired");
    assert_eq!(me(&mut mallory).await["kind"], "guest");

    // A changed state, another issuer, a refusal.
    let at_start = ada.clone();
    assert_eq!(ada.come_back(&back.replace("state=", "state=0")).await, "expired");
    ada.jar = at_start.jar.clone();
    let other_issuer = back.split("&iss=").next().unwrap().to_owned() + "&iss=https://evil.example";
    assert_eq!(ada.come_back(&other_issuer).await, "failed");
    ada.jar = at_start.jar.clone();
    let refused = format!("{}&error=access_denied", back.replace("code=", "no_code="));
    assert_eq!(ada.come_back(&refused).await, "denied");
    assert_eq!(me(&mut ada).await["kind"], "guest");

    // The answer itself, once, to the page where it began.
    ada.jar = at_start.jar.clone();
    let end = redirect(&ada.get(&back).await);
    assert!(end.ends_with("/?tab=2&sign_in=done"), "{end}");
    let mut again = at_start;
    assert_eq!(again.come_back(&back).await, "failed", "a code is good once");
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_ways_in_are_told_apart() {
    let app = TestApp::without_worker().await;
    let nobody = app.nobody();
    let providers = nobody.get("/v1/auth/providers").await.expect(StatusCode::OK);
    assert_eq!(providers["items"][0]["id"], "local");
    nobody.get("/v1/auth/google/login").await.problem(404, "not_found");
    nobody.get("/v1/auth/google/callback?code=a&state=b").await.problem(404, "not_found");
    for way in ["//evil.example", "https://evil.example", "/\\evil.example", "x", ""] {
        let path = format!("/v1/auth/local/login?return_to={way}");
        nobody.get(&path).await.problem(422, "invalid");
    }
    let nothing = nobody.get("/v1/auth/pending").await.expect(StatusCode::OK);
    assert_eq!(nothing["identity"], Value::Null);
    let mut forged = browser(&app);
    forged.get("/v1/auth/local/login").await;
    forged.keep("reverie-pending", "eyJ9.00".to_owned());
    let nothing = forged.get("/v1/auth/pending").await.expect(StatusCode::OK);
    assert_eq!(nothing["identity"], Value::Null);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_corrected() {
    let app = TestApp::without_worker().await;
    let mut ada = browser(&app);
    assert_eq!(ada.sign_in("ada@example.com", "Adda").await, "done");
    let corrected = |name: Value| {
        move |request: reqwest::RequestBuilder| {
            request.header("sec-fetch-site", "same-origin").json(&json!({"name": name}))
        }
    };
    let seen = ada.ask(Method::PATCH, "/v1/me", corrected(json!("  Ada  "))).await;
    assert_eq!(seen.expect(StatusCode::OK)["name"], "Ada");
    assert_eq!(me(&mut ada).await["name"], "Ada");
    for wrong in [json!(""), json!("  "), json!("x".repeat(101)), json!(1), Value::Null] {
        ada.ask(Method::PATCH, "/v1/me", corrected(wrong)).await.problem(422, "invalid");
    }
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_person_signs_in_twice_at_once() {
    let app = TestApp::without_worker().await;
    let (mut here, mut there) = (guest(&app).await, guest(&app).await);
    let (one, other) = tokio::join!(
        here.sign_in("ada@example.com", "Ada"),
        there.sign_in("ada@example.com", "Ada")
    );
    assert_eq!([one, other], ["done", "done"]);
    assert_eq!(me(&mut here).await["id"], me(&mut there).await["id"]);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_joins_twice_at_once() {
    let pause = Pause::before("get wallet");
    let app = TestApp::start_with(|config| {
        let pause = pause.clone();
        config.worker = false;
        config.between = Some(Between(Arc::new(move |_, ports| pause.ports(ports))));
    })
    .await;
    let mut here = browser(&app);
    assert_eq!(here.sign_in("ada@example.com", "Ada").await, "done");
    let mut there = guest(&app).await;
    let mut twin = there.clone();
    // One has read the guest and not yet its wallet when the other closes it.
    let slow = tokio::spawn(async move {
        let outcome = there.sign_in("ada@example.com", "Ada").await;
        (there, outcome)
    });
    pause.reached().await;
    assert_eq!(twin.sign_in("ada@example.com", "Ada").await, "done");
    pause.go_on();
    let (mut there, outcome) = slow.await.unwrap();
    assert_eq!(outcome, "done");
    for browser in [&mut there, &mut twin] {
        assert_eq!(me(browser).await["id"], me(&mut here).await["id"]);
    }
    app.stop().await;
}
