//! `generations` on Lambda.

use std::sync::Arc;

use reverie_api::{
    Catalogue,
    lambda::{self, Deployment},
};
use reverie_generations::{Generations, router};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("generations").await;
    let objects = Arc::new(deployment.objects()?);
    let state = Generations {
        app: deployment.app().await?,
        objects: objects.clone(),
        queue: Arc::new(deployment.queue()?),
        catalogue: Arc::new(Catalogue::of_bucket(objects)?),
    };
    lambda::run(router(state).into()).await
}
