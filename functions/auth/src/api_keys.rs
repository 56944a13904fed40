use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{
    ATTEMPTS, App, Body, Caller, Id, IdempotencyKey, Page, Problem, Replay, account_busy,
    fresh_account, token::PlainToken,
};
use reverie_domain::{ids::KeyId, scope::Scope};
use reverie_store::{
    Record,
    accounts::{self, API_KEYS, Account, ApiKey, CredentialKind},
    operations::Idempotency,
    tables::{Outcome, WriteError},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

const ROUTE: &str = "POST /v1/api-keys";
const NAME_CHARS: usize = 100;

/// An API key to be made.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewApiKey {
    /// What you call it: 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do.
    #[schema(value_type = BTreeSet<Scope>, min_items = 1, max_items = 6)]
    scopes: Vec<Scope>,
}

/// An API key.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(crate) struct ApiKeyView {
    id: KeyId,
    name: String,
    scopes: Vec<Scope>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the hour; missing if it was never used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        let ApiKey { id, name, scopes, created_at, last_used_at, .. } = key;
        Self { id, name, scopes, created_at, last_used_at }
    }
}

/// A new API key.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeApiKey {
    /// The key itself, `rvk_…`. It is shown only here.
    token: String,
    #[serde(flatten)]
    key: ApiKeyView,
}

/// The account's API keys, newest first.
#[utoipa::path(
    get, path = "/v1/api-keys", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Page<ApiKeyView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Page<ApiKeyView>>, Problem> {
    let mut keys = accounts::api_keys(&*app.tables, caller.account.id).await?;
    keys.sort_by_key(|key| std::cmp::Reverse(key.id));
    Ok(Json(Page::new(keys.into_iter().map(ApiKeyView::from).collect(), None::<KeyId>)))
}

/// Makes an API key: a token for programs that may do only what its scopes say. It does not end by
/// itself.
#[utoipa::path(
    post, path = "/v1/api-keys", tag = "account", security(("bearer" = [])),
    params((
            "Idempotency-Key" = Option<String>, Header,
            description = "Kept for 24 hours. A repetition is a 409: the key is shown once.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    request_body = NewApiKey,
    responses(
        (status = 201, body = MadeApiKey),
        (status = 409, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(app): State<App>,
    caller: Caller,
    idempotency: IdempotencyKey,
    Body(request): Body<NewApiKey>,
) -> Result<(StatusCode, Json<MadeApiKey>), Problem> {
    let (key, token) = made(&app, &caller.account, &request)?;
    let body = serde_json::to_vec(&request).map_err(Problem::internal)?;
    let scope = (key.account, ROUTE);
    let mine = idempotency.row(&app.settings, app.now(), scope, &body, key.id);
    write(&app, caller.account, &key, mine.as_ref()).await?;
    let made = MadeApiKey { token: token.reveal(), key: key.into() };
    Ok((StatusCode::CREATED, Json(made)))
}

fn made(
    app: &App,
    account: &Account,
    request: &NewApiKey,
) -> Result<(ApiKey, PlainToken), Problem> {
    let name = request.name.trim();
    if !(1..=NAME_CHARS).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let message = format!("must be 1 to {NAME_CHARS} characters, none of them a control one");
        return Err(Problem::invalid_field("name", message));
    }
    let mut scopes = request.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() || scopes.len() != request.scopes.len() {
        return Err(Problem::invalid_field("scopes", "must name each scope once, at least one"));
    }
    let token = PlainToken::new(CredentialKind::ApiKey, account.id).map_err(Problem::internal)?;
    let key = ApiKey {
        id: KeyId::new(),
        account: account.id,
        name: name.to_owned(),
        scopes,
        secret_hash: token.secret_hash(),
        created_at: app.now(),
        last_used_at: None,
        version: 1,
    };
    Ok((key, token))
}

/// Together with the account's next version, so that two at once do not pass the limit together.
async fn write(
    app: &App,
    mut account: Account,
    key: &ApiKey,
    mine: Option<&Idempotency>,
) -> Result<(), Problem> {
    let mut past = None;
    for _ in 0..ATTEMPTS {
        if accounts::api_keys(&*app.tables, account.id).await?.len() >= API_KEYS {
            let detail = format!("An account has at most {API_KEYS} API keys.");
            return Err(Problem::new(StatusCode::CONFLICT, "keys.full", detail));
        }
        let mut writes = vec![account.next().replace(&account)?, key.create()?];
        if let Some(mine) = mine {
            writes.push(mine.remember(past.as_ref())?);
        }
        let outcomes = match app.tables.write(&writes).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Conflict(outcomes)) => outcomes,
        };
        if let Some(present) = Idempotency::clashed(outcomes.get(2))? {
            if let Some(mine) = mine
                && let Replay::Same(_) = Replay::of(app.now(), mine, Some(&present))?
            {
                let detail = "This request made a key before, and a key is shown once.";
                return Err(Problem::new(StatusCode::CONFLICT, "idempotency.secret_shown", detail));
            }
            past = Some(present);
        }
        if let Some(Outcome::Clashed(_)) = outcomes.first() {
            account = fresh_account(app, account.id).await?;
        }
    }
    Err(account_busy())
}

/// Revokes an API key at once.
#[utoipa::path(
    delete, path = "/v1/api-keys/{id}", tag = "account", security(("bearer" = [])),
    params(("id" = KeyId, Path)),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<KeyId>,
) -> Result<StatusCode, Problem> {
    match accounts::revoke_api_keys(&*app.tables, caller.account.id, Some(id)).await? {
        0 => Err(Problem::not_found()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
