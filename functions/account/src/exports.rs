use std::time::Duration;

use axum::{Json, extract::State};
use http::{HeaderName, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use reverie_api::{
    ATTEMPTS, App, Caller, Id, IdempotencyKey, Problem, Replay, account_busy, fresh_account,
    generation::Link,
};
use reverie_domain::{
    export::{Export, ExportStatus},
    ids::ExportId,
};
use reverie_store::{
    accounts::Account,
    exports,
    objects::{LINK_VALIDITY, Objects},
    operations::Idempotency,
    tables::{StoreError, WriteError},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::AccountState;

const ROUTE: &str = "POST /v1/me/exports";
/// An archive of all that is held about the account.
#[derive(Serialize, ToSchema)]
#[schema(as = Export)]
pub(crate) struct ExportView {
    id: ExportId,
    status: ExportStatus,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was ready, or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    completed_at: Option<Timestamp>,
    /// When the archive ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// The archive's size.
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// SHA-256 of the archive, in hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// A link to fetch it, while it is ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    download: Option<Link>,
}

impl ExportView {
    async fn new(app: &App, objects: &dyn Objects, export: Export) -> Result<Self, StoreError> {
        let now = app.now();
        Ok(Self {
            id: export.id,
            status: export.status_at(now),
            created_at: export.created_at,
            completed_at: export.completed_at,
            expires_at: export.expires_at,
            bytes: export.bytes,
            download: link(objects, now, &export).await?,
            sha256: export.sha256,
        })
    }
}

/// A link to the archive while it is there, clipped to its end.
async fn link(
    objects: &dyn Objects,
    now: Timestamp,
    export: &Export,
) -> Result<Option<Link>, StoreError> {
    let left = export.expires_at.map_or(0, |end| end.duration_since(now).as_secs());
    let Some(left) = u64::try_from(left).ok().filter(|left| *left > 0) else { return Ok(None) };
    let validity = Duration::from_secs(left).min(LINK_VALIDITY);
    let day = export.created_at.strftime("%Y-%m-%d");
    let (key, name) = (export.archive_key(), format!("reverie-export-{day}.zip"));
    let signed = objects.presign_get(&key, &name, "application/zip", validity).await?;
    let expires_at = now + SignedDuration::from_secs(validity.as_secs().cast_signed());
    Ok(Some(Link { url: signed.url, expires_at }))
}

/// Asks for an archive of all that is held about the account: JSON, and every file still kept. It takes
/// some minutes and can be asked for once in 24 hours; one that failed does not count.
#[utoipa::path(
    post, path = "/v1/me/exports", tag = "account", security(("bearer" = [])),
    params((
            "Idempotency-Key" = Option<String>, Header, description = "Kept for 24 hours.",
            min_length = 1, max_length = 255, pattern = "^[!-~]+$"
        )),
    responses(
        (status = 202, body = ExportView, headers(("location" = String))),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 422, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<AccountState>,
    caller: Caller,
    key: IdempotencyKey,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<ExportView>), Problem> {
    let AccountState { app, objects } = &state;
    let export = Export::begin(app.now(), caller.account.id);
    let scope = (export.account, ROUTE);
    let mine = key.row(&app.settings, app.now(), scope, b"", export.id);
    let export = begun(app, caller.account, export, mine.as_ref()).await?;
    let location = [(header::LOCATION, format!("/v1/me/exports/{}", export.id))];
    let view = ExportView::new(app, &**objects, export).await?;
    Ok((StatusCode::ACCEPTED, location, Json(view)))
}

/// The export, or the one that the same request has begun before.
async fn begun(
    app: &App,
    mut account: Account,
    export: Export,
    mine: Option<&Idempotency>,
) -> Result<Export, Problem> {
    for _ in 0..ATTEMPTS {
        let mut writes = exports::begin(&account, &export)?;
        if let Some(mine) = mine {
            let present = mine.present(&*app.tables).await?;
            if let Replay::Same(id) = Replay::of(app.now(), mine, present.as_ref())? {
                let id = id.parse().map_err(Problem::internal)?;
                let found = exports::find(&*app.tables, account.id, id).await?;
                return found.ok_or_else(Problem::not_found);
            }
            writes.push(mine.remember(present.as_ref())?);
        }
        blocked(app, &account).await?;
        match app.tables.write(&writes).await {
            Ok(()) => return Ok(export),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Conflict(_)) => {
                account = fresh_account(app, account.id).await?;
            }
        }
    }
    Err(account_busy())
}

/// 429 if none can be asked for now.
async fn blocked(app: &App, account: &Account) -> Result<(), Problem> {
    let now = app.now();
    let newest = exports::newest(&*app.tables, account.id).await?;
    let until = newest.iter().filter_map(Export::blocks_until).max();
    let Some(left) = until.map(|until| until.duration_since(now)).filter(|left| left.is_positive())
    else {
        return Ok(());
    };
    let seconds = u32::try_from(left.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    let detail = "An export can be asked for once in 24 hours.";
    Err(Problem::too_many("limit.exports", detail, seconds))
}

/// An export.
#[utoipa::path(
    get, path = "/v1/me/exports/{id}", tag = "account", security(("bearer" = [])),
    params(("id" = ExportId, Path)),
    responses(
        (status = 200, body = ExportView),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(state): State<AccountState>,
    caller: Caller,
    Id(id): Id<ExportId>,
) -> Result<Json<ExportView>, Problem> {
    let AccountState { app, objects } = &state;
    let found = exports::find(&*app.tables, caller.account.id, id).await?;
    let export = found.ok_or_else(Problem::not_found)?;
    Ok(Json(ExportView::new(app, &**objects, export).await?))
}
