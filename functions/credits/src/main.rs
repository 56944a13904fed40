//! `credits` on Lambda.

use reverie_api::lambda::{self, Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("credits").await;
    let routes = reverie_credits::router(deployment.app().await?);
    lambda::run(routes.into()).await
}
