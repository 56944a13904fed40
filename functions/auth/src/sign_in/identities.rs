use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use reverie_api::{Caller, Id, Page, Problem};
use reverie_store::accounts;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Auth, linking::Change};

/// Who a person is at a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Identity)]
pub(crate) struct IdentityView {
    /// The provider's id.
    #[schema(example = "google")]
    provider: String,
    /// The provider's name.
    provider_name: String,
    /// The provider's id of the person.
    subject: String,
    /// The address that the provider confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    linked_at: Timestamp,
}

/// By what one signs in to the account.
#[utoipa::path(
    get, path = "/v1/me/identities", tag = "account", security(("bearer" = [])),
    responses((status = 200, body = Page<IdentityView>))
)]
pub(crate) async fn list(
    State(auth): State<Auth>,
    caller: Caller,
) -> Result<Json<Page<IdentityView>>, Problem> {
    let identities = accounts::identities(&*auth.app.tables, caller.account.id).await?;
    let items = identities.into_iter().map(|one| IdentityView {
        provider_name: auth.providers.name(&one.provider).to_owned(),
        provider: one.provider,
        subject: one.subject,
        email: one.email,
        linked_at: one.linked_at,
    });
    Ok(Json(Page::new(items.collect(), None::<String>)))
}

/// Removes the way in by this provider; 409 if it is the last one.
#[utoipa::path(
    delete, path = "/v1/me/identities/{provider}", tag = "account", security(("bearer" = [])),
    params(("provider" = String, Path, example = "google")),
    responses(
        (status = 204),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn remove(
    State(auth): State<Auth>,
    caller: Caller,
    Id(provider): Id<String>,
) -> Result<StatusCode, Problem> {
    Change::Unlink(&provider).make(&auth.app, caller.account).await?;
    Ok(StatusCode::NO_CONTENT)
}
