#![doc = include_str!("../README.md")]

mod acting;
mod audit;
mod mailings;
mod stats;
mod subject_requests;

use reverie_api::App;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function's routes.
pub fn router(app: App) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(stats::show))
        .routes(routes!(mailings::list, mailings::create))
        .routes(routes!(mailings::stop))
        .routes(routes!(subject_requests::list, subject_requests::create))
        .routes(routes!(subject_requests::close))
        .routes(routes!(subject_requests::extend))
        .with_state(app)
}
