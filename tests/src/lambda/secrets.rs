use std::{net::Ipv4Addr, path::Path};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bytes::Bytes;
use reverie::{
    local::sign_in,
    template::{ACCOUNT, REGION},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};

/// Secrets Manager, as far as the functions need it: the hash key, and what an edge would add.
pub(super) struct Secrets {
    url: String,
    _serving: JoinSet<()>,
}

impl Secrets {
    /// Answers with the secret of the data folder.
    pub(super) async fn start(data: &Path, base_url: &str) -> Self {
        let secret = std::fs::read_to_string(data.join("hash-secret")).expect("the secret");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = Router::new()
            .route("/", post(get_secret_value))
            .with_state((secret, sign_in::entry(base_url)));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { url, _serving: serving }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }
}

/// The ARN of the secret that an edge adds: `new`, and `old` before it.
pub const ORIGIN_ARN: &str = "arn:aws:secretsmanager:us-east-1:000000000000:secret:origin-a1b2c3";

/// The ARN of the secret in which an operator says where people may sign in: at the
/// embedded provider, and at GitHub.
pub const PROVIDERS_ARN: &str =
    "arn:aws:secretsmanager:eu-central-1:000000000000:secret:providers-a1b2c3";

/// The ARN of the template's secret.
pub(super) fn arn() -> String {
    format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:HashSecret-a1b2c3")
}

async fn get_secret_value(
    State((secret, local)): State<(String, Value)>,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, Json<Value>) {
    let refused = |kind: &str| (StatusCode::BAD_REQUEST, Json(json!({ "__type": kind })));
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    if target != Some("secretsmanager.GetSecretValue") {
        return refused("InvalidRequestException");
    }
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = request["SecretId"].as_str().unwrap_or_default();
    let text = match asked {
        _ if asked == arn() => secret,
        ORIGIN_ARN => json!({"current": "new", "previous": "old"}).to_string(),
        PROVIDERS_ARN => {
            let github = json!({
                "kind": "github", "id": "github", "name": "GitHub", "client_id": "an id",
                "client_secret": "a secret",
            });
            // The same provider once more, for people who have two.
            let mut again = local.clone();
            again["id"] = "again".into();
            json!([local, github, again]).to_string()
        }
        _ => return refused("ResourceNotFoundException"),
    };
    let answer = json!({
        "ARN": asked,
        "SecretString": text,
        "VersionId": "00000000-0000-0000-0000-000000000001",
    });
    (StatusCode::OK, Json(answer))
}
