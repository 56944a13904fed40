use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use http::{HeaderMap, StatusCode, header, request::Parts};
use reverie_domain::scope::Scope;
use reverie_store::{
    accounts::{self, Account, Credential, Known},
    consents::hear_signal,
};

use crate::{
    App, Problem, Settings,
    cookies::{SESSION, read_cookie},
    limits::Told,
    token::PlainToken,
};

/// Who asks, in a session. An operation that API keys may do, too, takes one of the extractors with
/// a scope's name instead, such as [`CreditsRead`]; so that a new operation is closed to keys.
///
/// A Global Privacy Control signal, on whatever request, ends what was agreed to without knowing of it.
///
/// Extracting it costs one round trip, now and then two; 401 where nobody is known, 403 for an API
/// key, 429 where the account asks too often.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The account.
    pub account: Account,
    /// What the token stands for.
    pub credential: Credential,
}

/// What an operation wants of a caller's credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Session,
    Scope(Scope),
}

impl Access {
    fn allows(self, credential: &Credential) -> bool {
        match (self, credential) {
            (_, Credential::Session(_)) => true,
            (Self::Session, Credential::ApiKey(_)) => false,
            (Self::Scope(scope), Credential::ApiKey(key)) => key.scopes.contains(&scope),
        }
    }

    fn refusal(self) -> Problem {
        let detail = match self {
            Self::Session => "API keys may not do this: it takes a session.".to_owned(),
            Self::Scope(scope) => format!("This API key does not have the scope {}.", scope.name()),
        };
        Problem::new(StatusCode::FORBIDDEN, "insufficient_scope", detail)
    }
}

impl<S> FromRequestParts<S> for Caller
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        admit(parts, &App::from_ref(state), Access::Session).await
    }
}

/// Who asks, if anybody is known.
impl<S> OptionalFromRequestParts<S> for Caller
where
    App: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        match admit(parts, &App::from_ref(state), Access::Session).await {
            Ok(caller) => Ok(Some(caller)),
            Err(problem) if problem.status() == StatusCode::UNAUTHORIZED => Ok(None),
            Err(problem) => Err(problem),
        }
    }
}

/// An extractor for each scope: a session, or an API key that has it.
macro_rules! scopes {
    ($($name:ident),+) => {$(
        #[doc = concat!("Who asks, in a session or by an API key with [`Scope::", stringify!($name), "`].")]
        #[derive(Debug, Clone)]
        pub struct $name(pub Caller);

        impl<S> FromRequestParts<S> for $name
        where
            App: FromRef<S>,
            S: Send + Sync,
        {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                let access = Access::Scope(Scope::$name);
                admit(parts, &App::from_ref(state), access).await.map(Self)
            }
        }
    )+};
}

scopes!(AccountRead, CreditsRead, GenerationsRead, GenerationsWrite, UploadsRead, UploadsWrite);

async fn admit(parts: &Parts, app: &App, access: Access) -> Result<Caller, Problem> {
    let token = presented(parts, &app.settings)?.ok_or_else(Problem::unauthorized)?;
    let (now, hash) = (app.now(), token.secret_hash());
    let secret = (token.kind(), hash.as_str());
    let signal = has_privacy_signal(&parts.headers);
    let known = accounts::authenticate(&*app.tables, now, token.account(), secret, signal).await?;
    let Known { account, credential, requests, consents } =
        known.ok_or_else(Problem::unauthorized)?;
    // The next request with the signal tries again. Also of who asks too often: it is written once.
    if let Some(consents) = consents
        && let Err(error) = hear_signal(&*app.tables, now, &consents).await
    {
        tracing::warn!(%error, "a privacy signal was not written down");
    }
    for (asker, row) in requests {
        let counted = app.requests.count(&*app.tables, now, &asker, row).await;
        Told::tell(parts, &counted);
        counted?;
    }
    // The request does not depend on it, and the next one tries again.
    if let Err(error) = credential.keep_alive(&*app.tables, now, account.kind).await {
        tracing::warn!(%error, "the use of a session or key was not written down");
    }
    match access.allows(&credential) {
        true => Ok(Caller { account, credential }),
        false => Err(access.refusal()),
    }
}

/// Whether the browser sends a Global Privacy Control signal (<https://www.w3.org/TR/gpc/>): the field has
/// exactly this value, or it means nothing.
#[must_use]
pub fn has_privacy_signal(headers: &HeaderMap) -> bool {
    headers.get("sec-gpc").is_some_and(|value| value.as_bytes() == b"1")
}

/// The token in the request: `Authorization` before the cookie.
fn presented(parts: &Parts, settings: &Settings) -> Result<Option<PlainToken>, Problem> {
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let bearer = value.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        return Ok(bearer.and_then(PlainToken::parse));
    }
    let cookie = read_cookie(settings, &parts.headers, SESSION);
    let Some(token) = cookie.and_then(PlainToken::parse) else {
        return Ok(None);
    };
    if !parts.method.is_safe() {
        from_our_pages(settings, &parts.headers)?;
    }
    Ok(Some(token))
}

/// Browsers say where a request comes from, and pages cannot forge it.
///
/// # Errors
/// 403 if it is a page of others, or if the request does not say.
pub fn from_our_pages(settings: &Settings, headers: &HeaderMap) -> Result<(), Problem> {
    let detail = "Requests with a cookie that change something must come from our own pages.";
    let ours = is_from_our_pages(settings, headers) == Some(true);
    ours.then_some(()).ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "cross_site", detail))
}

/// Whether a request comes from our own pages; `None` if it does not say, as from a program.
#[must_use]
pub fn is_from_our_pages(settings: &Settings, headers: &HeaderMap) -> Option<bool> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => Some(matches!(site, "same-origin" | "none")),
        None => text("origin").map(|origin| origin == settings.public_origin),
    }
}
