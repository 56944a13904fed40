//! `housekeeper` on Lambda.

use std::{num::NonZero, sync::Arc};

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use reverie_api::lambda::{Deployment, number, required};
use reverie_domain::clock::SystemClock;
use reverie_housekeeper::{Housekeeper, Minute, Post};
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let deployment = Deployment::load("housekeeper").await;
    let housekeeper = Housekeeper {
        tables: Arc::new(deployment.tables()?),
        objects: Arc::new(deployment.objects()?),
        queue: Arc::new(deployment.queue()?),
        clock: Arc::new(SystemClock),
        post: post(&deployment).await?,
    };
    let per_worker = number("REVERIE_BACKLOG_PER_WORKER")?.and_then(NonZero::new);
    let minute = Minute {
        jobs: Arc::new(deployment.queue()?),
        per_worker: per_worker.unwrap_or(NonZero::<u32>::MIN),
    };
    run(service_fn(|event: LambdaEvent<Value>| {
        let (housekeeper, minute) = (housekeeper.clone(), minute.clone());
        async move { housekeeper.handle(event.payload, &minute).await.map_err(Error::from) }
    }))
    .await
}

/// A deployment without a domain for mail sends none.
async fn post(deployment: &Deployment) -> anyhow::Result<Option<Post>> {
    let Ok(sender) = required("REVERIE_MAIL_SENDER") else { return Ok(None) };
    let (mailer, settings) = (deployment.mailer()?, deployment.settings().await?);
    Ok(Some(Post { mailer: Arc::new(mailer), sender, settings: Arc::new(settings) }))
}
