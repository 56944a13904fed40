#![doc = include_str!("../README.md")]

mod create;
mod planners;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::{App, Catalogue};
use reverie_store::objects::Objects;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use planners::Planners;

/// What the function needs.
#[derive(Clone)]
pub struct Sketches {
    /// What every function needs.
    pub app: App,
    /// Where references are.
    pub objects: Arc<dyn Objects>,
    /// The models there are.
    pub catalogue: Arc<Catalogue>,
    /// The halves of them that plan.
    pub planners: Arc<Planners>,
}

impl FromRef<Sketches> for App {
    fn from_ref(state: &Sketches) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: Sketches) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(create::create)).with_state(state)
}
