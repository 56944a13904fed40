use axum::{Json, extract::State};
use http::{StatusCode, header};
use jiff::Timestamp;
use reverie_api::{
    ATTEMPTS, App, Caller, Id, Params, Problem, ReceiptToken, Signer, account_busy, ended_cookie,
    fresh_account,
};
use reverie_domain::{
    erasure::{Erasure, ErasureStatus, Kept},
    ids::ErasureId,
};
use reverie_store::{accounts::Account, erasures, ledger::LedgerError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};

/// That it is meant.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Confirmation {
    /// The word `erase`: there is no way back.
    #[param(inline)]
    confirm: Confirm,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Confirm {
    Erase,
}

/// An erasure that has begun.
#[derive(Serialize, ToSchema)]
#[schema(as = Erasure)]
pub(crate) struct Begun {
    id: ErasureId,
    /// Opens the receipt, as `Authorization: Bearer rvr_…`. It is shown only here.
    receipt_token: String,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
}

/// What was deleted, and what is kept.
#[derive(Serialize, ToSchema)]
#[schema(as = ErasureReceipt)]
pub(crate) struct Receipt {
    #[serde(flatten)]
    content: Content,
    /// All of the above as a JSON Web Signature in compact form (RFC 7515, EdDSA); its key is at
    /// `/.well-known/jwks.json`. Only of an erasure that is completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    jws: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Content {
    id: ErasureId,
    status: ErasureStatus,
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    deleted: Vec<Deleted>,
    kept: Vec<Kept>,
    /// When the last backup that has any of it is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    backups_gone_at: Option<Timestamp>,
}

/// How much was deleted.
#[derive(Serialize, ToSchema)]
struct Deleted {
    /// A table, or `bucket`.
    store: String,
    /// What, as in `GET /v1/policies`.
    kind: String,
    /// How many rows or objects.
    count: u64,
}

impl Content {
    fn new(now: Timestamp, erasure: &Erasure) -> Self {
        let deleted = erasure.deleted.iter().map(|(place, count)| {
            let (store, kind) = place.split_once('.').unwrap_or((place, ""));
            Deleted { store: store.to_owned(), kind: kind.to_owned(), count: *count }
        });
        Self {
            id: erasure.id,
            status: erasure.status(),
            requested_at: erasure.requested_at,
            completed_at: erasure.over_at(),
            deleted: deleted.collect(),
            kept: erasure.kept(now),
            backups_gone_at: erasure.backups_gone_at(),
        }
    }
}

/// Erases the account and all that is its own. At once nobody is let in any more, sessions and API
/// keys end and nothing can be submitted; everything is deleted within minutes, and once more an hour
/// later, for what was under way. What is kept, why and until when is in the receipt.
#[utoipa::path(
    delete, path = "/v1/me", tag = "account", security(("bearer" = [])),
    params(Confirmation),
    responses(
        (status = 202, body = Begun, headers(("location" = String))),
        (status = 422, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn begin(
    State(app): State<App>,
    caller: Caller,
    Params(confirmation): Params<Confirmation>,
) -> Result<(StatusCode, [(header::HeaderName, String); 2], Json<Begun>), Problem> {
    let Confirmation { confirm: Confirm::Erase } = confirmation;
    let token = ReceiptToken::new().map_err(Problem::internal)?;
    let erasure = Erasure::begin(app.now(), caller.account.id, Some(token.hash()));
    write(&app, caller.account, &erasure).await?;
    let Erasure { id, requested_at, .. } = erasure;
    let headers = [
        (header::LOCATION, format!("/v1/erasures/{id}")),
        (header::SET_COOKIE, ended_cookie(&app.settings)),
    ];
    let begun = Begun { id, receipt_token: token.reveal(), requested_at };
    Ok((StatusCode::ACCEPTED, headers, Json(begun)))
}

async fn write(app: &App, mut account: Account, erasure: &Erasure) -> Result<(), Problem> {
    for _ in 0..ATTEMPTS {
        match erasures::begin(&*app.tables, app.now(), &account, erasure).await {
            Ok(_) => return Ok(()),
            Err(LedgerError::Conflict(_)) => {
                // It changed, or another request has begun to erase it.
                account = fresh_account(app, account.id).await?;
            }
            // The transaction may have been written although no answer came.
            Err(LedgerError::Store(error)) => {
                let found = erasures::find(&*app.tables, erasure.id).await?;
                return if found.is_some() { Ok(()) } else { Err(error.into()) };
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(account_busy())
}

/// The receipt of an erasure, for whoever has its token: the account is gone. It can be read for three
/// years.
#[utoipa::path(
    get, path = "/v1/erasures/{id}", tag = "account", security(("receipt" = [])),
    params(("id" = ErasureId, Path)),
    responses(
        (status = 200, body = Receipt),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(app): State<App>,
    token: Option<ReceiptToken>,
    Id(id): Id<ErasureId>,
) -> Result<Json<Receipt>, Problem> {
    let hash = token.ok_or_else(no_token)?.hash();
    let found = erasures::find(&*app.tables, id).await?;
    let erasure = found.filter(|erasure| erasure.token_hash.as_ref() == Some(&hash));
    let erasure = erasure.filter(|erasure| app.now() < erasure.ends_at());
    let content = Content::new(app.now(), &erasure.ok_or_else(Problem::not_found)?);
    let jws = match content.completed_at {
        Some(_) => Some(Signer::new(&app.settings)?.sign(&content)?),
        None => None,
    };
    Ok(Json(Receipt { content, jws }))
}

fn no_token() -> Problem {
    let detail = "Send the receipt's token: Authorization: Bearer rvr_…. DELETE /v1/me gave it.";
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
}

/// The public keys of our signatures, as a JSON Web Key Set (RFC 7517).
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "account",
    responses((status = 200, body = Value)),
)]
pub(crate) async fn keys(State(app): State<App>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"keys": [Signer::new(&app.settings)?.public_key()]})))
}
