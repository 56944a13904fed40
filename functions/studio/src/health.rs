use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// That the service answers.
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Whether the service answers.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, body = Health)))]
pub(crate) async fn check() -> Json<Health> {
    Json(Health { status: "ok" })
}
