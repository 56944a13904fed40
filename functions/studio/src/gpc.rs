use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// What the service does with a Global Privacy Control signal.
#[derive(Serialize, ToSchema)]
#[schema(as = PrivacyControl)]
pub(crate) struct Support {
    /// It is heard.
    gpc: bool,
    /// Since when it is as it is now.
    #[serde(rename = "lastUpdate")]
    #[schema(value_type = String, format = Date, example = "2026-11-28")]
    last_update: &'static str,
}

/// That a Global Privacy Control signal (`Sec-GPC: 1`) is heard, on every request (W3C, Global Privacy
/// Control, "GPC Support Resource").
#[utoipa::path(
    get, path = "/.well-known/gpc.json", tag = "service",
    responses((status = 200, body = Support))
)]
pub(crate) async fn show() -> Json<Support> {
    Json(Support { gpc: true, last_update: "2026-11-28" })
}
