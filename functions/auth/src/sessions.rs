use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{App, Caller, Id, Page, Problem};
use reverie_domain::ids::SessionId;
use reverie_store::accounts::{self, Credential, Device, Session};
use serde::Serialize;
use utoipa::ToSchema;

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    id: SessionId,
    /// Whether it is the one that asks.
    current: bool,
    /// `desktop`, `phone`, `tablet`…; empty if unknown.
    device_type: String,
    /// The operating system; empty if unknown.
    system: String,
    /// Empty if unknown.
    browser: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the day.
    #[schema(value_type = String, format = DateTime)]
    last_used_at: Timestamp,
    /// When it ends if it is not used any more.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl SessionView {
    fn of(session: Session, current: Option<SessionId>) -> Self {
        let last_used_at = session.last_used();
        let Session { id, device, created_at, expires_at, .. } = session;
        let Device { device_type, system, browser } = device;
        let current = current == Some(id);
        Self { id, current, device_type, system, browser, created_at, last_used_at, expires_at }
    }
}

/// The account's sessions, last used first.
#[utoipa::path(
    get, path = "/v1/sessions", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Page<SessionView>))
)]
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Page<SessionView>>, Problem> {
    let current = match &caller.credential {
        Credential::Session(session) => Some(session.id),
        Credential::ApiKey(_) => None,
    };
    let now = app.now();
    let mut sessions = accounts::sessions(&*app.tables, caller.account.id).await?;
    sessions.retain(|session| now < session.expires_at);
    sessions.sort_by_key(|session| std::cmp::Reverse((session.last_used(), session.id)));
    let items = sessions.into_iter().map(|session| SessionView::of(session, current)).collect();
    Ok(Json(Page::new(items, None::<SessionId>)))
}

/// Ends all sessions, the one that asks included. API keys stay. A guest who does this has no way
/// back to the account.
#[utoipa::path(
    delete, path = "/v1/sessions", tag = "account", security(("bearer" = [])),
    responses((status = 204))
)]
pub(crate) async fn end_all(State(app): State<App>, caller: Caller) -> Result<StatusCode, Problem> {
    accounts::end_sessions(&*app.tables, caller.account.id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends a session.
#[utoipa::path(
    delete, path = "/v1/sessions/{id}", tag = "account", security(("bearer" = [])),
    params(("id" = SessionId, Path)),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn end(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<SessionId>,
) -> Result<StatusCode, Problem> {
    match accounts::end_sessions(&*app.tables, caller.account.id, Some(id)).await? {
        0 => Err(Problem::not_found()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}
