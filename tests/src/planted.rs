//! Somebody writes a mark wherever one can write something; where it is found afterwards.

use std::{collections::BTreeSet, fs, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{Adapter, Browser, Client, TestApp, send};

/// What a person writes, and their files contain. Its parts survive no encoding as a whole.
pub const MARK: &str = "plänted/mark+4b1d5c9e77aa";

/// What they write where only an address is taken.
pub const ADDRESS: &str = "planted/mark+4b1d5c9e77aa@example.org";

/// All that is searched for, as it might be written down.
#[must_use]
pub fn marks() -> BTreeSet<Vec<u8>> {
    [MARK, ADDRESS].into_iter().flat_map(forms).collect()
}

/// A text as it might be written down.
#[must_use]
pub fn forms(text: &str) -> BTreeSet<Vec<u8>> {
    let ascii = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    let encoded: String = text.bytes().map(ascii).collect();
    let escaped = serde_json::to_string(text).expect("it is there");
    let mut forms = BTreeSet::from([
        text.as_bytes().to_vec(),
        encoded.to_lowercase().into_bytes(),
        encoded.into_bytes(),
        escaped.trim_matches('"').as_bytes().to_vec(),
    ]);
    // Base64 of it, wherever it begins within three bytes; without the edges, which depend on what is
    // beside it.
    for before in 0..3 {
        let text = STANDARD.encode([vec![b' '; before], text.as_bytes().to_vec()].concat());
        let whole = text.trim_end_matches('=');
        forms.insert(whole.as_bytes()[(before * 4).div_ceil(3)..whole.len() - 2].to_vec());
    }
    forms
}

/// Where in the folder one of the forms is, names included.
#[must_use]
pub fn found(folder: &Path, forms: &BTreeSet<Vec<u8>>) -> Vec<String> {
    let mut places = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).expect("it is there") {
            let path = entry.expect("it is there").path();
            let contains = |bytes: &[u8]| {
                forms.iter().any(|form| bytes.windows(form.len()).any(|part| part == form))
            };
            if contains(path.to_str().expect("it is there").as_bytes()) {
                places.push(format!("the name {}", path.display()));
            }
            if path.is_dir() {
                folders.push(path);
            } else if contains(&fs::read(&path).unwrap_or_default()) {
                places.push(path.display().to_string());
            }
        }
    }
    places
}

/// A person who has written the mark wherever one can write something.
pub async fn planted<A: Adapter>(app: &TestApp<A>) -> (Client, Value) {
    let nobody = app.nobody();
    let agent =
        format!("{MARK} Mozilla/5.0 (Windows NT 10.0; rv:145.0) Gecko/20100101 Firefox/145.0");
    let made = nobody.request(Method::POST, "/v1/guests").header("user-agent", agent.as_bytes());
    let made = send(made).await.expect(StatusCode::CREATED);
    let guest = Client { token: made["token"].as_str().map(str::to_owned), ..nobody };
    let body = json!({"name": MARK, "scopes": ["account:read", "generations:write"]});
    let key = guest.post_once("/v1/api-keys", "mark+4b1d5c9e77aa", body).await;
    let key = key.expect(StatusCode::CREATED);
    for _ in 0..11 {
        guest.get("/v1/me").await.expect(StatusCode::OK);
    }
    let wish = json!({
        "kind": "music", "prompt": MARK, "negative_prompt": MARK, "seconds": 5,
        "labels": {MARK: MARK},
    });
    guest.post("/v1/sketches", without_labels(&wish)).await.expect(StatusCode::OK);
    guest
        .post_once("/v1/quotes", "mark+4b1d5c9e77aa", wish.clone())
        .await
        .expect(StatusCode::CREATED);
    let made = guest.post_once("/v1/generations", "mark+4b1d5c9e77aa", wish).await;
    guest.finished(&made.expect(StatusCode::ACCEPTED)).await;
    let file = MARK.repeat(20).into_bytes();
    let upload = json!({"content_type": "image/png", "bytes": file.len()});
    let upload = guest.post("/v1/uploads", upload).await.expect(StatusCode::CREATED);
    assert_eq!(guest.put(&upload, "image/png", file).await, StatusCode::OK);
    (guest, key)
}

fn without_labels(wish: &Value) -> Value {
    let mut wish = wish.clone();
    wish.as_object_mut().expect("it is there").remove("labels");
    wish
}

/// The same person after signing in; another guest of theirs, who has made something, becomes that
/// account.
pub async fn signed_in(guest: Client) -> Client {
    let email = format!("{MARK}@example.com");
    let mut browser = Browser::new(&guest.base);
    browser.keep("reverie", guest.token.clone().expect("it is there"));
    assert_eq!(browser.sign_in(&email, MARK).await, "done");
    let mut other = Browser::new(&guest.base);
    other.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
    let wish = json!({"kind": "music", "prompt": MARK, "seconds": 5});
    let made = other.post("/v1/generations", wish).await.expect(StatusCode::ACCEPTED);
    assert_eq!(other.sign_in(&email, MARK).await, "done");
    let guest = Client { token: browser.cookie("reverie").map(str::to_owned), ..guest };
    guest.finished(&made).await;
    guest.patch("/v1/me", json!({"name": MARK})).await.expect(StatusCode::OK);
    let likes = json!({"model": MARK, "style": MARK});
    guest.put_json("/v1/me/preferences", likes).await.expect(StatusCode::OK);
    guest.post("/v1/me/email", json!({"email": ADDRESS})).await.expect(StatusCode::ACCEPTED);
    guest
}
