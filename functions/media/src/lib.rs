#![doc = include_str!("../README.md")]

mod announce;
mod complete;
mod delete;
mod download;
mod inspect;
mod list;
mod show;
mod upload;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::App;
use reverie_store::objects::Objects;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Panics if this file, announced as `content_type`, is accepted and yet outside the limits. For
/// `tests/fuzz`.
#[cfg(fuzzing)]
pub fn check(content_type: reverie_domain::upload::UploadType, file: &[u8]) {
    inspect::fuzz::check(content_type, file);
}

/// What the function needs.
#[derive(Clone)]
pub struct Media {
    /// What every function needs.
    pub app: App,
    /// The bucket.
    pub objects: Arc<dyn Objects>,
}

impl FromRef<Media> for App {
    fn from_ref(state: &Media) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: Media) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(announce::create, list::list))
        .routes(routes!(show::show, delete::delete))
        .routes(routes!(complete::complete))
        .routes(routes!(download::download))
        .with_state(state)
}
