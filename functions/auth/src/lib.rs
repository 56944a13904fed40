#![doc = include_str!("../README.md")]

mod guests;
mod me;

use reverie_api::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function's routes.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(guests::create)).routes(routes!(me::show)).with_state(app)
}
