//! `operator` on Lambda.

use std::sync::Arc;

use reverie_api::lambda::{self, Deployment};
use reverie_operator::OperatorState;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("operator").await;
    let (app, objects) = (deployment.app().await?, Arc::new(deployment.objects()?));
    lambda::run(reverie_operator::router(OperatorState { app, objects }).into()).await
}
