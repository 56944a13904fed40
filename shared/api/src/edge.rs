//! With an edge in front, only what comes through it is answered: else its firewall could be walked
//! around. The edge adds a secret to each request, and says who the viewer is.

use std::{
    env,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use anyhow::Context;
use aws_sdk_secretsmanager::Client;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::Problem;

/// Where the edge puts the secret.
const SECRET: &str = "x-reverie-edge";
/// Where the edge puts the viewer's address.
const VIEWER: &str = "x-reverie-viewer";
/// How often the secret is read again when a request shows another one.
const AGAIN: Duration = Duration::from_secs(30);

/// The viewer's address, as the edge says.
#[derive(Clone)]
pub(crate) struct Viewer(pub(crate) String);

/// The secret as it is kept: while it rotates, the one before is accepted too.
#[derive(Deserialize)]
struct Pair {
    current: String,
    previous: String,
}

struct Known {
    hashes: Vec<[u8; 32]>,
    read_at: Instant,
}

struct Edge {
    client: Client,
    arn: String,
    known: RwLock<Known>,
}

/// The router behind the secret of `REVERIE_ORIGIN_SECRET_ARN`; as it is if that is not set.
///
/// # Errors
/// If the secret cannot be read.
pub(crate) async fn behind(router: Router) -> anyhow::Result<Router> {
    let arn = env::var("REVERIE_ORIGIN_SECRET_ARN").unwrap_or_default();
    if arn.is_empty() {
        return Ok(router);
    }
    let sdk = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let client = Client::new(&sdk);
    let hashes = read(&client, &arn).await?;
    let known = RwLock::new(Known { hashes, read_at: Instant::now() });
    let edge = Arc::new(Edge { client, arn, known });
    Ok(router.layer(middleware::from_fn_with_state(edge, admit)))
}

async fn admit(State(edge): State<Arc<Edge>>, mut request: Request, next: Next) -> Response {
    let shown = request.headers_mut().remove(SECRET);
    let shown = Sha256::digest(shown.as_ref().map_or(b"".as_slice(), |value| value.as_bytes()));
    if !edge.knows(shown.into()).await {
        let problem = Problem::new(StatusCode::FORBIDDEN, "edge", "Use the service's own address.");
        let request_id = format!("req_{}", Uuid::now_v7().simple());
        tracing::info!(request_id, "a request went around the edge");
        return problem.render(&request_id).into_response();
    }
    let viewer = request.headers_mut().remove(VIEWER);
    if let Some(viewer) = viewer.and_then(|value| value.to_str().map(str::to_owned).ok()) {
        request.extensions_mut().insert(Viewer(viewer));
    }
    next.run(request).await
}

impl Edge {
    /// Hashes are compared, so that the time tells nothing of the secret.
    async fn knows(&self, shown: [u8; 32]) -> bool {
        let stale = {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            if known.hashes.contains(&shown) {
                return true;
            }
            known.read_at.elapsed() >= AGAIN
        };
        if !stale {
            return false;
        }
        self.known.write().unwrap_or_else(PoisonError::into_inner).read_at = Instant::now();
        match read(&self.client, &self.arn).await {
            Ok(hashes) => {
                let knows = hashes.contains(&shown);
                self.known.write().unwrap_or_else(PoisonError::into_inner).hashes = hashes;
                knows
            }
            Err(error) => {
                tracing::error!(%error, "the edge's secret cannot be read again");
                false
            }
        }
    }
}

async fn read(client: &Client, arn: &str) -> anyhow::Result<Vec<[u8; 32]>> {
    let answer = client.get_secret_value().secret_id(arn).send().await;
    let answer = answer.context("the secret of REVERIE_ORIGIN_SECRET_ARN cannot be read")?;
    let text = answer.secret_string.context("the edge's secret has no text")?;
    let pair: Pair =
        serde_json::from_str(&text).context("the edge's secret is no {current, previous}")?;
    anyhow::ensure!(!pair.current.is_empty(), "the edge's secret is empty");
    let values = [pair.current, pair.previous].into_iter().filter(|value| !value.is_empty());
    Ok(values.map(|value| Sha256::digest(value).into()).collect())
}
