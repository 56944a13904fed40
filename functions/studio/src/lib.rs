#![doc = include_str!("../README.md")]

mod health;
mod openapi;
mod page;
mod policies;

use utoipa_axum::{router::OpenApiRouter, routes};

/// The function's routes. They need no token.
pub fn router() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(page::show))
        .routes(routes!(health::check))
        .routes(routes!(openapi::show))
        .routes(routes!(policies::list))
        .routes(routes!(policies::show))
}
