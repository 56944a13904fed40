#![doc = include_str!("../README.md")]

mod changes;
mod follow;
mod last_event;

use std::{sync::Arc, time::Duration};

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
    /// What carries the answer.
    pub carrier: Carrier,
}

/// What carries an answer to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carrier {
    /// Something that passes each frame on as it comes.
    Streams,
    /// Something that waits for the whole answer, such as the HTTP API. An answer then ends after its
    /// first frame, or without one after this time; the client comes back with `Last-Event-ID`.
    Collects(Duration),
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
