use axum::extract::State;
use http::{StatusCode, header};
use reverie_api::{App, Caller, Problem, ended_cookie};
use reverie_store::accounts::{self, Credential};

/// Ends the session that asks, and takes its cookie out of the browser. A guest who does this has
/// no way back to the account.
#[utoipa::path(
    post, path = "/v1/auth/logout", tag = "account", security(("bearer" = [])),
    responses((status = 204))
)]
pub(crate) async fn logout(
    State(app): State<App>,
    caller: Caller,
) -> Result<(StatusCode, [(header::HeaderName, String); 1]), Problem> {
    if let Credential::Session(session) = &caller.credential {
        accounts::end_sessions(&*app.tables, caller.account.id, Some(session.id)).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, ended_cookie(&app.settings))]))
}
