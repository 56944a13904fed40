use futures::future::try_join_all;
use reverie_domain::manifest::{CATALOGUE_KEY, CATALOGUE_MOST_BYTES, Manifest};
use reverie_inference::{Package, plan_files};
use reverie_store::{objects::Objects, tables::StoreError};

/// Tells the other functions which models there are: those that this worker can make. The worker
/// that started last says it, so a deployment of a new image changes what is offered, and a roll-back
/// changes it back. The files that make sketches are there before the catalogue names their model.
///
/// # Errors
/// If the bucket cannot be read or written. What it said before stays.
pub async fn publish_models(objects: &dyn Objects, packages: &[Package]) -> Result<(), StoreError> {
    let manifests: Vec<&Manifest> = packages.iter().map(Package::manifest).collect();
    let Ok(catalogue) = serde_json::to_vec(&manifests) else { unreachable!("manifests are JSON") };
    let known = objects.get(CATALOGUE_KEY, CATALOGUE_MOST_BYTES).await?;
    if known.is_some_and(|known| known == catalogue) {
        return Ok(());
    }
    tracing::info!(models = manifests.len(), "the catalogue changes");
    try_join_all(packages.iter().map(|package| publish_plan(objects, package))).await?;
    objects.put(CATALOGUE_KEY, "application/json", catalogue.into()).await
}

async fn publish_plan(objects: &dyn Objects, package: &Package) -> Result<(), StoreError> {
    let manifest = package.manifest();
    for name in plan_files(manifest) {
        match package.read(name) {
            Ok(bytes) => {
                let key = manifest.object_key(name);
                objects.put(&key, "application/octet-stream", bytes).await?;
            }
            // An engine could not have been loaded without it.
            Err(error) => tracing::error!(%error, "a file for sketches is not published"),
        }
    }
    Ok(())
}
