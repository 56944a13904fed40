//! `sketches` on Lambda.

use std::sync::Arc;

use bytes::Bytes;
use reverie_api::{
    Catalogue,
    lambda::{self, Deployment},
};
use reverie_inference::Package;
use reverie_sketches::{Planners, Sketches, router};

/// The half of the shipped model that plans.
const BUILT_IN: [(&str, &[u8]); 3] = [
    ("vocab.json", include_bytes!("../../../shared/inference/models/reverie-score/vocab.json")),
    ("pieces.txt", include_bytes!("../../../shared/inference/models/reverie-score/pieces.txt")),
    ("prompt.onnx", include_bytes!("../../../shared/inference/models/reverie-score/prompt.onnx")),
];

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let deployment = Deployment::load("sketches").await;
    let objects = Arc::new(deployment.objects()?);
    let files = BUILT_IN.map(|(name, bytes)| (name.to_owned(), Bytes::from_static(bytes)));
    let shipped = Package::of_files(Catalogue::built_in()?, files.into());
    let state = Sketches {
        app: deployment.app().await?,
        objects: objects.clone(),
        catalogue: Arc::new(Catalogue::of_bucket(objects.clone())?),
        planners: Arc::new(Planners::new(vec![shipped], Some(objects))),
    };
    lambda::run(router(state).into()).await
}
