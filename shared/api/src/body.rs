use axum::extract::{FromRequest, FromRequestParts, Request};
use http::{StatusCode, header, request::Parts};
use serde::de::DeserializeOwned;

use crate::{BODY_LIMIT, Problem};

/// A JSON body. 415 for another type, 413 if it is too large, 400 if it is not JSON, 422 naming
/// the field if it is not what the route takes.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let content_type = request.headers().get(header::CONTENT_TYPE);
        let is_json = content_type.and_then(|value| value.to_str().ok()).is_some_and(is_json);
        if !is_json {
            let detail = "Send JSON with Content-Type: application/json.";
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                detail,
            ));
        }
        let read = axum::body::to_bytes(request.into_body(), BODY_LIMIT).await;
        let bytes = read.map_err(|_| too_large())?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.inner());
            // serde_json calls a value of the wrong kind a syntax error in some places.
            match serde_json::from_slice::<serde_json::Value>(&bytes).is_ok() {
                true => Problem::invalid_field(&path, plain(inner)),
                false => Problem::malformed(format!("The body is not JSON: {}.", plain(inner))),
            }
        })?;
        json.end().map_err(|_| Problem::malformed("The body has more after its JSON value."))?;
        Ok(Self(parsed))
    }
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

pub(crate) fn too_large() -> Problem {
    let detail = format!("The body is larger than {BODY_LIMIT} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

/// serde's message without the position, which says nothing to someone who sent a value.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

/// Query parameters; 422 naming the one that is wrong.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Query::<T>::from_request_parts(parts, state)
            .await
            .map(|query| Self(query.0))
            .map_err(|rejection| {
                let text = rejection.body_text();
                let cause = text.split_once(": ").map_or(text.as_str(), |(_, cause)| cause);
                let (path, message) = cause.split_once(": ").unwrap_or(("query", cause));
                Problem::invalid_field(path, message)
            })
    }
}
