//! `media` on Lambda.

use std::sync::Arc;

use reverie_api::lambda::{self, Deployment};
use reverie_media::Media;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("media").await;
    let media = Media { app: deployment.app().await?, objects: Arc::new(deployment.objects()?) };
    lambda::run(reverie_media::router(media).into()).await
}
