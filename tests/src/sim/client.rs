//! What sends requests to the functions, and sends them again when no answer came.

use std::{sync::Arc, time::Duration};

use axum::{Router, body::Body};
use http::{Method, Request};
use reverie_account::AccountState;
use reverie_api::{AccountLimit, AddressLimit, App, Catalogue, finish};
use reverie_auth::{Auth, Providers};
use reverie_generations::Generations;
use reverie_inference::Engine;
use reverie_operator::OperatorState;
use serde_json::Value;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use super::{faults::Process, machines::World};

/// How long API Gateway waits for a function.
const GATEWAY: Duration = Duration::from_secs(29);
/// How often a request without an answer is sent again.
const TRIES: u32 = 6;

/// An answer: status and body.
pub(super) type Answer = (u16, Value);

/// A request.
#[derive(Debug, Clone)]
pub(super) struct Call {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Call {
    pub(super) fn new(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: String::new() }
    }

    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same below a path.
    pub(super) fn under(self, path: &str) -> Self {
        Self { path: format!("{path}{}", self.path), ..self }
    }

    pub(super) fn key(self, key: impl Into<String>) -> Self {
        self.header("idempotency-key", key)
    }

    pub(super) fn json(self, body: &Value) -> Self {
        Self { body: body.to_string(), ..self.header("content-type", "application/json") }
    }

    pub(super) fn form(self, body: &str) -> Self {
        let form = self.header("content-type", "application/x-www-form-urlencoded");
        Self { body: body.to_owned(), ..form }
    }
}

/// Somebody's program: a token, and a function's process that serves it.
pub(super) struct Client {
    pub(super) world: World,
    pub(super) name: String,
    /// Empty if there is none.
    pub(super) token: String,
    function: Option<(Process, Router)>,
}

impl Client {
    pub(super) fn new(world: World, name: String) -> Self {
        Self { world, name, token: String::new(), function: None }
    }

    /// Another program with the same token.
    pub(super) fn twin(&self) -> Self {
        let name = format!("{}'", self.name);
        Self { token: self.token.clone(), ..Self::new(self.world.clone(), name) }
    }

    /// The name as it can be in keys and addresses.
    pub(super) fn slug(&self) -> String {
        self.name.replace([' ', '\''], "-")
    }

    pub(super) async fn get(&mut self, path: impl Into<String>) -> Result<Answer, String> {
        self.insist(&Call::new(Method::GET, path)).await
    }

    /// Sends until there is an answer that is not "later"; 503 if there never is.
    ///
    /// # Errors
    /// If something is wrong with the function.
    pub(super) async fn insist(&mut self, call: &Call) -> Result<Answer, String> {
        for attempt in 0..TRIES {
            match self.ask(call).await {
                Some((500, answer)) => {
                    return Err(format!("{} {}: 500 {answer}", call.method, call.path));
                }
                // One a day: to ask again at once is no use.
                Some((429, answer)) if answer["code"] == "limit.exports" => {
                    return Ok((429, answer));
                }
                Some((503 | 429, _)) | None => {}
                Some(answer) => return Ok(answer),
            }
            sleep(Duration::from_millis(500 << attempt)).await;
        }
        Ok((503, Value::Null))
    }

    async fn ask(&mut self, call: &Call) -> Option<Answer> {
        let (process, router) = self.function.take().unwrap_or_else(|| self.new_function());
        let mut request = Request::builder().method(&call.method).uri(&call.path);
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Body::from(call.body.clone())).expect("a request");
        let answer = async {
            let response = router.clone().oneshot(request).await.ok()?;
            let status = response.status().as_u16();
            let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.ok()?;
            Some((status, serde_json::from_slice(&bytes).unwrap_or_default()))
        };
        let answered = process.run(timeout(GATEWAY, answer)).await?;
        self.world.faults.note(|| {
            let status = answered.as_ref().ok().and_then(|a| a.as_ref().map(|a| a.0));
            format!("{} {} {}: {status:?}", self.name, call.method, call.path)
        });
        self.function = Some((process, router));
        answered.ok().flatten()
    }

    /// A function's process serves until it dies.
    fn new_function(&self) -> (Process, Router) {
        let (process, ports) = self.world.process(&format!("function for {}", self.name));
        let app = App {
            tables: ports.tables.clone(),
            clock: ports.clock.clone(),
            settings: self.world.settings.clone(),
            positions: Arc::default(),
            requests: Arc::new(AccountLimit::per_minute(600, 300)),
        };
        let account = AccountState { app: app.clone(), objects: ports.objects.clone() };
        let operator = OperatorState { app: app.clone(), objects: ports.objects.clone() };
        let generations = Generations {
            app: app.clone(),
            objects: ports.objects,
            queue: ports.queue,
            catalogue: Arc::new(Catalogue::fixed(vec![self.world.engine.manifest().clone()])),
        };
        let router = reverie_auth::router(Auth { app: app.clone(), providers: Providers::none() })
            .merge(reverie_account::router(account))
            .merge(reverie_credits::router(app))
            .merge(reverie_generations::router(generations))
            .merge(reverie_operator::router(operator));
        let addresses = AddressLimit::per_minute(3_000, ports.clock);
        (process, finish(router.into(), addresses))
    }
}
