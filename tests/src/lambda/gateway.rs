//! What is in front of the functions: the HTTP API with the template's routes, and the function
//! URL of live events.

mod answer;
mod event;
mod routes;

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use reverie::template;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet};

use self::{
    event::Call,
    routes::{Pattern, Routes},
};
use super::{
    function::Function,
    runtime_api::{FunctionError, Payload},
};

/// What the edge sends to the function URL, because the HTTP API cannot stream. Without an edge the
/// HTTP API has a route for it. The URL belongs to one function; its path is the function's own affair.
const STREAMED: &str = "/v1/generations/{id}/events";
/// The HTTP API's own limit for a request body.
const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The gateway. It stops when this is dropped.
pub(super) struct Gateway {
    base_url: String,
    api_url: String,
    _serving: JoinSet<()>,
}

struct Front {
    routes: Arc<Routes<Arc<Function>>>,
    /// Nothing where there is no edge.
    streamed: Option<Pattern>,
    function_url: Arc<Function>,
}

impl Gateway {
    /// Serves these functions by the routes that the template declares for each, at `listener` with
    /// an edge in front, and at `api` without.
    pub(super) fn start<'a>(
        listener: TcpListener,
        api: TcpListener,
        base_url: String,
        functions: impl Iterator<Item = (&'a template::Function, &'a Arc<Function>)>,
    ) -> Self {
        let mut routes = Routes::default();
        let mut function_url = None;
        for (declared, function) in functions {
            for route in &declared.routes {
                routes.add(route, function.clone());
            }
            if declared.streams {
                function_url = Some(function.clone());
            }
        }
        let function_url = function_url.expect("the template has a streaming function");
        let routes = Arc::new(routes);
        let api_url = format!("http://{}", api.local_addr().expect("an address"));
        let mut serving = JoinSet::new();
        for (listener, streamed) in [(listener, Some(Pattern::new(STREAMED))), (api, None)] {
            let front =
                Front { routes: routes.clone(), streamed, function_url: function_url.clone() };
            let router = Router::new().fallback(handle).with_state(Arc::new(front));
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            serving.spawn(async move {
                let _ = axum::serve(listener, service).await;
            });
        }
        Self { base_url, api_url, _serving: serving }
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(super) fn api_url(&self) -> &str {
        &self.api_url
    }
}

async fn handle(
    State(front): State<Arc<Front>>,
    ConnectInfo(client): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MOST_BYTES).await else {
        return own(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
    };
    let path = parts.uri.path().to_owned();
    if front.streamed.as_ref().is_some_and(|streamed| streamed.matches(&path).is_some()) {
        let call = Call { parts, body, client, route: "$default", parameters: Vec::new() };
        let called = front.function_url.invoke(to_bytes_of(&call.for_function_url())).await;
        return match called {
            Ok((Payload::Stream(chunks), lease)) => answer::streamed(chunks, lease).await,
            Ok((Payload::Whole(_), _)) => failed("it does not stream"),
            Err(error) => failed(&error.to_string()),
        };
    }
    let Some((route, function, parameters)) = front.routes.find(&parts.method, &path) else {
        return own(StatusCode::NOT_FOUND, "Not Found");
    };
    let call = Call { parts, body, client, route, parameters };
    match function.invoke(to_bytes_of(&call.for_http_api())).await {
        Ok((Payload::Whole(bytes), lease)) => {
            lease.give_back();
            answer::whole(&bytes).unwrap_or_else(|error| failed(&error))
        }
        Ok((Payload::Stream(_), _)) => failed("it streams"),
        Err(FunctionError::TimedOut(_)) => {
            own(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable")
        }
        Err(error) => failed(&error.to_string()),
    }
}

fn to_bytes_of(event: &serde_json::Value) -> Bytes {
    event.to_string().into()
}

/// What callers see of a function that fails. The reason is for whoever reads the test's output.
fn failed(reason: &str) -> Response {
    eprintln!("a function failed: {reason}");
    own(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// An answer of the gateway itself.
fn own(status: StatusCode, message: &str) -> Response {
    (status, axum::Json(json!({ "message": message }))).into_response()
}
