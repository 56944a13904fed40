#![doc = include_str!("../README.md")]

mod cached;
mod cancel;
mod change;
mod delete;
mod history;
mod models;
mod quotes;
mod shorten;
mod show;
mod submit;
mod wait;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::{App, Catalogue};
use reverie_store::{objects::Objects, queue::Queue};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the function needs.
#[derive(Clone)]
pub struct Generations {
    /// What every function needs.
    pub app: App,
    /// To sign links.
    pub objects: Arc<dyn Objects>,
    /// To tell the workers.
    pub queue: Arc<dyn Queue>,
    /// The models there are.
    pub catalogue: Arc<Catalogue>,
}

impl FromRef<Generations> for App {
    fn from_ref(state: &Generations) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: Generations) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(models::list))
        .routes(routes!(quotes::create))
        .routes(routes!(submit::create, history::list))
        .routes(routes!(show::show, shorten::shorten, delete::delete))
        .routes(routes!(cancel::cancel))
        .with_state(state)
}
