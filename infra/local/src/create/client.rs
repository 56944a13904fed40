use std::{path::Path, time::Duration};

use anyhow::Context;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::failure::Failure;

/// How often a request that may be sent again is sent.
const ATTEMPTS: u32 = 4;
/// The longest that a server's `Retry-After` is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// A client of the HTTP API.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: String,
}

impl Client {
    pub(super) fn new(base: &str, token: &str) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(60))
            .build()
            .context("the HTTP client")?;
        Ok(Self { http, base: base.to_owned(), token: token.to_owned() })
    }

    pub(super) async fn get(&self, path: &str) -> Result<Value, Failure> {
        answer(self.persist(Method::GET, path, None).await?).await
    }

    /// Every POST carries an idempotency key, so that sending it again is safe.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        answer(self.persist(Method::POST, path, Some(body)).await?).await
    }

    /// Whether the token is known. A server that does not say is no answer: a guest has nothing else.
    pub(super) async fn is_known(&self) -> Result<bool, Failure> {
        let response = self.persist(Method::GET, "/v1/me", None).await?;
        match response.status() {
            StatusCode::UNAUTHORIZED => Ok(false),
            _ => answer(response).await.map(|_| true),
        }
    }

    /// Uploads a reference and returns its id.
    pub(super) async fn upload(&self, file: &Path) -> Result<String, Failure> {
        let shown = file.display();
        let bytes = std::fs::read(file).with_context(|| format!("{shown} cannot be read"))?;
        let content_type = content_type(file)
            .with_context(|| format!("{shown} is not a PNG, JPEG, WebP or MP4 file"))?;
        let announced = json!({"content_type": content_type, "bytes": bytes.len()});
        let upload = self.post("/v1/uploads", &announced).await?;
        let url = upload["put"]["url"].as_str().context("the upload has no link")?;
        let mut put = self.http.put(url);
        for (name, value) in upload["put"]["headers"].as_object().into_iter().flatten() {
            // The client sets the length itself.
            if let (false, Some(value)) =
                (name.eq_ignore_ascii_case("content-length"), value.as_str())
            {
                put = put.header(name, value);
            }
        }
        let stored = put.body(bytes).send().await?;
        // The link stores once; a repetition whose first answer was lost finds it done.
        if stored.status() != StatusCode::PRECONDITION_FAILED {
            answer(stored).await?;
        }
        let id = upload["id"].as_str().context("the upload has no id")?.to_owned();
        self.post(&format!("/v1/uploads/{id}/complete"), &Value::Null).await?;
        Ok(id)
    }

    /// Fetches a presigned link, which needs no token.
    pub(super) async fn download(&self, url: &str) -> Result<Vec<u8>, Failure> {
        let response = self.http.get(url).send().await?.error_for_status()?;
        Ok(response.bytes().await?.to_vec())
    }

    /// Sends a request again while its answer says that this may help.
    async fn persist(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, Failure> {
        let key = uuid::Uuid::now_v7().to_string();
        let mut attempt = 1;
        loop {
            let mut wait = Duration::from_millis(250 << attempt);
            match self.send(&method, path, body, &key).await {
                Ok(response) if attempt < ATTEMPTS && may_pass(response.status()) => {
                    wait = wait.max(asked_to_wait(&response)).min(LONGEST_WAIT);
                }
                Ok(response) => return Ok(response),
                Err(error) if attempt == ATTEMPTS => return Err(error.into()),
                Err(_) => {}
            }
            tokio::time::sleep(wait).await;
            attempt += 1;
        }
    }

    async fn send(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        key: &str,
    ) -> Result<Response, reqwest::Error> {
        let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if *method == Method::POST {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body.filter(|body| !body.is_null()) {
            request = request.json(body);
        }
        request.send().await
    }
}

fn may_pass(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// What `Retry-After` says; nothing if there is none.
fn asked_to_wait(response: &Response) -> Duration {
    let value = response.headers().get(reqwest::header::RETRY_AFTER);
    let seconds = value.and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or_default())
}

/// The JSON of a success, or the problem's detail as a failure.
async fn answer(response: Response) -> Result<Value, Failure> {
    let status = response.status();
    let text = response.text().await?;
    let json: Value = serde_json::from_str(&text).unwrap_or_default();
    if status.is_success() {
        return Ok(json);
    }
    let detail = json["detail"].as_str().map_or_else(|| status.to_string(), str::to_owned);
    Err(match status {
        StatusCode::PAYMENT_REQUIRED => Failure::Credits(detail),
        status if status.is_server_error() => Failure::Unreachable(detail),
        _ => Failure::Refused(detail),
    })
}

fn content_type(file: &Path) -> Option<&'static str> {
    match file.extension()?.to_str()?.to_lowercase().as_str() {
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "webp" => Some("image/webp"),
        "mp4" => Some("video/mp4"),
        _ => None,
    }
}
