use std::sync::Arc;

use reverie_domain::manifest::{CATALOGUE_KEY, CATALOGUE_MOST_BYTES, Manifest};
use reverie_inference::Engine;
use reverie_store::{objects::Objects, tables::StoreError};

/// Tells the other functions which models there are: those that this worker can make. The worker
/// that started last says it, so a deployment of a new image changes what is offered, and a roll-back
/// changes it back.
///
/// # Errors
/// If the bucket cannot be read or written. What it said before stays.
pub async fn publish_catalogue(
    objects: &dyn Objects,
    engines: &[Arc<dyn Engine>],
) -> Result<(), StoreError> {
    let manifests: Vec<&Manifest> = engines.iter().map(|engine| engine.manifest()).collect();
    let Ok(catalogue) = serde_json::to_vec(&manifests) else { unreachable!("manifests are JSON") };
    let known = objects.get(CATALOGUE_KEY, CATALOGUE_MOST_BYTES).await?;
    if known.is_some_and(|known| known == catalogue) {
        return Ok(());
    }
    tracing::info!(models = manifests.len(), "the catalogue changes");
    objects.put(CATALOGUE_KEY, "application/json", catalogue.into()).await
}
