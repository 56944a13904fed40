//! What the suites speak through: a deployment of their own, and guests who use it.

mod adapter;
mod binaries;
pub mod broken;
pub mod browser;
pub mod cost;
pub mod counted;
pub mod fake_github;
pub mod gated;
mod lambda;
pub mod moved;
mod operator;
pub mod paused;
pub mod planted;
mod process;
mod queues;
mod rows;
mod serving;
pub mod sim;
pub mod stops;
mod tap;
pub mod unzip;

use std::{path::PathBuf, time::Duration};

use reqwest::{Method, StatusCode, header::HeaderMap};
use reverie::local::{Local, LocalConfig};
use reverie_domain::ids::AccountId;
use serde_json::{Value, json};
use tempfile::TempDir;

pub use self::{
    adapter::{Adapter, InProcess},
    binaries::find as binary,
    browser::Browser,
    lambda::{
        FunctionError, Lambda, Measured, ORIGIN_ARN, PROVIDERS_ARN, RecordedLambda, Recorder, Use,
    },
    process::Process,
    queues::messages,
    rows::{Row, rows},
    serving::Serving,
};

/// How long a test waits for something that must happen.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// A whole deployment in a temporary folder, on free ports, with its functions behind `A`.
pub struct TestApp<A> {
    config: LocalConfig,
    adapter: Option<A>,
    http: reqwest::Client,
    _data: TempDir,
}

/// The account of a second operator, which a test's configuration may name.
#[must_use]
pub const fn second_operator() -> AccountId {
    operator::second_id()
}

/// The folder of the test packages: small, quick models.
#[must_use]
pub fn tiny_packages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("packages")
}

/// The folder of the packages that ship.
#[must_use]
pub fn real_packages() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/inference/models")
}

impl<A: Adapter> TestApp<A> {
    /// A deployment with the tiny model.
    pub async fn start() -> Self {
        Self::start_with(|_| ()).await
    }

    /// A deployment whose worker never comes, so that jobs stay queued.
    pub async fn without_worker() -> Self {
        Self::start_with(|config| config.worker = false).await
    }

    /// A deployment of another set-up.
    pub async fn start_with(change: impl FnOnce(&mut LocalConfig)) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut config = LocalConfig::new(data.path(), vec![tiny_packages()]);
        config.jobs = Some(1);
        config.operators = vec![operator::id()];
        change(&mut config);
        let adapter = Some(A::start(config.clone()).await);
        // Redirects are looked at, not followed.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().expect("an HTTP client");
        Self { config, adapter, http, _data: data }
    }

    /// Stops the deployment and starts it again on the same folder.
    pub async fn restart(&mut self, change: impl FnOnce(&mut LocalConfig)) {
        if let Some(adapter) = self.adapter.take() {
            adapter.shutdown().await;
        }
        change(&mut self.config);
        self.adapter = Some(A::start(self.config.clone()).await);
    }

    /// What answers the API.
    #[must_use]
    pub fn adapter(&self) -> &A {
        self.adapter.as_ref().expect("it runs")
    }

    /// The embedded stack, the worker and the housekeeper.
    #[must_use]
    pub fn local(&self) -> &Local {
        self.adapter().local()
    }

    /// Someone without a token.
    #[must_use]
    pub fn nobody(&self) -> Client {
        let base = self.adapter().base_url().to_owned();
        Client { http: self.http.clone(), base, token: None }
    }

    /// A new guest.
    pub async fn guest(&self) -> Client {
        let nobody = self.nobody();
        let made = nobody.post("/v1/guests", Value::Null).await.expect(StatusCode::CREATED);
        let token = made["token"].as_str().expect("a token").to_owned();
        Client { token: Some(token), ..nobody }
    }

    /// The operator, who has just signed in; the same account each time.
    pub async fn operator(&self) -> Client {
        self.signed_in(operator::id()).await
    }

    /// A second operator, of a deployment whose configuration names [`second_operator`], too.
    pub async fn other_operator(&self) -> Client {
        self.signed_in(operator::second_id()).await
    }

    async fn signed_in(&self, operator: AccountId) -> Client {
        let tables = &*self.local().ports().tables;
        let token = operator::sign_in(tables, jiff::Timestamp::now(), operator).await;
        Client { token: Some(token), ..self.nobody() }
    }

    /// The same person after a restart, when the port is another.
    #[must_use]
    pub fn again(&self, client: &Client) -> Client {
        Client { base: self.adapter().base_url().to_owned(), ..client.clone() }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &std::path::Path {
        &self.config.data
    }

    /// Lets the housekeeper look once.
    pub async fn sweep(&self) {
        self.local().sweep().await;
    }

    /// Stops the deployment.
    pub async fn stop(mut self) {
        if let Some(adapter) = self.adapter.take() {
            adapter.shutdown().await;
        }
    }
}

/// Someone who uses the API.
#[derive(Clone)]
pub struct Client {
    /// The HTTP client.
    pub http: reqwest::Client,
    /// Where the API is.
    pub base: String,
    /// The token, if there is one.
    pub token: Option<String>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; `null` if it is not JSON.
    pub json: Value,
}

impl Answer {
    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{:#}", self.json);
        self.json
    }

    /// Checks that it is a problem document with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{:#}", self.json);
        let content_type = self.headers.get("content-type").and_then(|v| v.to_str().ok());
        assert_eq!(content_type, Some("application/problem+json"));
        assert_eq!(self.json["status"], status);
        assert_eq!(self.json["code"], code, "{:#}", self.json);
        for member in ["type", "title", "detail", "request_id"] {
            let text = self.json[member].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{member} of {:#}", self.json);
        }
        self.json
    }
}

impl Client {
    /// A request of any kind.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// POST of JSON; without a body for `null`.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(with_body(self.request(Method::POST, path), &body)).await
    }

    /// POST with an idempotency key.
    pub async fn post_once(&self, path: &str, key: &str, body: Value) -> Answer {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        send(with_body(request, &body)).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        send(with_body(self.request(Method::PATCH, path), &body)).await
    }

    /// PUT of JSON.
    pub async fn put_json(&self, path: &str, body: Value) -> Answer {
        send(with_body(self.request(Method::PUT, path), &body)).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Whose token it is.
    pub async fn account(&self) -> AccountId {
        let me = self.get("/v1/me").await.expect(StatusCode::OK);
        me["id"].as_str().expect("an id").parse().expect("an account's id")
    }

    /// Submits a short piece and returns the generation.
    pub async fn submit(&self, prompt: &str) -> Value {
        let body = json!({"kind": "music", "prompt": prompt, "seconds": 5});
        self.post("/v1/generations", body).await.expect(StatusCode::ACCEPTED)
    }

    /// The generation once it is final.
    pub async fn finished(&self, generation: &Value) -> Value {
        self.until(generation, |now| {
            let status = now["status"].as_str().unwrap_or_default();
            matches!(status, "succeeded" | "failed" | "canceled" | "refused")
        })
        .await
    }

    /// The generation once `condition` holds.
    pub async fn until(&self, generation: &Value, condition: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/v1/generations/{}", generation["id"].as_str().expect("an id"));
        let looked = tokio::time::timeout(PATIENCE, async {
            loop {
                let now = self.get(&path).await.expect(StatusCode::OK);
                if condition(&now) {
                    return now;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        looked.await.unwrap_or_else(|_| panic!("{path} did not get there"))
    }

    /// The balance.
    pub async fn credits(&self) -> Value {
        self.get("/v1/credits").await.expect(StatusCode::OK)
    }

    /// All ledger entries, oldest first.
    pub async fn transactions(&self) -> Vec<Value> {
        let page = self.get("/v1/credits/transactions?limit=100").await.expect(StatusCode::OK);
        let mut items = page["items"].as_array().expect("items").clone();
        items.reverse();
        items
    }

    /// Uploads a file as an announcement's `put` says, with this type.
    pub async fn put(&self, upload: &Value, content_type: &str, file: Vec<u8>) -> StatusCode {
        let put = &upload["put"];
        let mut request = self.http.put(put["url"].as_str().expect("a link"));
        for (name, value) in put["headers"].as_object().expect("headers") {
            // The length is the body's own.
            if !matches!(name.as_str(), "content-type" | "content-length") {
                request = request.header(name, value.as_str().expect("text"));
            }
        }
        let sent = request.header("content-type", content_type).body(file).send().await;
        sent.expect("an answer").status()
    }

    /// Fetches a presigned link.
    pub async fn download(&self, url: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let response = self.http.get(url).send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        (status, headers, response.bytes().await.expect("a body").to_vec())
    }
}

/// Sends a request.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.expect("a body");
    Answer { status, headers, json: serde_json::from_str(&text).unwrap_or_default() }
}

fn with_body(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    match body {
        Value::Null => request,
        body => request.json(body),
    }
}
