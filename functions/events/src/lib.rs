#![doc = include_str!("../README.md")]

mod changes;
mod follow;
mod last_event;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::App;
use reverie_store::objects::Objects;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the function needs.
#[derive(Clone)]
pub struct Events {
    /// What every function needs.
    pub app: App,
    /// To sign the links in the events.
    pub objects: Arc<dyn Objects>,
}

impl FromRef<Events> for App {
    fn from_ref(state: &Events) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: Events) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(follow::follow)).with_state(state)
}
