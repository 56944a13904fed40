use axum::{Json, extract::State};
use http::{HeaderName, header};
use reverie_api::{Id, Problem};
use reverie_domain::{
    personal::{PersonalData, REGISTER},
    policy::{Policy, PolicyText},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Studio;

type Cached<T> = ([(HeaderName, &'static str); 1], Json<T>);

/// For five minutes: a new version holds from a day on, not from a second.
const CACHED: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "public, max-age=300")];

/// What is promised about personal data.
#[derive(Serialize, ToSchema)]
pub(crate) struct Policies {
    /// The version that holds.
    current: &'static PolicyText,
    /// Every version, newest first; one may hold only later.
    versions: Vec<Policy>,
    /// Everything that is stored about a person.
    personal_data: &'static [PersonalData],
}

/// The terms and the privacy policy that hold, and what is stored about a person, why, until when, how
/// they see it and what deletes it.
#[utoipa::path(
    get, path = "/v1/policies", tag = "service",
    responses((status = 200, body = Policies))
)]
pub(crate) async fn list(State(studio): State<Studio>) -> Cached<Policies> {
    let current = studio.policies.at(studio.clock.now());
    let versions = studio.policies.versions().collect();
    (CACHED, Json(Policies { current, versions, personal_data: REGISTER }))
}

/// What one version says. Works name the version that they were made under.
#[utoipa::path(
    get, path = "/v1/policies/{version}", tag = "service",
    params(("version" = String, Path, description = "One of `GET /v1/policies`.", example = "2026-11-01")),
    responses(
        (status = 200, body = PolicyText),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn show(
    State(studio): State<Studio>,
    Id(version): Id<String>,
) -> Result<Cached<&'static PolicyText>, Problem> {
    let found = studio.policies.find(&version).ok_or_else(Problem::not_found)?;
    Ok((CACHED, Json(found)))
}
