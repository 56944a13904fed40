//! `events` on Lambda.

use std::{sync::Arc, time::Duration};

use reverie_api::lambda::{self, Deployment, number};
use reverie_events::{Carrier, Events};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("events").await;
    let patience = number("REVERIE_EVENTS_PATIENCE_SECONDS")?.map(u64::from);
    let carrier = patience.map_or(Carrier::Streams, |s| Carrier::Collects(Duration::from_secs(s)));
    let objects = Arc::new(deployment.objects()?);
    let events = Events { app: deployment.app().await?, objects, carrier };
    let router = reverie_events::router(events).into();
    match carrier {
        Carrier::Streams => lambda::run_streaming(router).await,
        Carrier::Collects(_) => lambda::run(router).await,
    }
}
