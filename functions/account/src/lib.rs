#![doc = include_str!("../README.md")]

mod acknowledge;
mod consents;
mod data;
mod exports;
mod limits;
mod preferences;
mod unsubscribe;

use std::sync::Arc;

use axum::extract::FromRef;
use reverie_api::App;
use reverie_store::objects::Objects;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the function needs.
#[derive(Clone)]
pub struct AccountState {
    /// What every function needs.
    pub app: App,
    /// The bucket.
    pub objects: Arc<dyn Objects>,
}

impl FromRef<AccountState> for App {
    fn from_ref(state: &AccountState) -> Self {
        state.app.clone()
    }
}

/// The function's routes.
pub fn router(state: AccountState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(consents::show, consents::put))
        .routes(routes!(acknowledge::acknowledge))
        .routes(routes!(unsubscribe::unsubscribe))
        .routes(routes!(preferences::show, preferences::put))
        .routes(routes!(limits::show, limits::put))
        .routes(routes!(data::show))
        .routes(routes!(exports::create))
        .routes(routes!(exports::show))
        .with_state(state)
}
