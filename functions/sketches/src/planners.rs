use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures::future::try_join_all;
use reverie_api::Problem;
use reverie_domain::manifest::{Manifest, PackageFile};
use reverie_inference::{Package, Planner, load_planner, plan_files};
use reverie_store::objects::Objects;
use tokio::sync::Mutex;

/// The largest file of a planning half that is loaded, in bytes.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The halves of models that plan, each loaded when it is needed first.
pub struct Planners {
    /// Those that are at hand.
    packages: Vec<Package>,
    /// Where workers put those of others.
    bucket: Option<Arc<dyn Objects>>,
    /// One of each model.
    loaded: Mutex<Vec<Arc<dyn Planner>>>,
}

impl fmt::Debug for Planners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Planners").finish_non_exhaustive()
    }
}

impl Planners {
    /// Those of these packages, and of those that workers have put into the bucket if there is one.
    #[must_use]
    pub fn new(packages: Vec<Package>, bucket: Option<Arc<dyn Objects>>) -> Self {
        Self { packages, bucket, loaded: Mutex::default() }
    }

    /// The planner of this version of a model.
    ///
    /// # Errors
    /// 422 if the model has none, 503 if it is not there or cannot be read.
    pub(crate) async fn get(&self, manifest: &Manifest) -> Result<Arc<dyn Planner>, Problem> {
        if plan_files(manifest).is_empty() {
            return Err(Problem::invalid_field("model", "this model makes no sketches"));
        }
        // Held while it loads, so that nobody loads it a second time.
        let mut loaded = self.loaded.lock().await;
        if let Some(planner) = loaded.iter().find(|planner| planner.manifest() == manifest) {
            return Ok(planner.clone());
        }
        let planner = self.load(manifest).await?;
        // Another version of it is not asked for any more.
        loaded.retain(|other| other.manifest().id != manifest.id);
        loaded.push(planner.clone());
        Ok(planner)
    }

    async fn load(&self, manifest: &Manifest) -> Result<Arc<dyn Planner>, Problem> {
        let at_hand = self.packages.iter().find(|package| package.manifest() == manifest);
        let package = match (at_hand, &self.bucket) {
            (Some(package), _) => package.clone(),
            (None, Some(objects)) => fetch_all(&**objects, manifest).await?,
            (None, None) => return Err(Problem::unavailable("the model's package is not there")),
        };
        let load = move || load_planner(&package);
        let loaded = tokio::task::spawn_blocking(load).await.map_err(Problem::internal)?;
        loaded.map_err(Problem::unavailable)
    }
}

/// The files that plan, from the bucket.
async fn fetch_all(objects: &dyn Objects, manifest: &Manifest) -> Result<Package, Problem> {
    let wanted = plan_files(manifest).iter().filter_map(|name| manifest.file(name));
    let files = try_join_all(wanted.map(|file| fetch(objects, manifest, file))).await?;
    Ok(Package::of_files(manifest.clone(), files.into_iter().collect()))
}

async fn fetch(
    objects: &dyn Objects,
    manifest: &Manifest,
    file: &PackageFile,
) -> Result<(String, Bytes), Problem> {
    let key = manifest.object_key(&file.name);
    let bytes = objects.get(&key, file.bytes.min(MOST_BYTES)).await?;
    let bytes = bytes.ok_or_else(|| Problem::unavailable(format!("{key} is not there")))?;
    Ok((file.name.clone(), bytes))
}
