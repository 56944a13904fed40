use axum::{
    Json,
    extract::State,
    response::{AppendHeaders, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use reverie_api::{
    App, Body, Caller, ClientAddress, Problem, UserAgent, read_cookie, session_cookie, set_cookie,
};
use reverie_store::accounts::{self, AccountKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Auth,
    admission::{Admission, email_hash},
    attempt::PATIENCE,
    linking::Change,
    person::Person,
};

const COOKIE: &str = "reverie-pending";
const PURPOSE: &str = "pending identity";

/// An identity that waits for its owner to say what they want, in a cookie of their browser. Nothing
/// of it is stored here.
#[derive(Serialize, Deserialize)]
struct Pending {
    person: Person,
    /// In seconds.
    until: i64,
}

/// The cookie that keeps it.
pub(super) fn cookie(app: &App, person: Person) -> Result<String, Problem> {
    let until = (app.now() + PATIENCE).as_second();
    let json = serde_json::to_vec(&Pending { person, until }).map_err(Problem::internal)?;
    let text = URL_SAFE_NO_PAD.encode(json);
    let hash = app.settings.keyed_hash(PURPOSE, text.as_bytes());
    Ok(set_cookie(&app.settings, COOKIE, &format!("{text}.{hash}"), PATIENCE.as_secs()))
}

fn read(app: &App, headers: &HeaderMap) -> Option<Person> {
    let (text, hash) = read_cookie(&app.settings, headers, COOKIE)?.split_once('.')?;
    if !app.settings.is_keyed_hash(PURPOSE, text.as_bytes(), hash) {
        return None;
    }
    let pending: Pending = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    (app.now().as_second() < pending.until).then_some(pending.person)
}

/// What a sign-in waits for.
#[derive(Serialize, ToSchema)]
pub(crate) struct PendingSignIn {
    /// The identity; `null` if nothing waits.
    identity: Option<PendingIdentity>,
    /// The providers by which one signs in to accounts with the same address. Signing in there, and
    /// then deciding for `link`, makes one account of both.
    known_by: Vec<String>,
}

/// An identity that belongs to no account yet.
#[derive(Serialize, ToSchema)]
struct PendingIdentity {
    provider: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
}

/// A sign-in that came back with `sign_in=pending`: the identity is new, and an account is signed in
/// already, or one with the same address is known. It is in a cookie for ten minutes.
#[utoipa::path(
    get, path = "/v1/auth/pending", tag = "account",
    responses(
        (status = 200, body = PendingSignIn),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(auth): State<Auth>,
    headers: HeaderMap,
) -> Result<Json<PendingSignIn>, Problem> {
    let Some(person) = read(&auth.app, &headers) else {
        return Ok(Json(PendingSignIn { identity: None, known_by: Vec::new() }));
    };
    let tables = &*auth.app.tables;
    let mut known_by = Vec::new();
    if let Some(hash) = email_hash(person.email.as_deref()) {
        for account in accounts::email_holders(tables, &hash).await? {
            let identities = accounts::identities(tables, account).await?;
            // Only what has that very address: the others are nothing that its owner has to know.
            let same = identities.into_iter().filter(|one| one.email_hash.as_ref() == Some(&hash));
            known_by.extend(same.map(|one| one.provider));
        }
    }
    known_by.sort();
    known_by.dedup();
    let Person { provider, email, name, .. } = person;
    Ok(Json(PendingSignIn { identity: Some(PendingIdentity { provider, email, name }), known_by }))
}

/// What the person wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PendingDecision)]
pub(crate) struct Decision {
    action: Action,
}

/// `link` adds the identity to the account that is signed in; `separate` makes an account of its own,
/// of the guest who asks if there is one.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PendingAction)]
enum Action {
    Link,
    Separate,
}

/// The session that the decision led to.
#[derive(Serialize, ToSchema)]
#[schema(as = PendingDecided)]
pub(crate) struct Decided {
    /// The token of a new session, after `separate`. It is shown only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// When it was done.
    #[schema(value_type = String, format = DateTime)]
    decided_at: Timestamp,
}

/// Ends a sign-in that waits.
#[utoipa::path(
    post, path = "/v1/auth/pending", tag = "account", request_body = Decision,
    responses(
        (status = 200, body = Decided),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn decide(
    State(auth): State<Auth>,
    caller: Option<Caller>,
    address: ClientAddress,
    UserAgent(device): UserAgent,
    headers: HeaderMap,
    Body(Decision { action }): Body<Decision>,
) -> Result<Response, Problem> {
    let app = &auth.app;
    let person = read(app, &headers).ok_or_else(Problem::not_found)?;
    reverie_api::from_our_pages(&app.settings, &headers)?;
    let mut cookies = vec![set_cookie(&app.settings, COOKIE, "", 0)];
    let mut token = None;
    match action {
        Action::Link => {
            let caller = caller.ok_or_else(Problem::unauthorized)?;
            if caller.account.kind == AccountKind::Guest {
                let detail = "Sign in to the account that it is to be added to, then decide.";
                return Err(Problem::new(StatusCode::CONFLICT, "identity.sign_in_first", detail));
            }
            Change::Link(&person).make(app, caller.account).await?;
        }
        Action::Separate => {
            let admission = Admission { app, address: &address, device, link: false };
            let made = admission.admit(&person, caller, true).await?;
            let made = made.ok_or_else(Problem::not_found)?;
            cookies.push(session_cookie(&app.settings, &made));
            token = Some(made.reveal());
        }
    }
    let cookies: Vec<_> = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect();
    let decided = Decided { token, decided_at: app.now() };
    Ok((AppendHeaders(cookies), Json(decided)).into_response())
}
