use std::{error::Error, io};

use axum::extract::{FromRequest, FromRequestParts, Request};
use http::{HeaderMap, StatusCode, header, request::Parts};
use http_body_util::LengthLimitError;
use serde::de::DeserializeOwned;

use crate::{BODY_LIMIT, Problem, named_fields::NamedFields};

/// A JSON body. 415 for another type or an encoding, 413 if it is too large, 408 if it takes too
/// long, 400 if it is not JSON, 422 naming the field if it is not what the route takes.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if let Some(detail) = unsupported(request.headers()) {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::new(status, "unsupported_media_type", detail));
        }
        let read = axum::body::to_bytes(request.into_body(), BODY_LIMIT).await;
        let bytes = read.map_err(|error| unread(&error))?;
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let parsed = serde_path_to_error::deserialize(NamedFields(&mut json)).map_err(|error| {
            let (path, inner) = (error.path().to_string(), error.inner());
            // serde_json calls a value of the wrong kind a syntax error in some places.
            match serde_json::from_slice::<serde_json::Value>(&bytes).is_ok() {
                true => Problem::invalid_field(&shortened(&path), plain(inner)),
                false => Problem::malformed(format!("The body is not JSON: {}.", plain(inner))),
            }
        })?;
        json.end().map_err(|_| Problem::malformed("The body has more after its JSON value."))?;
        Ok(Self(parsed))
    }
}

/// Why a body of this kind is not even looked at.
fn unsupported(headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if !text(header::CONTENT_TYPE).is_some_and(is_json) {
        return Some("Send JSON in UTF-8 with Content-Type: application/json.");
    }
    let plain = |coding: &str| coding.trim().eq_ignore_ascii_case("identity");
    if !text(header::CONTENT_ENCODING).is_none_or(plain) {
        return Some("Send the body as it is, without a Content-Encoding.");
    }
    None
}

/// JSON is UTF-8 (RFC 8259); who says otherwise sends something else.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let charsets = parts.filter_map(|part| part.split_once('='));
    let mut charsets = charsets.filter(|(name, _)| name.eq_ignore_ascii_case("charset"));
    essence.eq_ignore_ascii_case("application/json")
        && charsets.all(|(_, value)| value.trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

/// Why a body could not be read to its end.
fn unread(error: &axum::Error) -> Problem {
    let first: Option<&(dyn Error + 'static)> = error.source();
    std::iter::successors(first, |error| (*error).source())
        .find_map(|cause| {
            if cause.is::<LengthLimitError>() {
                return Some(too_large());
            }
            let io = cause.downcast_ref::<io::Error>()?;
            let detail = "The body did not arrive in time.";
            (io.kind() == io::ErrorKind::TimedOut)
                .then(|| Problem::new(StatusCode::REQUEST_TIMEOUT, "timeout", detail))
        })
        .unwrap_or_else(|| Problem::malformed("The body does not end as its headers say."))
}

pub(crate) fn too_large() -> Problem {
    let detail = format!("The body is larger than {BODY_LIMIT} bytes.");
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
}

/// The longest message: serde repeats what was sent, however long it is.
const MOST_CHARS: usize = 300;

/// serde's message without the position, which says nothing to someone who sent a value.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    shortened(text.split(" at line ").next().unwrap_or(&text))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
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
                Problem::invalid_field(&shortened(path), shortened(message))
            })
    }
}
