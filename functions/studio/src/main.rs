//! `studio` on Lambda.

use std::sync::Arc;

use reverie_api::lambda::{self, Deployment};
use reverie_domain::{clock::SystemClock, policy::Policies};
use reverie_studio::Studio;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Only for its logging: the pages need no service.
    Deployment::load("studio").await;
    let studio = Studio { policies: Policies::SHIPPED, clock: Arc::new(SystemClock) };
    lambda::run(reverie_studio::router(studio).into()).await
}
