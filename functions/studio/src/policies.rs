use axum::Json;
use http::{HeaderName, header};
use reverie_domain::personal::{PersonalData, REGISTER};
use serde::Serialize;
use utoipa::ToSchema;

/// What is promised about personal data.
#[derive(Serialize, ToSchema)]
pub(crate) struct Policies {
    /// Everything that is stored about a person.
    personal_data: &'static [PersonalData],
}

/// What is stored about a person, why, until when, how they see it and what deletes it.
#[utoipa::path(
    get, path = "/v1/policies", tag = "service",
    responses((status = 200, body = Policies))
)]
pub(crate) async fn show() -> ([(HeaderName, &'static str); 1], Json<Policies>) {
    let headers = [(header::CACHE_CONTROL, "public, max-age=300")];
    (headers, Json(Policies { personal_data: REGISTER }))
}
