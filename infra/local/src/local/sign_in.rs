//! An OpenID provider for laptops: whoever says who they are, is. It speaks the real protocol to the
//! same code, and is there only where the service is reached on this machine alone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use jiff::Timestamp;
use reverie_api::{Problem, Settings, Signer};
use reverie_auth::Providers;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::LocalConfig;

/// Where it is below the address at which this process listens.
const PATH: &str = "/dev/oidc";
const CLIENT: &str = "reverie-local";
/// How long a code is good.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where people may sign in, and the routes of this provider.
pub(super) fn set_up(
    config: &LocalConfig,
    settings: &Settings,
    base_url: &str,
) -> anyhow::Result<(Providers, Router)> {
    let is_alone = config.is_alone(settings);
    let providers = match &config.providers {
        Some(json) => Providers::parse(json)?,
        None if is_alone => Providers::parse(&json!([entry(base_url)]).to_string())?,
        None => Providers::none(),
    };
    let routes = match is_alone {
        true => routes(base_url, settings.hash_secret.expose_secret().as_bytes())?,
        false => Router::new(),
    };
    Ok((providers, routes))
}

/// What names it in the settings; see [`Providers::parse`].
#[must_use]
pub fn entry(base_url: &str) -> Value {
    json!({
        "kind": "oidc", "id": "local", "name": "a local account",
        "issuer": format!("{base_url}{PATH}"), "client_id": CLIENT,
    })
}

struct Provider {
    issuer: String,
    signer: Signer,
    codes: Mutex<HashMap<String, Code>>,
}

/// What a code stands for.
struct Code {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
    person: Person,
    until: Instant,
}

/// Who somebody says to be.
#[derive(Deserialize)]
struct Person {
    email: String,
    name: String,
}

/// An authorization request (RFC 6749, 4.1.1, with RFC 7636 and OpenID Connect's nonce).
#[derive(Deserialize)]
struct Asked {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    state: String,
    nonce: Option<String>,
    code_challenge: String,
    code_challenge_method: String,
}

/// A token request.
#[derive(Deserialize)]
struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    client_id: Option<String>,
}

fn routes(base_url: &str, secret: &[u8]) -> anyhow::Result<Router> {
    let signer = Signer::of(secret, "the local OpenID provider");
    let signer = signer.map_err(|_| anyhow::anyhow!("the local OpenID provider has no key"))?;
    let provider =
        Provider { issuer: format!("{base_url}{PATH}"), signer, codes: Mutex::default() };
    let routes = Router::new()
        .route("/.well-known/openid-configuration", get(configuration))
        .route("/jwks", get(keys))
        .route("/authorize", get(form).post(agree))
        .route("/token", post(token))
        .with_state(Arc::new(provider));
    Ok(Router::new().nest(PATH, routes))
}

async fn configuration(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn keys(State(provider): State<Arc<Provider>>) -> Json<Value> {
    Json(json!({"keys": [provider.signer.public_key()]}))
}

/// The page on which somebody says who they are. Its form is sent to its own address.
async fn form(State(provider): State<Arc<Provider>>, Query(asked): Query<Asked>) -> Response {
    match provider.accepts(&asked) {
        true => Html(include_str!("sign_in.html")).into_response(),
        false => refused("invalid_request"),
    }
}

async fn agree(
    State(provider): State<Arc<Provider>>,
    Query(asked): Query<Asked>,
    Form(person): Form<Person>,
) -> Result<Response, Problem> {
    if !provider.accepts(&asked) || !person.email.contains('@') {
        return Ok(refused("invalid_request"));
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(Problem::internal)?;
    let code = URL_SAFE_NO_PAD.encode(random);
    let Asked { nonce, code_challenge: challenge, redirect_uri, state, .. } = asked;
    let until = Instant::now() + PATIENCE;
    let mut codes = provider.codes();
    codes.retain(|_, code| Instant::now() < code.until);
    let to = redirect_uri.clone();
    codes.insert(code.clone(), Code { nonce, challenge, redirect_uri, person, until });
    let answer = [("code", &code), ("state", &state), ("iss", &provider.issuer)];
    let url = reqwest::Url::parse_with_params(&to, answer).map_err(Problem::internal)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, url.to_string())]).into_response())
}

async fn token(State(provider): State<Arc<Provider>>, Form(asked): Form<Exchange>) -> Response {
    // A code is good once.
    let code = provider.codes().remove(&asked.code);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked.code_verifier));
    let code = code.filter(|code| {
        Instant::now() < code.until
            && code.challenge == challenge
            && code.redirect_uri == asked.redirect_uri
    });
    let known =
        asked.grant_type == "authorization_code" && asked.client_id.as_deref() == Some(CLIENT);
    let Some(code) = code.filter(|_| known) else { return refused("invalid_grant") };
    let Ok(id_token) = provider.id_token(&code) else { return refused("server_error") };
    let tokens = json!({
        "access_token": "of no use here",
        "token_type": "Bearer",
        "expires_in": PATIENCE.as_secs(),
        "id_token": id_token,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response()
}

impl Provider {
    fn accepts(&self, asked: &Asked) -> bool {
        asked.client_id == CLIENT
            && is_ours(&asked.redirect_uri)
            && asked.response_type == "code"
            && asked.code_challenge_method == "S256"
    }

    fn id_token(&self, code: &Code) -> Result<String, Problem> {
        let now = Timestamp::now().as_second();
        let Person { email, name } = &code.person;
        self.signer.sign(&json!({
            "iss": self.issuer,
            "aud": CLIENT,
            // One person for each address.
            "sub": hex::encode(Sha256::digest(email)),
            "iat": now,
            "exp": now + 60,
            "nonce": code.nonce,
            "email": email,
            "email_verified": true,
            "name": name,
        }))
    }

    fn codes(&self) -> MutexGuard<'_, HashMap<String, Code>> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The service answers on this machine, perhaps on another port.
fn is_ours(redirect_uri: &str) -> bool {
    reqwest::Url::parse(redirect_uri)
        .is_ok_and(|url| url.host_str() == Some("127.0.0.1") && url.path().starts_with("/v1/auth/"))
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}
