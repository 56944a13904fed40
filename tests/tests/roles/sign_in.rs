//! People sign in, in every way that touches other rows.

use reqwest::{Method, StatusCode};
use reverie_tests::{Browser, Client};
use serde_json::{Value, json};

use super::player::Player;

const EMAIL: &str = "ada@example.com";

/// A new account, a guest who becomes one, a guest who becomes that one, and a second identity that
/// comes and goes.
pub(super) async fn signing_in(player: &mut Player) -> Client {
    player.get("/v1/auth/providers", &[]).await;
    let stays = player.guest.clone();
    let mut new = Browser::new(&stays.base);
    assert_eq!(new.sign_in("new@example.com", "New").await, "done");
    let mut ada = guest(&stays).await;
    assert_eq!(ada.sign_in(EMAIL, "Ada").await, "done");
    let mut joins = guest(&stays).await;
    assert_eq!(joins.sign_in(EMAIL, "Ada").await, "done");
    player.took(Method::GET, "/v1/auth/{provider}/login");
    player.took(Method::GET, "/v1/auth/{provider}/callback");

    assert_eq!(ada.sign_in_at("/v1/auth/again/login", EMAIL, "Ada").await, "pending");
    ada.get("/v1/auth/pending").await.expect(StatusCode::OK);
    player.took(Method::GET, "/v1/auth/pending");
    ada.post("/v1/auth/pending", json!({"action": "link"})).await.expect(StatusCode::OK);
    player.took(Method::POST, "/v1/auth/pending");

    player.guest = Client { token: ada.cookie("reverie").map(str::to_owned), ..stays.clone() };
    player.get("/v1/me/identities", &[]).await;
    let again = "/v1/me/identities/{provider}";
    player.take(Method::DELETE, again, &["again"], Value::Null).await;
    player.take(Method::PATCH, "/v1/me", &[], json!({"name": "Ada"})).await;
    std::mem::replace(&mut player.guest, stays)
}

async fn guest(like: &Client) -> Browser {
    let mut browser = Browser::new(&like.base);
    browser.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
    browser
}
