//! The people of the matrix and their things.

use reqwest::{Method, StatusCode};
use std::collections::BTreeMap;

use futures::lock::Mutex;
use jiff::Timestamp;
use reverie_api::{email_token, unsubscribe_token};
use reverie_domain::{
    consent::TEXT_VERSION,
    ids::{
        ErasureId, ExportId, GenerationId, KeyId, LegalHoldId, MailingId, SessionId,
        SubjectRequestId, UploadId,
    },
    policy::Policies,
    scope::Scope,
};
use reverie_store::{
    Record,
    accounts::{Device, Identity, Session, new_email},
};
use reverie_tests::{Answer, Browser, Client, send};
use serde_json::{Value, json};

use crate::TestApp;

/// A prompt and a label that nobody but the owner may ever see.
const SECRET: &str = "the-owners-secret";
const HOLDS: &str = "/v1/operator/legal-holds";

/// A deployment with people in it.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) owner: Client,
    pub(super) stranger: Client,
    /// A guest who has nothing.
    pub(super) guest: Client,
    pub(super) operator: Client,
    subject_request: String,
    mailing: String,
    /// An order about the account of somebody else, and that account.
    legal_hold: String,
    ordered: String,
    finished: String,
    to_cancel: String,
    to_delete: String,
    pub(super) quote: String,
    pub(super) upload: String,
    upload_to_complete: String,
    upload_to_delete: String,
    key_to_revoke: String,
    session_to_end: String,
    export: String,
    unsubscribe: String,
    /// The token in a mail to a new address of the owner's.
    new_email: String,
    erasure: String,
    receipt_token: String,
    /// Keys of the owner's by the names of their scopes.
    keys: Mutex<BTreeMap<Vec<&'static str>, Client>>,
}

impl World {
    /// One generation is finished with a worker; then the worker is gone, so that the others stay
    /// queued and every call has one outcome.
    pub(super) async fn new() -> Self {
        let mut app = TestApp::start().await;
        let owner = app.guest().await;
        let finished = owner.finished(&owner.submit(SECRET).await).await;
        assert_eq!(finished["status"], "succeeded", "{finished:#}");
        app.restart(|config| config.worker = false).await;
        let owner = signed_in(&app, app.again(&owner)).await;
        let (stranger, guest) = (app.guest().await, app.guest().await);
        // The stranger has things too, so that lists of theirs are not just empty.
        stranger.submit("the stranger's own").await;
        quote(&stranger, "the stranger's own").await;
        upload(&stranger).await;
        let operator = app.operator().await;
        let asked = json!({"kind": "access", "reference": SECRET});
        let asked = operator.post("/v1/operator/subject-requests", asked).await;
        let news = json!({"subject": "news", "text": SECRET});
        let news = operator.post("/v1/operator/mailings", news).await;
        let ordered = app.guest().await.account().await.to_string();
        let order = operator.post(HOLDS, order(&ordered)).await.expect(StatusCode::CREATED);
        let erased = app.guest().await.delete("/v1/me?confirm=erase").await;
        let erased = erased.expect(StatusCode::ACCEPTED);
        Self {
            mailing: id(&news.expect(StatusCode::CREATED)),
            subject_request: id(&asked.expect(StatusCode::CREATED)),
            legal_hold: id(&order),
            ordered,
            operator,
            export: export(&owner).await,
            unsubscribe: unsubscribe(&app, &owner).await,
            new_email: asked_for_email(&app, &owner).await,
            erasure: id(&erased),
            receipt_token: erased["receipt_token"].as_str().expect("a token").to_owned(),
            finished: id(&finished),
            // Another prompt than the finished one: that would be answered from the cache.
            to_cancel: id(&owner.submit("to be canceled").await),
            to_delete: id(&owner.submit("to be deleted").await),
            quote: quote(&owner, SECRET).await,
            upload: upload(&owner).await,
            upload_to_complete: uploaded(&owner).await,
            upload_to_delete: upload(&owner).await,
            key_to_revoke: id(&new_key(&owner, &["credits:read"]).await),
            session_to_end: another_session(&app, &owner).await,
            keys: Mutex::default(),
            app,
            owner,
            stranger,
            guest,
        }
    }

    /// What must not be in an answer to anybody else.
    pub(super) fn secrets(&self) -> Vec<&str> {
        let ids = [&self.finished, &self.to_cancel, &self.to_delete, &self.quote, &self.upload];
        let others = [&self.upload_to_complete, &self.upload_to_delete];
        let others = others.into_iter().chain([&self.key_to_revoke, &self.session_to_end]);
        let others = others.chain([&self.erasure, &self.receipt_token, &self.export]);
        let others = others.chain([&self.legal_hold, &self.ordered]);
        ids.into_iter().chain(others).map(String::as_str).chain([SECRET]).collect()
    }

    /// The path of an operation on a thing of the owner's.
    pub(super) fn path(&self, operation: &str) -> String {
        self.path_with(operation, self.thing(operation))
    }

    /// The same path with the id of a thing that never was.
    pub(super) fn absent(&self, operation: &str) -> String {
        let id = match operation.split('/').nth(2) {
            Some("uploads") => UploadId::new().to_string(),
            Some("api-keys") => KeyId::new().to_string(),
            Some("erasures") => ErasureId::new().to_string(),
            Some("me") => ExportId::new().to_string(),
            Some("operator") if operation.contains("/mailings/") => MailingId::new().to_string(),
            Some("operator") if operation.contains("legal-holds") => LegalHoldId::new().to_string(),
            Some("operator") => SubjectRequestId::new().to_string(),
            Some("sessions") => SessionId::new().to_string(),
            _ => GenerationId::new().to_string(),
        };
        self.path_with(operation, &id)
    }

    /// The caller, or somebody new for an operation after which a caller can ask nothing more.
    pub(super) async fn in_place_of(&self, caller: &Client, operation: &str) -> Client {
        match operation {
            "POST /v1/auth/logout" | "DELETE /v1/sessions" | "DELETE /v1/me" => {
                self.app.guest().await
            }
            // Once a day.
            "POST /v1/me/exports" if caller.token == self.owner.token => self.app.guest().await,
            // The owner of a receipt has its token, and no account.
            "GET /v1/erasures/{id}" if caller.token == self.owner.token => {
                Client { token: Some(self.receipt_token.clone()), ..caller.clone() }
            }
            _ => caller.clone(),
        }
    }

    /// An API key of the owner's with these scopes.
    pub(super) async fn key(&self, takes: impl Fn(&str) -> bool) -> Client {
        let scopes: Vec<_> =
            Scope::ALL.into_iter().map(Scope::name).filter(|name| takes(name)).collect();
        let mut keys = self.keys.lock().await;
        if !keys.contains_key(&scopes) {
            let made = new_key(&self.owner, &scopes).await;
            let token = made["token"].as_str().map(str::to_owned);
            keys.insert(scopes.clone(), Client { token, ..self.owner.clone() });
        }
        keys[&scopes].clone()
    }

    fn path_with(&self, operation: &str, id: &str) -> String {
        let (_, path) = operation.split_once(' ').expect("METHOD /path");
        let path = path.replace("{id}", id).replace("{name}", "track.flac");
        let path = path.replace("{provider}", "local");
        let path = path.replace("{token}", &self.unsubscribe);
        let path = path.replace("{version}", Policies::SHIPPED.at(Timestamp::now()).policy.version);
        // It is in the body; see `call`.
        let path = match operation {
            "PUT /v1/me/email" => format!("{path}?token={}", self.new_email),
            "POST /v1/operator/legal-holds" => format!("{path}?token={}", self.ordered),
            _ => path,
        };
        assert!(
            !path.contains('{'),
            "say in world.rs what stands for the parameter of {operation}"
        );
        path
    }

    /// The thing that the owner's call of an operation is about; each destructive call has its own.
    fn thing(&self, operation: &str) -> &str {
        match operation {
            "POST /v1/generations/{id}/cancel" => &self.to_cancel,
            "DELETE /v1/generations/{id}" => &self.to_delete,
            "POST /v1/uploads/{id}/complete" => &self.upload_to_complete,
            "DELETE /v1/uploads/{id}" => &self.upload_to_delete,
            "DELETE /v1/api-keys/{id}" => &self.key_to_revoke,
            "DELETE /v1/sessions/{id}" => &self.session_to_end,
            "GET /v1/erasures/{id}" => &self.erasure,
            "GET /v1/me/exports/{id}" => &self.export,
            "POST /v1/operator/mailings/{id}/stop" => &self.mailing,
            _ if operation.contains("/v1/operator/subject-requests/") => &self.subject_request,
            _ if operation.contains(HOLDS) => &self.legal_hold,
            _ if operation.contains("/v1/uploads/") => &self.upload,
            _ => &self.finished,
        }
    }
}

/// A body that the operation takes from anybody.
fn body(operation: &str) -> Option<Value> {
    Some(match operation {
        "POST /v1/generations" | "POST /v1/quotes" | "POST /v1/sketches" => {
            json!({"kind": "music", "prompt": "anybody's", "seconds": 5})
        }
        "PATCH /v1/generations/{id}" => {
            let soon = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
            json!({"expires_at": soon})
        }
        "PATCH /v1/me" => json!({"name": "anybody"}),
        "POST /v1/me/email" => json!({"email": "another@example.com"}),
        "POST /v1/auth/pending" => json!({"action": "separate"}),
        "POST /v1/api-keys" => json!({"name": "anybody's", "scopes": ["credits:read"]}),
        "PUT /v1/me/consents" => json!({
            "text_version": TEXT_VERSION,
            "decisions": [{"purpose": "improvement", "granted": false}],
        }),
        "POST /v1/operator/subject-requests" => {
            json!({"kind": "appeal", "reference": "a mail"})
        }
        "PATCH /v1/operator/subject-requests/{id}" => json!({"outcome": "granted"}),
        "PUT /v1/operator/subject-requests/{id}/extension" => json!({"reason": "complexity"}),
        "POST /v1/operator/mailings" => json!({"subject": "news", "text": "anybody's"}),
        "POST /v1/operator/legal-holds/{id}/release" => json!({"secret": true}),
        "PUT /v1/me/limits" => json!({"per_job": 1_000}),
        "PUT /v1/me/preferences" => json!({"seconds": 30}),
        "POST /v1/uploads" => json!({"content_type": "image/png", "bytes": 100}),
        _ => return None,
    })
}

/// Calls an operation at a path of it.
pub(super) async fn call(caller: &Client, operation: &str, path: &str) -> Answer {
    let (method, _) = operation.split_once(' ').expect("METHOD /path");
    let (path, token) = path.split_once("?token=").unwrap_or((path, ""));
    let method: Method = method.parse().expect("a method");
    let query = if operation == "DELETE /v1/me" { "?confirm=erase" } else { "" };
    let request = caller.request(method, &format!("{path}{query}"));
    if operation == "POST /v1/unsubscribe/{token}" {
        return send(request.body("List-Unsubscribe=One-Click")).await;
    }
    if operation == "PUT /v1/me/email" {
        return send(request.json(&json!({ "token": token }))).await;
    }
    if operation == "POST /v1/operator/legal-holds" {
        return send(request.json(&order(token))).await;
    }
    send(match body(operation) {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

/// An order about this account.
fn order(account: &str) -> Value {
    json!({
        "account": account, "kind": "freeze", "reference": "a file", "reason": "a court", "secret": true,
    })
}

fn id(thing: &Value) -> String {
    thing["id"].as_str().expect("an id").to_owned()
}

async fn new_key(client: &Client, scopes: &[&str]) -> Value {
    let body = json!({"name": "a program", "scopes": scopes});
    client.post("/v1/api-keys", body).await.expect(StatusCode::CREATED)
}

/// The guest as somebody who signs in by two providers.
async fn signed_in(app: &TestApp, guest: Client) -> Client {
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
        linked_at: jiff::Timestamp::now(),
    };
    let writes = second.link(&[]).expect("rows");
    app.local().ports().tables.write(&writes).await.expect("it is written");
    Client { token, ..guest }
}

/// A session of the same account on another device.
async fn another_session(app: &TestApp, client: &Client) -> String {
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an account");
    let now = jiff::Timestamp::now();
    let session = Session::begin(now, account, "0".repeat(64), Device::default());
    let write = session.create().expect("a row");
    app.local().ports().tables.write(&[write]).await.expect("it is written");
    session.id.to_string()
}

/// The token of a mail to them; two decisions, so that there are pages of them.
async fn unsubscribe(app: &TestApp, client: &Client) -> String {
    let decisions = ["improvement", "marketing_email"];
    let decisions = decisions.map(|purpose| json!({"purpose": purpose, "granted": true}));
    let body = json!({"text_version": TEXT_VERSION, "decisions": decisions});
    let put = client.request(Method::PUT, "/v1/me/consents").json(&body);
    send(put).await.expect(StatusCode::OK);
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an account");
    unsubscribe_token(app.local().settings(), account)
}

async fn asked_for_email(app: &TestApp, client: &Client) -> String {
    let body = json!({"email": "new@example.com"});
    client.post("/v1/me/email", body).await.expect(StatusCode::ACCEPTED);
    let me = client.get("/v1/me").await.expect(StatusCode::OK);
    let account = me["id"].as_str().expect("an id").parse().expect("an id");
    let asked = new_email(&*app.local().ports().tables, account).await.expect("an answer");
    email_token(app.local().settings(), &asked.expect("a request"))
}

async fn export(client: &Client) -> String {
    id(&client.post("/v1/me/exports", Value::Null).await.expect(StatusCode::ACCEPTED))
}

async fn quote(client: &Client, prompt: &str) -> String {
    let body = json!({"kind": "music", "prompt": prompt, "seconds": 5});
    id(&client.post("/v1/quotes", body).await.expect(StatusCode::CREATED))
}

async fn upload(client: &Client) -> String {
    let body = json!({"content_type": "image/png", "bytes": 100});
    id(&client.post("/v1/uploads", body).await.expect(StatusCode::CREATED))
}

/// An upload whose file is there and not checked yet.
async fn uploaded(client: &Client) -> String {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(8, 8).write_to(&mut png, image::ImageFormat::Png).expect("PNG");
    let png = png.into_inner();
    let body = json!({"content_type": "image/png", "bytes": png.len()});
    let made = client.post("/v1/uploads", body).await.expect(StatusCode::CREATED);
    assert_eq!(client.put(&made, "image/png", png).await, StatusCode::OK);
    id(&made)
}
