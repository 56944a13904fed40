//! SES over HTTP, as far as the service needs it: a mail that is sent becomes a file in a folder.

use std::{
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use http::{Method, Request, Response, StatusCode, header::CONTENT_TYPE, request::Parts};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use reverie_domain::ids::AccountId;
use rustack_auth::{StaticCredentialProvider, hash_payload, verify_sigv4};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

/// Far more than any mail of ours has.
const MAX_REQUEST_BYTES: usize = 1024 * 1024;
const SEND: &str = "/v2/email/outbound-emails";
/// The tag that says whose address a mail goes to.
const ACCOUNT_TAG: &str = "account";

/// Takes mail.
#[derive(Clone)]
pub(super) struct Ses {
    outbox: PathBuf,
    credentials: Arc<StaticCredentialProvider>,
}

/// What a request has that matters here.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    content: Content,
    destination: Destination,
    #[serde(default)]
    email_tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    raw: Raw,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl SendEmail {
    fn account(&self) -> Option<AccountId> {
        let tag = self.email_tags.iter().find(|tag| tag.name == ACCOUNT_TAG)?;
        tag.value.parse().ok()
    }
}

impl Ses {
    pub(super) fn new(outbox: PathBuf, credentials: StaticCredentialProvider) -> Self {
        Self { outbox, credentials: Arc::new(credentials) }
    }

    /// The answer; every failure is one, too.
    pub(super) async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        let (parts, body) = request.into_parts();
        let Ok(body) = Limited::new(body, MAX_REQUEST_BYTES).collect().await else {
            return Ok(refusal(StatusCode::BAD_REQUEST, "BadRequestException"));
        };
        Ok(self.run(&parts, &body.to_bytes()).await)
    }

    async fn run(self, parts: &Parts, body: &Bytes) -> Response<Full<Bytes>> {
        if verify_sigv4(parts, &hash_payload(body), &*self.credentials).is_err() {
            return refusal(StatusCode::FORBIDDEN, "InvalidSignatureException");
        }
        if (&parts.method, parts.uri.path()) != (&Method::POST, SEND) {
            return refusal(StatusCode::NOT_FOUND, "NotFoundException");
        }
        let asked = serde_json::from_slice::<SendEmail>(body).ok();
        let asked = asked.filter(|asked| asked.destination.to_addresses.len() == 1);
        let mail = asked.and_then(|asked| {
            let account = asked.account();
            Some((account, STANDARD.decode(asked.content.raw.data).ok()?))
        });
        let Some((account, message)) = mail else {
            return refusal(StatusCode::BAD_REQUEST, "BadRequestException");
        };
        // Ids of later mails come later, so the folder is in the order of sending.
        let id = Uuid::now_v7();
        let name = file_name(id, account);
        let outbox = self.outbox;
        let written = tokio::task::spawn_blocking(move || write(&outbox, &name, &message)).await;
        match written {
            Ok(Ok(())) => response(StatusCode::OK, &json!({"MessageId": id.to_string()})),
            _ => refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure"),
        }
    }
}

/// The file of a mail. It names the account, so that the file can go with it.
fn file_name(id: Uuid, account: Option<AccountId>) -> String {
    match account {
        Some(account) => format!("{id}.{account}.eml"),
        None => format!("{id}.eml"),
    }
}

/// The account that the file of a mail names.
pub(crate) fn account_of(name: &str) -> Option<AccountId> {
    name.strip_suffix(".eml")?.split_once('.')?.1.parse().ok()
}

/// Whole or not at all.
fn write(outbox: &Path, name: &str, message: &[u8]) -> io::Result<()> {
    let part = outbox.join(format!("{name}.part"));
    fs::write(&part, message)?;
    fs::rename(part, outbox.join(name))
}

fn refusal(status: StatusCode, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = response(status, &json!({"message": kind}));
    response.headers_mut().insert("x-amzn-errortype", http::HeaderValue::from_static(kind));
    response
}

fn response(status: StatusCode, json: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(json.to_string())));
    *response.status_mut() = status;
    let json = http::HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
