use std::convert::Infallible;

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

/// The `id` of the last frame that the client has, from `Last-Event-ID`. A text that is no id of
/// ours counts as none, so that the client gets everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastEvent(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for LastEvent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.headers))
    }
}

impl LastEvent {
    fn of(headers: &HeaderMap) -> Self {
        let text = headers.get("last-event-id").and_then(|value| value.to_str().ok());
        Self(text.and_then(|text| text.trim().parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn of(value: HeaderValue) -> LastEvent {
        LastEvent::of(&HeaderMap::from_iter([("last-event-id".parse().unwrap(), value)]))
    }

    #[test]
    fn every_id_is_read_back() {
        proptest!(|(version in any::<u64>())| {
            assert_eq!(of(HeaderValue::from(version)), LastEvent(Some(version)));
        });
    }

    #[test]
    fn any_other_text_counts_as_none() {
        proptest!(ProptestConfig::with_cases(5_000), |(value in any::<Vec<u8>>())| {
            let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
            if let LastEvent(Some(version)) = of(value.clone()) {
                let text = value.to_str().expect("digits are ASCII").trim();
                assert_eq!(text.trim_start_matches('+').parse(), Ok(version));
            }
        });
    }
}
