use axum::{Json, extract::State};
use jiff::Timestamp;
use reverie_api::{App, Caller, Id, Problem, change_account};
use serde::Serialize;
use utoipa::ToSchema;

/// That somebody has read a version of the policies.
#[derive(Serialize, ToSchema)]
pub(crate) struct Acknowledgement {
    #[schema(example = "2026-11-01")]
    version: &'static str,
    /// When it was acknowledged first.
    #[schema(value_type = String, format = DateTime)]
    acknowledged_at: Timestamp,
}

/// Acknowledges a version of the policies. Once more changes nothing.
#[utoipa::path(
    post, path = "/v1/policies/{version}/acknowledgement", tag = "account", security(("bearer" = [])),
    params(("version" = String, Path, description = "One of `GET /v1/policies`.", example = "2026-11-01")),
    responses(
        (status = 200, body = Acknowledgement),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn acknowledge(
    State(app): State<App>,
    caller: Caller,
    Id(version): Id<String>,
) -> Result<Json<Acknowledgement>, Problem> {
    let version =
        app.settings.policies.find(&version).ok_or_else(Problem::not_found)?.policy.version;
    let now = app.now();
    let account = change_account(&app, caller.account, |account| {
        let mut next = account.next();
        let before = next.acknowledged.insert(version.to_owned(), now);
        before.is_none().then_some(next)
    })
    .await?;
    let acknowledged_at = account.acknowledged.get(version).copied().unwrap_or(now);
    Ok(Json(Acknowledgement { version, acknowledged_at }))
}
