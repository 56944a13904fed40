use axum::{Json, extract::State};
use reverie_api::{App, Body, Caller, Problem};
use reverie_domain::preferences::Preferences;
use reverie_store::preferences;

/// What you like to begin with.
#[utoipa::path(
    get, path = "/v1/me/preferences", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Preferences))
)]
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Preferences>, Problem> {
    let found = preferences::find(&*app.tables, caller.account.id).await?;
    Ok(Json(found.map(|row| row.preferences).unwrap_or_default()))
}

/// Says what you like to begin with, as a whole: what is missing is the service's default again.
#[utoipa::path(
    put, path = "/v1/me/preferences", tag = "account", security(("bearer" = [])),
    request_body = Preferences,
    responses(
        (status = 200, body = Preferences),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put(
    State(app): State<App>,
    caller: Caller,
    Body(wanted): Body<Preferences>,
) -> Result<Json<Preferences>, Problem> {
    let errors = wanted.errors();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    match preferences::put(&*app.tables, app.now(), caller.account.id, &wanted).await? {
        true => Ok(Json(wanted)),
        false => {
            let detail = "Too many changes at once. Please try again.";
            Err(Problem::too_many("preferences.busy", detail, 1))
        }
    }
}
