#![doc = include_str!("../README.md")]

mod gpc;
mod health;
mod openapi;
mod page;
mod policies;

use std::{fmt, sync::Arc};

use reverie_domain::{clock::Clock, policy::Policies};
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the function needs.
#[derive(Clone)]
pub struct Studio {
    /// The versions of the policies.
    pub policies: Policies,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl fmt::Debug for Studio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Studio").field("policies", &self.policies).finish_non_exhaustive()
    }
}

/// The function's routes. They need no token.
pub fn router(studio: Studio) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(page::show))
        .routes(routes!(health::check))
        .routes(routes!(openapi::show))
        .routes(routes!(gpc::show))
        .routes(routes!(policies::list))
        .routes(routes!(policies::show))
        .with_state(studio)
}
