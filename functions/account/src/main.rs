//! `account` on Lambda.

use std::sync::Arc;

use reverie_account::AccountState;
use reverie_api::lambda::{self, Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("account").await;
    let (app, objects) = (deployment.app().await?, Arc::new(deployment.objects()?));
    lambda::run(reverie_account::router(AccountState { app, objects }).into()).await
}
