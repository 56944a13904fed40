//! Signing in at a provider: OpenID Connect Core 1.0 or OAuth 2.0, by authorization code with PKCE
//! (RFC 7636), state, nonce and a redirect address of each provider's own, as RFC 9700 wants it.

mod admission;
mod attempt;
mod github;
mod http;
pub(crate) mod identities;
mod linking;
mod oidc;
pub(crate) mod pending;
mod person;
mod providers;

use ::http::{HeaderMap, StatusCode, header};
use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse, Response},
};
use reverie_api::{
    App, Caller, ClientAddress, Id, Params, Problem, UserAgent, read_cookie, session_cookie,
    set_cookie,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub(crate) use self::person::NAME;
pub use self::providers::{Providers, ProvidersError};
use self::{admission::Admission, attempt::Attempt};

/// What the function needs beside the usual.
#[derive(Clone)]
pub struct Auth {
    /// The usual.
    pub app: App,
    /// Where people may sign in.
    pub providers: Providers,
}

impl axum::extract::FromRef<Auth> for App {
    fn from_ref(auth: &Auth) -> Self {
        auth.app.clone()
    }
}

/// Where people may sign in.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderList {
    items: Vec<ProviderView>,
}

/// A provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
struct ProviderView {
    #[schema(example = "google")]
    id: String,
    #[schema(example = "Google")]
    name: String,
    /// Where a browser begins.
    login_url: String,
}

/// Where people may sign in.
#[utoipa::path(
    get, path = "/v1/auth/providers", tag = "account",
    responses((status = 200, body = ProviderList))
)]
pub(crate) async fn list(State(auth): State<Auth>) -> Json<ProviderList> {
    let origin = &auth.app.settings.public_origin;
    let items = auth.providers.clients().map(|client| ProviderView {
        id: client.id.clone(),
        name: client.name.clone(),
        login_url: format!("{origin}/v1/auth/{}/login", client.id),
    });
    Json(ProviderList { items: items.collect() })
}

/// Where to go on afterwards.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Login {
    /// A path of this service, to which the browser comes back with `sign_in` in its query.
    #[serde(default)]
    #[param(max_length = 500, pattern = "^/([^/\\\\].*)?$")]
    return_to: Option<String>,
    /// Add this provider to the account that is signed in, instead of signing in.
    #[serde(default)]
    link: bool,
}

/// Sends the browser to a provider to sign in.
#[utoipa::path(
    get, path = "/v1/auth/{provider}/login", tag = "account",
    params(("provider" = String, Path, example = "google"), Login),
    responses(
        (status = 303, description = "To the provider", headers(("location" = String))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn login(
    State(auth): State<Auth>,
    Id(provider): Id<String>,
    Params(asked): Params<Login>,
) -> Result<Response, Problem> {
    let settings = &auth.app.settings;
    let found = auth.providers.find(&provider).ok_or_else(Problem::not_found)?;
    let return_to = asked.return_to.unwrap_or_else(|| "/".to_owned());
    let attempt = Attempt::begin(auth.app.now(), &provider, return_to, asked.link)?;
    let url = found.begin(settings, attempt.proofs(settings)).await;
    let url = url.map_err(Problem::unavailable)?;
    Ok(redirect(url.as_str(), [attempt.cookie(settings)]))
}

/// What the provider says.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Callback {
    #[serde(default)]
    #[param(max_length = 4000)]
    code: Option<String>,
    #[serde(default)]
    #[param(max_length = 500)]
    state: Option<String>,
    #[serde(default)]
    #[param(max_length = 500)]
    error: Option<String>,
    /// Who answers (RFC 9207).
    #[serde(default)]
    #[param(max_length = 500)]
    iss: Option<String>,
}

/// Where a provider sends the browser back to. Whatever happened, the browser goes on to `return_to`,
/// with `sign_in` in its query: `done`; `pending`, see `GET /v1/auth/pending`; `denied` by the
/// person or the provider; `expired`, if it took over ten minutes or began in another browser; `taken`,
/// if what was to be added to an account belongs to another one; `full`, if the one who asks is a guest and as
/// many guests as may have become the account: the guest stays signed in; `busy`, to be tried again in a
/// minute; `failed`.
#[utoipa::path(
    get, path = "/v1/auth/{provider}/callback", tag = "account",
    params(("provider" = String, Path, example = "google"), Callback),
    responses(
        (status = 303, description = "To the page where it began", headers(("location" = String))),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn callback(
    State(auth): State<Auth>,
    Id(provider): Id<String>,
    Params(said): Params<Callback>,
    caller: Option<Caller>,
    address: ClientAddress,
    UserAgent(device): UserAgent,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let settings = &auth.app.settings;
    let found = auth.providers.find(&provider).ok_or_else(Problem::not_found)?;
    let text = read_cookie(settings, &headers, attempt::COOKIE);
    let attempt = text.and_then(|text| Attempt::read(auth.app.now(), &provider, text));
    let Some(attempt) = attempt.filter(|one| one.is_answered_by(settings, said.state.as_deref()))
    else {
        return Ok(back(&auth, "/", "expired", None));
    };
    let end = |outcome, cookie| Ok(back(&auth, &attempt.return_to, outcome, cookie));
    let (Some(code), None) = (said.code, said.error) else { return end("denied", None) };
    let person = match found.finish(settings, attempt.proofs(settings), code, said.iss).await {
        Ok(person) => person,
        Err(error) => {
            tracing::warn!(provider, %error, "a sign-in failed");
            return end("failed", None);
        }
    };
    let admission = Admission { app: &auth.app, address: &address, device, link: attempt.link };
    match admission.admit(&person, caller, false).await {
        Ok(Some(token)) => end("done", Some(session_cookie(settings, &token))),
        Ok(None) => end("pending", Some(pending::cookie(&auth.app, person)?)),
        Err(problem) if problem.status() == StatusCode::TOO_MANY_REQUESTS => end("busy", None),
        Err(problem) if problem.code() == admission::FULL => end("full", None),
        Err(problem) if problem.status() == StatusCode::CONFLICT => end("taken", None),
        Err(problem) => Err(problem),
    }
}

/// Back to the page where it began. The attempt's cookie goes.
fn back(auth: &Auth, return_to: &str, outcome: &str, cookie: Option<String>) -> Response {
    let settings = &auth.app.settings;
    let mark = if return_to.contains('?') { '&' } else { '?' };
    let url = format!("{}{return_to}{mark}sign_in={outcome}", settings.public_origin);
    let ended = set_cookie(settings, attempt::COOKIE, "", 0);
    redirect(&url, cookie.into_iter().chain([ended]))
}

fn redirect(url: &str, cookies: impl IntoIterator<Item = String>) -> Response {
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    // What is in the address is for one browser and one time.
    let headers =
        [(header::LOCATION, url.to_owned()), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::SEE_OTHER, AppendHeaders(headers), AppendHeaders(cookies.collect::<Vec<_>>()))
        .into_response()
}
