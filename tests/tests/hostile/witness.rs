//! A deployment under fire, and someone who sees whether it still stands.

use reqwest::{Method, StatusCode};
use reverie_tests::{Answer, Client, PATIENCE, send};
use serde_json::{Value, json};

use crate::TestApp;

/// The largest answer to nonsense, in bytes: what was sent is not sent back at length.
const MOST: usize = 4_096;

/// A deployment without a worker, with a guest who owns some credits.
pub(crate) struct Witness {
    pub(crate) app: TestApp,
    pub(crate) guest: Client,
    credits: Value,
}

impl Witness {
    pub(crate) async fn new() -> Self {
        let app = TestApp::without_worker().await;
        let guest = app.guest().await;
        let credits = guest.credits().await;
        Self { app, guest, credits }
    }

    /// The server answers still, and nothing was spent.
    pub(crate) async fn unharmed(self) {
        assert_eq!(self.app.nobody().get("/healthz").await.status, StatusCode::OK);
        assert_eq!(self.guest.credits().await, self.credits);
        let quoted = json!({"kind": "music", "prompt": "still here", "seconds": 5});
        self.guest.post("/v1/quotes", quoted).await.expect(StatusCode::CREATED);
        self.app.stop().await;
    }
}

/// Sends a request that must not hang.
pub(crate) async fn fire(request: reqwest::RequestBuilder) -> Answer {
    tokio::time::timeout(PATIENCE, send(request)).await.expect("an answer comes")
}

/// POST of a text as JSON, whatever it is.
pub(crate) async fn post_text(client: &Client, path: &str, text: impl Into<String>) -> Answer {
    let request = client.request(Method::POST, path).header("content-type", "application/json");
    fire(request.body(text.into())).await
}

/// Checks that it is a problem document of a 4xx status, and not too long.
#[track_caller]
pub(crate) fn refused(answer: Answer, sent: &str) -> Answer {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{status} for {sent}: {:#}", answer.json);
    let code = answer.json["code"].as_str().unwrap_or_default().to_owned();
    assert!(answer.json.to_string().len() < MOST, "a long answer to {sent}");
    let Answer { status: kept, headers, .. } = &answer;
    let (kept, headers) = (*kept, headers.clone());
    let json = answer.problem(status, &code);
    Answer { status: kept, headers, json }
}
