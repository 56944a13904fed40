use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use futures::StreamExt;
use serde_json::Value;
use thiserror::Error;
use tokio::{
    net::TcpListener,
    sync::{Mutex as AsyncMutex, mpsc, oneshot},
    task::JoinSet,
};
use uuid::Uuid;

use super::environment::function_arn;

/// Lambda's own limit for an answer that is not streamed.
const MOST_BYTES: usize = 6 * 1024 * 1024;
/// How many chunks of a stream may wait for their reader.
const CHUNKS: usize = 16;

/// Why a call has no answer.
#[derive(Debug, Error)]
pub enum FunctionError {
    /// The function says so.
    #[error("the function failed: {0}")]
    Failed(Value),
    /// It took longer than the template allows.
    #[error("the function took longer than {0:?}")]
    TimedOut(Duration),
    /// Its process ended.
    #[error("the sandbox ended: {0}")]
    Ended(String),
}

/// What a function answered.
pub(super) enum Payload {
    /// At once.
    Whole(Bytes),
    /// Little by little.
    Stream(mpsc::Receiver<Result<Bytes, FunctionError>>),
}

type Answer = oneshot::Sender<Result<Payload, FunctionError>>;

/// One call of the function.
struct Call {
    id: String,
    event: Bytes,
    deadline: SystemTime,
    answer: Answer,
}

/// The Runtime API of one sandbox, which takes one call after the other.
pub(super) struct RuntimeApi {
    address: SocketAddr,
    calls: mpsc::Sender<Call>,
    _serving: JoinSet<()>,
}

struct Sandbox {
    name: String,
    calls: AsyncMutex<mpsc::Receiver<Call>>,
    /// The call that the function has fetched and not answered.
    running: Mutex<Option<(String, Answer)>>,
}

impl RuntimeApi {
    /// Serves the sandbox of a function of this name.
    pub(super) async fn start(name: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (calls, receiver) = mpsc::channel(1);
        let sandbox = Sandbox {
            name: name.to_owned(),
            calls: AsyncMutex::new(receiver),
            running: Mutex::new(None),
        };
        let call = "/2018-06-01/runtime/invocation/{id}";
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route(&format!("{call}/response"), post(response))
            .route(&format!("{call}/error"), post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(Arc::new(sandbox));
        let mut serving = JoinSet::new();
        serving.spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, calls, _serving: serving }
    }

    pub(super) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Hands the event to the function and waits for its answer.
    pub(super) async fn call(
        &self,
        event: Bytes,
        timeout: Duration,
    ) -> Result<Payload, FunctionError> {
        let (answer, answered) = oneshot::channel();
        let id = Uuid::now_v7().to_string();
        let call = Call { id, event, deadline: SystemTime::now() + timeout, answer };
        let gone = || FunctionError::Ended("nobody serves its Runtime API".to_owned());
        self.calls.send(call).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

impl Sandbox {
    /// Ends the call of this id.
    fn take(&self, id: &str) -> Option<Answer> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.take_if(|(running, _)| running == id).map(|(_, answer)| answer)
    }
}

async fn next(State(sandbox): State<Arc<Sandbox>>) -> Response {
    let Some(call) = sandbox.calls.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = call.deadline.duration_since(UNIX_EPOCH).unwrap_or_default();
    let headers = [
        ("lambda-runtime-aws-request-id", call.id.clone()),
        ("lambda-runtime-deadline-ms", deadline.as_millis().to_string()),
        ("lambda-runtime-invoked-function-arn", function_arn(&sandbox.name)),
        ("lambda-runtime-trace-id", "Root=1-00000000-000000000000000000000000".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    let mut running = sandbox.running.lock().unwrap_or_else(PoisonError::into_inner);
    *running = Some((call.id, call.answer));
    (headers, call.event).into_response()
}

async fn response(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> StatusCode {
    let Some(answer) = sandbox.take(&id) else { return StatusCode::BAD_REQUEST };
    let mode = headers.get("lambda-runtime-function-response-mode");
    if mode.is_some_and(|mode| mode == "streaming") {
        let (chunks, receiver) = mpsc::channel(CHUNKS);
        // Whoever called may have gone away; the sandbox then ends with the call.
        let _ = answer.send(Ok(Payload::Stream(receiver)));
        pass_on(body, chunks).await;
        return StatusCode::ACCEPTED;
    }
    let Ok(whole) = to_bytes(body, MOST_BYTES).await else {
        let reason = "its answer is too large or broke off".to_owned();
        let _ = answer.send(Err(FunctionError::Failed(reason.into())));
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let _ = answer.send(Ok(Payload::Whole(whole)));
    StatusCode::ACCEPTED
}

async fn pass_on(body: Body, chunks: mpsc::Sender<Result<Bytes, FunctionError>>) {
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|error| FunctionError::Ended(error.to_string()));
        if chunks.send(chunk).await.is_err() {
            return;
        }
    }
}

async fn error(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
    diagnostic: Bytes,
) -> StatusCode {
    let Some(answer) = sandbox.take(&id) else { return StatusCode::BAD_REQUEST };
    let diagnostic = serde_json::from_slice(&diagnostic).unwrap_or_default();
    let _ = answer.send(Err(FunctionError::Failed(diagnostic)));
    StatusCode::ACCEPTED
}

/// The process ends after this, which is what callers see.
async fn init_error(diagnostic: String) -> StatusCode {
    eprintln!("a function cannot start: {diagnostic}");
    StatusCode::ACCEPTED
}
