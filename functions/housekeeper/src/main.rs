//! `housekeeper` on Lambda.

use std::sync::Arc;

use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use reverie_api::lambda::Deployment;
use reverie_domain::clock::SystemClock;
use reverie_housekeeper::Housekeeper;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let deployment = Deployment::load("housekeeper").await;
    let housekeeper = Housekeeper {
        tables: Arc::new(deployment.tables()?),
        objects: Arc::new(deployment.objects()?),
        queue: Arc::new(deployment.queue()?),
        clock: Arc::new(SystemClock),
    };
    run(service_fn(|event: LambdaEvent<Value>| {
        let housekeeper = housekeeper.clone();
        async move { housekeeper.handle(event.payload).await.map_err(Error::from) }
    }))
    .await
}
