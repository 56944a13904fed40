use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::request::Parts;

/// The `id` of the last frame that the client has, from `Last-Event-ID`. A text that is no id of
/// ours counts as none, so that the client gets everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastEvent(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for LastEvent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get("last-event-id").and_then(|value| value.to_str().ok());
        Ok(Self(text.and_then(|text| text.trim().parse().ok())))
    }
}
