//! `studio` on Lambda.

use reverie_api::lambda::{self, Deployment};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    // Only for its logging: the pages need no service.
    Deployment::load("studio").await;
    lambda::run(reverie_studio::router().into()).await
}
