//! Opaque tokens: they name the account and carry a secret that is stored only as a hash.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reverie_domain::ids::AccountId;
use reverie_store::accounts::CredentialKind;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What tokens of sessions begin with.
const SESSION_PREFIX: &str = "rvs_";
/// What API keys begin with. Scanners for leaked secrets find them by `rvk_[A-Za-z0-9_-]{64}`.
const API_KEY_PREFIX: &str = "rvk_";
const ACCOUNT_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// A token as its owner has it. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainToken {
    kind: CredentialKind,
    account: AccountId,
    secret: [u8; SECRET_BYTES],
}

impl PlainToken {
    /// A new token for an account's session or API key.
    ///
    /// # Errors
    /// If the operating system has no randomness.
    pub fn new(kind: CredentialKind, account: AccountId) -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        Ok(Self { kind, account, secret })
    }

    /// The token in this text, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (prefix, encoded) = text.split_at_checked(SESSION_PREFIX.len())?;
        let kind = match prefix {
            SESSION_PREFIX => CredentialKind::Session,
            API_KEY_PREFIX => CredentialKind::ApiKey,
            _ => return None,
        };
        let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let (account, secret) = bytes.split_at_checked(ACCOUNT_BYTES)?;
        Some(Self {
            kind,
            account: AccountId::from_uuid(Uuid::from_slice(account).ok()?),
            secret: secret.try_into().ok()?,
        })
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> CredentialKind {
        self.kind
    }

    /// The account it names; whether the secret is right is another question.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        self.account
    }

    /// What is stored of it: SHA-256 of the secret, in hex. The secret has 256 random bits, so a
    /// fast hash is enough.
    #[must_use]
    pub fn secret_hash(&self) -> String {
        hex::encode(Sha256::digest(self.secret))
    }

    /// The text for its owner.
    #[must_use]
    pub fn reveal(&self) -> String {
        let mut bytes = self.account.uuid().as_bytes().to_vec();
        bytes.extend_from_slice(&self.secret);
        let prefix = match self.kind {
            CredentialKind::Session => SESSION_PREFIX,
            CredentialKind::ApiKey => API_KEY_PREFIX,
        };
        format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_round_trips_and_debug_is_silent() {
        let token = PlainToken::new(CredentialKind::Session, AccountId::new()).unwrap();
        assert_eq!(PlainToken::parse(&token.reveal()), Some(token.clone()));
        assert_eq!(format!("{token:?}"), "PlainToken(…)");
    }

    #[test]
    fn only_what_we_print_is_read() {
        proptest!(ProptestConfig::with_cases(5_000), |(bytes in any::<Vec<u8>>())| {
            let encoded = format!("{SESSION_PREFIX}{}", URL_SAFE_NO_PAD.encode(&bytes));
            let text = String::from_utf8_lossy(&bytes);
            for text in [encoded.as_str(), &text, &format!("{SESSION_PREFIX}{text}")] {
                if let Some(token) = PlainToken::parse(text) {
                    assert_eq!(token.reveal(), text);
                }
            }
        });
    }

    #[test]
    fn every_token_is_read_back() {
        proptest!(|(account in any::<[u8; ACCOUNT_BYTES]>(), secret in any::<[u8; SECRET_BYTES]>())| {
            let account = AccountId::from_uuid(Uuid::from_bytes(account));
            for kind in [CredentialKind::Session, CredentialKind::ApiKey] {
                let token = PlainToken { kind, account, secret };
                assert_eq!(PlainToken::parse(&token.reveal()), Some(token));
            }
        });
    }

    #[test]
    fn other_texts_are_no_tokens() {
        let good = PlainToken::new(CredentialKind::Session, AccountId::new()).unwrap().reveal();
        for bad in ["", "rvs_", "rvs_x", &good[..good.len() - 2], &format!("{good}AA"), &good[1..]]
        {
            assert_eq!(PlainToken::parse(bad), None, "{bad}");
        }
    }
}
