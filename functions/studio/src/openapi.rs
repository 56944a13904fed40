use http::{HeaderName, header};

/// The description of the API, made from the code of all functions; a test keeps the copy current.
const DOCUMENT: &str = include_str!("../../../shared/api/openapi.json");

/// This description.
#[utoipa::path(
    get, path = "/v1/openapi.json", tag = "service",
    responses((status = 200, description = "OpenAPI 3.1."))
)]
pub(crate) async fn show() -> ([(HeaderName, &'static str); 2], &'static str) {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, DOCUMENT)
}
