#![doc = include_str!("../README.md")]

mod api_keys;
mod erasure;
mod guests;
mod logout;
mod me;
mod sessions;

use reverie_api::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function's routes.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(guests::create))
        .routes(routes!(me::show, erasure::begin))
        .routes(routes!(erasure::show))
        .routes(routes!(erasure::keys))
        .routes(routes!(logout::logout))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(api_keys::list, api_keys::create))
        .routes(routes!(api_keys::revoke))
        .with_state(app)
}
