//! Something of GitHub's shape: OAuth 2.0 with PKCE, and the two calls of its API that tell who
//! somebody is (docs.github.com, "Authorizing OAuth apps" and "REST API endpoints for users").

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Whom it takes everybody for.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// GitHub's id.
    pub id: u64,
    /// Many have none.
    pub name: Option<&'static str>,
    /// The primary address.
    pub email: &'static str,
    /// Whether it was confirmed.
    pub verified: bool,
}

/// A running server.
pub struct FakeGitHub {
    base: String,
    state: Shared,
}

type Shared = Arc<Mutex<Inner>>;

#[derive(Default)]
struct Inner {
    person: Option<Person>,
    /// Challenges by codes.
    codes: HashMap<String, String>,
    tokens: Vec<String>,
}

impl FakeGitHub {
    /// Starts on a free port, until the test's runtime ends.
    pub async fn start() -> Self {
        let state = Shared::default();
        let routes = Router::new()
            .route("/login/oauth/authorize", get(authorize))
            .route("/login/oauth/access_token", post(token))
            .route("/api/v3/user", get(user))
            .route("/api/v3/user/emails", get(emails))
            .with_state(state.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { base, state }
    }

    /// Everybody who signs in from now on is this person.
    pub fn is(&self, person: Person) {
        self.state.lock().expect("not poisoned").person = Some(person);
    }

    /// Its entry in the settings.
    #[must_use]
    pub fn entry(&self) -> Value {
        json!({
            "kind": "github", "id": "github", "name": "GitHub", "client_id": "an id",
            "client_secret": "a secret", "url": self.base, "api_url": format!("{}/api/v3", self.base),
        })
    }
}

fn random() -> String {
    uuid::Uuid::now_v7().to_string()
}

async fn authorize(
    State(state): State<Shared>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["client_id"], "an id");
    assert_eq!(asked["scope"], "read:user user:email");
    let code = random();
    let challenge = asked["code_challenge"].clone();
    state.lock().expect("not poisoned").codes.insert(code.clone(), challenge);
    let back = format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"]);
    Redirect::to(&back).into_response()
}

async fn token(
    State(state): State<Shared>,
    Form(asked): Form<HashMap<String, String>>,
) -> Json<Value> {
    assert_eq!(asked["client_secret"], "a secret");
    let mut state = state.lock().expect("not poisoned");
    let challenge = state.codes.remove(&asked["code"]);
    let made = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked["code_verifier"]));
    if challenge != Some(made) {
        // With the status 200, as GitHub does.
        return Json(json!({"error": "bad_verification_code"}));
    }
    let token = random();
    state.tokens.push(token.clone());
    Json(json!({"access_token": token, "token_type": "bearer", "scope": "read:user,user:email"}))
}

fn person(state: &Shared, headers: &HeaderMap) -> Result<Person, StatusCode> {
    let state = state.lock().expect("not poisoned");
    let text = headers.get("authorization").and_then(|text| text.to_str().ok());
    let token = text.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    // GitHub refuses programs that do not say who they are.
    let known = state.tokens.iter().any(|one| one == token) && headers.contains_key("user-agent");
    state.person.filter(|_| known).ok_or(StatusCode::UNAUTHORIZED)
}

async fn user(State(state): State<Shared>, headers: HeaderMap) -> Result<Json<Value>, StatusCode> {
    let Person { id, name, .. } = person(&state, &headers)?;
    Ok(Json(json!({"login": "somebody", "id": id, "name": name, "email": null})))
}

async fn emails(
    State(state): State<Shared>,
    headers: HeaderMap,
) -> Result<Json<Value>, StatusCode> {
    let Person { email, verified, .. } = person(&state, &headers)?;
    Ok(Json(json!([
        {"email": "old@example.com", "primary": false, "verified": true, "visibility": null},
        {"email": email, "primary": true, "verified": verified, "visibility": "private"},
    ])))
}
