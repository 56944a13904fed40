#![doc = include_str!("../README.md")]

mod acting;
mod audit;
mod legal_holds;
mod mailings;
mod stats;
mod subject_requests;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::App;
use reverie_store::objects::Objects;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the function needs.
#[derive(Clone)]
pub struct OperatorState {
    /// What every function needs.
    pub app: App,
    /// The bucket.
    pub objects: Arc<dyn Objects>,
}

impl FromRef<OperatorState> for App {
    fn from_ref(state: &OperatorState) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: OperatorState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(audit::list))
        .routes(routes!(stats::show))
        .routes(routes!(mailings::list, mailings::create))
        .routes(routes!(mailings::stop))
        .routes(routes!(subject_requests::list, subject_requests::create))
        .routes(routes!(subject_requests::close))
        .routes(routes!(subject_requests::extend))
        .routes(routes!(legal_holds::list, legal_holds::propose::propose))
        .routes(routes!(legal_holds::show))
        .routes(routes!(legal_holds::decide::confirm))
        .routes(routes!(legal_holds::decide::release))
        .with_state(state)
}
