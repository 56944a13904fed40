//! The people of the matrix and their things.

#[path = "world/calls.rs"]
mod calls;
#[path = "world/things.rs"]
mod things;

use std::collections::BTreeMap;

use futures::lock::Mutex;
use jiff::Timestamp;
use reqwest::StatusCode;
use reverie_domain::{
    ids::{
        ErasureId, ExportId, GenerationId, KeyId, LegalHoldId, MailingId, SessionId,
        SubjectRequestId, UploadId,
    },
    policy::Policies,
    scope::Scope,
};
use reverie_tests::Client;
use serde_json::json;

pub(super) use self::calls::call;
use self::{
    calls::order,
    things::{
        another_session, asked_for_email, export, id, new_key, quote, signed_in, unsubscribe,
        upload, uploaded,
    },
};
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
