use std::{convert::Infallible, time::Duration};

use axum::extract::FromRequestParts;
use http::request::Parts;

/// `Prefer: wait=N` (RFC 7240): how long the answer may be held back until something changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prefer {
    /// At most 25 s, which is below API Gateway's 30 s.
    pub wait: Option<Duration>,
}

const MOST: u64 = 25;

impl<S: Send + Sync> FromRequestParts<S> for Prefer {
    type Rejection = Infallible;

    /// Preferences that are not understood are ignored, as the RFC asks.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let values = parts.headers.get_all("prefer").into_iter();
        let wait = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split([',', ';']))
            .filter_map(|preference| preference.trim().split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
            .find_map(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u64>().ok());
        Ok(Self { wait: wait.map(|seconds| Duration::from_secs(seconds.min(MOST))) })
    }
}
