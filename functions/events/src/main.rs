//! `events` on Lambda.

use std::sync::Arc;

use reverie_api::lambda::{self, Deployment};
use reverie_events::Events;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("events").await;
    let events = Events { app: deployment.app().await?, objects: Arc::new(deployment.objects()?) };
    lambda::run_streaming(reverie_events::router(events).into()).await
}
