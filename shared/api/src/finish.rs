use std::sync::Arc;

use axum::{
    Router,
    extract::{FromRequestParts, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use tower_http::limit::RequestBodyLimitLayer;
use uuid::Uuid;

use crate::{AddressLimit, ClientAddress, Problem, body::too_large, limits::Told};

/// The largest request body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// What surrounds every function's routes: request ids, problem documents, limits, one log line.
pub fn finish(router: Router, addresses: AddressLimit) -> Router {
    router
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async {
            let detail = "This resource does not have that method.";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::new(addresses), surround))
}

/// Counts the request for its address. Whoever knows more of the caller tells more.
async fn admitted(
    addresses: &AddressLimit,
    request: Request,
    told: &Told,
) -> Result<Request, Problem> {
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(told.clone());
    let Ok(ClientAddress(address)) = ClientAddress::from_request_parts(&mut parts, &()).await;
    let counted = addresses.count(&address);
    Told::tell(&parts, &counted);
    counted?;
    Ok(Request::from_parts(parts, body))
}

async fn surround(
    State(addresses): State<Arc<AddressLimit>>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = format!("req_{}", Uuid::now_v7().simple());
    let method = request.method().clone();
    let path = request.extensions().get::<axum::extract::MatchedPath>().cloned();
    let told = Told::default();
    let mut response = match admitted(&addresses, request, &told).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let headers = std::mem::take(response.headers_mut());
        response = problem.render(&request_id);
        // Such as `Allow` on 405.
        for (name, value) in headers.iter().filter(|(name, _)| *name == header::ALLOW) {
            response.headers_mut().insert(name, value.clone());
        }
    } else if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response = too_large().render(&request_id);
    }
    let headers = response.headers_mut();
    told.write(headers);
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert("x-request-id", value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    // The route's pattern, not the path: paths carry ids.
    let route = path.as_ref().map_or("unmatched", axum::extract::MatchedPath::as_str);
    let status = response.status().as_u16();
    tracing::info!(request_id, %method, route, status, "request");
    response.into_response()
}
