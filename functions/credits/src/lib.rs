#![doc = include_str!("../README.md")]

mod balance;
mod transactions;

use reverie_api::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function's routes.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(balance::show))
        .routes(routes!(transactions::list))
        .with_state(app)
}
