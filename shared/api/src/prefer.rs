use std::{convert::Infallible, time::Duration};

use axum::extract::FromRequestParts;
use http::{HeaderMap, request::Parts};

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
        Ok(Self::of(&parts.headers))
    }
}

impl Prefer {
    fn of(headers: &HeaderMap) -> Self {
        let values = headers.get_all("prefer").into_iter();
        let wait = values
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split([',', ';']))
            .filter_map(|preference| preference.trim().split_once('='))
            .filter(|(name, _)| name.trim().eq_ignore_ascii_case("wait"))
            .find_map(|(_, seconds)| seconds.trim().trim_matches('"').parse::<u64>().ok());
        Self { wait: wait.map(|seconds| Duration::from_secs(seconds.min(MOST))) }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn of(value: &[u8]) -> Prefer {
        let value = HeaderValue::from_bytes(value).ok();
        Prefer::of(&value.map(|value| ("prefer".parse().unwrap(), value)).into_iter().collect())
    }

    #[test]
    fn a_wait_is_found_among_other_preferences() {
        for text in ["wait=5", "respond-async, WAIT = \"5\"", "x=y; wait=5"] {
            assert_eq!(of(text.as_bytes()).wait, Some(Duration::from_secs(5)), "{text}");
        }
    }

    #[test]
    fn no_text_waits_longer_than_the_gateway() {
        proptest!(ProptestConfig::with_cases(5_000), |(value in any::<Vec<u8>>())| {
            for value in [value.clone(), [b"wait=", value.as_slice()].concat()] {
                assert!(of(&value).wait.unwrap_or_default() <= Duration::from_secs(MOST));
            }
        });
    }

    #[test]
    fn every_wait_is_read_back() {
        proptest!(|(seconds in any::<u64>())| {
            let wait = Duration::from_secs(seconds.min(MOST));
            assert_eq!(of(format!("wait={seconds}").as_bytes()).wait, Some(wait));
        });
    }
}
