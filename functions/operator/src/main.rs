//! `operator` on Lambda.

use reverie_api::lambda::{self, Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("operator").await;
    let routes = reverie_operator::router(deployment.app().await?);
    lambda::run(routes.into()).await
}
