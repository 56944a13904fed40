use axum::extract::{FromRef, FromRequestParts};
use http::{HeaderMap, StatusCode, header, request::Parts};
use reverie_domain::scope::Scope;
use reverie_store::accounts::{self, Account, Credential, Known};

use crate::{App, Problem, Settings, limits::Told, token::PlainToken};

/// The session cookie's name where the public origin is https.
pub const SECURE_COOKIE: &str = "__Host-reverie";
/// Its name where the public origin is plain http on loopback.
pub const COOKIE: &str = "reverie";

/// Who asks, in a session. An operation that API keys may do, too, takes one of the extractors with
/// a scope's name instead, such as [`CreditsRead`]; so that a new operation is closed to keys.
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
    let known = accounts::authenticate(&*app.tables, now, token.account(), secret).await?;
    let Known { account, credential, requests } = known.ok_or_else(Problem::unauthorized)?;
    for (asker, row) in requests {
        let counted = app.requests.count(&*app.tables, now, &asker, row).await;
        Told::tell(parts, &counted);
        counted?;
    }
    // The request does not depend on it, and the next one tries again.
    if let Err(error) = credential.keep_alive(&*app.tables, now).await {
        tracing::warn!(%error, "the use of a session or key was not written down");
    }
    match access.allows(&credential) {
        true => Ok(Caller { account, credential }),
        false => Err(access.refusal()),
    }
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
    let name = if settings.is_plain_http() { COOKIE } else { SECURE_COOKIE };
    let Some(token) = cookie(&parts.headers, name).and_then(PlainToken::parse) else {
        return Ok(None);
    };
    if !parts.method.is_safe() && !from_our_pages(&parts.headers, settings) {
        let detail = "Requests with a cookie that change something must come from our own pages.";
        return Err(Problem::new(StatusCode::FORBIDDEN, "cross_site", detail));
    }
    Ok(Some(token))
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    texts
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// Browsers say where a request comes from, and pages cannot forge it.
fn from_our_pages(headers: &HeaderMap, settings: &Settings) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => text("origin").is_some_and(|origin| origin == settings.public_origin),
    }
}

/// The longest that browsers keep a cookie (400 days, RFC 6265bis). When a session ends is decided
/// by its row, which moves with every use.
const COOKIE_SECS: u32 = 400 * 24 * 3600;

/// The `Set-Cookie` value that keeps a session in a browser.
#[must_use]
pub fn session_cookie(settings: &Settings, token: &PlainToken) -> String {
    let token = token.reveal();
    let rest = format!("Path=/; HttpOnly; SameSite=Lax; Max-Age={COOKIE_SECS}");
    match settings.is_plain_http() {
        true => format!("{COOKIE}={token}; {rest}"),
        false => format!("{SECURE_COOKIE}={token}; {rest}; Secure"),
    }
}

/// The `Set-Cookie` value that takes the session out of a browser.
#[must_use]
pub fn ended_cookie(settings: &Settings) -> String {
    let rest = "Path=/; HttpOnly; SameSite=Lax; Max-Age=0";
    match settings.is_plain_http() {
        true => format!("{COOKIE}=; {rest}"),
        false => format!("{SECURE_COOKIE}=; {rest}; Secure"),
    }
}
