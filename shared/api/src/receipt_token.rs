use std::{convert::Infallible, fmt};

use axum::extract::OptionalFromRequestParts;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{header, request::Parts};
use sha2::{Digest, Sha256};

/// What tokens of receipts begin with.
const PREFIX: &str = "rvr_";
const SECRET_BYTES: usize = 32;

/// A token that opens one receipt. It names nobody: the account is gone. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceiptToken([u8; SECRET_BYTES]);

impl ReceiptToken {
    /// A new token.
    ///
    /// # Errors
    /// If the operating system has no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self(secret))
    }

    /// The token in this text, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// What is stored of it: SHA-256, in hex.
    #[must_use]
    pub fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0))
    }

    /// The text for its owner.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for ReceiptToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReceiptToken(…)")
    }
}

/// The receipt's token in `Authorization: Bearer`, if there is one.
impl<S: Send + Sync> OptionalFromRequestParts<S> for ReceiptToken {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Infallible> {
        let value = parts.headers.get(header::AUTHORIZATION);
        Ok(value.and_then(|value| value.to_str().ok()).and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| Self::parse(token.trim()))?
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_debug_is_silent() {
        let token = ReceiptToken::new().unwrap();
        assert_eq!(ReceiptToken::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "ReceiptToken(…)");
        for bad in ["", "rvr_", "rvs_AAAA", &token.reveal()[1..]] {
            assert_eq!(ReceiptToken::parse(bad), None);
        }
    }
}
