use std::{collections::BTreeSet, sync::Arc};

use reqwest::Url;
use reverie_api::Settings;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use thiserror::Error;

use super::{attempt::Proofs, github::GitHub, http::Http, oidc::OpenId, person::Person};

/// Where people may sign in.
#[derive(Clone, Debug)]
pub struct Providers(Arc<Vec<Provider>>);

/// Settings that cannot be used.
#[derive(Debug, Error)]
pub enum ProvidersError {
    /// Not a list of providers.
    #[error("the list of sign-in providers is not as documented: {0}")]
    Format(#[from] serde_json::Error),
    /// Two have one id, or an id has other characters than a-z, 0-9 and `-`.
    #[error("the sign-in provider {0:?} has a wrong id, or there are two of it")]
    Id(String),
    /// Neither https nor this machine.
    #[error("the sign-in provider {0:?} has an address that is not https")]
    Address(String),
    /// `oidc` has an `issuer` and no other address, `github` may have `url` and `api_url`.
    #[error("the sign-in provider {0:?} has other addresses than its kind")]
    Addresses(String),
    /// The library refuses.
    #[error("no HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// A sign-in that did not work.
#[derive(Debug, Error)]
pub(super) enum SignInError {
    #[error("{0}")]
    Provider(String),
    #[error("the answer is of somebody who was not asked")]
    Issuer,
    #[error("there is no identity in the answer")]
    NoIdentity,
}

impl SignInError {
    /// Of a library's error: with its causes, which say what it was.
    pub(super) fn of(error: impl std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            text = format!("{text}: {inner}");
            cause = inner.source();
        }
        Self::Provider(text)
    }
}

/// A provider, as the operator writes it down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    kind: Kind,
    id: String,
    name: String,
    client_id: String,
    #[serde(default, deserialize_with = "secret")]
    client_secret: Option<SecretString>,
    issuer: Option<Url>,
    url: Option<Url>,
    api_url: Option<Url>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Oidc,
    Github,
}

/// What all providers have.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) client_id: String,
    pub(super) client_secret: Option<SecretString>,
}

fn secret<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
    Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
}

impl Client {
    /// Where the provider sends browsers back to: of each provider another address, so that one
    /// cannot pass its answers off as another's (RFC 9700, 4.4).
    pub(super) fn redirect_url(&self, settings: &Settings) -> String {
        format!("{}/v1/auth/{}/callback", settings.public_origin, self.id)
    }
}

/// A provider.
#[derive(Debug)]
pub(super) enum Provider {
    OpenId(Box<OpenId>),
    GitHub(Box<GitHub>),
}

impl Providers {
    /// Nowhere: there are guests only.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::default())
    }

    /// The providers in this JSON text: a list of `{"kind": "oidc", "id": "google", "name": "Google",
    /// "issuer": "https://accounts.google.com", "client_id": "…", "client_secret": "…"}` and
    /// `{"kind": "github", "id": "github", "name": "GitHub", "client_id": "…", "client_secret": "…"}`.
    ///
    /// # Errors
    /// [`ProvidersError`].
    pub fn parse(json: &str) -> Result<Self, ProvidersError> {
        let entries: Vec<Entry> = serde_json::from_str(json)?;
        let http = Http::new()?;
        let mut ids = BTreeSet::new();
        let mut providers = Vec::with_capacity(entries.len());
        for entry in entries {
            if !is_id(&entry.id) || !ids.insert(entry.id.clone()) {
                return Err(ProvidersError::Id(entry.id));
            }
            let addresses = [&entry.issuer, &entry.url, &entry.api_url];
            if !addresses.into_iter().flatten().all(is_safe) {
                return Err(ProvidersError::Address(entry.id));
            }
            providers.push(Provider::of(entry, http.clone())?);
        }
        Ok(Self(Arc::new(providers)))
    }

    pub(super) fn find(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.client().id == id)
    }

    /// The provider's name for people.
    pub(super) fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.find(id).map_or(id, |provider| &provider.client().name)
    }

    pub(super) fn clients(&self) -> impl Iterator<Item = &Client> {
        self.0.iter().map(Provider::client)
    }
}

impl Provider {
    fn of(entry: Entry, http: Http) -> Result<Self, ProvidersError> {
        let Entry { kind, id, name, client_id, client_secret, issuer, url, api_url } = entry;
        let client = Client { id, name, client_id, client_secret };
        match (kind, issuer, url, api_url) {
            (Kind::Oidc, Some(issuer), None, None) => {
                Ok(Self::OpenId(Box::new(OpenId::new(client, issuer, http))))
            }
            (Kind::Github, None, url, api_url) => {
                Ok(Self::GitHub(Box::new(GitHub::new(client, url, api_url, http))))
            }
            _ => Err(ProvidersError::Addresses(client.id)),
        }
    }

    fn client(&self) -> &Client {
        match self {
            Self::OpenId(one) => one.client(),
            Self::GitHub(one) => one.client(),
        }
    }

    /// Where the browser goes to sign in.
    pub(super) async fn begin(
        &self,
        settings: &Settings,
        proofs: Proofs,
    ) -> Result<Url, SignInError> {
        let back = self.client().redirect_url(settings);
        match self {
            Self::OpenId(one) => one.begin(back, proofs).await,
            Self::GitHub(one) => one.begin(back, proofs),
        }
    }

    /// Who has signed in. `issuer` is who says to have sent the browser back, if it says so.
    pub(super) async fn finish(
        &self,
        settings: &Settings,
        proofs: Proofs,
        code: String,
        issuer: Option<String>,
    ) -> Result<Person, SignInError> {
        let back = self.client().redirect_url(settings);
        match self {
            Self::OpenId(one) => one.finish(back, proofs, code, issuer).await,
            Self::GitHub(one) => one.finish(back, proofs, code).await,
        }
    }
}

fn is_id(id: &str) -> bool {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=30).contains(&id.len()) && id.chars().all(good)
}

/// Secrets and codes are sent there.
fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOGLE: &str = r#"{"kind": "oidc", "id": "google", "name": "Google", "client_id": "a",
        "issuer": "https://accounts.google.com", "client_secret": "b"}"#;

    #[test]
    fn the_documented_forms_are_read_and_others_refused() {
        let github = r#"{"kind": "github", "id": "github", "name": "GitHub", "client_id": "a"}"#;
        let two = Providers::parse(&format!("[{GOOGLE}, {github}]")).unwrap();
        assert_eq!(two.name("github"), "GitHub");
        assert!(two.find("gitlab").is_none());
        assert!(Providers::parse("[]").unwrap().0.is_empty());
        let wrong = [
            format!("[{GOOGLE}, {GOOGLE}]"),
            format!("[{}]", GOOGLE.replace("https:", "http:")),
            format!("[{}]", GOOGLE.replace(r#""google""#, r#""Goo gle""#)),
            format!("[{}]", GOOGLE.replace("oidc", "saml")),
            format!("[{}]", GOOGLE.replace("issuer", "url")),
            format!("[{}]", GOOGLE.replace("client_secret", "secret")),
            "{}".to_owned(),
        ];
        for text in wrong {
            assert!(Providers::parse(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_secret_does_not_show() {
        let shown = format!("{:?}", Providers::parse(&format!("[{GOOGLE}]")).unwrap());
        assert!(!shown.contains("\"b\""), "{shown}");
    }
}
