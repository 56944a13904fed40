//! What people make, so that there is something to ask for.

use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use reverie_api::{email_token, unsubscribe_token};
use reverie_domain::consent::TEXT_VERSION;
use reverie_store::{
    Record,
    accounts::{Device, Identity, Session, new_email},
};
use reverie_tests::{Browser, Client, send};
use serde_json::{Value, json};

use super::SECRET;
use crate::TestApp;

pub(super) fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

pub(super) async fn new_key(client: &Client, scopes: &[&str]) -> Value {
    let body = json!({"name": "a program", "scopes": scopes});
    client.post("/v1/api-keys", body).await.expect(StatusCode::CREATED)
}

/// The guest as somebody who signs in by two providers.
pub(super) async fn signed_in(app: &TestApp, guest: Client) -> Client {
    let mut browser = Browser::new(&guest.base);
    let token = guest.token.clone().expect("a token");
    browser.keep("reverie", token);
    assert_eq!(browser.sign_in("owner@example.com", SECRET).await, "done");
    let token = browser.cookie("reverie").map(str::to_owned);
    let me = browser.get("/v1/me").await.expect(StatusCode::OK);
    let second = Identity {
        account: me["id"].as_str().expect("an id").parse().expect("an account"),
        provider: "other".to_owned(),
        subject: SECRET.to_owned(),
        subject_hash: "0".repeat(64),
        email: None,
        email_hash: None,
        linked_at: Timestamp::now(),
    };
    let writes = second.link(&[]).expect("rows");
    app.local().ports().tables.write(&writes).await.expect("it is written");
    Client { token, ..guest }
}

/// A session of the same account on another device.
pub(super) async fn another_session(app: &TestApp, client: &Client) -> String {
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an account");
    let now = Timestamp::now();
    let session = Session::begin(now, account, "0".repeat(64), Device::default());
    let write = session.create().expect("a row");
    app.local().ports().tables.write(&[write]).await.expect("it is written");
    session.id.to_string()
}

/// The token of a mail to them; two decisions, so that there are pages of them.
pub(super) async fn unsubscribe(app: &TestApp, client: &Client) -> String {
    let decisions = ["improvement", "marketing_email"];
    let decisions = decisions.map(|purpose| json!({"purpose": purpose, "granted": true}));
    let body = json!({"text_version": TEXT_VERSION, "decisions": decisions});
    let put = client.request(Method::PUT, "/v1/me/consents").json(&body);
    send(put).await.expect(StatusCode::OK);
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an account");
    unsubscribe_token(app.local().settings(), account)
}

pub(super) async fn asked_for_email(app: &TestApp, client: &Client) -> String {
    let body = json!({"email": "new@example.com"});
    client.post("/v1/me/email", body).await.expect(StatusCode::ACCEPTED);
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let asked = new_email(&*app.local().ports().tables, account).await.expect("an answer");
    email_token(app.local().settings(), &asked.expect("a request"))
}

pub(super) async fn export(client: &Client) -> String {
    id(&client.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED))
}

pub(super) async fn quote(client: &Client, prompt: &str) -> String {
    let body = json!({"kind": "music", "prompt": prompt, "seconds": 5});
    id(&client.post("/v1/quotes", body).await.expect(StatusCode::CREATED))
}

pub(super) async fn upload(client: &Client) -> String {
    let body = json!({"content_type": "image/png", "bytes": 100});
    id(&client.post("/v1/uploads", body).await.expect(StatusCode::CREATED))
}

/// An upload whose file is there and not checked yet.
pub(super) async fn uploaded(client: &Client) -> String {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut png, image::ImageFormat::Png).expect("PNG");
    let png = png.into_inner();
    let body = json!({"content_type": "image/png", "bytes": png.len()});
    let made = client.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(client.put(&made, "image/png", png).await, StatusCode::OK);
    id(&made)
}
